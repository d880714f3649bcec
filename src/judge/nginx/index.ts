import type { Version } from '../../model/version.ts';
import type { Files } from '../../source/paths.ts';
import { type Checked, check } from './check.ts';
import { type NginxTree, readTree } from './read.ts';

/** A configuration of nginx, read and checked as far as `nginx -t` would without looking at the machine. */
export interface NginxConfiguration extends NginxTree, Checked {}

/**
 * Reads the main file, or a fragment of it, and the files that it includes. `files` must have `main`; relative includes
 * begin at its folder. Nothing is thrown: whatever is wrong is among the diagnostics, and what could be read is there.
 */
export function readNginx(files: Files, main: string, version: Version): NginxConfiguration {
  const tree = readTree(files, main);
  return { ...tree, ...check(tree, version) };
}
