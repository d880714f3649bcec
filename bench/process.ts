import { spawnSync } from 'node:child_process';

/** What one process took, by the operating system's own account. */
export interface Cost {
  /** Milliseconds of processor time, user and system. Other load moves it less than the clock. */
  readonly cpu: number;
  readonly wall: number;
  /** Megabytes at most. */
  readonly memory: number;
}

export interface Command {
  readonly name: string;
  readonly words: readonly [string, ...string[]];
  readonly before?: () => void;
}

function cost({ name, words, before }: Command): Cost {
  before?.();
  const start = performance.now();
  const format = '%U %S %M';
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', format, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`${name} ended with ${status}\n${stderr.slice(-2_000)}`);
  const [user = 0, system = 0, kilobytes = 0] = (stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpu: 1000 * (user + system), wall, memory: kilobytes / 1024 };
}

/** The same commands in turn, so many times; the costs of each in the order of the rounds. */
export function inTurn(rounds: number, commands: readonly Command[]): Cost[][] {
  const costs: Cost[][] = commands.map(() => []);
  // One round that does not count: the disk's cache, and compiled code that Node keeps.
  for (const command of commands) cost(command);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) costs[index]?.push(cost(command));
  }
  return costs;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
