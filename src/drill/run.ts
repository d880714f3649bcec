import { setMaxListeners } from 'node:events';
import { type Bench, type Row, startBench } from './bench.ts';
import { Farm } from './farm.ts';
import type { Measurement } from './measure.ts';
import { isAbove, type Plan, type Planned, timeFor } from './plan.ts';
import type { Cell } from './staging.ts';
import { limit, paced } from './turns.ts';

/** A plan and the program that carries it out. */
export interface Installed {
  readonly plan: Plan;
  readonly path: string;
}

/** What became of each planned row; absent: its servers could not be brought out of rotation. */
export type Results = ReadonlyMap<Planned, Measurement>;

/** Told while it runs. Times in milliseconds. */
export interface Listener {
  /** A round begins: `count` measurements, `atMost` in all. `again`: of what was above its bound, one after the other. */
  begins(count: number, atMost: number, again: boolean): void;
  measured(): void;
}

/** Measurements at the same time: nearly all of it is waiting. */
const together = 150;
/** Milliseconds between two starts: what begins at once would end at once, too. Large bodies keep the processor busy. */
const pace = { small: 10, large: 300 };

function paceOf({ fault }: Cell): number {
  return fault === 'no_read' ? pace.large : pace.small;
}

/** How often a measurement above its bound is taken again, alone, before it counts: a wrong bound comes back, noise does not. */
const again = 2;

/** Why no SYN can be dropped on this machine, which two of the faults need; nothing when it can. */
export async function holesProblem(perl: string | undefined): Promise<string | undefined> {
  if (perl === undefined) return 'perl is not installed, and only a program of it can let SYNs go unanswered';
  const farm = new Farm(perl);
  await farm.start();
  try {
    await (await farm.plot()).become({ kind: 'blackhole', limitMs: 1 });
    return undefined;
  } catch (problem) {
    return `SYNs cannot be left unanswered here: ${problem instanceof Error ? problem.message : problem}`;
  } finally {
    await farm.stop();
  }
}

/** Measures every planned row of all proxies. Throws when `signal` ends it; nothing that was started stays behind. */
export async function run(
  proxies: readonly Installed[],
  perl: string | undefined,
  listener: Listener,
  signal: AbortSignal,
): Promise<Results> {
  const results = new Map<Planned, Measurement>();
  const round = async (wanted: (planned: Planned) => boolean, size: number): Promise<void> => {
    const rows = proxies.map((proxy) => ({
      ...proxy,
      rows: proxy.plan.routes.flatMap(({ planned }) => planned).filter(wanted),
    }));
    const all = rows.flatMap((one) => one.rows);
    if (all.length === 0) return;
    const starting = all.reduce((sum, { cell }) => sum + paceOf(cell), 0);
    listener.begins(all.length, starting + timeFor(all, size), size === 1);
    await measureAll(rows, perl, size, signal, (planned, measurement) => {
      if (measurement) results.set(planned, measurement);
      listener.measured();
    });
  };
  await round(() => true, together);
  for (let count = 0; count < again; count++) {
    const bad = new Set([...results].filter(([one, measured]) => isAbove(measured, one)).map(([one]) => one));
    await round((one) => bad.has(one), 1);
  }
  return results;
}

async function measureAll(
  proxies: readonly (Installed & { readonly rows: readonly Planned[] })[],
  perl: string | undefined,
  size: number,
  signal: AbortSignal,
  done: (planned: Planned, measurement: Measurement | undefined) => void,
): Promise<void> {
  const farm = new Farm(perl);
  await farm.start();
  const benches: Bench[] = [];
  try {
    for (const { plan, path, rows } of proxies) {
      signal.throwIfAborted();
      if (rows.length > 0) benches.push(await startBench(plan, path, rows, farm));
    }
    const turn = limit(size);
    const starts = { small: paced(pace.small), large: paced(pace.large) };
    // What goes wrong with one of them ends all.
    const failed = new AbortController();
    const ended = AbortSignal.any([signal, failed.signal]);
    // Every request listens to it.
    setMaxListeners(0, ended);
    const one = async ({ planned, measure }: Row): Promise<void> => {
      await (planned.cell.fault === 'no_read' ? starts.large(ended) : starts.small(ended));
      done(planned, await measure(ended));
    };
    const longestFirst = benches.flatMap(({ rows }) => rows).sort((a, b) => b.planned.longest - a.planned.longest);
    // All have ended before anything is taken away from them.
    await Promise.all(longestFirst.map((row) => turn(() => one(row)).catch((problem) => failed.abort(problem))));
    ended.throwIfAborted();
  } finally {
    await Promise.all(benches.map((bench) => bench.stop()));
    await farm.stop();
  }
}
