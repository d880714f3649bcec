import { join } from 'node:path';
import { visible } from '../diagnostics/visible.ts';
import { patchOf } from '../diff/patch.ts';
import type { Change } from './change.ts';
import type { Manifest } from './manifest.ts';
import { byName, manifestName } from './manifest.ts';

/**
 * Why a build does not write, exit code 2. `unusable`: it is not even known what is there, so `--check` stops as
 * well; the others only forbid writing, and `--check` reports the difference instead.
 */
export interface Refusal {
  readonly kind: 'unusable' | 'unwritable' | 'edited' | 'foreign' | 'options';
  readonly path?: string;
  readonly message: string;
  readonly help: string;
  readonly diff?: string;
}

export function badRefusal(path: string | undefined, problem: string, help: string): Refusal {
  return { kind: 'unusable', ...(path !== undefined && { path }), message: visible(problem), help };
}

export function unwritableRefusal(folder: string, reason: string): Refusal {
  return {
    kind: 'unwritable',
    message: `${visible(folder)} cannot be written: ${reason}`,
    help: 'build as the user that it belongs to, or choose another folder with -o',
  };
}

/** Git on Windows rewrites line endings, which looks like an edit of every file: then that is the thing to repair. */
export function editedRefusal(dir: string, change: Change, onlyLineEndings: boolean): Refusal {
  const { path, kind } = change;
  const where = join(dir, path);
  const loss = kind === 'delete' ? 'this build has no such file and would delete it' : 'this build would undo that';
  return {
    kind: 'edited',
    path,
    message: onlyLineEndings
      ? `${where} has other line endings (CRLF) than proxywright wrote; ${loss}`
      : `${where} was changed by hand since proxywright wrote it; ${loss}`,
    help: onlyLineEndings
      ? `if git did it, put "* -text" into ${join(dir, '.gitattributes')} and check it out anew; or build with --force, which keeps the file as ${path}.orig`
      : `put the change into the topology and take it out of the file, or build with --force, which keeps the file as ${path}.orig`,
    diff: patchOf(change),
  };
}

/** No diff: the file is somebody else's, its content is none of our business. */
export function foreignRefusal(dir: string, path: string, hasManifest: boolean): Refusal {
  const reason = hasManifest ? `${manifestName} does not list it` : `there is no ${manifestName} beside it`;
  const restore = hasManifest ? '' : `; if an earlier build wrote it, restore ${join(dir, manifestName)}`;
  return {
    kind: 'foreign',
    path,
    message: `${join(dir, path)} is in the way: as far as is known, proxywright did not write it (${reason})`,
    help: `move it away or choose another folder with -o${restore}; --force does not replace it either`,
  };
}

/** A folder holds one variant: mixing a shadow build into the live one would put it on the wrong ports. */
export function optionsRefusals(dir: string, old: Manifest, next: Manifest): Refusal[] {
  const names = [...new Set([...old.options.keys(), ...next.options.keys()])].sort(byName);
  const differing = names.filter((name) => old.options.get(name) !== next.options.get(name));
  if (differing.length === 0) return [];
  const spoken = (options: ReadonlyMap<string, string>) =>
    differing.map((name) => (options.has(name) ? `--${name} ${options.get(name)}` : `no --${name}`)).join(', ');
  return [
    {
      kind: 'options',
      path: manifestName,
      message: visible(`${dir} was built with ${spoken(old.options)}, this build has ${spoken(next.options)}`),
      help: 'give each variant a folder of its own with -o, or replace the earlier one with --force',
    },
  ];
}
