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
