import type { Match } from '../../model/match.ts';
import type { Given, Rewrite } from '../../model/topology.ts';
import { literal } from '../patterns.ts';
import type { NginxMap, NginxPath } from './directives.ts';

/** The decoded path of the request, kept by the location that it came to first: a `rewrite` changes `$uri`. */
const decoded = '$edge_decoded';

interface Rewritten {
  readonly path: NginxPath;
  readonly maps: readonly NginxMap[];
}

/**
 * A path is cut or replaced in the bytes that were received, so that what was encoded stays so. Where the request spells
 * the path so oddly that its bytes do not show it (`/%61pi/x`, `//api/x`), `uri` is empty, and nginx sends the decoded
 * path encoded anew.
 */
export function rewrittenPath(rewrite: Rewrite, name: string): Rewritten {
  switch (rewrite.kind) {
    case 'add_prefix': {
      const prefix = rewrite.prefix.value;
      return { path: { uri: `${prefix}$request_uri`, path: `${prefix}${decoded}` }, maps: [] };
    }
    case 'fixed': {
      const [path = '', query] = rewrite.to.value.split('?');
      // Without a variable nginx would add the query of the request.
      const uri = query === undefined ? `${path}$is_args$args` : `${rewrite.to.value}$edge_nothing`;
      return { path: { uri, path }, maps: [] };
    }
    case 'strip_prefix':
      return stripped(rewrite.prefix, name);
    case 'pattern':
      return replaced(rewrite, name);
  }
}

/** Either the next byte begins the rest, or the prefix was not what it seemed: `/apix/../api/y`. */
function stripped({ value }: Given<string>, name: string): Rewritten {
  const prefix = literal(value);
  const raw = map('$request_uri', `${name}_raw`, '', `^${prefix}(?:/|(?=\\?|%2[Ff])|\\z)(.*)\\z`, '/$1');
  // A path outside the prefix stays as it came.
  const uri = map(decoded, `${name}_uri`, '$request_uri', `^${prefix}(?:/|\\z)`, `$${name}_raw`);
  const path = map(decoded, `${name}_path`, decoded, `^${prefix}(?:/|\\z)((?s:.*))\\z`, '/$1');
  return { path: { uri: `$${name}_uri`, path: `$${name}_path` }, maps: [raw, uri, path] };
}

/** The bytes decide only where the decoded path meets the pattern; else the path stays as it came. */
function replaced({ pattern, to }: Extract<Rewrite, { kind: 'pattern' }>, name: string): Rewritten {
  const { source, raw } = pattern.value;
  const value = to.value.map((part) => (typeof part === 'string' ? part : `$${part}`)).join('');
  return {
    path: { uri: `$${name}_uri`, path: `$${name}_path` },
    maps: [
      map('$request_uri', `${name}_raw`, '', raw, `${value}$is_args$args`),
      map(decoded, `${name}_uri`, '$request_uri', source, `$${name}_raw`),
      map(decoded, `${name}_path`, decoded, source, value),
    ],
  };
}

/** What the groups of `path_regex` matched, still encoded: a decoded line break would end a header. */
export function captureMaps({ all }: Match, name: string): NginxMap[] {
  const pattern = all.flatMap((criterion) => (criterion.kind === 'path_regex' ? criterion.pattern.value : []))[0];
  if (!pattern) return [];
  return Array.from({ length: pattern.captures }, (_, index) =>
    map('$request_uri', `${name}_${index + 1}`, '', pattern.raw, `$${index + 1}`),
  );
}

function map(source: string, variable: string, fallback: string, key: string, value: string): NginxMap {
  return { kind: 'map', source, variable, fallback, rows: [{ key, value }] };
}
