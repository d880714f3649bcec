import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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

/** A program that goes on running until it is told to stop. */
export interface Running {
  readonly pid: number;
  /** Standard output and error together; only the last part of a very long log is kept. */
  log(): string;
  ended(): boolean;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, and after `graceMs` SIGKILL to it and to all that it started. Resolves when all of them are gone. */
  stop(graceMs?: number): Promise<void>;
}

/** Kept characters of a log: a proxy under load must not fill the memory of the tests. */
const LOG_LIMIT = 1_000_000;

/** `setpriv` makes the kernel end the program when this process dies, in whatever way. It is part of util-linux. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));

const groups = new Set<number>();
let hooked = false;

/** Only what a program needs: the settings of the person who runs the tests must not change a result. */
function cleanEnvironment(folder: string, extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: folder,
    TMPDIR: folder,
    XDG_DATA_HOME: join(folder, '.data'),
    XDG_CONFIG_HOME: join(folder, '.config'),
    ...extra,
  };
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

/** Starts a program that goes on running. It is ended with this process at the latest. */
export function launch(
  path: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawnGroup(path, args, folder, env);
  let log = '';
  const keep = (text: string): void => {
    log = (log + text).slice(-LOG_LIMIT);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  child.once('error', (error) => keep(`${error.message}\n`));
  // `close` comes when the last holder of the output pipes is gone: with nginx, the workers too.
  let closed = false;
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      closed = true;
      resolve();
    });
  });
  const signal = (name: NodeJS.Signals): void => {
    child.kill(name);
  };
  return {
    pid: child.pid ?? -1,
    log: () => log,
    ended: () => closed || child.exitCode !== null || child.signalCode !== null,
    signal,
    async stop(graceMs = 2_000) {
      if (closed) return;
      signal('SIGTERM');
      await Promise.race([gone, sleep(graceMs, undefined, { ref: false })]);
      if (!closed) killGroup(child.pid);
      await gone;
    },
  };
}

/** Each program leads a process group of its own, so that its workers can be ended with it by one id. */
function spawnGroup(
  path: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const command = SETPRIV === undefined ? [path, ...args] : [SETPRIV, '--pdeathsig', 'TERM', path, ...args];
  const [program = path, ...rest] = command;
  const child = spawn(program, rest, {
    cwd: folder,
    env: cleanEnvironment(folder, env),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) {
    groups.add(pid);
    child.once('close', () => groups.delete(pid));
    hookExit();
  }
  return child;
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Nothing that was started may outlive this process, also when a test runner is stopped from the keyboard. */
function hookExit(): void {
  if (hooked) return;
  hooked = true;
  const killAll = (): void => {
    for (const pid of groups) killGroup(pid);
  };
  process.once('exit', killAll);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      killAll();
      // Whoever else listens decides what the signal means; if nobody does, it means what it always means.
      if (process.listenerCount(name) === 0) process.kill(process.pid, name);
    });
  }
}
