import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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

/** Kept characters of a log: a proxy under load must not fill our memory. */
const LOG_LIMIT = 1_000_000;

/** Makes the kernel end the program when this process dies, in whatever way. */
const PDEATHSIG = ['--pdeathsig', 'TERM'];
let setpriv: readonly string[] | undefined;

/** `setpriv` is part of util-linux; that of busybox does not know the option. */
function dyingWithUs(): readonly string[] {
  const path = ['/usr/bin/setpriv', '/bin/setpriv'].find(
    (one) => existsSync(one) && spawnSync(one, [...PDEATHSIG, 'true']).status === 0,
  );
  return path === undefined ? [] : [path, ...PDEATHSIG];
}

const groups = new Set<number>();
let hooked = false;

/** Only what a program needs: the settings of the person who runs us must not change a result. */
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

/** Milliseconds for a start or a reload; a loaded machine takes one second, not fifteen. */
const READY_MS = 15_000;

/** Waits until each of these loopback ports accepts connections. Throws with the log when the program ends before. */
export async function untilReady(running: Running, ports: readonly number[]): Promise<void> {
  try {
    for (const port of ports) await until(() => accepts(port), running);
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** Throws with the log when the program ends, or nothing comes of it. */
export async function until(condition: () => boolean | Promise<boolean>, running: Running): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (!(await condition())) {
    if (running.ended()) throw new Error(`the program ended by itself\n${running.log()}`);
    if (performance.now() > deadline)
      throw new Error(`the program is not ready after ${READY_MS} ms\n${running.log()}`);
    await sleep(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Each program leads a process group of its own, so that its workers can be ended with it by one id. */
export function spawnGroup(
  path: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): ChildProcess {
  setpriv ??= dyingWithUs();
  const [program = path, ...rest] = [...setpriv, path, ...args];
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

export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Nothing that was started may outlive this process, also when it is stopped from the keyboard. */
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
