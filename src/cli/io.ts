import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { diskTree, type FileTree } from './tree.ts';

/** What a run of the program may touch beside files: streams, environment, where it was started. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: { read(): Promise<Uint8Array> };
  readonly stdout: Stream;
  readonly stderr: Stream;
  /**
   * Ends when the person wants the program to end (Ctrl-C). Whoever reads it must end by itself then: for what has
   * something to put away, `--watch` and `drill`.
   */
  readonly interrupted: AbortSignal;
  /** Says what is done from now on, in case that it takes long; absent where nobody watches. The next output ends it. */
  readonly working?: ((what: string) => void) | undefined;
  /** Puts a question to the person at the terminal; absent where nobody sits. Nothing comes back when the input ends. */
  readonly ask?: ((question: string) => Promise<string | undefined>) | undefined;
}

export interface Stream {
  readonly isTTY: boolean;
  write(text: string): void;
}

/** The call or the machine is at fault, not the input: exit code 2, with what to do. */
export class UsageError extends Error {
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.name = 'UsageError';
    this.help = help;
  }
}

/** A text input: what it is called in messages, its bytes, and the folder that its paths are relative to, among which files. */
export interface Input {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly folder: string;
  readonly tree: FileTree;
}

/** `wanted` is said to a person who named something else. */
export async function readInput(io: Io, file: string | undefined, wanted?: string): Promise<Input> {
  const tree = diskTree(io.cwd);
  if (file === '-') return { name: '<stdin>', bytes: await io.stdin.read(), folder: io.cwd, tree };
  const input = readFrom(tree, file ?? nearest(io.cwd), wanted);
  return { ...input, folder: resolve(io.cwd, input.folder) };
}

/** The same from any files. */
export function readFrom(tree: FileTree, name: string, wanted?: string): Input {
  try {
    if (tree.isFolder(name)) {
      if (!tree.names(name).includes('topology.yaml')) {
        throw new UsageError(`${name} is a folder`, wanted ?? 'name a topology file');
      }
      return readFrom(tree, join(name, 'topology.yaml'), wanted);
    }
    return { name: name.replaceAll('\\', '/'), bytes: tree.read(name), folder: dirname(name), tree };
  } catch (problem) {
    if (problem instanceof UsageError) throw problem;
    throw new UsageError(`cannot read ${name}: ${reason(problem)}`, readHelp(problem, wanted));
  }
}

function readHelp(problem: unknown, wanted?: string): string {
  const code = (problem as { code?: string }).code;
  if (code === 'ENOENT') return wanted ?? 'check the path; `proxywright init` writes a topology to start from';
  if (code === 'EACCES' || code === 'EPERM') return 'let the user who runs this read the file';
  return 'check the path';
}

const texts: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file',
  ELOOP: 'too many links',
  EEXIST: 'it exists already',
};

/** The reason of a failed file operation, without the stack of Node. */
export function reason(problem: unknown): string {
  const { code, message } = problem as { code?: string; message?: string };
  return texts[code ?? ''] ?? message ?? String(problem);
}

/** `topology.yaml` in this folder or the nearest one above it. */
function nearest(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'topology.yaml');
    if (existsSync(path)) return folder === from ? 'topology.yaml' : relativeUp(from, path);
    if (dirname(folder) === folder) {
      throw new UsageError(
        'there is no topology.yaml here or in a folder above',
        'name a file, or write one with `proxywright init`',
      );
    }
  }
}

function relativeUp(from: string, path: string): string {
  let up = '';
  for (let folder = from; folder !== dirname(path); folder = dirname(folder)) up += '../';
  return `${up}topology.yaml`;
}

/** Writes a new file; an existing one is never replaced. */
export function writeNew(path: string, text: string): void {
  writeFileSync(path, text, { flag: 'wx' });
}
