import { createHash, randomBytes } from 'node:crypto';
import { accessSync, closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf, reasonOf } from './system-error.ts';

/** What is at a path below the output folder. `bad` is whatever the writer must not touch or cannot read. */
export type Found =
  | { readonly kind: 'missing' }
  | FoundFile
  | { readonly kind: 'bad'; readonly problem: string; readonly help: string };

export interface FoundFile {
  readonly kind: 'file';
  readonly bytes: Buffer;
  /** The permission bits. */
  readonly mode: number;
  /** Device and inode: two names with one `id` are one file. */
  readonly id: string;
}

/** Nothing that proxywright writes comes near it; a larger file is somebody else's and is not worth the memory. */
const largestFile = 32 * 1024 * 1024;

const nameChoice = 'choose another folder with -o';

/** Hexadecimal SHA-256, as the manifest holds it. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Looks at `dir/path` without following any link below `dir`: each folder on the way is looked at by itself,
 * because a link in the middle would lead a write or a deletion out of the output folder. What only looks does not wait
 * its turn: of thousands of files that would be most of a build.
 */
export function inspect(dir: string, path: string, limit = largestFile): Found {
  const segments = path.split('/');
  try {
    for (let count = 1; count < segments.length; count++) {
      const folder = join(dir, ...segments.slice(0, count));
      const status = lstatSync(folder);
      if (status.isSymbolicLink()) return linkFound(folder);
      if (!status.isDirectory()) return bad(`${folder} is not a folder`, `move it away or ${nameChoice}`);
    }
    return inspectFile(join(dir, path), limit);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'missing' };
    return bad(`${join(dir, path)} cannot be read: ${reasonOf(error)}`, `make it readable or ${nameChoice}`);
  }
}

function inspectFile(file: string, limit: number): Found {
  const status = lstatSync(file);
  if (status.isSymbolicLink()) return linkFound(file);
  if (status.isDirectory())
    return bad(`${file} is a folder, a file is expected there`, `move it away or ${nameChoice}`);
  if (!status.isFile()) return bad(`${file} is not a regular file`, `move it away or ${nameChoice}`);
  // O_NOFOLLOW and O_NONBLOCK: if a link or a pipe took its place since, fail instead of following or waiting.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const opened = fstatSync(descriptor);
    if (!opened.isFile()) return bad(`${file} is not a regular file`, `move it away or ${nameChoice}`);
    if (opened.size > limit) {
      return bad(`${file} is too large: ${opened.size} bytes, at most ${limit} are expected`, 'move it away');
    }
    const bytes = readFileSync(descriptor);
    return { kind: 'file', bytes, mode: opened.mode & 0o777, id: `${opened.dev}:${opened.ino}` };
  } finally {
    closeSync(descriptor);
  }
}

function bad(problem: string, help: string): Found {
  return { kind: 'bad', problem, help };
}

function linkFound(link: string): Found {
  return bad(
    `${link} is a symbolic link; nothing below the output folder may be one, a write would land elsewhere`,
    `remove the link, or give the folder it leads to with -o`,
  );
}

/** Why `dir` cannot become or be an output folder, in words; `undefined`: it can. It may itself be a link. */
export function folderProblem(dir: string): string | undefined {
  try {
    const at = nearest(dir);
    if (statSync(at).isDirectory()) return undefined;
    return at === resolve(dir) ? `${dir} is a file, not a folder` : `${dir} cannot be created: ${at} is a file`;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return `${dir} leads through a symbolic link whose end does not exist`;
    return `${dir} cannot be used: ${reasonOf(error)}`;
  }
}

/** What would have to be written for something to be created or replaced in `wanted`, if this user may not write it. */
export function unwritable(wanted: string): { folder: string; reason: string } | undefined {
  const folder = nearest(wanted);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return { folder, reason: reasonOf(error) };
  }
}

/** `path` or the closest folder above it that exists (a link counts, even one that leads nowhere). */
function nearest(path: string): string {
  for (let at = resolve(path); ; at = dirname(at)) {
    try {
      lstatSync(at);
      return at;
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error)) || dirname(at) === at) throw error;
    }
  }
}

/**
 * Creates the folders between `dir` and the file `path`. Their mode is set rather than left to the umask:
 * a proxy that does not run as this user has to be able to enter them. `dir` itself is the user's, so theirs counts.
 */
export async function makeFolders(dir: string, path: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const segments = path.split('/').slice(0, -1);
  for (let count = 1; count <= segments.length; count++) {
    const folder = join(dir, ...segments.slice(0, count));
    try {
      await mkdir(folder);
      await chmod(folder, 0o755);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || !(await lstat(folder)).isDirectory()) throw error;
    }
  }
}

/**
 * Replaces `file` in one step, so that a reader sees the old bytes or the new ones and never half a file. The
 * temporary name starts with a dot and ends in `.tmp`: no `include *.conf` of a running proxy picks it up.
 */
export async function writeAtomically(file: string, bytes: Buffer, mode: number): Promise<void> {
  const temporary = join(dirname(file), `.proxywright-${randomBytes(9).toString('hex')}.tmp`);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(temporary, flags, 0o600);
  try {
    try {
      await handle.writeFile(bytes);
      await handle.chmod(mode); // `open` subtracts the umask, `chmod` does not
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Longer than any file takes to be written. Milliseconds. */
const abandoned = 60_000;

/** Removes what a build that was killed had half written into `folder`, and what nobody writes any more. Best effort. */
export async function removeAbandoned(folder: string): Promise<void> {
  try {
    for (const name of await readdir(folder)) {
      if (!/^\.proxywright-[0-9a-f]{18}\.tmp$/.test(name)) continue;
      const path = join(folder, name);
      const found = await lstat(path);
      if (found.isFile() && Date.now() - found.mtimeMs > abandoned) await rm(path, { force: true });
    }
  } catch {
    // A folder that is not there, or not ours to tidy.
  }
}

/**
 * Gives `file` a second name that must be free. A hard link costs nothing and never overwrites; where the file
 * system has none, a copy that refuses to overwrite.
 */
export async function keepAs(file: string, name: string): Promise<void> {
  try {
    await link(file, name);
  } catch {
    await copyFile(file, name, constants.COPYFILE_EXCL);
  }
}

/** Is there nothing at all, not even a dead link, at `path`? */
export function isFree(path: string): boolean {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
}
