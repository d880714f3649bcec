import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerFault as Bounded, FailWindow } from '../../src/latency/bounds.ts';
import { judge } from '../../src/report/report.ts';
import type { Binary } from '../proxies/binaries.ts';
import { type Fault, startFault, type Upstream } from '../proxies/faults.ts';
import { build, type Edge } from '../proxies/layout.ts';

/** A pool of two servers of which one dies. Times in milliseconds. */
export interface Case {
  readonly name: string;
  readonly fault: Bounded;
  /** Requests of a second, evenly spaced. */
  readonly rps: number;
  /** What the fault costs where it costs anything: the limits of connection and header. */
  readonly limit: number;
  /** How long a mark stays. nginx counts whole seconds: 5 of them become 5 to 6. */
  readonly window: number;
  readonly fails: number;
  readonly tries: number;
  readonly keepalive?: number;
  /** Further conditions of `retry.on`. */
  readonly on?: string;
  readonly active?: {
    readonly interval: number;
    readonly timeout: number;
    readonly fails: number;
    readonly passes: number;
  };
  /** A second site with checks of its own asks the same servers. */
  readonly shared?: boolean;
  /** Failures are too far apart to add up. */
  readonly never?: boolean;
  /** The server is back before the checks have noticed. */
  readonly brief?: boolean;
}

/** A bound and what was measured against it. */
export interface Figure {
  readonly name: string;
  readonly measured: number;
  readonly said: number | undefined;
  /** What a busy machine may have added. */
  readonly late: number;
  /** What the spacing of the requests may have hidden. */
  readonly coarse: number;
  /** `most`: never measured above; `least`: never below. */
  readonly bound: 'most' | 'least';
}

export interface Measured {
  readonly one: Case;
  readonly binary: Binary;
  readonly figures: readonly Figure[];
  /** Figures that the report must not have and has. */
  readonly surplus: readonly string[];
  readonly wrongStatuses: readonly number[];
}

/** How much larger than the measured value a bound may be. */
const LOOSE = 1.5;
/** Milliseconds that a busy machine may add to a moment. */
const LATE = 150;
/** Milliseconds between two looks at a pool that is out. */
const POLL = 100;
const CHECK = '/check';

/** What is wrong with it; empty: every figure holds and none is loose. */
export function problems({ figures, surplus, wrongStatuses }: Measured): string[] {
  const off = figures.flatMap(({ name, measured, said, late, coarse, bound }) => {
    if (said === undefined) return [`${name}: measured ${measured}, the report says nothing`];
    const [small, large] = bound === 'most' ? [measured, said] : [said, measured];
    if (small > large + late) return [`${name}: measured ${measured}, beyond the bound of ${said}`];
    return large > LOOSE * (small + coarse) ? [`${name}: measured ${measured}, the bound of ${said} is loose`] : [];
  });
  return [
    ...off,
    ...surplus.map((name) => `${name}: nothing is known, and the report says something`),
    ...wrongStatuses.map((status) => `a client got ${status}`),
  ];
}

/** A proxy that serves the cases of one version, each with servers and sites of its own. */
export interface Cases {
  /** All at the same time: nearly all of it is waiting. */
  measure(): Promise<Measured[]>;
  stop(): Promise<void>;
}

