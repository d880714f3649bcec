import { type Cell, type Role, type Staged, staged } from '../../src/drill/staging.ts';
import type { Failing, Method } from '../../src/latency/bounds.ts';

/** One measurement: a pool with a route of its own, and what its servers do. */
export interface Case {
  readonly name: string;
  /** Absent for a mixture. */
  readonly cell?: Cell;
  readonly method: Method;
  /** One for each server; for a cell with one server failing they are made when the first choice of the proxy is known. */
  readonly servers: number;
  readonly roles?: readonly Role[];
  readonly pool: PoolWords;
  /** What is said of each server besides its address. */
  readonly ranks: readonly ServerWords[];
  /** What the route says itself. */
  readonly route: RouteWords;
}

export interface ServerWords {
  readonly weight?: number;
  readonly backup?: true;
  readonly max_conns?: number;
  readonly state?: 'down' | 'drain';
}

export interface RouteWords {
  readonly stream?: true;
  readonly timeouts?: { readonly idle: string };
}

/** The words of a pool as the topology has them, without servers. */
export interface PoolWords {
  readonly balance: string | Readonly<Record<'hash', string>> | Readonly<Record<'sticky', { readonly cookie: string }>>;
  readonly keepalive: { readonly connections: number; readonly idle: string };
  readonly timeouts: Readonly<Record<'connect' | 'response_header' | 'send', string>>;
  readonly retry: Readonly<Record<string, unknown>>;
  readonly health: { readonly passive: { readonly max_fails: number; readonly fail_window: string } };
}

/** Reproducible numbers: mulberry32. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  /** A multiple of 10 between both, for times that a person can add up. */
  tens(from: number, to: number): number {
    return this.between(from / 10, to / 10) * 10;
  }
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }
  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)] as T;
  }
  chance(share: number): boolean {
    return this.next() < share;
  }
  shuffled<T>(list: readonly T[]): T[] {
    const keys = list.map((one) => [this.next(), one] as const);
    return keys.sort(([a], [b]) => a - b).map(([, one]) => one);
  }
}

/** Every cell that some version of some proxy has. */
export const cells: readonly Cell[] = staged.flatMap((fault): Cell[] => {
  const failing = fault === 'all_marked' ? (['all'] as const) : (['one', 'all'] as const);
  const methods = fault === 'no_read' ? (['POST'] as const) : (['GET', 'POST'] as const);
  return failing.flatMap((one) => methods.map((method) => ({ fault, failing: one, method })));
});

export function caseOf(name: string, cell: Cell, random: Random): Case {
  const { fault, failing, method } = cell;
  const several = failing === 'one' || fault === 'all_marked';
  const servers =
    several && random.chance(0.95) ? random.between(2, 4) : random.between(fault === 'all_marked' ? 2 : 1, 4);
  return { name, cell, method, servers, ...wordsOf(fault, failing, servers, random), route: routeOf(random) };
}

export function mixtureOf(name: string, random: Random): Case {
  const servers = random.between(2, 4);
  const late = random.chance(0.15);
  const kinds: readonly Role[] = ['refused', 'blackhole', 'silent', 'close', 'error_status', 'header_drip', 'ok'];
  const roles = Array.from({ length: servers }, () =>
    random.pick(late ? ([...kinds, 'late', 'late'] as const) : kinds),
  );
  const method = random.pick(['GET', 'GET', 'POST'] as const);
  const words = wordsOf(late ? 'late' : 'close', 'all', servers, random);
  return { name, method, servers, roles, ...words, route: routeOf(random) };
}

