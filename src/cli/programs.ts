import { type ExecFileException, execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Io } from './io.ts';

export interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly stdout: string;
}

/** A program of the search path, or of the folders for administrators that are often not in it. */
export function findProgram(name: string, env: Io['env']): string | undefined {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Runs a program to its end, half a minute at most. Never rejects: a program that cannot run has no code. */
export function run(path: string, args: readonly string[], env: Io['env'], cwd?: string): Promise<Finished> {
  return new Promise((done) => {
    const options = { env: { ...env }, timeout: 30_000, maxBuffer: 8 * 1024 * 1024, ...(cwd ? { cwd } : {}) };
    execFile(path, [...args], options, (problem, stdout, stderr) => {
      const code = problem === null ? 0 : typeof problem.code === 'number' ? problem.code : null;
      const why = problem && code === null ? `${endOf(problem)}\n` : '';
      done({ code, stdout, output: `${why}${stdout}${stderr}` });
    });
  });
}

/** The version that a program tells when it is asked with `args`: `1.30.6`. */
export async function versionOf(path: string, args: readonly string[], env: Io['env']): Promise<string | undefined> {
  return /\d+\.\d+(?:\.\d+)?/.exec((await run(path, args, env)).output)?.[0];
}

function endOf({ code, killed, signal, message }: ExecFileException): string {
  if (code !== null && code !== undefined) return message;
  return killed ? 'it took longer than half a minute' : signal ? `it was ended by ${signal}` : message;
}
