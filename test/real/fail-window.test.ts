import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { FailWindow } from '../../src/latency/bounds.ts';
import { judge } from '../../src/report/report.ts';
import { binaries, requireBinaries } from '../proxies/binaries.ts';
import { type Fault, startFault } from '../proxies/faults.ts';
import { build, type Edge } from '../proxies/layout.ts';

/** Requests of a second, evenly spaced. */
const RPS = 50;
/** What the fault costs, and how long a mark stays: nginx counts whole seconds, so 5 become 5 to 6. */
const COST = 500;
const WINDOW = 5_000;
/** Milliseconds that a busy machine may add to a moment. */
const LATE = 100;
/** How much larger than the measured value a bound may be. */
const LOOSE = 1.5;

/** One request of the load: when it began and how long it took, in milliseconds. */
interface Asked {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
  readonly server: string;
}

interface Figures {
  readonly firstHitRequests: number;
  readonly detection: number;
  /** From the begin of each burst of slow requests to the next. */
  readonly gaps: readonly number[];
  readonly probeRequests: readonly number[];
  readonly slowShare: number;
  readonly recovery: number;
}

requireBinaries('nginx');
const newest = [...binaries('nginx'), ...binaries('caddy')].filter(({ age }) => age === 'new');
const cases = newest.flatMap((binary) => (['blackhole', 'silent'] as const).map((fault) => ({ binary, fault })));

describe.concurrent.each(cases)('$binary.program $binary.version, $fault', ({ binary, fault }) => {
  it('pays as often as the report says', async () => {
    const good = await startFault({ kind: 'ok' }, { id: 'good' });
    const dead = await startFault({ kind: 'ok' }, { id: 'dead' });
    const marked = await Promise.all([startFault({ kind: 'ok' }), startFault({ kind: 'ok' })]);
    const servers = new Map([
      ['10.0.0.1:3000', good.address],
      ['10.0.0.2:3000', dead.address],
      ['10.0.1.1:3000', marked[0].address],
      ['10.0.1.2:3000', marked[1].address],
    ]);
    const edge = await build(binary, TOPOLOGY, { servers });
    try {
      const { topology, lowered } = edge.analysis;
      if (!topology || !lowered) throw new Error('not compiled');
      const { bounds } = judge(topology, lowered)[0]?.targets[0] ?? {};
      const said = bounds?.failWindow.find((one) => one.fault === fault);
      if (!said) throw new Error(`the report has no ${fault}`);
      const [figures, allMarked] = await Promise.all([pay(edge, { kind: fault }, dead), outage(edge, marked)]);
      compare(said, figures, allMarked);
    } finally {
      await edge.stop();
      await Promise.all([good, dead, ...marked].map((server) => server.stop()));
    }
  }, 60_000);
});

const TOPOLOGY = `
edge: { access_log: none }
defaults:
  timeouts: { connect: ${COST}ms, response_header: ${COST}ms }
  keepalive: 0
  health: { passive: { max_fails: 1, fail_window: ${WINDOW / 1000}s } }
sites:
  web.example.org: { tls: none, upstream: [10.0.0.1:3000, 10.0.0.2:3000], traffic: { rps: ${RPS} } }
  all.example.org: { tls: none, upstream: [10.0.1.1:3000, 10.0.1.2:3000] }
`;

/** A bound: never below what was measured, and not much above. */
function bounds(name: string, measured: number, said: number | undefined, more = 0): void {
  expect(said, name).toBeDefined();
  expect(measured, `${name}: measured against the bound of ${said}`).toBeLessThanOrEqual((said ?? 0) + more);
  expect(said ?? 0, `${name}: bound against the measured ${measured}`).toBeLessThanOrEqual(LOOSE * (measured + more));
}

