import { counted } from '../../diagnostics/counted.ts';
import type { Bounds, Failing, FaultRow, Method } from '../../latency/bounds.ts';
import { later } from '../../latency/later.ts';
import { fixedWait, least, sum, type Term, times, unbounded, wait } from '../../latency/term.ts';
import { type Duration, humanDuration, milliseconds } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import { type Costs, costOf, costsOf, millisecondsOf, type NginxFault } from './costs.ts';
import type { NginxDirectives, NginxLocation, NginxUpstream } from './directives.ts';
import { failWindows } from './fail-window.ts';
import { nameChange } from './name-change.ts';
import { type Peers, peersOf, upstreamNamed, usersOf } from './peers.ts';

/**
 * How long nginx lets one request wait. Formulas from ngx_http_upstream.c and ngx_http_upstream_round_robin.c
 * (1.22.1 to 1.30), each confirmed by measurement on 1.22.1 and 1.30.6.
 */
export function nginxBounds(
  location: NginxLocation,
  all: Pick<NginxDirectives, 'upstreams' | 'workers'> & Partial<Pick<NginxDirectives, 'servers' | 'resolver'>>,
  rps: number | undefined,
): Bounds {
  const { pass } = location;
  const upstream = pass.kind === 'upstream' ? upstreamNamed(pass.name, all.upstreams) : undefined;
  const costs = costsOf(location);
  const peers = upstream && peersOf(upstream);
  const attempts = attemptsOf(location, peers);
  const context: Context = { location, upstream, peers, costs, attempts };
  const headline = headlineOf(context);
  const rows = later(() => rowsOf(context));
  const { workers, servers = [] } = all;
  const windows = later(() => {
    if (!upstream) return [];
    const users = usersOf(upstream, servers);
    return failWindows(location, { upstream, users, workers, costs, attempts, rps });
  });
  return {
    headline,
    get rows() {
      return rows();
    },
    staleReuse: staleReuse(context, headline),
    clientFirstByte: clientFirstByte(location, headline),
    bodyBounded: false,
    ...(Number.isFinite(attempts) ? { amplification: Math.max(1, attempts) } : {}),
    ...(peers && peers.spoken > 1 ? {} : { lone: true as const }),
    get failWindow() {
      return windows();
    },
    get nameChange() {
      return nameChange(location, upstream, all.resolver);
    },
    assumptions: assumptions(context),
  };
}

interface Context {
  readonly location: NginxLocation;
  /** Absent: a name that is resolved for each request. */
  readonly upstream: NginxUpstream | undefined;
  readonly peers: Peers | undefined;
  readonly costs: Costs;
  /** Attempts of one request at most; `Infinity` when only the number of addresses behind names bounds it. */
  readonly attempts: number;
}

/** tries caps the attempts, and every address of the pool is tried once. A name may have any number of addresses. */
function attemptsOf(location: NginxLocation, peers: Peers | undefined): number {
  const { tries, pass } = location;
  if (!triesAgain(location)) return Math.min(1, peers?.asked ?? 1);
  const limit = tries.value === 0 ? Number.POSITIVE_INFINITY : tries.value;
  const named = pass.kind === 'variable' && pass.address.value.kind === 'name';
  return Math.min(limit, peers?.asked ?? (named ? limit : 1));
}

/** Is there any failure after which another server is tried? */
function triesAgain({ conditions }: NginxLocation): boolean {
  return conditions.some((condition) => condition !== 'non_idempotent');
}

