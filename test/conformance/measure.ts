import { setTimeout as sleep } from 'node:timers/promises';
import type { Bounds, FaultRow } from '../../src/latency/bounds.ts';
import type { Binary } from '../proxies/binaries.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { type Case, JUST_BEFORE, type Role, topologyOf } from './cases.ts';
import { type Behaviour, Farm, type Plot } from './farm.ts';
import { boundsOf, rowOf, type Told, toldOf } from './predict.ts';

export interface Measured {
  readonly one: Case;
  readonly binary: Binary;
  /** The topology with this case alone. */
  readonly topology: string;
  readonly told: Told;
  readonly bounds: Bounds;
  /** Absent for a mixture. */
  readonly row?: FaultRow;
  readonly ms: number;
  readonly status: number | string;
  /** How often servers were asked; absent where nobody can count. */
  readonly attempts?: number;
}

/** Does not fit into the buffers of the kernel. */
const LARGE = Buffer.alloc(8 * 1024 * 1024);
const SMALL = Buffer.from('hello');
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
type Turn = <T>(act: () => Promise<T>) => Promise<T>;

export function turns(small: number, large: number): Turns {
  return { small: limit(small), large: limit(large) };
}

export async function startBench(binary: Binary, cases: readonly Case[]): Promise<Bench> {
  const farm = new Farm();
  await farm.start();
  try {
    const placed = await inTurn(cases, async (one) => {
      const plots = await Promise.all(rolesOf(one, binary).map((role) => farm.plot(kinds[role])));
      return { one, plots, addresses: plots.map(({ address }) => address) };
    });
    const servers = new Map(placed.flatMap(({ addresses }) => addresses.map((address) => [address, address])));
    const text = topologyOf(placed.map(({ one, addresses }) => [one, addresses]));
    const edge = await build(binary, text, { servers, workers: 1 });
    const told = toldOf(edge.analysis.lowered ?? {});
    return {
      measure({ small, large }) {
        const all = placed.map(({ one, plots, addresses }) => {
          const known = told.get(one.name);
          if (!known) throw new Error(`${one.name} was not compiled`);
          const bounds = boundsOf(known);
          const row = rowOf(one, bounds);
          const topology = topologyOf([[one, addresses]]);
          const about = { one, binary, topology, told: known, bounds, ...(row ? { row } : {}) };
          const turn = one.cell?.fault === 'no_read' ? large : small;
          return turn(async () => ({ ...about, ...(await measure(one, plots, known, edge)) }));
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

async function measure(one: Case, plots: readonly Plot[], told: Told, { ask }: Edge) {
  const url = `http://${one.name}.example.org`;
  const roles = rolesOf(one, { program: told.program });
  const act = (): void => {
    for (const [index, plot] of plots.entries()) plot.become(behaviourOf(roles[index] ?? 'ok', one, told));
  };
  const fault = one.cell?.fault;
  // A connection to each server, and the turn is back at the first.
  if (fault === 'vanished') for (const _ of plots) await ask(`${url}/warm`);
  act();
  if (fault === 'all_marked') await markAll(plots, () => ask(`${url}/mark`));

  // While an attempt fails the other servers get a request each, so that the next turn is that of the bad one again:
  // without marks Caddy then asks it again, which no request that is alone would see.
  const crowd = one.cell?.failing === 'one' && told.program === 'caddy' ? plots.length - 1 : 0;
  const bystanders: Promise<unknown>[] = [];
  let over = false;
  for (const plot of plots) {
    plot.watch(() => {
      if (over || roles[plots.indexOf(plot)] === 'ok') return;
      for (let count = 0; count < crowd; count++) bystanders.push(ask(`${url}/bystander`));
    });
  }
  const body = fault === 'no_read' ? LARGE : SMALL;
  const answer = await ask(`${url}/measured`, {
    method: one.method,
    timeout: PATIENCE,
    ...(one.method === 'POST' ? { body } : {}),
  });
  over = true;
  await Promise.all(bystanders);
  await sleep(30);
  const counts = await Promise.all(plots.map((plot) => plot.attempts('/measured')));
  const known = counts.filter((count) => count !== undefined);
  const status = 'status' in answer ? answer.status : answer.error;
  // nginx takes the whole body before it asks a server; the wait begins then. Caddy passes it on as it comes.
  const before = 'status' in answer && told.program === 'nginx' ? answer.sentMs : 0;
  const ms = ('status' in answer ? answer.firstByteMs : answer.totalMs) - before;
  return {
    ms,
    status,
    ...(known.length === counts.length ? { attempts: known.reduce((sum, count) => sum + count, 0) } : {}),
  };
}

/** Asks until no server is asked any more. */
async function markAll(plots: readonly Plot[], ask: () => Promise<unknown>): Promise<void> {
  const asked = async (): Promise<number> => {
    const counts = await Promise.all(plots.map((plot) => plot.attempts('/mark')));
    return counts.reduce((sum: number, count) => sum + (count ?? 0), 0);
  };
  for (let before = -1; before !== (await asked()); ) {
    before = await asked();
    await ask();
  }
}

const kinds = {
  ok: 'serve',
  silent: 'serve',
  vanished: 'serve',
  close: 'serve',
  error_status: 'serve',
  header_drip: 'serve',
  no_read: 'serve',
  all_marked: 'serve',
  refused: 'refused',
  blackhole: 'never',
  late: 'late',
} as const;
type Part = keyof typeof kinds;

/** What each server does. With one failing it is the one that the proxy asks first. */
function rolesOf({ cell, roles, servers }: Case, { program }: Pick<Binary, 'program'>): readonly (Part | Role)[] {
  if (!cell) return roles ?? [];
  // Caddy's counter is raised before the first choice.
  const first = program === 'caddy' ? 1 % servers : 0;
  return Array.from({ length: servers }, (_, index) => {
    return cell.failing === 'all' || index === first ? cell.fault : 'ok';
  });
}

function behaviourOf(role: Part | Role, { cell }: Case, told: Told): Behaviour {
  const header = told.program === 'caddy' ? (told.proxy.responseHeader?.value ?? 0) : told.location.read.value;
  const afterMs = cell ? header - JUST_BEFORE : header / 2;
  switch (role) {
    case 'vanished':
    case 'silent':
      return { kind: 'silent' };
    case 'close':
    case 'error_status':
      return { kind: role, afterMs };
    case 'header_drip':
    case 'no_read':
      return { kind: role };
    case 'all_marked':
      return { kind: 'close', afterMs: 0 };
    default:
      return { kind: 'ok' };
  }
}

async function inTurn<T, U>(list: readonly T[], act: (one: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (const one of list) results.push(await act(one));
  return results;
}

function limit(size: number) {
  let free = size;
  const queue: (() => void)[] = [];
  return async <T>(act: () => Promise<T>): Promise<T> => {
    if (free === 0) await new Promise<void>((resolve) => queue.push(resolve));
    else free--;
    try {
      return await act();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  };
}
