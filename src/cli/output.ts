import { dirname, join } from 'node:path';
import type { TargetId } from '../diagnostics/diagnostic.ts';
import type { OutputFile } from '../targets/files.ts';
import type { Change } from './change.ts';
import { compare } from './change.ts';
import { folderProblem, inspect, isFree, sha256, unwritable } from './disk.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';
import { byName, fold, manifestName, pathProblem, printManifest, readManifest } from './manifest.ts';
import type { Refusal } from './refusal.ts';
import { badRefusal, editedRefusal, foreignRefusal, optionsRefusals, unwritableRefusal } from './refusal.ts';

/** What a build was made by and with, as far as its bytes depend on it: `{ shadow: '8080' }`. Empty values count as absent. */
export interface BuildStamp {
  readonly version: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Everything that a build would do to an output folder. Made by reading only. */
export interface Plan {
  readonly dir: string;
  /** Without the manifest; sorted by path. Files that may not even be looked at are in `refusals` only. */
  readonly changes: readonly Change[];
  readonly manifest: Change;
  readonly refusals: readonly Refusal[];
  /** Files that `--force` sets aside, and their new names. */
  readonly kept: readonly { readonly path: string; readonly as: string }[];
}

interface Folder {
  readonly dir: string;
  readonly old: Manifest | undefined;
  readonly force: boolean;
}

type Step = { readonly change?: Change; readonly refusal?: Refusal; readonly id?: string };

/** Compares a build with what is in `dir`, and says what writing would do and what forbids it. Reads only. */
export function planOutput(
  dir: string,
  files: readonly OutputFile[],
  targets: readonly TargetId[],
  stamp: BuildStamp,
  options: { readonly force: boolean },
): Plan {
  assertSound(files, targets);
  const problem = folderProblem(dir);
  if (problem !== undefined) return refused(dir, badRefusal(undefined, problem, 'choose another folder with -o'));
  const read = readManifest(dir);
  if (read.kind === 'bad') return refused(dir, badRefusal(manifestName, read.problem, read.help));

  const old = read.kind === 'read' ? read.manifest : undefined;
  const folder: Folder = { dir, old, force: options.force };
  const next = nextManifest(files, targets, stamp, old);
  const mismatch = options.force || old === undefined ? [] : optionsRefusals(dir, old, next);
  const steps = files.map((file) => planFile(folder, file));
  const written = new Map(files.map((file, index) => [fold(file.path), steps[index]?.id]));
  for (const path of stalePaths(old, next)) steps.push(planStale(folder, path, written.get(fold(path))));

  const changes = steps.flatMap(({ change }) => change ?? []).sort((a, b) => byName(a.path, b.path));
  const manifest = compare({ path: manifestName, text: printManifest(next) }, read.kind === 'read' ? read.found : read);
  const refusals = steps.flatMap(({ refusal }) => refusal ?? []);
  const unusable = refuseUnwritable(dir, [...changes, manifest]);
  return {
    dir,
    changes,
    manifest,
    refusals: [...mismatch, ...refusals, ...unusable],
    kept: changes.flatMap(({ path, keepAs }) => (keepAs === undefined ? [] : { path, as: keepAs })),
  };
}

/** Mistakes of this program, not of its user: two files of a build that would be one on some disk, or outside. */
function assertSound(files: readonly OutputFile[], targets: readonly TargetId[]): void {
  const seen = new Map<string, string>();
  for (const { path, target } of files) {
    const problem = pathProblem(path);
    if (problem !== undefined) throw new Error(`the output file ${JSON.stringify(path)} ${problem}`);
    if (!targets.includes(target)) throw new Error(`${path} is for ${target}, which is not built`);
    const other = seen.get(fold(path));
    if (other !== undefined) throw new Error(`the output files ${other} and ${path} clash`);
    seen.set(fold(path), path);
  }
  for (const path of seen.values()) {
    const parents = path.split('/').map((_, count, all) => all.slice(0, count).join('/'));
    const other = parents.map((parent) => seen.get(fold(parent))).find((name) => name !== undefined);
    if (other !== undefined) throw new Error(`the output files ${other} and ${path} clash`);
  }
}

/** Files of targets that are not built this time stay, on disk and in the manifest. */
function nextManifest(
  files: readonly OutputFile[],
  targets: readonly TargetId[],
  stamp: BuildStamp,
  old: Manifest | undefined,
): Manifest {
  const others = [...(old?.files ?? [])].filter(([, entry]) => !targets.some((target) => target === entry.target));
  const built = files.map(({ path, target, text, executable }): [string, ManifestEntry] => [
    path,
    { target, sha256: sha256(Buffer.from(text)), ...(executable && { executable }) },
  ]);
  return {
    version: stamp.version,
    options: new Map(Object.entries(stamp.options).filter(([, value]) => value !== '')),
    targets: [...(old?.targets ?? []), ...targets],
    files: new Map([...others, ...built]),
  };
}

function stalePaths(old: Manifest | undefined, next: Manifest): string[] {
  return [...(old?.files.keys() ?? [])].filter((path) => !next.files.has(path)).sort(byName);
}

function planFile(folder: Folder, file: OutputFile): Step {
  const found = inspect(folder.dir, file.path);
  if (found.kind === 'bad') return { refusal: badRefusal(file.path, found.problem, found.help) };
  const known = folder.old?.files.get(file.path);
  const change = compare(file, found, known);
  if (found.kind === 'missing') return { change };
  if (change.kind !== 'update') return { change, id: found.id };
  if (known === undefined) {
    return {
      change: { ...change, inTheWay: 'foreign' },
      refusal: foreignRefusal(folder.dir, file.path, folder.old !== undefined),
      id: found.id,
    };
  }
  return { ...guardEdit(folder, change, known, found.bytes), id: found.id };
}

/**
 * A file of ours that this build no longer has. On a disk that ignores case it may be the very file that this build
 * writes under a name in other letters (`sameName` is then its identity): that one must stay.
 */
function planStale(folder: Folder, path: string, sameName: string | undefined): Step {
  const found = inspect(folder.dir, path);
  if (found.kind === 'bad') return { refusal: badRefusal(path, found.problem, found.help) };
  const known = folder.old?.files.get(path);
  if (found.kind === 'missing' || known === undefined || found.id === sameName) return {};
  const seen = sha256(found.bytes);
  const change: Change = { path, kind: 'delete', before: found.bytes.toString(), seen, mode: found.mode };
  return guardEdit(folder, change, known, found.bytes);
}

/** Lets `change` pass when the bytes on disk are those that we wrote; else they are a person's and are kept. */
function guardEdit(folder: Folder, change: Change, known: ManifestEntry, bytes: Buffer): Step {
  if (change.seen === known.sha256) return { change };
  const edited: Change = { ...change, inTheWay: 'edited' };
  if (folder.force) return { change: { ...edited, keepAs: freeName(folder.dir, change.path) } };
  const lines = sha256(Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')) === known.sha256;
  return { change: edited, refusal: editedRefusal(folder.dir, edited, lines) };
}

function freeName(dir: string, path: string): string {
  for (let count = 0; ; count++) {
    const name = count === 0 ? `${path}.orig` : `${path}.orig.${count}`;
    if (isFree(join(dir, name))) return name;
  }
}

/** A folder that may not be written is only in the way of a build that has something to write there. */
function refuseUnwritable(dir: string, changes: readonly Change[]): Refusal[] {
  const folders = changes.flatMap(({ path, kind }) => (kind === 'unchanged' ? [] : [dirname(join(dir, path))]));
  const problems = new Map<string, Refusal>();
  for (const folder of new Set(folders)) {
    const problem = unwritable(folder);
    if (problem !== undefined) problems.set(problem.folder, unwritableRefusal(problem.folder, problem.reason));
  }
  return [...problems.values()];
}

function refused(dir: string, refusal: Refusal): Plan {
  const manifest: Change = { path: manifestName, kind: 'unchanged', mode: 0o644 };
  return { dir, changes: [], manifest, refusals: [refusal], kept: [] };
}