/** The condition of proxy_next_upstream that lets a failure move on, and whether the request had been sent by then. */
const kinds: Readonly<Record<NginxFault, { needs: string; sent: boolean; status: number }>> = {
  refused: { needs: 'error', sent: false, status: 502 },
  blackhole: { needs: 'timeout', sent: false, status: 504 },
  vanished: { needs: 'timeout', sent: true, status: 504 },
  silent: { needs: 'timeout', sent: true, status: 504 },
  late: { needs: 'timeout', sent: true, status: 504 },
  close: { needs: 'error', sent: true, status: 502 },
  error_status: { needs: 'http_503', sent: true, status: 503 },
  header_drip: { needs: 'timeout', sent: true, status: 504 },
  tls_stall: { needs: 'timeout', sent: false, status: 504 },
  no_read: { needs: 'timeout', sent: true, status: 504 },
  refused_stream: { needs: 'error', sent: true, status: 502 },
};

function rowsOf(context: Context): FaultRow[] {
  const { location, upstream, peers } = context;
  const reuse = kept(location, upstream) > 0;
  // Without a peer that may be asked nothing can fail.
  const faults = peers?.asked === 0 ? [] : (Object.keys(kinds) as NginxFault[]);
  const rows = faults
    .filter((fault) => fault !== 'vanished' || reuse)
    .filter((fault) => fault !== 'tls_stall' || location.tls)
    .filter((fault) => fault !== 'refused_stream' || location.speaks)
    .flatMap((fault) => rowsOfFault(fault, context));
  if (!peers?.marked) return rows;
  const none = fixedWait('no live server', milliseconds(0));
  const marked = (method: Method): FaultRow => ({
    fault: 'all_marked',
    failing: 'all',
    method,
    attempts: 0,
    status: 502,
    wait: none,
  });
  return [...rows, marked('GET'), marked('POST')];
}

function rowsOfFault(fault: NginxFault, context: Context): FaultRow[] {
  const { location, costs, attempts } = context;
  const { needs, sent, status } = kinds[fault];
  const conditions: readonly string[] = location.conditions;
  const several = attempts > 1;
  const cost = costOf(fault, costs);
  const row = (failing: Failing, method: Method): FaultRow => {
    const repeatable = method === 'GET' || !sent || conditions.includes('non_idempotent');
    // A body that is passed on as it comes is not there any more once a part of it was sent.
    const gone = fault === 'no_read' && location.requestBuffering === false;
    const again = conditions.includes(needs) && repeatable && !gone;
    const count = again && several ? countOf(fault, context) : 1;
    // Each server is asked once: behind the one that fails there is a good one, if the window lets it be asked.
    if (failing === 'one') {
      const saved = count > 1;
      return { fault, failing, method, attempts: saved ? 2 : 1, status: saved ? 200 : status, wait: cost };
    }
    const term = Number.isFinite(count) ? times(count, 'attempts', cost) : endless(cost);
    return { fault, failing, method, attempts: count, status, wait: term };
  };
  const methods: readonly Method[] = fault === 'no_read' ? ['POST'] : ['GET', 'POST'];
  return methods.flatMap((method) => [row('one', method), row('all', method)]);
}

/** Attempts when each costs the same: none starts once the window is over. Faults that end just before a limit get one more. */
function countOf(fault: NginxFault, { location, costs, attempts }: Context): number {
  const each = millisecondsOf(costs, fault);
  const window = location.window?.value;
  if (window === undefined || each === 0) return attempts;
  const early = fault === 'late' || fault === 'close' || fault === 'error_status';
  const fits = early ? Math.floor(window / each) + 1 : Math.max(1, Math.ceil(window / each));
  return Math.min(attempts, fits);
}

function endless(cost: Term): Term {
  return sum(
    cost,
    unbounded('for each address', 'a name may have any number of addresses, and `tries` does not limit them'),
  );
}

/** Every attempt at its worst: accepted at the last moment, then silent. The window lets one more start just before its end. */
function headlineOf(context: Context): Term {
  const { lookup } = context.location;
  const asking = attemptsTerm(context);
  return lookup ? sum(wait('name lookup', lookup, 'resolver_timeout'), asking) : asking;
}

