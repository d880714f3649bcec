import type { ErrorPage } from '../../model/error-pages.ts';
import type { Headers } from '../../model/headers.ts';
import { visiblePath } from '../files.ts';
import type { Layout } from '../layout.ts';
import { textTypes } from '../media-types.ts';
import type { View } from '../render.ts';
import { passView, variableLines } from './asking.ts';
import { bodyLines } from './bodies.ts';
import type { NginxAnswer, NginxFiles, NginxLocation, NginxRoute } from './directives.ts';
import { emptyAnswer, errorPageLines, type PagePaths, type Pages } from './error-pages.ts';
import { authLines, behindAuth, refusedLines } from './forward-auth.ts';
import { gateLines } from './gate.ts';
import { http2Lines } from './http2.ts';
import { literal, nginxToken, withVariables } from './tokens.ts';
import { nginxValue } from './values.ts';

/** What is printed with a location, beside its own directives. */
export interface Spot {
  readonly site: string;
  readonly paths: PagePaths;
  /** The request came by a rewrite: `$uri` is the name of the location, and the path was kept. */
  readonly isDispatched: boolean;
  /** The location that upgrades go to. */
  readonly upgrades?: string;
  /** The location that requests go to while there is maintenance. */
  readonly closed: string;
  /** The location of whom an auth server does not know. */
  readonly refused: string;
  readonly headers: HeaderLists;
  readonly layout: Layout;
}

export const nowhere = {
  raw: [],
  tls: [],
  pass: false,
  module: 'proxy',
  connect: false,
  send: false,
  read: false,
  conditions: false,
  tries: false,
  window: false,
};

/** A location as a whole. `isOpen`: who asks was asked for already. */
export function routeView(location: NginxRoute, spot: Spot, { isOpen = false } = {}): View {
  const common = [
    ...(isOpen ? bodyLines(location) : frontLines(location, spot)),
    ...errorPageLines(pagesOf(location, spot.headers), spot.paths),
  ];
  const raw = location.raw ?? [];
  switch (location.action) {
    case 'proxy': {
      const { lines, ...view } = proxyView(location, spot);
      return { ...view, lines: [...common, ...lines], raw };
    }
    case 'answer':
      return { lines: [...common, ...responseLines(location, spot), ...answerLines(location)], raw };
    case 'files':
      return { lines: [...common, ...filesLines(location, spot)], raw };
  }
}

/**
 * `return` and `if` come before nginx asks for a password, or an auth server: what a route answers by itself is in a location of its own, for
 * those who may have it.
 */
export function isApart({ action, basicAuth, auth }: NginxRoute): boolean {
  return action !== 'proxy' && (basicAuth !== undefined || auth !== undefined);
}

/** The location before such a one. No file has the name that is looked for. */
export function gateView(location: NginxRoute, spot: Spot, answer: string): View {
  return {
    lines: [
      ...frontLines(location, spot),
      ...errorPageLines(pagesOf(location, spot.headers), spot.paths),
      ...responseLines(location, spot),
      `try_files /.edge/none ${answer};`,
    ],
  };
}

function frontLines(location: NginxRoute, spot: Spot): string[] {
  return [
    ...(keepsPath(location) && !spot.isDispatched ? ['set $edge_decoded $uri;'] : []),
    ...bodyLines(location),
    ...gateLines(location, spot),
    ...authLines(location, spot.refused),
  ];
}

/** The dispatching location does it for all. */
function keepsPath(location: NginxRoute): boolean {
  return (
    location.action === 'files' ||
    location.basicAuth?.asksPath === true ||
    (location.action === 'proxy' && location.rewritten !== undefined)
  );
}

/** Where a client is sent whom the auth server does not know. */
export function refusedView(location: NginxRoute, spot: Spot): View {
  const pages = (location.errorPages ?? []).filter(({ statuses }) => statuses.includes(401));
  const own = pagesOf({ ...location, errorPages: pages.map((page) => ({ ...page, statuses: [401] })) }, spot.headers);
  return { lines: [...errorPageLines(own, spot.paths), ...responseLines(location, spot), ...refusedLines] };
}

/** The location that answers while there is maintenance. */
export function closedView(location: NginxRoute, { headers, paths }: Spot): View {
  const pages = closedPages(location, headers);
  return {
    lines: [
      ...pages.flatMap((one) => [...errorPageLines(one, paths), ...one.response]),
      `return ${location.maintenance?.status};`,
    ],
  };
}

/** What it shows, and the headers of that. */
export function closedPages({ maintenance, errorPages = [], headers }: NginxRoute, { said }: HeaderLists): Pages[] {
  if (!maintenance) return [];
  const { status, page, retryAfter } = maintenance;
  const statuses = [status];
  const own: ErrorPage[] = page ? [{ key: '', at: page.at, statuses, action: 'file', file: page }] : [];
  const general = errorPages.filter((one) => one.statuses.includes(status)).map((one) => ({ ...one, statuses }));
  const again = retryAfter === undefined ? [] : [`add_header Retry-After ${retryAfter} always;`];
  const { request, response } = said(headers);
  return [{ pages: page ? own : general, request, response: [...response, ...again] }];
}