export async function startCases(binary: Binary, cases: readonly Case[]): Promise<Cases> {
  const good = () => startFault({ kind: 'ok' });
  const pools = await Promise.all(
    cases.map(async (one) => ({
      one,
      pair: await Promise.all([good(), good()]),
      marked: await Promise.all([good(), good()]),
    })),
  );
  const stop = () => Promise.all(pools.flatMap(({ pair, marked }) => [...pair, ...marked].map((one) => one.stop())));
  const servers = new Map(
    pools.flatMap(({ pair, marked }, index) => [
      ...pair.map(({ address }, at) => [server(index, 'pair', at), address] as const),
      ...marked.map(({ address }, at) => [server(index, 'all', at), address] as const),
    ]),
  );
  try {
    const edge = await build(binary, topologyOf(cases), { servers, workers: 1 });
    return {
      measure: () => Promise.all(pools.map(({ one, pair, marked }, index) => measure(edge, one, index, pair, marked))),
      async stop() {
        await edge.stop();
        await stop();
      },
    };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

function server(index: number, pool: 'pair' | 'all', at: number): string {
  return `10.${pool === 'pair' ? 0 : 1}.${index}.${at + 1}:3000`;
}

function siteOf(index: number, pool: 'pair' | 'all' | 'other'): string {
  return `c${index}-${pool}.example.org`;
}

function topologyOf(cases: readonly Case[]): string {
  const pools = cases.flatMap((one, index) =>
    (['pair', 'all'] as const).map((pool) => {
      const { interval = 0, timeout = 0, fails = 0, passes = 0 } = one.active ?? {};
      const active = one.active
        ? `, active: { path: ${CHECK}, interval: ${interval}ms, timeout: ${timeout}ms, fails: ${fails}, passes: ${passes} }`
        : '';
      const on = ['error', 'timeout', ...(one.on ? [one.on] : [])].join(', ');
      return `  c${index}-${pool}:
    servers: [${server(index, pool, 0)}, ${server(index, pool, 1)}]
    timeouts: { connect: ${one.limit}ms, response_header: ${one.limit}ms }
    keepalive: ${one.keepalive ?? 0}
    retry: { tries: ${one.tries}, on: [${on}] }
    health: { passive: { max_fails: ${one.fails}, fail_window: ${one.window / 1000}s }${active} }`;
    }),
  );
  const sites = cases.flatMap((one, index) => [
    `  ${siteOf(index, 'pair')}: { tls: none, upstream: c${index}-pair, traffic: { rps: ${one.rps} } }`,
    ...(one.shared
      ? [`  ${siteOf(index, 'other')}: { tls: none, upstream: c${index}-pair, traffic: { rps: ${one.rps} } }`]
      : []),
    `  ${siteOf(index, 'all')}: { tls: none, upstream: c${index}-all }`,
  ]);
  return `edge: { access_log: none }\nupstreams:\n${pools.join('\n')}\nsites:\n${sites.join('\n')}\n`;
}

type Pair = readonly Upstream[];

async function measure(edge: Edge, one: Case, index: number, pair: Pair, marked: Pair): Promise<Measured> {
  const { topology, lowered } = edge.analysis;
  const report = judge(topology ?? fail('no topology'), lowered ?? {}).find(
    ({ site }) => site.id === siteOf(index, 'pair'),
  );
  const said = report?.targets[0]?.bounds.failWindow.find(({ fault }) => fault === one.fault);
  if (!said) throw new Error(`the report has no ${one.fault}`);
  const sites = [siteOf(index, 'pair'), ...(one.shared ? [siteOf(index, 'other')] : [])];
  const [loads, outage] = await Promise.all([
    pay(edge, one, sites, pair[1] ?? fail('no server')),
    one.never ? undefined : allMarked(edge, one, siteOf(index, 'all'), marked),
  ]);
  // Without marks nothing keeps a retry of Caddy from the dead server, and marks come after several failures.
  const served = one.tries > 1 && (one.fails === 1 || edge.binary.program === 'nginx');
  return {
    one,
    binary: edge.binary,
    figures: figuresOf(one, said, loads, outage),
    surplus: one.never && (said.detection ?? said.firstHitRequests ?? said.probeEvery) !== undefined ? ['marks'] : [],
    wrongStatuses: loads.flatMap(({ asked }) =>
      asked.map(({ status }) => status).filter((status) => served && status !== 200),
    ),
  };
}

/** One request of the load: when it began, how long it took, and what the client got. */
interface Asked {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
  readonly server: string;
}

interface Load {
  readonly asked: readonly Asked[];
  readonly diedAt: number;
  readonly backAt: number;
}

function figuresOf(one: Case, said: FailWindow, loads: readonly Load[], outage: number | undefined): Figure[] {
  // The dead server gets at least every second request. Two who check it at the same moment may count in any order.
  const spacing = 2000 / one.rps;
  const order = one.shared && one.active ? one.active.interval : 0;
  const each = loads.map((load) => {
    const met = hits(one, load);
    const [first = [], ...probes] = bursts(one, met);
    const [marking = []] = one.fails > 0 ? burstsApart(met, one) : [first];
    const begins = [first, ...probes].map(([begin]) => begin?.at ?? 0);
    const back = load.asked.filter(({ at, server: by }) => at > load.backAt && by === 'dead');
    const [from = 0, , to = 0] = begins.slice(1);
    const dead = load.asked.filter(({ at }) => at >= load.diedAt && at < load.backAt);
    const whole = probes.slice(0, 2).map((burst) => burst.length);
    const later = one.never ? met.length / dead.length : sum(whole) / (((to - from) / 1000) * one.rps);
    return {
      first: first.length,
      detection: (marking.at(-1)?.at ?? 0) - (marking[0]?.at ?? 0),
      gaps: begins.slice(1).map((at, index) => at - (begins[index] ?? 0)),
      probes: one.active ? [sum(probes.map((burst) => burst.length))] : whole,
      share: one.active ? sum(probes.map((burst) => burst.length)) : later,
      recovery: Math.min(...back.map(({ at }) => at)) - load.backAt,
    };
  });
  type Observed = (typeof each)[number];
  const worst = (of: (load: Observed) => number): number => Math.max(...each.map(of));
  const most = (name: string, measured: number, bound: number | undefined, late: number, coarse: number): Figure => {
    return { name, measured, said: bound, late, coarse, bound: 'most' };
  };
  const share = most(
    'slow share',
    worst((load) => load.share),
    said.slowShare,
    0,
    0,
  );
  const recovery = most(
    'recovery',
    worst((load) => load.recovery),
    said.recovery,
    LATE + spacing,
    spacing,
  );
  if (one.never) return [share, recovery];
  return [
    most(
      'first hits',
      worst(({ first }) => first),
      said.firstHitRequests,
      0,
      1 + order / spacing,
    ),
    most(
      'detection',
      worst(({ detection }) => detection),
      said.detection,
      LATE,
      spacing + order,
    ),
    share,
    recovery,
    ...(outage === undefined ? [] : [most('all marked', outage, said.allMarked, 2 * LATE, POLL)]),
    ...each.flatMap(({ probes }) =>
      probes.map((count) => most('probe requests', count, said.probeRequests, 0, one.active ? 0 : 1)),
    ),
    ...(one.active
      ? []
      : each.flatMap(({ gaps }) =>
          gaps.map((gap): Figure => {
            return {
              name: 'probe gap',
              measured: gap,
              said: said.probeEvery,
              late: LATE,
              coarse: spacing,
              bound: 'least',
            };
          }),
        )),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** Requests that met the dead server: the client waited for it, or got its error. */
function hits({ limit, fault }: Case, { asked, diedAt, backAt }: Load): Asked[] {
  return asked
    .filter(
      ({ at, ms, status }) =>
        at >= diedAt && at < backAt && (status !== 200 || (fault !== 'refused' && ms >= 0.9 * limit)),
    )
    .sort((a, b) => a.at - b.at);
}

/** Hits that no mark lies between. With checks all before one has failed often enough are first hits. */
function bursts(one: Case, met: readonly Asked[]): Asked[][] {
  const { active } = one;
  return active ? grouped(met, 2 * active.interval * active.fails + active.timeout) : burstsApart(met, one);
}

function burstsApart(met: readonly Asked[], { window, limit }: Case): Asked[][] {
  return grouped(met, Math.max(window / 2, 2 * limit));
}

/** In groups that a pause lies between. */
function grouped(met: readonly Asked[], pause: number): Asked[][] {
  const list: Asked[][] = [];
  for (const one of met) {
    const last = list.at(-1)?.at(-1);
    if (last && one.at - last.at < pause) list.at(-1)?.push(one);
    else list.push([one]);
  }
  return list;
}

/** How the fault looks from a server. */
function staged({ fault, limit }: Case): Fault {
  if (fault === 'close' || fault === 'error_status') return { kind: fault, afterMs: limit - 15 };
  if (fault === 'vanished') return { kind: 'silent' };
  if (fault === 'refused' || fault === 'blackhole' || fault === 'silent') return { kind: fault };
  throw new Error(`${fault} is not measured`);
}

/** Seconds that a load lasts at most. */
const longest = 40;

/** Load on all sites of a pool of which one server dies after a while, and comes back as late as it can. */
async function pay(edge: Edge, one: Case, sites: readonly string[], dead: Upstream): Promise<Load[]> {
  const loads = sites.map(() => ({
    asked: [] as Asked[],
    diedAt: Number.POSITIVE_INFINITY,
    backAt: Number.POSITIVE_INFINITY,
  }));
  const pending: Promise<unknown>[] = [];
  const over = new AbortController();
  const set = (moment: 'diedAt' | 'backAt'): void => {
    for (const load of loads) load[moment] = performance.now();
  };
  const director = direct(one, dead, loads, set, over.signal);
  const isOver = (): boolean =>
    loads.every(({ asked, backAt }) => asked.some(({ at, server: by }) => at > backAt && by === 'dead'));
  const started = performance.now();
  for (let count = 0; count < longest * one.rps && !isOver(); count++) {
    await sleep(started + (count * 1000) / one.rps - performance.now());
    for (const [index, site] of sites.entries()) {
      const at = performance.now();
      const asking = edge.ask(`http://${site}/`).then((answer) => {
        const status = 'status' in answer ? answer.status : 0;
        const id = status === 200 && 'body' in answer ? (JSON.parse(answer.body) as { id: string }).id : '';
        const server = id === dead.id ? 'dead' : id;
        loads[index]?.asked.push({ at, ms: answer.totalMs, status, server });
      });
      pending.push(asking);
    }
  }
  over.abort();
  await Promise.all([director, ...pending]);
  return loads;
}

/** Lets the server die and come back. */
async function direct(
  one: Case,
  dead: Upstream,
  loads: readonly Load[],
  set: (moment: 'diedAt' | 'backAt') => void,
  over: AbortSignal,
): Promise<void> {
  const until = async (is: () => boolean): Promise<void> => {
    while (!is() && !over.aborted) await sleep(10);
  };
  const checks = (): number => dead.seen().filter(({ url }) => url === CHECK).length;
  // A check has just passed, or just failed: the next one is a whole interval away.
  const untilCheck = async (): Promise<void> => {
    const before = checks();
    await until(() => checks() > before);
  };
  await sleep(Math.max(1500, 4000 / one.rps));
  // Between two requests: one that is cut short would be a failure that nobody has waited for.
  if (one.active) await untilCheck();
  else {
    const served = dead.seen().length;
    await until(() => dead.seen().length > served);
  }
  await sleep(10);
  // Nothing is cut, and nothing refused meanwhile.
  set('diedAt');
  await dead.become(staged(one), { keepConnections: true });
  const burst = (number: number) => until(() => loads.every((load) => bursts(one, hits(one, load)).length === number));
  // Bursts are known only when their first request has paid.
  const rest = ((one.fails - 1) * 2000) / one.rps + (one.fails > 1 ? one.limit : 0);
  if (one.brief) {
    await burst(1);
    await sleep(one.limit);
  } else if (one.active) {
    const { interval, timeout, fails } = one.active;
    await sleep((2 * fails + 1) * interval + timeout);
    await untilCheck();
    await sleep(20);
  } else if (one.never) await sleep(6 * one.window);
  else {
    await burst(4);
    await sleep(rest);
  }
  await dead.become({ kind: 'ok' });
  set('backAt');
}

/** Both servers fail as often as it takes and are good again: for how long are errors still given at once? */
async function allMarked(edge: Edge, one: Case, site: string, servers: Pair): Promise<number> {
  const ask = () => edge.ask(`http://${site}/`);
  const become = (fault: Fault) => Promise.all(servers.map((each) => each.become(fault, { keepConnections: true })));
  const broken: Fault = one.fault === 'error_status' ? { kind: 'error_status' } : { kind: 'close' };
  // Checks begin with the proxy: at that moment one of them would be first to find out.
  if (one.active) await sleep(500);
  await become(broken);
  for (let count = 0; count < 2 * Math.max(1, one.fails); count++) await ask();
  if (one.active && (one.fails === 0 || one.window < one.active.interval)) {
    const seen = servers.map((each) => each.seen().length);
    // Checks find them, one after the other; requests do not reach them any more.
    await sleep((one.active.fails + 1) * one.active.interval + one.active.timeout);
    while (servers.some((each, index) => each.seen().length === seen[index])) await sleep(10);
    const last = servers.map((each) => each.seen().filter(({ url }) => url === CHECK).length);
    while (servers.some((each, index) => each.seen().filter(({ url }) => url === CHECK).length === last[index]))
      await sleep(10);
  }
  await become({ kind: 'ok' });
  const marked = performance.now();
  for (;;) {
    const answer = await ask();
    const now = performance.now() - marked;
    if ('status' in answer && answer.status === 200) return now;
    if (now > 3 * one.window + 10_000) throw new Error(`${one.name}: never served again`);
    await sleep(POLL);
  }
}

function fail(message: string): never {
  throw new Error(message);
}
