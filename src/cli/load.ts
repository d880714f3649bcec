import { isAbsolute } from 'node:path';
import { type Analysis, analyse } from '../pipeline.ts';
import { type Input, type Io, readInput, reason, UsageError } from './io.ts';

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
  const analysis = analyse(input.name, input.bytes, {
    set,
    fileExists: (path) => input.tree.exists(pathOf(input, path)),
  });
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
    return Buffer.from(input.tree.read(pathOf(input, path))).toString();
  } catch (problem) {
    throw new UsageError(`cannot read ${path}: ${reason(problem)}`, 'let the user who runs this read it');
  }
}

/** A path that a topology names, among the files that it is of. */
function pathOf({ folder }: Input, path: string): string {
  return isAbsolute(path) ? path : `${folder}/${path}`;
}