/** Of a route, with the headers of its answers. */
export function pagesOf({ errorPages = [], headers }: NginxRoute, { said }: HeaderLists): Pages {
  return { pages: errorPages, ...said(headers) };
}

/** Lines about headers, each list complete: nginx inherits what is said further out only where a location has none. */
export interface HeaderLists {
  /** What the server says for all its locations. */
  readonly general: HeaderLines;
  readonly said: (headers?: Headers) => HeaderLines;
  /** Scheme and Host of what a client asked for. */
  readonly origin: string;
}

interface HeaderLines {
  readonly request: readonly string[];
  readonly response: readonly string[];
}

/** What a location says of the headers of its answers, where it is not what all say. */
function responseLines({ headers, raw }: NginxRoute, { headers: { general, said } }: Spot): readonly string[] {
  const { response } = said(headers);
  // What is written by hand may say one: then those of the server do not count.
  return isSame(response, general.response) && !raw ? [] : response;
}

function isSame(list: readonly string[], other: readonly string[]): boolean {
  return list.join('\n') === other.join('\n');
}

function proxyView(location: NginxLocation, spot: Spot): View & { readonly lines: readonly string[] } {
  const { isDispatched, layout, headers, upgrades } = spot;
  const { request: said, response } = headers.said(location.headers);
  const request = behindAuth(said, location);
  const grpc = location.speaks === 'grpc';
  const { rewritten } = location;
  // A dispatched request has the name of its location for a path: what came is sent on.
  // grpc_pass knows no other path than that of the request: decoded, and encoded anew.
  const path = rewritten?.path ?? (grpc && isDispatched ? '$edge_decoded' : undefined);
  const uri = rewritten?.uri ?? (isDispatched ? '$request_uri' : '');
  return {
    lines: [
      ...(upgrades === undefined ? [] : upgradeLines(upgrades)),
      ...(location.speaks
        ? http2Lines(location, { request, response })
        : isSame(request, headers.general.request) && !location.raw
          ? []
          : request),
      ...(grpc ? [] : responseLines(location, spot)),
      // Before the rewrite, which ends all directives of its kind.
      ...variableLines(location, layout, '$edge_server'),
      ...(location.host === undefined || location.auth ? [] : [`set $edge_server_host ${literal(location.host)};`]),
      ...(path === undefined ? [] : [`rewrite ^ ${withVariables(path)} break;`]),
      ...(location.buffering === false && !grpc ? ['proxy_buffering off;'] : []),
      ...(location.requestBuffering === false && !grpc ? ['proxy_request_buffering off;'] : []),
    ],
    ...passView(location, layout, { server: '$edge_server', uri: grpc ? '' : uri }),
  };
}

/** The location that they go to has a limit of its own for silence. */
function upgradeLines(name: string): string[] {
  return ['if ($edge_upgrade) {', `    rewrite ^ ${name} last;`, '}'];
}

function answerLines({ status, text: said, type, captures }: NginxAnswer): string[] {
  if (!said) return emptyAnswer(status);
  const token = nginxValue(said, { capture: (group) => captures[group - 1] ?? 'edge_nothing' });
  if (type === undefined) return ['absolute_redirect off;', `return ${status} ${token};`];
  return [`default_type ${nginxToken(type)};`, `return ${status} ${token};`];
}

function filesLines(location: NginxFiles, spot: Spot): string[] {
  const { site, headers, layout } = spot;
  const { root, index, fallback, browse, cache, rewritten } = location;
  const path = rewritten?.path ?? '$edge_decoded';
  const found = [path, `${path}/${index}`, ...(fallback === undefined ? [] : [fallback])].map(withVariables);
  return [
    ...(cache === undefined
      ? responseLines(location, spot)
      : [...headers.said(location.headers).response, `add_header Cache-Control ${nginxToken(cache)};`]),
    'if ($request_method !~ ^(?:GET|HEAD)\\z) {',
    '    return 405;',
    '}',
    '# Names that begin with a dot are nobody’s business.',
    `if ($edge_decoded !~ ${quoted(visiblePath)}) {`,
    '    return 404;',
    '}',
    `root ${literal(layout.files(site, root))};`,
    'charset utf-8;',
    `charset_types ${textTypes.filter((type) => type !== 'text/html').join(' ')};`,
    'default_type "";',
    'if_modified_since before;',
    ...(browse
      ? [
          `rewrite ^ ${withVariables(path)} break;`,
          `index ${nginxToken(index)};`,
          'absolute_redirect off;',
          'autoindex on;',
        ]
      : [`try_files ${found.join(' ')} =404;`]),
  ];
}

/** A pattern is always quoted, so that `{` and `;` never end it. */
export function quoted(pattern: string): string {
  const token = nginxToken(pattern);
  return token.startsWith('"') ? token : `"${token}"`;
}
