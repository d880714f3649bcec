import type { FailWindow } from '../../latency/bounds.ts';
import { markingTime, turnsBetween } from '../../latency/marking.ts';
import { evaluate } from '../../latency/term.ts';
import type { Address } from '../../model/address.ts';
import { type CaddyFault, costOf, costsOf } from './costs.ts';
import { askingProxies, type CaddyDirectives, type ReverseProxy } from './directives.ts';

/**
 * Who pays while a server stays dead, for each fault that takes it out. Formulas from healthchecks.go (countFailure,
 * doActiveHealthCheck), confirmed by measurement on 2.6.2 and 2.11.4. No request probes: a server that is marked gets its
 * full share back when its failures are forgotten, unless active checks know better.
 */
export function failWindows(proxy: ReverseProxy, directives: CaddyDirectives, rps: number | undefined): FailWindow[] {
  // How many servers share the requests is not known, and they are not checked.
  if (proxy.lookup) return [];
  const costs = costsOf(proxy, directives.version);
  return faultsOf(proxy).flatMap((fault): FailWindow[] => {
    const each = evaluate(costOf(fault, costs));
    // Only uploads meet a server that does not read: how often is not told by the rate of all requests.
    const rate = fault === 'no_read' ? undefined : rps;
    const passive = fault === 'error_status' || !Number.isFinite(each) ? undefined : marked(proxy, each, rate);
    const active = fault === 'no_read' ? undefined : checked(proxy, directives, each, rate);
    if (!passive && !active) return [];
    const found = [passive?.detection, active?.detection].filter((time) => time !== undefined);
    // Marks that end before a check has failed let everybody in again.
    const marks = passive?.pay && passive.pay * (active ? Math.ceil(active.detection / passive.cycle) : 1);
    const pay = [marks, active?.pay].filter((count) => count !== undefined);
    return [
      {
        fault,
        ...(found.length > 0 ? { detection: Math.min(...found) } : {}),
        ...(pay.length > 0 ? { firstHitRequests: Math.min(...pay) } : {}),
        ...(active ? { probeRequests: 0, slowShare: 0 } : again(proxy, each, passive, rate)),
        recovery: Math.max(passive?.back ?? 0, active?.back ?? 0),
        allMarked: Math.max(proxy.passive?.failDuration.value ?? 0, active?.back ?? 0),
      },
    ];
  });
}

function faultsOf({ keepalive, passive, tls }: ReverseProxy): readonly CaddyFault[] {
  return [
    'refused',
    'blackhole',
    ...(keepalive ? (['vanished'] as const) : []),
    'silent',
    'late',
    'close',
    'header_drip',
    ...(tls ? (['tls_stall'] as const) : []),
    // Only checks look at the status.
    'error_status',
    ...(passive ? (['no_read'] as const) : []),
  ];
}

interface Marked {
  /** Absent: at this rate failures may be forgotten before enough of them add up, or nobody knows the rate. */
  readonly detection?: number;
  /** Requests that meet the dead server before it is out: `pay` at most, `mean` in the long run. */
  readonly pay?: number;
  readonly mean?: number;
  /** Failures are forgotten before enough of them add up. */
  readonly never: boolean;
  /** From the first victim to the next one after the mark. */
  readonly cycle: number;
  /** How long a server that is back stays unused. */
  readonly back: number;
}

/** Requests that fail mark the server. */
function marked(proxy: ReverseProxy, each: number, rps: number | undefined): Marked | undefined {
  const { passive } = proxy;
  if (!passive) return undefined;
  const fails = passive.maxFails.value;
  const window = passive.failDuration.value;
  const back = each + window;
  if (rps === undefined) return { never: false, cycle: back, back, ...(fails === 1 ? { detection: each } : {}) };
  // From the first failure to the one that marks. Retries take turns too, and may bring the next failure sooner.
  const { largest, smallest } = sharesOf(proxy);
  const latest = markingTime(fails, 1 / smallest, rps);
  const soonest = markingTime(fails, turnsOf(proxy), rps);
  const never = soonest >= window;
  const share = (rps * largest) / 1000;
  // The victims fail as far apart as they came: where one is not forgotten before the next, all marks end after the last.
  const chained = share * window >= fails;
  const common = { never, cycle: chained ? each + back : back, back: never ? 0 : back };
  if (latest >= window) return common;
  const mean = share * each + (isRetried(proxy) ? (fails - 1) * largest : 0) + fails;
  return { ...common, detection: each + Math.ceil(latest), pay: Math.ceil(mean), mean };
}

function isRetried({ tryInterval }: ReverseProxy): boolean {
  return tryInterval !== undefined;
}

