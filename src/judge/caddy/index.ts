import type { Version } from '../../model/version.ts';
import type { Files } from '../../source/paths.ts';
import { type Checked, check } from './check.ts';
import { type CaddyTree, parse } from './parse.ts';

/** A Caddyfile, read and checked as far as Caddy’s adapter would before it asks each directive. */
export interface CaddyConfiguration extends CaddyTree, Checked {}

/**
 * Reads a Caddyfile and what it imports. `files` must have `main`. Nothing is thrown: whatever is wrong is among the
 * diagnostics, and what could be read is there.
 */
export function readCaddy(files: Files, main: string, version: Version): CaddyConfiguration {
  const tree = parse(files, main, version);
  const checked = check(tree, version);
  return { ...tree, ...checked, diagnostics: [...tree.diagnostics, ...checked.diagnostics] };
}
