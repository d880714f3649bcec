import { isAbsolute } from 'node:path';
import { visible } from '../diagnostics/visible.ts';
import { type Analysis, analyse, type Surroundings } from '../pipeline.ts';
import type { FilesAround } from '../source/paths.ts';
import { type Input, type Io, readInput, reason, UsageError } from './io.ts';
import { matching } from './matching.ts';
import type { FileTree } from './tree.ts';
import { type VariableOptions, variablesOf } from './variables.ts';

/** How a topology is read, as each command takes it that reads one. */
export interface LoadOptions extends VariableOptions {
  /** What-ifs: `path=value`. */
  readonly set?: readonly string[];
  /** The environment whose overlay is laid over the file. */
  readonly env?: string;
}

/** A topology as the commands get it: its findings, and the folder that its paths are relative to. */
export interface Loaded extends Analysis {
  readonly input: Input;
  /** The same topology if some of its files, by their names, had other texts. */
  again(texts: ReadonlyMap<string, string>): Loaded;
  bytesOf(name: string): Uint8Array;
}

export async function load(io: Io, file: string | undefined, options: LoadOptions = {}): Promise<Loaded> {
  const input = await readInput(io, file);
  tellWork(io, input, `reading ${visible(input.name)}`);
  return judged(io, input, options);
}

/** Bytes of a topology that are read in about a quarter of a second. */
const large = 50_000;

/** What begins now, where it may take long: to say it takes a few milliseconds, which small inputs shall not wait for. */
export function tellWork({ working }: Io, { bytes }: Pick<Input, 'bytes'>, what: string): void {
  if (bytes.length > large) working?.(what);
}

/** The same for bytes that are at hand. */
export function judged(io: Pick<Io, 'cwd' | 'env'>, input: Input, options: LoadOptions = {}): Loaded {
  const { set = [], env } = options;
  const surroundings: Surroundings = {
    set,
    ...(env === undefined ? {} : { env }),
    variables: variablesOf(io, options),
    fileExists: (path) => input.tree.exists(pathOf(input, path)),
    folderExists: (path) => input.tree.existsFolder(pathOf(input, path)),
    textOf: (path) => textOf(input.tree, pathOf(input, path)),
  };
  const bytesOf = (name: string): Uint8Array => (name === input.name ? input.bytes : input.tree.read(name));
  const withTexts = (texts: ReadonlyMap<string, string>): Loaded => {
    const files: FilesAround = {
      read: (path) => texts.get(path) ?? read(input.tree, path),
      matching: (pattern) => matching(pattern, input.tree),
    };
    const analysis = analyse(input.name, texts.get(input.name) ?? input.bytes, { ...surroundings, files });
    if (analysis.problem) throw new UsageError(analysis.problem.message, analysis.problem.help);
    return { ...analysis, input, again: withTexts, bytesOf };
  };
  return withTexts(new Map());
}

function read(tree: FileTree, path: string): Uint8Array | undefined {
  if (!tree.isFile(path)) return undefined;
  try {
    return tree.read(path);
  } catch (problem) {
    throw new UsageError(`cannot read ${path}: ${reason(problem)}`, 'let the user who runs this read it');
  }
}

/** What a certificate or key begins with, is no secret; a key that only the proxy may read is not looked at. */
function textOf(tree: FileTree, path: string): string | undefined {
  try {
    return tree.isFile(path) ? Buffer.from(tree.read(path)).toString('latin1') : undefined;
  } catch {
    return undefined;
  }
}

/** The text of the private CA that a topology names. */
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
