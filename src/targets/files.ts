import type { TargetId } from '../diagnostics/diagnostic.ts';

/** One file of the output; `path` is below the output folder, with `/`. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
  readonly executable?: boolean;
  readonly target: TargetId;
}

/** The first line of each generated file. It names no version: an update of the compiler alone changes no byte. */
export const madeBy = 'Made by proxywright from a topology file; do not edit: change the topology and build again.';
