import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { Done } from './session.ts';

export interface Started extends Pick<ChildProcess, 'kill'> {
  readonly child: ChildProcess;
  readonly ended: Promise<Done>;
  /** Resolves when the two streams together hold `text` for the `times`-th time. */
  readonly says: (text: string, times?: number) => Promise<void>;
}

interface How {
  /** As a user who may only do what everybody may. */
  readonly unprivileged?: boolean;
  /** An open file instead of a pipe. */
  readonly stdout?: number;
  /** Another search path. */
  readonly path?: string;
  /** On a terminal of its own (`script`): both streams are its standard output then. */
  readonly terminal?: boolean;
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of Node itself; the file of the program is put in place of `PROGRAM`. */
  readonly flags?: readonly string[];
}

/** The program as it is shipped: one file, made once for a test file. */
export function shipped(): { start: (cwd: string, args: readonly string[], how?: How) => Started } {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'proxywright-bundle-'));
    chmodSync(folder, 0o755);
    const outfile = join(folder, 'cli.cjs');
    buildSync({
      entryPoints: ['src/bin.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    start: (
      cwd,
      args,
      { unprivileged = false, stdout, path = process.env.PATH, flags = [], terminal = false, env: more = {} } = {},
    ) => {
      // Root may read and write everything: questions of permission are put by somebody else.
      const who = unprivileged && process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
      const env = { PATH: path, HOME: cwd, ...more };
      const program = join(folder, 'cli.cjs');
      const call = [process.execPath, ...flags.map((flag) => flag.replace('PROGRAM', program)), program, ...args];
      const quoted = call.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
      const [command = '', ...rest] = terminal ? ['script', '-qfec', quoted, '/dev/null'] : call;
      return watched(spawn(command, rest, { cwd, env, ...who, stdio: ['pipe', stdout ?? 'pipe', 'pipe'] }));
    },
  };
}

function watched(child: ChildProcess): Started {
  const told = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      told[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Done>((done) => {
    child.once('close', (code, signal) => done({ code: code ?? -1, ...told, ...(signal ? { signal } : {}) }));
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const says = (text: string, times = 1): Promise<void> =>
    new Promise((done) => {
      const look = (): void => {
        if (`${told.stdout}${told.stderr}`.split(text).length <= times) return;
        listeners.delete(look);
        done();
      };
      listeners.add(look);
      look();
    });
  return { child, ended, says, kill: (signal) => child.kill(signal) };
}
