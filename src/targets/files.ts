import type { TargetId } from '../diagnostics/diagnostic.ts';
import { edgeMachines } from '../model/edges.ts';
import type { Cache, Topology } from '../model/topology.ts';

/** One file of the output; `path` is below the output folder, with `/`. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
  readonly target: TargetId;
}

/** The folder of a proxy's configuration, below that of the output: one for each edge machine where there are several. */
export function folderOf(id: string, topology: Topology): string {
  return edgeMachines(topology).length > 1 && topology.here ? `${id}/${topology.here.name}` : id;
}

/** The first line of each generated file. It names no version: an update of the compiler alone changes no byte. */
export const madeBy = 'Made by proxywright from a topology file; do not edit: change the topology and build again.';

/** Cache-Control of files: browsers keep them so long. */
export function cacheControl(cache: Cache): string {
  if (cache === 'none') return 'no-cache';
  if (cache === 'immutable') return 'max-age=31536000, immutable';
  return `max-age=${Math.floor(cache / 1000)}`;
}

/** Paths without a part that begins with a dot, but for `/.well-known`, which is made to be seen. */
export const visiblePath = '^(?:/\\.well-known)?(?:/(?:[^./][^/]*)?)*\\z';
