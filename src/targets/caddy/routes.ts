import type { Rewrite } from '../../model/topology.ts';
import type { Version } from '../../model/version.ts';
import { visiblePath } from '../files.ts';
import type { Layout } from '../layout.ts';
import { mediaTypes, textTypes } from '../media-types.ts';
import { literal as literalPattern } from '../patterns.ts';
import type { Trust } from '../trust.ts';
import type { CaddyAnswerRoute, CaddyFilesRoute, CaddyRoute } from './directives.ts';
import { pattern } from './matchers.ts';
import { caddyToken, literal } from './tokens.ts';
import { caddyValue } from './values.ts';

/** What the lines of a route need to know beside it. */
export interface RouteSpot {
  readonly site: string;
  /** Of the route in its site, from 1: names of matchers end with it. */
  readonly number: number;
  readonly version: Version;
  readonly layout: Layout;
  /** Proxies in front that are believed. */
  readonly trust?: Trust | undefined;
}

/** The lines of a route before `reverse_proxy`, or in its place; they are run in this order. */
export function routeLines(route: CaddyRoute, spot: RouteSpot): string[] {
  switch (route.action) {
    case 'proxy':
      return route.rewrite ? rewriteLines(route.rewrite, spot.number) : [];
    case 'answer':
      return answerLines(route, spot);
    case 'files':
      return filesLines(route, spot);
  }
}

function answerLines({ match, status, to, body, type }: CaddyAnswerRoute, { number, version }: RouteSpot): string[] {
  if (!to) {
    if (!body) return [`respond ${status}`];
    const text = caddyValue(body, { version });
    return [...(type === undefined ? [] : [`header Content-Type ${caddyToken(type)}`]), `respond * ${text} ${status}`];
  }
  const groups = `groups${number}`;
  const target = caddyValue(to, { version, capture: (group) => `re.${groups}.${group}` });
  const asked = match.all.find((criterion) => criterion.kind === 'path_regex');
  if (!asked || !to.some((part) => typeof part !== 'string' && 'capture' in part))
    return [`redir * ${target} ${status}`];
  // What the groups met of the request as it was sent: what they met of the decoded path could not be sent back.
  return [
    `@${groups} vars_regexp ${groups} {http.request.uri} ${pattern(asked.pattern.value.raw)}`,
    `redir @${groups} ${target} ${status}`,
    `redir * ${target} ${status}`,
  ];
}

function filesLines(route: CaddyFilesRoute, { site, number, layout }: RouteSpot): string[] {
  const { root, index, fallback, browse, cache, rewrite, errorPages } = route;
  // An error has a page; an answer is an answer.
  const refuse = errorPages ? 'error' : 'respond';
  const tried = ['{path}', `{path}/${index}`, ...(fallback === undefined ? [] : [fallback])];
  const options = [...(index === 'index.html' ? [] : [`index ${caddyToken(index)}`]), ...(browse ? ['browse'] : [])];
  return [
    // Before 2.11 it would answer any method as if it were GET.
    `@write${number} not method GET HEAD`,
    `${refuse} @write${number} 405`,
    '# Names that begin with a dot are nobody’s business.',
    `@hidden${number} not path_regexp ${pattern(visiblePath)}`,
    `${refuse} @hidden${number} 404`,
    ...(rewrite ? fileLines(rewrite, number) : []),
    `root * ${literal(layout.files(site, root))}`,
    ...(browse ? [] : [`try_files ${tried.map(fileToken).join(' ')}`]),
    ...(cache === undefined
      ? []
      : [`@found${number} file`, `header @found${number} Cache-Control ${caddyToken(cache)}`]),
    `@typed${number} {`,
    '\tfile',
    `\tvars_regexp {${typeName}} .`,
    '}',
    `header @typed${number} Content-Type {${typeName}}`,
    // Without this `/sub` would be redirected to `/sub/`, as a folder.
    'file_server {',
    ...options.map((option) => `\t${option}`),
    ...(browse ? [] : ['\tdisable_canonical_uris']),
    '}',
  ];
}

const typeName = 'edge_type';

/** Rows of a `map`: what is asked for in them is worked out in that moment, by the path as it is then. */
export function typeRows(): readonly string[] {
  return Object.entries(mediaTypes).map(([type, ends]) => {
    const told = textTypes.includes(type) ? `"${type}; charset=utf-8"` : type;
    const [end, other] = ends;
    return `~(?i)\\.${other === undefined ? end : `(?:${ends.join('|')})`}$ ${told}`;
  });
}

export function servesFiles(routes: readonly CaddyRoute[]): boolean {
  return routes.some(({ action }) => action === 'files');
}

function fileToken(path: string): string {
  return path.startsWith('{path}') ? path : literal(path);
}

/** Of a file only the decoded path counts, which Caddy resolves before it cuts. */
function fileLines(rewrite: Rewrite, number: number): string[] {
  if (rewrite.kind !== 'strip_prefix') return rewriteLines(rewrite, number);
  const prefix = literalPattern(rewrite.prefix.value);
  return [
    `@prefix${number} path_regexp ${pattern(`^${prefix}(?:/|\\z)`)}`,
    `uri @prefix${number} strip_prefix ${caddyToken(rewrite.prefix.value)}`,
    'uri path_regexp ^%2[fF] /',
  ];
}

/** The bytes that were received are cut or replaced; only where they do not show the prefix, the decoded path is. */
function rewriteLines(rewrite: Rewrite, number: number): string[] {
  switch (rewrite.kind) {
    case 'add_prefix':
      return [`uri path_regexp ^/ ${caddyToken(`${rewrite.prefix.value}/`)}`];
    case 'fixed':
      return [`rewrite * ${literal(rewrite.to.value)}`];
    case 'pattern': {
      const to = rewrite.to.value.map((part) =>
        // Escaped, as Caddy would look for a placeholder of this name.
        typeof part === 'string' ? part : `$\\{${part}\\}`,
      );
      // The whole path becomes `to`, wherever in it the pattern is met.
      const whole = `^[\\s\\S]*?(?:${rewrite.pattern.value.source})[\\s\\S]*$`;
      return [`uri path_regexp ${pattern(whole)} ${caddyToken(to.join(''))}`];
    }
    case 'strip_prefix': {
      const prefix = literalPattern(rewrite.prefix.value);
      const plain = pattern(`^${prefix}(?:[/?]|\\z)`);
      return [
        `@plain${number} vars_regexp {http.request.orig_uri} ${plain}`,
        `@odd${number} {`,
        `\tnot vars_regexp {http.request.orig_uri} ${plain}`,
        `\tpath_regexp ${pattern(`^${prefix}(?:/|\\z)`)}`,
        '}',
        `uri @odd${number} strip_prefix ${caddyToken(rewrite.prefix.value)}`,
        // No path of a client begins like this: it is what is left behind the prefix.
        'uri path_regexp ^%2[fF] /$0',
        `uri @plain${number} path_regexp ${pattern(`^${prefix}(?:/|$)`)} /`,
      ];
    }
  }
}
