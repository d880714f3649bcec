import { describe, expect, it } from 'vitest';
import type { Answer, Failure } from '../../src/drill/client.ts';
import { type Binary, requireBinaries } from './binaries.ts';
import { type Echo, startFault, type Upstream } from './faults.ts';

/** Milliseconds that a loaded machine may add to a wait. */
export const LATE = 750;
/** Milliseconds that may be missing from a wait: timers of the proxies are coarse. */
export const EARLY = 250;

/**
 * The same tests for each version of each proxy, all at the same time: most of it is waiting. `title` may name `$program`
 * and `$version`. Without the proxies nothing runs, and `requireBinaries` says so.
 */
export function describeEachProxy(title: string, define: (binary: Binary) => void): void {
  const proxies = [...requireBinaries('nginx'), ...requireBinaries('caddy')];
  if (proxies.length === 0) it.skip(title);
  describe.concurrent.each(proxies)(title, define);
}

/** One after the other, each over a connection of its own. */
export async function inTurn<T>(count: number, ask: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < count; i++) results.push(await ask());
  return results;
}

export function statusOf(result: Answer | Failure): number | string {
  return 'status' in result ? result.status : result.error;
}

/** The server that answered, by its name; otherwise what went wrong. */
export function idOf(result: Answer | Failure): string {
  return 'status' in result && result.status === 200 ? (JSON.parse(result.body) as Echo).id : String(statusOf(result));
}

export function expectTook({ totalMs }: { readonly totalMs: number }, predicted: number): void {
  expect(totalMs).toBeGreaterThanOrEqual(predicted - EARLY);
  expect(totalMs).toBeLessThanOrEqual(predicted + LATE);
}

/** The servers that a topology names. */
export interface Servers {
  /** Throws for a name that was not started. */
  get(name: string): Upstream;
  /** Name → address, for the layout. */
  readonly addresses: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

/** One good server for each name; its id is the name up to the first dot or colon. */
export async function startServers(names: readonly string[]): Promise<Servers> {
  const started = names.map(async (name) => {
    const upstream = await startFault({ kind: 'ok' }, { id: /^[^.:]+/.exec(name)?.[0] ?? name });
    return [name, upstream] as const;
  });
  const servers = new Map(await Promise.all(started));
  return {
    addresses: new Map([...servers].map(([name, { address }]) => [name, address])),
    get(name) {
      const server = servers.get(name);
      if (!server) throw new Error(`no server ${name}`);
      return server;
    },
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.stop()));
    },
  };
}
