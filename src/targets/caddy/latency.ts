import { counted } from '../../diagnostics/counted.ts';
import type { Bounds, Failing, FaultRow, Method } from '../../latency/bounds.ts';
import { later } from '../../latency/later.ts';
import { evaluate, fixedWait, least, sum, type Term, times, unbounded, wait, worst } from '../../latency/term.ts';
import { add, type Duration, milliseconds } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { type CaddyFault, type Costs, costOf, costsOf, refusedStream, speaksHttp2 } from './costs.ts';
import type { CaddyDirectives, ReverseProxy } from './directives.ts';
import { failWindows } from './fail-window.ts';
import { nameChange } from './name-change.ts';

/**
 * How long Caddy lets one request wait. Formulas from modules/caddyhttp/reverseproxy (2.6.2 to 2.11.4), each confirmed
 * by measurement on both. D dial, H header, N retries, Du duration, I interval, F fail_duration, m max_fails.
 */
export function caddyBounds(proxy: ReverseProxy, directives: CaddyDirectives, rps: number | undefined): Bounds {
  const { version } = directives;
  const context: Context = { proxy, version, costs: costsOf(proxy, version) };
  const headline = headlineOf(context);
  const rows = later(() => rowsOf(context));
  const windows = later(() => failWindows(proxy, directives, rps));
  return {
    headline,
    get rows() {
      return rows();
    },
    staleReuse: staleReuse(context, headline),
    clientFirstByte: clientFirstByte(proxy, headline),
    bodyBounded: false,
    ...((proxy.retries || !proxy.tryInterval) && !speaksHttp2(proxy)
      ? { amplification: (proxy.retries?.value ?? 0) + 1 }
      : {}),
    ...retriesFor(proxy),
    get failWindow() {
      return windows();
    },
    get nameChange() {
      return nameChange(proxy, windows());
    },
    assumptions: assumptions(context),
  };
}

/** The last attempt starts at the end of the duration, or after the last pause, at the earliest. */
function retriesFor({ retries, tryDuration, tryInterval }: ReverseProxy): { readonly retriesFor?: number } {
  if (!tryInterval) return {};
  const pauses = (retries?.value ?? Number.POSITIVE_INFINITY) * tryInterval.value;
  const longest = Math.min(Number.isNaN(pauses) ? 0 : pauses, tryDuration?.value ?? Number.POSITIVE_INFINITY);
  return { retriesFor: longest };
}

function clientFirstByte({ flush }: ReverseProxy, headline: Term): Bounds['clientFirstByte'] {
  if (flush && flush.value < 0) {
    return { wait: headline, because: 'with `flush_interval -1` Caddy passes the header on at once' };
  }
  if (flush && flush.value > 0) {
    const held = wait('flush', flush, 'flush_interval');
    return { wait: sum(headline, held), because: 'Caddy holds the header back for flush_interval at most' };
  }
  return {
    because: 'Caddy holds the header of an answer with a length back until 4 KiB of the body are there, or its end',
  };
}

interface Context {
  readonly proxy: ReverseProxy;
  readonly version: Version;
  readonly costs: Costs;
}

/** A dial error is tried again for every method; anything later only for the methods of lb_retry_match. */
const kinds: Readonly<Record<CaddyFault, { dialing: boolean; status: number }>> = {
  refused: { dialing: true, status: 502 },
  blackhole: { dialing: true, status: 502 },
  vanished: { dialing: false, status: 504 },
  silent: { dialing: false, status: 504 },
  late: { dialing: false, status: 504 },
  close: { dialing: false, status: 502 },
  error_status: { dialing: false, status: 503 },
  header_drip: { dialing: false, status: 504 },
  tls_stall: { dialing: false, status: 504 },
  no_read: { dialing: false, status: 504 },
  refused_stream: { dialing: false, status: 502 },
};

/** What the last attempt is answered with. */
function failedStatus(fault: CaddyFault, { read, write }: ReverseProxy): number {
  // Nothing of the answer comes while the request is being sent: `read_timeout` may end it first (measured on both versions).
  const isCut = fault === 'no_read' && read !== undefined && write !== undefined && read.value < write.value;
  return isCut ? 502 : kinds[fault].status;
}

