import type { FailWindow } from '../../latency/bounds.ts';
import { markingTime } from '../../latency/marking.ts';
import { type Costs, costsOf, millisecondsOf, type NginxFault } from './costs.ts';
import type { NginxDirectives, NginxLocation, NginxUpstream } from './directives.ts';
import { peersOf } from './peers.ts';

interface Pool {
  readonly upstream: NginxUpstream;
  /** All that ask it; empty where only this location is known. */
  readonly users: readonly NginxLocation[];
  readonly workers: NginxDirectives['workers'];
  readonly costs: Costs;
  readonly attempts: number;
  readonly rps: number | undefined;
}

/**
 * Who pays while a server stays dead, for each fault that marks it. Formulas from ngx_http_upstream_round_robin.c,
 * confirmed by measurement on 1.22.1 and 1.30.6. `zone` makes all workers share one memory; without it each worker finds
 * the dead server by itself.
 */
export function failWindows(
  location: NginxLocation,
  { upstream, users, workers, costs, attempts, rps }: Pool,
): FailWindow[] {
  const { marking, marked, share: shares } = peersOf(upstream);
  if (!marking) return [];
  const { fails, shortest, longest: window } = marking;
  // Memories of failures; unknown with a worker for each core.
  const memories = upstream.perWorker ? (workers === 'auto' ? undefined : workers) : 1;
  return faultsOf(location, upstream, attempts > 1).map((fault): FailWindow => {
    const each = millisecondsOf(costs, fault);
    // A request of another location that waits longer may mark a server that is back by then.
    const longest = Math.max(each, slowest(users, fault));
    // Only uploads meet a server that does not read: how often is not told by the rate of all requests.
    const rate = fault === 'no_read' ? undefined : rps;
    const share = rate === undefined ? undefined : rate * shares.largest;
    // After the first failure the other ones must come: at this rate, one each 1/share.
    const detection =
      fails * (memories ?? 2) === 1
        ? each
        : rate === undefined || memories !== 1 || shares.smallest === 0
          ? undefined
          : each + Math.ceil(markingTime(fails, 1 / shares.smallest, rate));
    // A probe that lasts longer than the window is overtaken by the next one.
    const gap = each < shortest ? each + shortest : shortest;
    return {
      fault,
      ...(detection === undefined ? {} : { detection }),
      ...(share === undefined || memories === undefined
        ? {}
        : { firstHitRequests: Math.ceil((share * each) / 1000) + fails * memories }),
      probeEvery: gap,
      ...(memories === undefined ? {} : { probeRequests: memories }),
      ...(rate === undefined || memories === undefined
        ? {}
        : { slowShare: Math.ceil(Math.min(shares.largest, (1000 * memories) / (gap * rate)) * 10_000) / 10_000 }),
      recovery: longest + window + 1000,
      allMarked: marked ? longest - each + window + 1000 : 0,
    };
  });
}

const known = new WeakMap<readonly NginxLocation[], Map<NginxFault, number>>();

/** The longest that one of the locations waits for a fault. Each of them asks. */
function slowest(users: readonly NginxLocation[], fault: NginxFault): number {
  const times = known.get(users) ?? new Map<NginxFault, number>();
  known.set(users, times);
  const time = times.get(fault) ?? users.reduce((most, one) => Math.max(most, millisecondsOf(costsOf(one), fault)), 0);
  times.set(fault, time);
  return time;
}

/** A status counts only where it is tried again. */
function faultsOf(
  { conditions, reuse = true, tls, speaks }: NginxLocation,
  { keepalive }: NginxUpstream,
  several: boolean,
): readonly NginxFault[] {
  return [
    'refused',
    'blackhole',
    ...(reuse && keepalive.connections > 0 ? (['vanished'] as const) : []),
    'silent',
    'late',
    'close',
    'header_drip',
    ...(conditions.includes('http_503') && several ? (['error_status'] as const) : []),
    ...(tls ? (['tls_stall'] as const) : []),
    ...(speaks ? (['refused_stream'] as const) : []),
    'no_read',
  ];
}
