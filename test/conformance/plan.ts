import type { Binary } from '../proxies/binaries.ts';
import { analyseFor } from '../proxies/layout.ts';
import { type Case, type Cell, caseOf, cells, mixtureOf, Random, topologyOf } from './cases.ts';
import { boundsOf, isSteady, milliseconds, rowOf, type Told, toldOf } from './predict.ts';

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
      const row = known && rowOf(one, boundsOf(known));
      if (!one.cell || !known || !row || full(one.cell)) continue;
      if (milliseconds(row) <= LONGEST && isSteady(one, known)) plan.push(one);
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
  return toldOf(analyseFor(binary, text).lowered ?? {});
}
