import { Farm } from '../../src/drill/farm.ts';
import { type Measurement, measure } from '../../src/drill/measure.ts';
import { rolesOf } from '../../src/drill/staging.ts';
import { boundsOf, rowOf, type Told, toldOf } from '../../src/drill/told.ts';
import { limit, type Turn } from '../../src/drill/turns.ts';
import type { Bounds, FaultRow } from '../../src/latency/bounds.ts';
import type { Binary } from '../proxies/binaries.ts';
import { build } from '../proxies/layout.ts';
import { type Case, siteOf, topologyOf } from './cases.ts';

export interface Measured extends Measurement {
  readonly one: Case;
  readonly binary: Binary;
  /** The topology with this case alone. */
  readonly topology: string;
  readonly told: Told;
  readonly bounds: Bounds;
  /** Absent for a mixture. */
  readonly row?: FaultRow;
}

/** Milliseconds after which a measurement is given up. */
const PATIENCE = 20_000;

/** A running proxy that serves cases, each with servers of its own. */
export interface Bench {
  /** Measures all, each when `turn` lets it. */
  measure(turn: Turns): Promise<Measured[]>;
  stop(): Promise<void>;
}

/** How many measurements run at the same time, over all benches. Large bodies keep the processor busy. */
export interface Turns {
  readonly small: Turn;
  readonly large: Turn;
}

export function turns(small: number, large: number): Turns {
  return { small: limit(small), large: limit(large) };
}

export async function startBench(binary: Binary, cases: readonly Case[]): Promise<Bench> {
  const farm = new Farm();
  await farm.start();
  try {
    const placed = await inTurn(cases, async (one) => {
      const plots = await Promise.all(Array.from({ length: one.servers }, () => farm.plot()));
      return { one, plots, addresses: plots.map(({ address }) => address) };
    });
    const servers = new Map(placed.flatMap(({ addresses }) => addresses.map((address) => [address, address])));
    const text = topologyOf(placed.map(({ one, addresses }) => [one, addresses]));
    const edge = await build(binary, text, { servers, workers: 1 });
    return {
      measure({ small, large }) {
        const all = placed.map(({ one, plots, addresses }) => {
          const known = toldOf(edge.analysis.lowered ?? {}, siteOf(one.name));
          if (!known) throw new Error(`${one.name} was not compiled`);
          const bounds = boundsOf(known);
          const row = one.cell && rowOf(one.cell, bounds);
          const topology = topologyOf([[one, addresses]]);
          const about = { one, binary, topology, told: known, bounds, ...(row ? { row } : {}) };
          const turn = one.cell?.fault === 'no_read' ? large : small;
          const { cell, method } = one;
          const roles = cell ? rolesOf(cell, one.servers, known) : (one.roles ?? []);
          const trial = { told: known, method, roles, patience: PATIENCE, ...(cell ? { cell } : {}) };
          return turn(async () => {
            const measurement = await measure(trial, plots, (path, options) =>
              edge.ask(`http://${siteOf(one.name)}${path}`, options),
            );
            if (!measurement) throw new Error(`${one.name}: the servers were not marked`);
            return { ...about, ...measurement };
          });
        });
        return Promise.all(all);
      },
      async stop() {
        await edge.stop();
        await farm.stop();
      },
    };
  } catch (error) {
    await farm.stop();
    throw error;
  }
}

async function inTurn<T, U>(list: readonly T[], act: (one: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (const one of list) results.push(await act(one));
  return results;
}
