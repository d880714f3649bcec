import { quoted, visible } from '../diagnostics/visible.ts';
import type { FoundFile } from './disk.ts';
import { inspect } from './disk.ts';

/** The record of what a build wrote, below the output folder. It decides what may be replaced and deleted. */
export const manifestName = 'manifest.json';

/** Reading stops here: a manifest of a hundred thousand files stays below, a crafted one should not cost memory. */
const largestManifest = 20_000_000;

export interface ManifestEntry {
  /** Not `TargetId`: a newer version may have targets that this one does not know, and their files stay. */
  readonly target: string;
  readonly sha256: string;
  readonly executable?: boolean;
}

/** Maps, not objects: a file called `__proto__` is then a file like any other. */
export interface Manifest {
  readonly version: string;
  readonly options: ReadonlyMap<string, string>;
  readonly targets: readonly string[];
  readonly files: ReadonlyMap<string, ManifestEntry>;
}

/** What reading gave: the manifest and its file, or that there is none, or why it must not be trusted. */
type ManifestRead =
  | { readonly kind: 'missing' }
  | { readonly kind: 'read'; readonly manifest: Manifest; readonly found: FoundFile }
  | { readonly kind: 'bad'; readonly problem: string; readonly help: string };

/** The order of code units: the same on every machine, which `localeCompare` is not. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Two paths with the same fold are one file on a file system that ignores case (macOS, Windows). */
export function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** The bytes of the manifest: a function of its content alone, so no dates, and everything sorted. */
export function printManifest(manifest: Manifest): string {
  const sorted = <T>(map: ReadonlyMap<string, T>) => Object.fromEntries([...map].sort(([a], [b]) => byName(a, b)));
  const entry = ({ target, sha256, executable }: ManifestEntry) => ({
    target,
    sha256,
    ...(executable && { executable }),
  });
  const value = {
    tool: 'proxywright',
    manifest: 1,
    version: manifest.version,
    options: sorted(manifest.options),
    targets: [...new Set(manifest.targets)].sort(byName),
    files: sorted(new Map([...manifest.files].map(([path, file]) => [path, entry(file)]))),
  };
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (Buffer.byteLength(text) > largestManifest)
    throw new Error(`${manifest.files.size} files are too many for a manifest`);
  return text;
}

/** Reads `dir/manifest.json`. It came with the folder, maybe from a stranger's repository: nothing in it is believed. */
export function readManifest(dir: string): ManifestRead {
  const found = inspect(dir, manifestName, largestManifest);
  if (found.kind !== 'file') return found;
  const manifest = parseManifest(found.bytes);
  if (typeof manifest !== 'string') return { kind: 'read', manifest, found };
  return {
    kind: 'bad',
    problem: `${dir}/${manifestName} cannot be trusted: ${manifest}`,
    help: 'restore it (git checkout), or choose another folder with -o; without it the files beside it count as foreign',
  };
}

/** The manifest in `bytes`, or what is wrong with it. */
export function parseManifest(bytes: Buffer): Manifest | string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return `it is not JSON: ${visible((error as Error).message.replace(/\s+/g, ' '))}`;
  }
  const problem = shapeProblem(value);
  return problem ?? fromChecked(value as CheckedManifest);
}

interface CheckedManifest {
  readonly version: string;
  readonly options: Record<string, string>;
  readonly targets: string[];
  readonly files: Record<string, ManifestEntry>;
}

function fromChecked({ version, options, targets, files }: CheckedManifest): Manifest {
  return { version, targets, options: new Map(Object.entries(options)), files: new Map(Object.entries(files)) };
}

function shapeProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'it does not hold an object';
  if (value.tool !== 'proxywright') return 'another program wrote it ("tool" is not "proxywright")';
  if (value.manifest !== 1) return 'its format ("manifest") is not 1, the one that this version knows';
  if (!isLine(value.version)) return '"version" is not a line of text';
  if (!isRecord(value.options)) return '"options" is not an object';
  if (!Object.entries(value.options).every(([name, text]) => isName(name) && isLine(text)))
    return '"options" holds something other than option names with a line of text each';
  if (!Array.isArray(value.targets) || !value.targets.every(isName)) return '"targets" is not a list of target names';
  if (!isRecord(value.files)) return '"files" is not an object';
  for (const [path, entry] of Object.entries(value.files)) {
    const problem = pathProblem(path) ?? entryProblem(entry);
    if (problem !== undefined) return `the file ${quoted(path)} ${problem}`;
  }
  return undefined;
}

/** Why `path` is not a plain path below the output folder, as the end of a sentence; `undefined`: it is one. */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'has no name';
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return 'has a control character in its name';
  if (path.includes('\\')) return 'has a backslash in its name';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'is not relative to the output folder';
  const segments = path.split('/');
  if (segments.includes('')) return 'has an empty segment in its path';
  if (segments.includes('.') || segments.includes('..')) return 'has "." or ".." in its path';
  if (fold(path) === manifestName) return 'is the manifest itself';
  return undefined;
}

function entryProblem(entry: unknown): string | undefined {
  if (!isRecord(entry)) return 'is not described by an object';
  if (!isName(entry.target)) return 'has no target';
  if (typeof entry.sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(entry.sha256)) return 'has no valid sha256';
  if (!['undefined', 'boolean'].includes(typeof entry.executable))
    return 'has an "executable" that is not true or false';
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z][a-z0-9-]{0,39}$/.test(value);
}

function isLine(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 1000 && !/[\u0000-\u001f\u007f-\u009f]/.test(value);
}