/** A dead server gets one turn in this many requests, at least; with a favourite a retry is a turn of the same server. */
function turnsOf(proxy: ReverseProxy): number {
  const { largest } = sharesOf(proxy);
  const retried = isRetried(proxy);
  const favourite = largest !== 1 / Math.max(1, proxy.servers.length);
  return favourite ? (retried ? 0 : 1 / largest) : turnsBetween(proxy.servers.length, retried);
}

/** Of the requests, what a server gets that is asked: the most and the least that one of them may get. */
function sharesOf({ balance, policy, servers }: ReverseProxy): { readonly largest: number; readonly smallest: number } {
  if (balance === 'first') return { largest: 1, smallest: 1 };
  // One client, or one URI, may be all that there is.
  if (balance === 'hash') return { largest: 1, smallest: 0 };
  const weights = (policy ?? servers.map(() => 1)).map(Number).filter((weight) => weight > 0);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return { largest: Math.max(...weights) / all, smallest: Math.min(...weights) / all };
}

interface Checked {
  readonly detection: number;
  readonly pay?: number;
  /** How long a server that is back stays unused. */
  readonly back: number;
}

/** Checks find the server, whether requests do or not. */
function checked(
  proxy: ReverseProxy,
  directives: CaddyDirectives,
  each: number,
  rps: number | undefined,
): Checked | undefined {
  if (!proxy.active) return undefined;
  const { interval, timeout } = proxy.active;
  // Checks go through the transport of the requests: its limits end them, too.
  const detection = checksFor('fails', proxy, directives) * interval.value + Math.min(timeout.value, each);
  // A check that outlasts the interval may still fail after the next one has passed.
  const late = timeout.value > interval.value ? timeout.value : 0;
  return {
    detection,
    back: checksFor('passes', proxy, directives) * interval.value + late,
    ...(rps === undefined ? {} : { pay: Math.ceil(hitsWithin(detection, proxy, each, rps)) }),
  };
}

/**
 * Requests that meet a dead server within `time` of the first one. Each of its turns that fails is followed by a retry,
 * which takes a turn as well.
 */
function hitsWithin(time: number, proxy: ReverseProxy, each: number, rps: number): number {
  const servers = 1 / sharesOf(proxy).largest;
  const all = 1 + (rps * time) / 1000;
  if (!isRetried(proxy)) return 1 + (all - 1) / servers;
  let [left, weight, hits] = [time, 1, 0];
  // Retries of retries of retries: those after the fortieth are no thousandth of a request.
  for (let generation = 0; generation < 40 && left >= 0; generation++) {
    hits += weight * (1 + (rps * left) / 1000 / servers);
    weight /= servers;
    left -= each;
  }
  return Math.min(all, hits);
}

/**
 * Checks until one server is out, or back. The counters belong to the address: all who check it count together, and who
 * reaches its number sets them back to 0 (healthchecks.go, doActiveHealthCheck), each once. A proxy of its own loses at
 * most all but one of its checks to each of the others; where all are alike it gets theirs in return.
 */
function checksFor(count: 'fails' | 'passes', { active, servers }: ReverseProxy, directives: CaddyDirectives): number {
  if (!active) return 0;
  const own = active[count].value;
  return Math.max(
    ...servers.map(({ value }) => {
      const checkers = checkersOf(value, directives);
      const alike = checkers.every((one) => one[count].value === own && one.interval.value === active.interval.value);
      const lost = (checkers.length - 1) * (own - 1);
      return own + (alike ? Math.min(lost, Math.ceil((checkers.length - 1) / 2)) : lost);
    }),
  );
}

function checkersOf(address: Address, { sites }: CaddyDirectives): NonNullable<ReverseProxy['active']>[] {
  const proxies = sites.flatMap((site) => askingProxies(site).map(({ proxy }) => proxy));
  const text = JSON.stringify(address);
  return proxies.flatMap(({ active, servers, upgraded }) => {
    if (!active || !servers.some(({ value }) => JSON.stringify(value) === text)) return [];
    // The proxy for upgrades asks as well.
    return upgraded ? [active, active] : [active];
  });
}

/** Without checks everybody meets the dead server again when its failures are forgotten. */
function again(proxy: ReverseProxy, each: number, found: Marked | undefined, rps: number | undefined) {
  const window = proxy.passive?.failDuration.value ?? 0;
  const { pay, mean, never = false, cycle = 0 } = found ?? {};
  const most = Math.min(1, 1 / turnsOf(proxy));
  const share = mean === undefined || rps === undefined ? most : Math.min(most, (mean * 1000) / (cycle * rps));
  return {
    ...(never ? {} : { probeEvery: each + window }),
    ...(pay === undefined ? {} : { probeRequests: pay }),
    ...(rps === undefined ? {} : { slowShare: roundedUp(share) }),
  };
}

function roundedUp(share: number): number {
  return Math.ceil(share * 10_000) / 10_000;
}
