import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Method } from '../latency/bounds.ts';
import type { Answer, Failure, RequestOptions } from './client.ts';
import type { Plot } from './farm.ts';
import { behaviourOf, type Cell, justBefore, type Role } from './staging.ts';
import { headerOf, markedByChecks, roundOf, type Told } from './told.ts';

/** One request that is measured, and what its servers do meanwhile. */
export interface Trial {
  readonly told: Told;
  readonly method: Method;
  /** One for each server. */
  readonly roles: readonly Role[];
  /** Absent: a mixture, whose servers act well before their limits. */
  readonly cell?: Cell;
  /** Milliseconds after which the request is given up. */
  readonly patience: number;
}

export interface Measurement {
  /** Milliseconds to the header. */
  readonly ms: number;
  /** The error where there was no answer. */
  readonly status: number | string;
  /** How often servers were asked; absent where nobody can count. */
  readonly attempts?: number;
}

/** One request to the site of the trial. */
export type Ask = (
  path: string,
  options: Pick<RequestOptions, 'method' | 'body' | 'timeout' | 'signal'>,
) => Promise<Answer | Failure>;

/** Does not fit into the buffers of the kernel. */
const large = Buffer.alloc(8 * 1024 * 1024);
const small = Buffer.from('hello');

/**
 * Brings the faults about and asks. The servers must be good ones that nobody has asked yet. Nothing when the servers
 * could not be brought out of rotation, where the trial wants that. Throws when `signal` ends it.
 */
export async function measure(
  { told, method, roles, cell, patience }: Trial,
  plots: readonly Plot[],
  ask: Ask,
  signal?: AbortSignal,
): Promise<Measurement | undefined> {
  const fault = cell?.fault;
  const common = { timeout: patience, signal };
  // A connection to each server, and the turn is back at the first.
  const round = roundOf(told);
  const warm = fault === 'vanished' ? round * Math.ceil(plots.length / round) : 0;
  for (let count = 0; count < warm; count++) await ask('/warm', common);
  const afterMs = cell ? headerOf(told) - justBefore : headerOf(told) / 2;
  await Promise.all(plots.map((plot, index) => plot.become(behaviourOf(roles[index] ?? 'ok', afterMs, told))));
  if (fault === 'all_marked' && !(await markAll(plots, told, () => ask('/mark', common), signal))) return undefined;

  // While an attempt fails the other servers get a request each, so that the next turn is that of the bad one again:
  // without marks Caddy then asks it again, which no request that is alone would see. Where the balance has no turns the bad
  // one would get these requests too, and each of them would bring more.
  const turns = told.program === 'caddy' && told.proxy.balance === 'round_robin';
  const crowd = cell?.failing === 'one' && turns ? round - 1 : 0;
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  for (const [index, plot] of plots.entries()) {
    plot.watch(() => {
      if (over.signal.aborted || roles[index] === 'ok') return;
      for (let count = 0; count < crowd; count++) void ask('/bystander', { timeout: patience, signal: over.signal });
    });
  }
  const body = fault === 'no_read' ? large : small;
  const answer = await ask('/measured', { ...common, method, ...(method === 'POST' ? { body } : {}) });
  over.abort();
  signal?.throwIfAborted();
  await sleep(30);
  const counts = await Promise.all(plots.map((plot) => plot.attempts('/measured')));
  await Promise.all(plots.map((plot) => plot.end()));
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

/** Milliseconds in which servers that fail at once are marked, whatever their number. */
const markingLimit = 10_000;

/** Asks until no server is asked any more. False: some still were when the time was up. */
async function markAll(
  plots: readonly Plot[],
  told: Told,
  ask: () => Promise<unknown>,
  signal?: AbortSignal,
): Promise<boolean> {
  const asked = async (): Promise<number> => {
    const counts = await Promise.all(plots.map((plot) => plot.attempts('/mark')));
    return counts.reduce((sum: number, count) => sum + (count ?? 0), 0);
  };
  const checking = markedByChecks(told);
  const deadline = performance.now() + markingLimit + checking;
  for (let before = -1; before !== (await asked()); ) {
    if (performance.now() > deadline) return false;
    before = await asked();
    await ask();
    signal?.throwIfAborted();
    if (checking > 0) await sleep(50);
  }
  return true;
}