function rowsOf(context: Context): FaultRow[] {
  const { proxy } = context;
  const rows = (Object.keys(kinds) as CaddyFault[])
    .filter((fault) => fault !== 'vanished' || proxy.keepalive)
    .filter((fault) => fault !== 'refused_stream' || speaksHttp2(proxy))
    .filter((fault) => fault !== 'tls_stall' || proxy.tls)
    .flatMap((fault) => {
      const methods: readonly Method[] = fault === 'no_read' ? ['POST'] : ['GET', 'POST'];
      return methods.flatMap((method) => [rowOf(fault, 'one', method, context), rowOf(fault, 'all', method, context)]);
    });
  return proxy.passive || proxy.active || proxy.fullAt
    ? [...rows, allMarked('GET', context), allMarked('POST', context)]
    : rows;
}

function rowOf(fault: CaddyFault, failing: Failing, method: Method, context: Context): FaultRow {
  const { proxy, costs } = context;
  const cost = costOf(fault, costs);
  if (!Number.isFinite(evaluate(cost))) {
    return { fault, failing, method, attempts: 1, status: failedStatus(fault, proxy), wait: cost };
  }
  const played = play(fault, failing, method, context);
  if (!played) return countless(fault, failing, method, context);
  const { attempts, whole, connects, pauses, status } = played;
  const terms = [
    times(whole, 'attempts', cost),
    ...(connects > 0 ? [times(connects, 'connects', costs.connecting)] : []),
    ...(pauses > 0 && evaluate(pauseOf(proxy)) > 0 ? [times(pauses, 'pauses', pauseOf(proxy))] : []),
  ];
  return { fault, failing, method, attempts, status, wait: sum(...terms) };
}

function pauseOf({ tryInterval, tryDuration }: ReverseProxy): Term {
  if (!tryInterval) return fixedWait('pause', milliseconds(0));
  // With a duration an interval of nothing would be Caddy's own 250ms: the shortest is written instead.
  return tryDuration && tryInterval.value === 1
    ? fixedWait('pause', tryInterval.value)
    : wait('pause', tryInterval, 'lb_try_interval');
}

/** More attempts than anybody counts: as many as start inside the window, and the last one may start at its end. */
function countless(fault: CaddyFault, failing: Failing, method: Method, { proxy, costs }: Context): FaultRow {
  const { tryDuration, tryInterval } = proxy;
  const cost = costOf(fault, costs);
  const wait = tryDuration && tryInterval ? sum(windowOf(tryDuration, tryInterval), cost) : endless(proxy);
  const most = Math.ceil(((tryDuration?.value ?? 0) + pause(proxy)) / Math.max(1, evaluate(cost) + pause(proxy)));
  return { fault, failing, method, attempts: most, status: failedStatus(fault, proxy), wait };
}

/** A negative number of retries or time for them counts as one, and never comes to its end. */
function endless({ tryInterval }: ReverseProxy): Term {
  return unbounded('retries', 'neither a number of retries nor a time for them ends the attempts', tryInterval?.at);
}

function pause({ tryInterval }: ReverseProxy): number {
  return tryInterval?.value ?? 0;
}

const countable = 10_000;

interface Played {
  /** How often a server is asked. */
  readonly attempts: number;
  /** Those that cost what the fault costs. */
  readonly whole: number;
  /** Those that cost a connection and then fail at once. */
  readonly connects: number;
  readonly pauses: number;
  readonly status: number;
}

/**
 * What proxyLoopIteration and LoadBalancing.tryAgain do when each attempt meets the same fault: the duration is checked
 * before the pause, which is never cut short. Tried servers are not left out: only marks take one out of rotation, so
 * with one server failing other requests can turn the balancer back to it until it is marked. When all are marked only
 * the pauses are left, and the status stays that of the last attempt.
 */
