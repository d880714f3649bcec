import { type FSWatcher, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { reason, UsageError } from './io.ts';

/** What a build was made from, as absolute paths. */
export interface Watched {
  readonly files: readonly string[];
  /** Folders in which every YAML file counts: a pattern may name one that is not there yet. */
  readonly folders: readonly string[];
}

/** Milliseconds without another event: a save is several, one right after the other. */
const settled = 10;

/**
 * Calls `again` whenever something of it is saved, until it is interrupted; what `again` brings is watched from then on.
 * Folders are watched, not files: editors replace them.
 */
export async function watchUntil(
  interrupted: AbortSignal,
  first: Watched,
  again: () => Promise<Watched>,
  started: () => void,
): Promise<void> {
  const watchers = new Map<string, FSWatcher>();
  let watched = first;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  try {
    await new Promise<void>((done, failed) => {
      const follow = (): void => {
        const folders = new Set([...watched.files.map((file) => dirname(file)), ...watched.folders]);
        for (const [folder, watcher] of watchers) {
          if (folders.has(folder)) continue;
          watcher.close();
          watchers.delete(folder);
        }
        for (const folder of folders) {
          if (watchers.has(folder)) continue;
          watchers.set(folder, watchFolder(folder, changed).on('error', failed));
        }
      };
      const changed = (folder: string, name: string | null): void => {
        if (name !== null && !isWatched(watched, folder, name)) return;
        clearTimeout(timer);
        timer = setTimeout(() => {
          running = running.then(async () => {
            watched = await again();
            follow();
          });
          running.catch(failed);
        }, settled);
      };
      follow();
      interrupted.addEventListener('abort', () => done(), { once: true });
      if (interrupted.aborted) done();
      started();
    });
  } finally {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
    await running;
  }
}

function watchFolder(folder: string, changed: (folder: string, name: string | null) => void): FSWatcher {
  try {
    return watch(folder, (_event, name) => changed(folder, name));
  } catch (problem) {
    throw new UsageError(`${folder} cannot be watched: ${reason(problem)}`, 'build without --watch');
  }
}

function isWatched({ files, folders }: Watched, folder: string, name: string): boolean {
  return files.includes(join(folder, name)) || (/\.ya?ml$/i.test(name) && folders.includes(folder));
}
