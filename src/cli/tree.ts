import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Files by their paths: those of this machine, or those of a commit. */
export interface FileTree {
  isFile(path: string): boolean;
  isFolder(path: string): boolean;
  /** What is in a folder; throws as Node does. */
  names(folder: string): string[];
  /** Throws as Node does. */
  read(path: string): Uint8Array;
  /** May it be read where the configuration runs? A key is not committed, and there all the same. */
  exists(path: string): boolean;
  /** The same of a folder: what is served is often built, not committed. */
  existsFolder(path: string): boolean;
}

/** The files of this machine; relative paths begin at `cwd`. */
export function diskTree(cwd: string): FileTree {
  const stat = (path: string) => statSync(resolve(cwd, path), { throwIfNoEntry: false });
  const isFolder = (path: string): boolean => stat(path)?.isDirectory() ?? false;
  return {
    isFile: (path) => stat(path)?.isFile() ?? false,
    isFolder,
    existsFolder: isFolder,
    names: (folder) => readdirSync(resolve(cwd, folder)),
    read: (path) => readFileSync(resolve(cwd, path)),
    exists(path) {
      try {
        accessSync(resolve(cwd, path), constants.F_OK);
        return statSync(resolve(cwd, path)).isFile();
      } catch {
        return false;
      }
    },
  };
}