function compare(said: FailWindow, figures: Figures, allMarked: number): void {
  bounds('first hits', figures.firstHitRequests, said.firstHitRequests, 1);
  bounds('detection', figures.detection, said.detection, LATE);
  for (const count of figures.probeRequests) bounds('probe requests', count, said.probeRequests, 1);
  bounds('slow share', figures.slowShare, said.slowShare);
  bounds('recovery', figures.recovery, said.recovery, LATE);
  bounds('all marked', allMarked, said.allMarked, LATE);
  // The shortest gap is a bound from below.
  for (const gap of figures.gaps) {
    expect(gap).toBeGreaterThanOrEqual((said.probeEvery ?? 0) - LATE);
    expect(gap).toBeLessThanOrEqual(LOOSE * (said.probeEvery ?? 0) + LATE);
  }
}

/** Load on two servers of which one dies after a second, and comes back as soon as the third probe has begun. */
async function pay(edge: Edge, fault: Fault, dead: Awaited<ReturnType<typeof startFault>>): Promise<Figures> {
  const asked: Asked[] = [];
  const pending: Promise<unknown>[] = [];
  const started = performance.now();
  let diedAt = Number.POSITIVE_INFINITY;
  let backAt = Number.POSITIVE_INFINITY;
  const slow = (): Asked[] =>
    asked.filter(({ at, ms }) => at >= diedAt && ms >= 0.9 * COST).sort((a, b) => a.at - b.at);
  const isBack = (): boolean => asked.some(({ at, ms, server }) => at > backAt && server === 'dead' && ms < COST / 2);
  for (let count = 0; count < 35 * RPS && !isBack(); count++) {
    await sleep(started + (count * 1000) / RPS - performance.now());
    if (count === RPS) {
      await dead.become(fault);
      diedAt = performance.now();
    }
    // Bursts are known only when their first request has paid, so this is COST after the third probe began.
    if (backAt === Number.POSITIVE_INFINITY && bursts(slow()).length === 4) {
      await dead.become({ kind: 'ok' });
      backAt = performance.now();
    }
    const at = performance.now();
    const one = edge.ask('http://web.example.org/').then((answer) => {
      const status = 'status' in answer ? answer.status : 0;
      const server = status === 200 && 'body' in answer ? (JSON.parse(answer.body) as { id: string }).id : '';
      asked.push({ at, ms: answer.totalMs, status, server });
    });
    pending.push(one);
  }
  await Promise.all(pending);
  expect(asked.filter(({ status }) => status !== 200)).toEqual([]);
  const [first = [], ...probes] = bursts(slow());
  const begins = [first, ...probes].map(([one]) => one?.at ?? 0);
  const back = asked.filter(({ at, ms, server }) => at > backAt && server === 'dead' && ms < COST / 2);
  const whole = probes.slice(0, 2);
  const [from = 0, , to = 0] = begins.slice(1);
  return {
    firstHitRequests: first.length,
    // The last victim was sent there before the first failure was known.
    detection: (first.at(-1)?.at ?? 0) - (first[0]?.at ?? 0),
    gaps: begins.slice(1).map((at, index) => at - (begins[index] ?? 0)),
    probeRequests: whole.map((burst) => burst.length),
    slowShare: whole.flat().length / (((to - from) / 1000) * RPS),
    recovery: Math.min(...back.map(({ at }) => at)) - backAt,
  };
}

/** Slow requests that begin at about the same time. */
function bursts(slow: readonly Asked[]): Asked[][] {
  const list: Asked[][] = [];
  for (const one of slow) {
    const last = list.at(-1)?.at(-1);
    if (last && one.at - last.at < 2 * COST) list.at(-1)?.push(one);
    else list.push([one]);
  }
  return list;
}

/** Both servers fail once and are good again: for how long are errors still given at once? */
async function outage(edge: Edge, servers: readonly Awaited<ReturnType<typeof startFault>>[]): Promise<number> {
  const ask = () => edge.ask('http://all.example.org/');
  const fail = (fault: Fault) => Promise.all(servers.map((one) => one.become(fault, { keepConnections: true })));
  await fail({ kind: 'close' });
  await ask();
  await fail({ kind: 'ok' });
  const marked = performance.now();
  for (;;) {
    const answer = await ask();
    const now = performance.now() - marked;
    if ('status' in answer && answer.status === 200) return now;
    if (now > 3 * WINDOW) throw new Error('never served again');
    await sleep(20);
  }
}
