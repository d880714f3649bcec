import type { Place } from '../diagnostics/diagnostic.ts';
import type { Network } from './networks.ts';
import type { Pattern } from './pattern.ts';
import type { Given } from './topology.ts';

/** `exact` /a, `prefix` /a and all below it. The prefix of `/*` is the empty string. */
export interface PathMatch {
  readonly kind: 'exact' | 'prefix';
  readonly path: string;
  readonly at: Place;
}

/**
 * One thing that is asked of a request. A list means any of them; `value` of a header or of a query parameter is a text,
 * or whether there is one at all.
 */
export type Criterion =
  | { readonly kind: 'path'; readonly paths: readonly PathMatch[] }
  /** A regular expression that PCRE and RE2 read alike (`pattern.ts`). */
  | { readonly kind: 'path_regex'; readonly pattern: Given<Pattern> }
  | { readonly kind: 'method'; readonly methods: readonly Given<string>[] }
  | { readonly kind: 'host'; readonly hosts: readonly Given<string>[] }
  | { readonly kind: 'header' | 'query'; readonly name: string; readonly value: Given<string | boolean> }
  | { readonly kind: 'client'; readonly networks: readonly Network[] };

/** Which requests: those that meet `all`, and not everything in `none` (when there is something). */
export interface Match {
  readonly all: readonly Criterion[];
  readonly none: readonly Criterion[];
}

export const everything: Match = { all: [], none: [] };

export function onlyPaths(paths: readonly PathMatch[]): Match {
  return paths.length > 0 ? { all: [{ kind: 'path', paths }], none: [] } : everything;
}

/** The paths that are asked for; empty: every path. */
export function pathsOf({ all }: Match): readonly PathMatch[] {
  return all.flatMap((criterion) => (criterion.kind === 'path' ? criterion.paths : []));
}

/** Is nothing asked of a request but its path? */
export function isPathOnly({ all, none }: Match): boolean {
  return none.length === 0 && all.every(({ kind }) => kind === 'path');
}

export function takesAll(match: Match): boolean {
  const paths = pathsOf(match);
  if (!isPathOnly(match)) return false;
  return paths.length === 0 || paths.some(({ kind, path }) => kind === 'prefix' && path === '');
}
