import type { Found } from './disk.ts';
import { sha256 } from './disk.ts';
import type { ManifestEntry } from './manifest.ts';

/** What would happen to one file. Texts are for people; whether bytes differ was decided on the bytes. */
export interface Change {
  readonly path: string;
  readonly kind: 'create' | 'update' | 'delete' | 'unchanged' | 'mode';
  readonly before?: string;
  readonly after?: string;
  readonly executable?: boolean;
  /** Whose work is in the way: a person's edit of a file of ours, or a file that we never wrote. */
  readonly inTheWay?: 'edited' | 'foreign';
  /** Where `--force` keeps what is there now. */
  readonly keepAs?: string;
  /** The hash of what was there when the plan was made; `apply` stops when it is something else by then. */
  readonly seen?: string;
  /** The permission bits to write. */
  readonly mode: number;
}

interface Wanted {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
}

/** Decided on bytes: texts are only what a person is shown. */
export function compare(
  { path, text, executable = false }: Wanted,
  found: Exclude<Found, { kind: 'bad' }>,
  known?: ManifestEntry,
): Change {
  const wanted = { path, after: text, ...(executable && { executable }) };
  if (found.kind === 'missing') return { ...wanted, kind: 'create', mode: executable ? 0o755 : 0o644 };
  const mode = modeAfter(found.mode, executable);
  const seen = { before: found.bytes.toString(), seen: sha256(found.bytes), mode };
  if (!found.bytes.equals(Buffer.from(text))) return { ...wanted, ...seen, kind: 'update' };
  // A bit too many matters only where we once set it: some disks (Windows ones under Linux) report it for every file.
  const differs = mode !== found.mode && (executable || known?.executable === true);
  return { ...wanted, ...seen, kind: differs ? 'mode' : 'unchanged' };
}

/**
 * Only the executable bits are ours to set. Read and write bits stay: a person who closed a file that holds
 * passwords did so on purpose, and a checkout under another umask is no difference worth reporting.
 */
function modeAfter(mode: number, executable: boolean): number {
  if (executable === ((mode & 0o100) !== 0)) return mode;
  return executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111;
}
