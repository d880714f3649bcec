import type { FailWindow, ServerFault } from '../../latency/bounds.ts';
import { markingTime } from '../../latency/marking.ts';
import { type Costs, millisecondsOf } from './costs.ts';
import type { NginxLocation, NginxUpstream } from './directives.ts';

/**
 * Who pays while a server stays dead, for each fault that marks it. Formulas from ngx_http_upstream_round_robin.c,
 * confirmed by measurement on 1.22.1 and 1.30.6. `zone` makes all workers share one memory.
 */
export function failWindows(
  { conditions }: NginxLocation,
  upstream: NginxUpstream,
  costs: Costs,
  attempts: number,
  rps: number | undefined,
): FailWindow[] {
  const [first] = upstream.peers;
  if (!first || upstream.peers.length < 2 || first.maxFails.value === 0) return [];
  const fails = first.maxFails.value;
  const window = first.failTimeout.value;
  return faultsOf(upstream, conditions.includes('http_503') && attempts > 1).map((fault): FailWindow => {
    const each = millisecondsOf(costs, fault);
    // Only uploads meet a server that does not read: how often is not told by the rate of all requests.
    const rate = fault === 'no_read' ? undefined : rps;
    const share = rate === undefined ? undefined : rate / upstream.peers.length;
    // After the first failure the other ones must come: at this rate, one each 1/share.
    const detection =
      fails === 1
        ? each
        : rate === undefined
          ? undefined
          : each + Math.ceil(markingTime(fails, upstream.peers.length, rate));
    // A probe that lasts longer than the window is overtaken by the next one.
    const gap = each < window ? each + window : window;
    return {
      fault,
      ...(detection === undefined ? {} : { detection }),
      ...(share === undefined ? {} : { firstHitRequests: Math.ceil((share * each) / 1000) + fails }),
      probeEvery: gap,
      probeRequests: 1,
      ...(rate === undefined
        ? {}
        : { slowShare: Math.ceil(Math.min(1 / upstream.peers.length, 1000 / (gap * rate)) * 10_000) / 10_000 }),
      recovery: each + window + 1000,
      allMarked: window + 1000,
    };
  });
}

/** A status counts only where it is tried again. */
function faultsOf({ keepalive }: NginxUpstream, statuses: boolean): readonly ServerFault[] {
  return [
    'refused',
    'blackhole',
    ...(keepalive.connections > 0 ? (['vanished'] as const) : []),
    'silent',
    'late',
    'close',
    'header_drip',
    ...(statuses ? (['error_status'] as const) : []),
    'no_read',
  ];
}