function play(
  fault: CaddyFault,
  failing: Failing,
  method: Method,
  { proxy, version, costs }: Context,
): Played | undefined {
  const { tryInterval } = proxy;
  // Marks of servers that come and go with DNS are not counted on.
  const passive = proxy.lookup ? undefined : proxy.passive;
  const { dialing } = kinds[fault];
  const failed = failedStatus(fault, proxy);
  const duration = proxy.tryDuration?.value ?? Number.POSITIVE_INFINITY;
  const retries = proxy.retries?.value ?? Number.POSITIVE_INFINITY;
  const each = evaluate(costOf(fault, costs));
  const counted = passive !== undefined && fault !== 'error_status';
  // Ends just before its limit: it is still inside a duration of just that length.
  const early = fault === 'late' || fault === 'close' || fault === 'error_status';
  const resent = proxy.retryMethods.includes(method);
  const answerResent = (proxy.retryStatusMethods ?? proxy.retryMethods).includes(method);
  const bodyStays = proxy.keepsBody && atLeast(version, '2.11.2');
  // A body that has been read or closed by one attempt is not there for the next, which then fails at once. Where POST is
  // sent again, it stands for one without a body, which waits longer.
  const oneBody = (fault === 'no_read' && !bodyStays) || (method === 'POST' && !resent && !atLeast(version, '2.11.2'));
  /** When the last failures of each server are forgotten, as many as mark it. */
  const failures = (proxy.servers.length > 0 ? proxy.servers : [undefined]).map((): number[] => []);
  const marks = passive?.maxFails.value ?? Number.POSITIVE_INFINITY;
  const free = (index: number): boolean => {
    const list = failures[index] ?? [];
    return list.length < marks || (list[0] ?? 0) <= now;
  };
  let now = 0;
  let [attempts, whole, connects, pauses] = [0, 0, 0, 0];
  let status = 503;
  let again = false;
  for (let turn = 0; ; turn++) {
    const from = failing === 'one' ? 0 : turn;
    const picked = firstFrom(from, failures.length, free);
    if (picked !== undefined) {
      const empty = oneBody && attempts > 0;
      const good = failing === 'one' && picked > 0;
      if (good && !empty) return { attempts: attempts + 1, whole, connects, pauses, status: 200 };
      attempts++;
      if (!good && (!empty || dialing)) {
        whole++;
        now += each;
        status = failed;
        again = dialing || (fault === 'error_status' ? answerResent && proxy.retryStatuses.includes(503) : resent);
      } else {
        if (!good && fault === 'late') {
          connects++;
          now += evaluate(costs.connecting);
        }
        status = 502;
        again = resent;
      }
      const list = failures[picked];
      if (counted && list?.push(now + passive.failDuration.value) === marks + 1) list.shift();
    }
    const over = early ? now > duration : now >= duration;
    if (tryInterval === undefined || over || pauses >= retries || !again) break;
    now += tryInterval.value;
    pauses++;
    if (pauses > countable) return undefined;
  }
  return { attempts, whole, connects, pauses, status };
}

/** Of so many the first that will do, from one of them on and around. */
function firstFrom(start: number, count: number, test: (index: number) => boolean): number | undefined {
  for (let step = 0; step < count; step++) {
    const index = (start + step) % count;
    if (test(index)) return index;
  }
  return undefined;
}

function allMarked(method: Method, { proxy, version }: Context): FaultRow {
  const { tryInterval, tryDuration, retries } = proxy;
  // Until 2.7.5 "no server" was an error like any other: only what may be sent again waits for one.
  const waits = tryInterval !== undefined && (proxy.retryMethods.includes(method) || atLeast(version, '2.7.5'));
  const byDuration = tryDuration
    ? Math.ceil(tryDuration.value / Math.max(1, tryInterval?.value ?? 0))
    : Number.POSITIVE_INFINITY;
  const fewest = Math.min(retries?.value ?? Number.POSITIVE_INFINITY, byDuration);
  const pauses = waits ? fewest : 0;
  const total = !Number.isFinite(pauses)
    ? endless(proxy)
    : pauses > 0
      ? times(pauses, 'pauses', pauseOf(proxy))
      : fixedWait('no live server', milliseconds(0));
  return { fault: 'all_marked', failing: 'all', method, attempts: 0, status: 503, wait: total };
}

/**
 * Every attempt at its worst; the duration lets one more start up to a pause after its end. Marks do not shorten it: when
 * other requests have marked every server, this one waits, and the last mark may end just before its last attempt.
 */