function poolOf(fault: Staged, failing: Failing, random: Random): PoolWords {
  const late = fault === 'late';
  const unlimited = random.chance(0.25);
  const window =
    unlimited || random.chance(0.35) ? (late ? random.tens(1200, 4000) : random.tens(200, 1500)) : undefined;
  const pause = random.chance(0.4) ? 0 : random.tens(20, 250);
  const interval = window === undefined ? pause : Math.min(pause, Math.floor(window / 20) * 10);
  const status = random.chance(fault === 'error_status' ? 0.7 : 0.3);
  const on = random.chance(0.85) ? ['error', 'timeout'] : random.pick([['error'], ['timeout']]);
  const marked = fault === 'all_marked';
  return {
    balance: balanceOf(fault, failing, random),
    keepalive: { connections: fault === 'vanished' ? 4 : random.pick([0, 4]), idle: '60s' },
    timeouts: {
      connect: `${late ? random.tens(1100, 1600) : random.tens(100, 600)}ms`,
      response_header: `${random.tens(fault === 'close' || fault === 'error_status' ? 200 : 100, 600)}ms`,
      send: `${random.tens(100, 600)}ms`,
    },
    retry: {
      tries: unlimited ? 'unlimited' : random.pick(marked ? [1, 2, 3] : [1, 2, 3, 4, 4]),
      ...(window === undefined ? {} : { window: `${window}ms` }),
      interval: `${interval}ms`,
      on: status ? [...on, 'http_503'] : on,
      non_idempotent: random.chance(0.4),
    },
    health: {
      passive: {
        max_fails: random.pick(marked ? [1, 1, 2] : [0, 1, 1, 2]),
        fail_window: marked ? '60s' : random.pick(['1s', '60s']),
      },
    },
  };
}

/** Where chance decides which server is asked first, all of them must fail, over new connections. */
function balanceOf(fault: Staged, failing: Failing, random: Random): PoolWords['balance'] {
  if (random.chance(0.6)) return 'round_robin';
  if (failing === 'one' || fault === 'vanished') return random.pick(['round_robin', 'first']);
  return random.pick([
    'least_conn',
    'least_conn',
    'first',
    'random',
    { hash: 'client_ip' },
    { hash: 'uri' },
    { sticky: { cookie: 'edge' } },
  ]);
}

function wordsOf(fault: Staged, failing: Failing, servers: number, random: Random): Pick<Case, 'pool' | 'ranks'> {
  const pool = poolOf(fault, failing, random);
  return { pool, ranks: ranksOf(pool, servers, random) };
}

/** Primaries, then backups, then who is out of service: the order in which every proxy lists them. Hashes have no backups. */
function ranksOf({ balance }: PoolWords, servers: number, random: Random): ServerWords[] {
  const kind = random.pick(['plain', 'plain', 'plain', 'weights', 'backups']);
  // Drained servers are something of their own only where clients are bound to one.
  const bound = typeof balance === 'object' && 'sticky' in balance;
  const out = servers > 2 && random.chance(bound ? 0.5 : 0.15) ? 1 : 0;
  const backups =
    kind === 'backups' && typeof balance === 'string' && servers - out > 1 ? random.between(1, servers - out - 1) : 0;
  const limit = random.chance(0.1) ? { max_conns: 100 } : {};
  const state = bound ? 'drain' : random.pick(['down', 'drain'] as const);
  return Array.from({ length: servers }, (_, index): ServerWords => {
    const weight = kind === 'weights' ? { weight: random.between(1, 3) } : {};
    if (index >= servers - out) return { ...limit, ...weight, state };
    return { ...limit, ...weight, ...(index >= servers - out - backups ? { backup: true } : {}) };
  });
}

function routeOf(random: Random): RouteWords {
  return random.chance(0.15) ? { stream: true, timeouts: { idle: `${random.tens(100, 900)}ms` } } : {};
}

/** The topology of these cases, with the addresses of their servers. */
export function topologyOf(cases: readonly (readonly [Case, readonly string[]])[]): string {
  const pools = cases.map(([{ name, pool, ranks }, addresses]) => {
    const servers = addresses.map((address, index) => ({ address, ...ranks[index] }));
    return `  ${name}: ${JSON.stringify({ servers, ...pool })}`;
  });
  const sites = cases.map(
    ([{ name, route }]) => `  ${siteOf(name)}: ${JSON.stringify({ tls: 'none', upstream: name, ...route })}`,
  );
  return ['edge: { access_log: none }', 'upstreams:', ...pools, 'sites:', ...sites, ''].join('\n');
}

export function siteOf(name: string): string {
  return `${name}.example.org`;
}
