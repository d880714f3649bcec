import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { type Analysis, analyse } from '../pipeline.ts';
import { fileExists, type Input, type Io, readInput, reason, UsageError } from './io.ts';

/** A topology as the commands get it: its findings, and the folder that its paths are relative to. */
export interface Loaded extends Analysis {
  readonly input: Input;
}

/** `set`: what-ifs, `path=value`. */
export async function load(io: Io, file: string | undefined, set: readonly string[] = []): Promise<Loaded> {
  return judged(await readInput(io, file), set);
}

/** The same for bytes that are at hand. */
export function judged(input: Input, set: readonly string[] = []): Loaded {
  const analysis = analyse(input.name, input.bytes, { set, fileExists: (path) => fileExists(input.folder, path) });
  if (analysis.problem !== undefined) {
    throw new UsageError(analysis.problem, 'a path is /sites/NAME/budget or sites.NAME.budget, and the value YAML');
  }
  return { ...analysis, input };
}

/** The text of the private CA that a topology names: the only file besides the topology that is read. */
export function readCaRoot({ topology, input }: Loaded): string | undefined {
  const path = topology?.acme.ca_root?.value;
  if (path === undefined) return undefined;
  try {
    return readFileSync(isAbsolute(path) ? path : join(input.folder, path), 'utf8');
  } catch (problem) {
    throw new UsageError(`cannot read ${path}: ${reason(problem)}`, 'let the user who runs this read it');
  }
}