function attemptsTerm({ location, peers, costs, attempts }: Context): Term {
  const servers = peers?.spoken ?? 1;
  const beside = `with ${counted(servers, 'server')}`;
  const tries = location.tries.value === 0 ? { ...location.tries, value: 'unlimited' } : location.tries;
  const origin = { given: tries, directive: 'proxy_next_upstream_tries', beside };
  const { window } = location;
  if (!triesAgain(location) && attempts === 1) return costs.both;
  const all = Number.isFinite(attempts) ? times(attempts, 'attempts', costs.both, origin) : endless(costs.both);
  if (!window || attempts === 1) return all;
  const inside = sum(windowOf(window), costs.both);
  return Number.isFinite(attempts) ? least(all, inside) : inside;
}

function windowOf(window: NonNullable<NginxLocation['window']>): Term {
  return wait('window', window, 'proxy_next_upstream_timeout');
}

/** A failure on a reused connection does not use up a try; each address is still asked once. */
function staleReuse({ location, upstream, peers, costs, attempts }: Context, headline: Term): Bounds['staleReuse'] {
  const connections = kept(location, upstream);
  if (connections === 0 || !peers || !location.conditions.includes('error')) {
    return { wait: headline, resends: 0, condition: 'no request is sent again after a reused connection was closed' };
  }
  const resends = peers.single || peers.countless ? connections : Math.max(0, peers.spoken + peers.drained - attempts);
  if (resends === 0) {
    return { wait: headline, resends, condition: 'every server is tried anyway: a closed connection adds nothing' };
  }
  const more = sum(times(resends, 'stale connections', costs.read), headline);
  return {
    wait: location.window ? least(more, sum(windowOf(location.window), costs.both)) : more,
    resends,
    condition: 'servers close reused connections just before the header limit, again and again',
  };
}

/** Idle connections that a request of this location may be sent over. */
function kept({ reuse = true }: NginxLocation, upstream: NginxUpstream | undefined): number {
  return reuse ? (upstream?.keepalive.connections ?? 0) : 0;
}

function clientFirstByte({ buffering = true, speaks }: NginxLocation, headline: Term): Bounds['clientFirstByte'] {
  if (speaks === 'grpc') return { wait: headline, because: '`grpc_pass` passes the header on as it comes' };
  if (!buffering) return { wait: headline, because: 'with `proxy_buffering off` the header is passed on as it comes' };
  return {
    // The pipe passes on what is at least as long as the rest that it knows of: of a chunked body that is 3 bytes
    // (ngx_event_pipe_read_upstream, ngx_http_proxy_input_filter_init).
    because:
      'nginx holds the header of an answer that is not chunked back until 4 KiB of the body are there, or its end',
  };
}

/** One limit of nginx is for the header and for the silence after it. */
function upgradeAssumption({ value }: Given<Duration>): string {
  return `an upgrade (websocket) may wait ${humanDuration(value)} for its answer, in each attempt`;
}

function assumptions({ location, peers }: Context): string[] {
  return [
    'the wait begins when the whole request has arrived, and ends with the header or the proxy’s own error page',
    'the request fits the socket buffers; a large upload waits as the `no_read` row says',
    'a body that drips or stalls is not part of the wait',
    ...(location.pass.kind === 'variable' && location.pass.address.value.kind === 'name' && !location.lookup
      ? ['the name is resolved at once; a dead DNS server adds up to 2s']
      : []),
    ...(location.upgraded ? [upgradeAssumption(location.upgraded)] : []),
    ...(peers?.localhost ? ['`localhost` has two addresses, ::1 and 127.0.0.1'] : []),
    ...(location.accelRedirect
      ? ['no server sends X-Accel-Redirect, with which nginx would ask another location']
      : []),
    ...(peers && !peers.single && !location.ignoresAbort
      ? ['clients that give up before a fault ends are not counted as failures: the server is then never marked']
      : []),
    'the machine of the proxy is not starved: a few milliseconds an attempt are not counted',
  ];
}
