import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decode } from '../source/decode.ts';
import { readEnvFile } from '../source/env-file.ts';
import type { Variables } from '../source/variables.ts';
import { type Io, reason, UsageError } from './io.ts';

export interface VariableOptions {
  /** Files of `NAME=value` lines; what a later one says counts. */
  readonly envFile?: readonly string[];
  /** Names that may be taken from the environment of the process; they count more than files, as with compose. */
  readonly allowEnv?: readonly string[];
}

/** What `${NAME}` stands for in a topology. */
export function variablesOf({ cwd, env }: Pick<Io, 'cwd' | 'env'>, options: VariableOptions): Variables {
  const allowed = new Map<string, string>();
  for (const name of options.allowEnv ?? []) {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new UsageError(
        `\`${name}\` is not a name of a variable`,
        'write `--allow-env NAME`; its value is not told',
      );
    }
    const value = env[name];
    if (value !== undefined) allowed.set(name, value);
  }
  const variables = new Map<string, string>();
  for (const file of options.envFile ?? []) {
    const values = readEnvFile(textOf(cwd, file), new Map([...variables, ...allowed]));
    if (!(values instanceof Map)) throw new UsageError(`${file}:${values.line}: ${values.problem}`, values.help);
    for (const [name, value] of values) variables.set(name, value);
  }
  return new Map([...variables, ...allowed]);
}

function textOf(cwd: string, file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(resolve(cwd, file));
  } catch (problem) {
    throw new UsageError(`cannot read ${file}: ${reason(problem)}`, 'check the path behind --env-file');
  }
  const decoded = decode(bytes);
  if (decoded.ok) return decoded.text;
  throw new UsageError(`cannot read ${file}: ${decoded.why}`, decoded.help);
}
