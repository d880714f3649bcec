import type { FailWindow } from '../../latency/bounds.ts';
import { markingTime } from '../../latency/marking.ts';
import { evaluate } from '../../latency/term.ts';
import type { Address } from '../../model/address.ts';
import { type CaddyFault, costOf, costsOf } from './costs.ts';
import type { CaddyDirectives, ReverseProxy } from './directives.ts';

/**
 * Who pays while a server stays dead, for each fault that takes it out. Formulas from healthchecks.go (countFailure,
 * doActiveHealthCheck), confirmed by measurement on 2.6.2 and 2.11.4. No request probes: a server that is marked gets its
 * full share back when its failures are forgotten, unless active checks know better.
 */
export function failWindows(proxy: ReverseProxy, directives: CaddyDirectives, rps: number | undefined): FailWindow[] {
  const costs = costsOf(proxy, directives.version);
  return faultsOf(proxy).flatMap((fault): FailWindow[] => {
    const each = evaluate(costOf(fault, costs));
    if (!Number.isFinite(each)) return [];
    // Only uploads meet a server that does not read: how often is not told by the rate of all requests.
    const rate = fault === 'no_read' ? undefined : rps;
    const passive = fault === 'error_status' ? undefined : marked(proxy, each, rate);
    const active = fault === 'no_read' ? undefined : checked(proxy, directives, rate);
    if (!passive && !active) return [];
    const found = [passive?.detection, active?.detection].filter((time) => time !== undefined);
    const pay = [passive?.pay, active?.pay].filter((count) => count !== undefined);
    return [
      {
        fault,
        ...(found.length > 0 ? { detection: Math.min(...found) } : {}),
        ...(pay.length > 0 ? { firstHitRequests: Math.min(...pay) } : {}),
        ...(active ? { probeRequests: 0, slowShare: 0 } : again(proxy, each, passive, rate)),
        recovery: Math.max(passive?.never ? 0 : each + (proxy.passive?.failDuration.value ?? -each), active?.back ?? 0),
        allMarked: Math.max(proxy.passive?.failDuration.value ?? 0, active?.back ?? 0),
      },
    ];
  });
}

function faultsOf({ keepalive, passive }: ReverseProxy): readonly CaddyFault[] {
  return [
    'refused',
    'blackhole',
    ...(keepalive ? (['vanished'] as const) : []),
    'silent',
    'late',
    'close',
    'header_drip',
    // Only checks look at the status.
    'error_status',
    ...(passive ? (['no_read'] as const) : []),
  ];
}

interface Marked {
  readonly detection?: number;
  /** Requests that meet the dead server before it is out. */
  readonly pay?: number;
  /** Failures are forgotten before enough of them add up. */
  readonly never: boolean;
}

/** Requests that fail mark the server. */
function marked({ passive, servers }: ReverseProxy, each: number, rps: number | undefined): Marked | undefined {
  if (!passive) return undefined;
  const fails = passive.maxFails.value;
  const share = rps === undefined ? undefined : rps / servers.length;
  /** From the first failure to the one that marks. */
  const adding = rps === undefined ? (fails === 1 ? 0 : undefined) : markingTime(fails, servers.length, rps);
  const never = adding !== undefined && adding >= passive.failDuration.value;
  return {
    never,
    ...(adding === undefined || never ? {} : { detection: each + Math.ceil(adding) }),
    ...(share === undefined || never ? {} : { pay: Math.ceil((share * each) / 1000) + fails }),
  };
}

interface Checked {
  readonly detection: number;
  readonly pay?: number;
  /** How long a server that is back stays unused. */
  readonly back: number;
}

/** Checks find the server, whether requests do or not. */
function checked(
  { active, servers }: ReverseProxy,
  directives: CaddyDirectives,
  rps: number | undefined,
): Checked | undefined {
  if (!active) return undefined;
  const { interval, timeout, fails, passes } = active;
  // Counters are shared by all who check an address, and each that reaches its number sets them back.
  const sharing = fails.value > 1 ? Math.max(1, ...servers.map(({ value }) => checkersOf(value, directives))) : 1;
  const detection = sharing * fails.value * interval.value + timeout.value;
  // A check that outlasts the interval may still fail after the next one has passed.
  const back = passes.value * interval.value + (timeout.value > interval.value ? timeout.value : 0);
  return {
    detection,
    back,
    ...(rps === undefined ? {} : { pay: Math.ceil((detection * rps) / servers.length / 1000) + 1 }),
  };
}

function checkersOf(address: Address, { sites }: CaddyDirectives): number {
  const proxies = sites.flatMap((site) => (site.kind === 'proxy' ? site.routes.map(({ proxy }) => proxy) : []));
  const text = JSON.stringify(address);
  return proxies.filter(({ active, servers }) => active && servers.some(({ value }) => JSON.stringify(value) === text))
    .length;
}

/** Without checks everybody meets the dead server again when its failures are forgotten. */
function again({ passive, servers }: ReverseProxy, each: number, found: Marked | undefined, rps: number | undefined) {
  const window = passive?.failDuration.value ?? 0;
  const { pay, never = false } = found ?? {};
  const paying = never
    ? 1
    : pay === undefined || rps === undefined
      ? undefined
      : (pay * 1000) / ((2 * each + window) * rps);
  return {
    ...(never ? {} : { probeEvery: each + window }),
    ...(pay === undefined ? {} : { probeRequests: pay }),
    ...(paying === undefined ? {} : { slowShare: roundedUp(Math.min(1 / servers.length, paying)) }),
  };
}

function roundedUp(share: number): number {
  return Math.ceil(share * 10_000) / 10_000;
}
