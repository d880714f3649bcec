import { type PathMatch, takesAll } from '../model/match.ts';
import type { Route, Site } from '../model/topology.ts';

/** The routes of a site up to the first that takes every path: what stands behind it is never reached. */
export function reachableRoutes(site: Site): readonly Route[] {
  const last = site.routes.findIndex(({ match }) => takesAll(match));
  return last < 0 ? site.routes : site.routes.slice(0, last + 1);
}

const special = /[\\^$.*+?()[\]|]/g;
/** What means something to a configuration language: to Caddy's placeholders, or to `caddy fmt` even inside quotes. */
const quoting = /[ "#'`{}]/g;

/**
 * One regular expression for the paths of a route, the same text for PCRE and Go's RE2. `\z` instead of `$`, which
 * would also match before a trailing newline (`%0A`).
 */
export function pathPattern(paths: readonly PathMatch[]): string {
  const alternatives = paths.map(({ kind, path }) => {
    const literal = path
      .replace(special, '\\$&')
      .replace(quoting, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
    return kind === 'exact' ? `${literal}\\z` : `${literal}(?:/|\\z)`;
  });
  return alternatives.length === 1 ? `^${alternatives[0]}` : `^(?:${alternatives.join('|')})`;
}
