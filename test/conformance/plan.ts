import { type Cell, earliness } from '../../src/drill/staging.ts';
import { boundsOf, canMarkAll, rowOf, shifted, type Told, toldOf } from '../../src/drill/told.ts';
import { equation, evaluate } from '../../src/latency/term.ts';
import type { Binary } from '../proxies/binaries.ts';
import { analyseFor } from '../proxies/layout.ts';
import { type Case, caseOf, cells, mixtureOf, Random, siteOf, topologyOf } from './cases.ts';

export interface Plan {
  /** Measurements of each cell that the proxy has. */
  readonly each: number;
  readonly mixtures: number;
}

/** Longer waits would only make the run longer. */
const LONGEST = 7_000;

/** Which cases one version of one proxy gets: as many of each cell, none whose outcome a few milliseconds decide. */
export function planFor(binary: Binary, seed: number, { each, mixtures }: Plan): Case[] {
  const random = new Random(seed);
  const plan: Case[] = [];
  let number = 0;
  const full = (cell: Cell): boolean => plan.filter((one) => one.cell === cell).length >= each;
  for (let round = 0; round < 10; round++) {
    const candidates = cells
      .filter((cell) => !full(cell))
      .flatMap((cell) => Array.from({ length: each }, () => caseOf(`c${number++}`, cell, random)));
    const told = compiled(binary, candidates);
    for (const one of candidates) {
      const known = told.get(one.name);
      const row = known && one.cell && rowOf(one.cell, boundsOf(known));
      if (!one.cell || !known || !row || full(one.cell)) continue;
      if (one.cell.fault === 'all_marked' && !canMarkAll(known)) continue;
      // It comes to the one that fails as often as its weight says, not until it is marked.
      if (one.cell.failing === 'one' && known.program === 'caddy' && known.proxy.balance === 'weighted_round_robin')
        continue;
      if (evaluate(row.wait) <= LONGEST && isSteady(one, known)) plan.push(one);
    }
  }
  const all = [...plan, ...Array.from({ length: mixtures }, () => mixtureOf(`m${number++}`, random))];
  // Cells that keep the processor busy do not come all at once.
  return random.shuffled(all);
}

function compiled(binary: Binary, cases: readonly Case[]): ReadonlyMap<string, Told> {
  if (cases.length === 0) return new Map();
  const text = topologyOf(
    cases.map((one, index) => {
      const servers = Array.from({ length: one.servers }, (_, at) => `10.0.${index >> 8}.${index & 255}:${3000 + at}`);
      return [one, servers];
    }),
  );
  const { lowered } = analyseFor(binary, text);
  return new Map(
    cases.flatMap(({ name }) => {
      const told = toldOf(lowered ?? {}, siteOf(name));
      return told ? [[name, told] as const] : [];
    }),
  );
}

/**
 * Does the number of attempts rest on more than a few milliseconds? Where an attempt ends right at the end of a window
 * or of a mark, chance decides whether one more starts. A fault that comes just before its limit comes a little too
 * early for the formula, a limit that passes is noticed a little late.
 */
function isSteady({ cell }: Case, told: Told): boolean {
  const row = cell && rowOf(cell, boundsOf(told));
  if (!row) return false;
  const tries = Math.max(1, row.attempts);
  const early = earliness(cell.fault, told);
  return [-12 * tries - 10, -5, early * tries, early * tries + (early > 0 ? 12 : 0)].every((shift) => {
    const moved = rowOf(cell, boundsOf(shifted(told, shift)));
    return (
      moved?.attempts === row.attempts && moved.status === row.status && equation(moved.wait) === equation(row.wait)
    );
  });
}
