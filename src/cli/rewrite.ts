import { lstat, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { writeAtomically } from './disk.ts';
import { reason, UsageError } from './io.ts';

/**
 * Replaces one file of a person's in one step, or creates it where `seen` is absent; nothing happens when it already has
 * the new bytes. Its mode stays. Refused with a UsageError: a link (the rename would replace it and leave the file that
 * it leads to), a file closed for writing, one that is no longer what was `seen`.
 */
export async function rewrite(cwd: string, name: string, text: string, seen: Uint8Array | undefined): Promise<boolean> {
  const path = resolve(cwd, name);
  const bytes = Buffer.from(text);
  if (seen !== undefined && bytes.equals(seen)) return false;
  try {
    await writeAtomically(path, bytes, seen === undefined ? 0o644 : await modeOf(path, name, seen));
    return true;
  } catch (problem) {
    if (problem instanceof UsageError) throw problem;
    if (seen === undefined && (problem as { code?: string }).code === 'ENOENT') {
      throw refused(name, 'its folder is not there', 'make the folder, or name another file');
    }
    throw refused(name, reason(problem), 'let the user who runs this write the file and its folder');
  }
}

async function modeOf(path: string, name: string, seen: Uint8Array): Promise<number> {
  const status = await lstat(path);
  if (status.isSymbolicLink()) throw refused(name, 'it is a symbolic link', 'name the file that it leads to');
  if (!status.isFile()) throw refused(name, 'it is no regular file', 'name a file on disk');
  if ((status.mode & 0o222) === 0) throw refused(name, 'it is read-only', `\`chmod u+w ${name}\` if it may be changed`);
  if (!(await readFile(path)).equals(seen)) {
    throw refused(name, 'it was changed while this was running', 'run the same command again');
  }
  return status.mode & 0o777;
}

function refused(name: string, why: string, help: string): UsageError {
  return new UsageError(`cannot write ${name}: ${why}`, help);
}