function headlineOf({ proxy, costs }: Context, stale?: { readonly all: Term; readonly last: Term }): Term {
  const attempt = speaksHttp2(proxy) ? worst(costs.both, refusedStream) : costs.both;
  const { retries, tryDuration, tryInterval } = proxy;
  const before = (more: Term | undefined): Term[] => (more ? [more] : []);
  const limits: Term[] = [];
  if (retries) {
    const count = proxy.servers.length;
    const servers = count === 0 ? 'with servers from DNS' : `with ${counted(count, 'server')}`;
    const tries = { ...retries, value: retries.value + 1 };
    const origin = { given: tries, directive: 'lb_retries + 1', beside: servers };
    const pause = pauseOf(proxy);
    const pauses = evaluate(pause) > 0 ? [times(retries.value, 'pauses', pause)] : [];
    const all = isEverResent(proxy)
      ? [times(retries.value + 1, 'attempts', attempt, origin)]
      : [times(retries.value, 'connects', costs.dial, origin), attempt];
    limits.push(sum(...before(stale?.all), ...all, ...pauses));
  }
  if (tryDuration && tryInterval) {
    limits.push(sum(...before(stale?.last), windowOf(tryDuration, tryInterval), attempt));
  }
  if (tryInterval && limits.length === 0) return sum(...before(stale?.all), attempt, endless(proxy));
  return limits.length > 0 ? least(...limits) : sum(...before(stale?.all), attempt);
}

/** Is anything tried again that a server may have seen? Otherwise every attempt but the last ends while connecting. */
function isEverResent({ retryMethods, retryStatuses, retryStatusMethods = retryMethods }: ReverseProxy): boolean {
  return retryMethods.length > 0 || (retryStatuses.length > 0 && retryStatusMethods.length > 0);
}

/** No attempt starts later: what the topology calls the window. */
function windowOf(tryDuration: Given<Duration>, tryInterval: Given<Duration>): Term {
  const value = add(tryDuration.value, tryInterval.value);
  return wait('window', { ...tryDuration, value }, 'lb_try_duration + lb_try_interval');
}

/**
 * Go's transport sends a request again by itself when a reused connection is closed before the first byte. Each server has
 * kept connections of its own; with a duration only the last attempt may meet them after its end.
 */
function staleReuse(context: Context, headline: Term): Bounds['staleReuse'] {
  const { proxy, costs } = context;
  const kept = proxy.keepalive?.perServer.value ?? 0;
  if (kept === 0) return { wait: headline, resends: 0, condition: 'no connection is reused' };
  const attempts = proxy.retries ? proxy.retries.value + 1 : proxy.tryDuration ? Number.POSITIVE_INFINITY : 1;
  // Servers from DNS may be any number.
  const most = Math.min(attempts, proxy.servers.length || Number.POSITIVE_INFINITY);
  const stale = (servers: number): Term => times(kept * servers, 'stale connections', costs.silence);
  return {
    wait: headlineOf(context, { all: Number.isFinite(most) ? stale(most) : endless(proxy), last: stale(1) }),
    resends: kept * (Number.isFinite(most) ? most : 1),
    condition:
      'servers close reused connections just before the header limit, again and again, and no other request refills the pool meanwhile',
  };
}

function assumptions({ proxy, version }: Context): string[] {
  return [
    'the wait begins when the whole request has arrived, and ends with the header or the proxy’s own error page',
    'the request fits the socket buffers; a large upload waits as the `no_read` row says',
    'a body that drips or stalls is not part of the wait',
    ...(atLeast(version, '2.11.2')
      ? []
      : ['POST stands for a request with a body: one without is tried again like a GET where POST is tried again']),
    ...(proxy.passive
      ? [
          'the rows are for marks that the request meets at its start or makes itself; the worst wait also counts marks that end meanwhile',
        ]
      : []),
    ...(proxy.active
      ? [
          'active checks see the same fault: a server that answers its checks and nothing else is found by requests only',
        ]
      : []),
    ...(proxy.servers.some(({ value }) => value.kind === 'name') ? ['DNS answers within the connect limit'] : []),
    ...(proxy.lookup
      ? ['there is one DNS server and no search domain: each more of them adds up to 10s to a lookup']
      : []),
    ...(proxy.tls && !proxy.tls.http1 && !proxy.tls.http2
      ? ['servers with HTTP/2 do not refuse streams: that would be sent again inside the attempt']
      : []),
    ...(proxy.queueAt ? ['the rows are for requests that find a free connection'] : []),
    ...(proxy.retryMethods.includes('POST') && !proxy.keepsBody
      ? ['POST stands for a request without a body: one with a body is tried again in vain, and fails at once']
      : []),
    'the machine of the proxy is not starved: a few milliseconds an attempt are not counted',
  ];
}
