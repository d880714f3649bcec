import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { killGroup, spawnGroup } from '../../src/drill/process.ts';

/** What a program that ran to its end left behind. `code` is null when a signal ended it. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface FinishOptions {
  readonly folder: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The program is killed and the call rejects after this many milliseconds; 15 s unless told. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end. A non-zero exit is a result, not an error; only a missing program or a timeout rejects. */
export function finish(path: string, args: readonly string[], options: FinishOptions): Promise<Finished> {
  const { folder, input = '', env = {}, timeoutMs = 15_000 } = options;
  const child = spawnGroup(path, args, folder, env);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdin?.on('error', () => {}).end(input);
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      killGroup(child.pid);
      reject(new Error(`${path} ${args.join(' ')}: no end after ${timeoutMs} ms\n${output.stdout}${output.stderr}`));
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, ...output });
    });
  });
}

/** What has ended but was not waited for is not alive. */
export function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Within three seconds. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + 3_000;
  while (pids.some(isAlive) && performance.now() < deadline) await sleep(20);
  expect(pids.filter(isAlive)).toEqual([]);
}

/** Starts a server on a free port of loopback: its address. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('no port');
  return `127.0.0.1:${bound.port}`;
}
