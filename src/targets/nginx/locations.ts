import { directiveDuration } from '../../model/duration.ts';
import type { ErrorPage } from '../../model/error-pages.ts';
import type { Headers } from '../../model/headers.ts';
import { onlyPaths, type PathMatch, pathsOf, takesAll } from '../../model/match.ts';
import { visiblePath } from '../files.ts';
import { type Layout, printAddress } from '../layout.ts';
import { pathPattern } from '../patterns.ts';
import type { View } from '../render.ts';
import { accessLines } from './access.ts';
import { bodyLines } from './bodies.ts';
import type {
  NginxAnswer,
  NginxFiles,
  NginxLocation,
  NginxMap,
  NginxRoute,
  ProxyServer,
  RedirectServer,
} from './directives.ts';
import { locationName, noRoute, upgradeName } from './dispatch.ts';
import { errorPageLines, errorPageLocations, type PagePaths, type Pages, pagePaths } from './error-pages.ts';
import { http2Lines } from './http2.ts';
import { connectTime, poolTlsLines } from './pool-tls.ts';
import { comment, literal, nginxToken } from './tokens.ts';
import { nginxValue } from './values.ts';

/** The variables of a site, once for all its servers. */
export function mapViews(servers: readonly (ProxyServer | RedirectServer)[]): View[] {
  const proxy = servers.find((server) => server.kind === 'proxy');
  return proxy ? proxy.maps.map(mapView) : [];
}

function mapView({ kind, source, variable, fallback, rows }: NginxMap): View {
  return {
    head: `${kind} ${withVariables(source)} $${variable}`,
    rows: [
      `default ${text(fallback)}`,
      ...rows.flatMap(({ key, value }) => {
        const keys = kind === 'geo' ? (halves[key] ?? [key]) : [quoted(`~${key}`)];
        return keys.map((one) => `${one} ${text(value)}`);
      }),
    ],
  };
}

/** What nginx calls the default, and would take for a network that is there twice. */
const halves: Readonly<Record<string, readonly string[]>> = {
  '0.0.0.0/0': ['0.0.0.0/1', '128.0.0.0/1'],
  '::/0': ['::/1', '8000::/1'],
};

function text(value: string): string {
  return value === '' ? '""' : withVariables(value);
}

/** A status with nothing else, as on Caddy. With an empty text nginx would send a page of its own. */
export function emptyAnswer(status: number): string[] {
  return ['default_type "";', `return ${status} $edge_nothing;`];
}

/** In the order in which nginx tries them; last what answers requests that no route takes. */
export function locationViews(server: ProxyServer, headers: HeaderLists, layout: Layout): View[] {
  const { locations, dispatch, errorPages = [] } = server;
  const isOpen = !locations.some(({ match }) => takesAll(match));
  const pages = isOpen && asksPage(errorPages) ? errorPages : [];
  const nobodys: Pages = { pages, headers: headers.general.response };
  const all = [nobodys, ...locations.map((one) => pagesOf(one, headers))];
  const paths = pagePaths(all);
  const nobody = (match: string): View => ({
    ...nowhere,
    match,
    comment: 'Whatever no route takes',
    lines: pages.length > 0 ? [...errorPageLines(nobodys, paths), 'return 404;'] : emptyAnswer(404),
  });
  const views = dispatch === undefined ? locations.flatMap(readable) : locations;
  const own = views.flatMap((location, index): View[] => {
    const plain = takesAll(location.match) ? '/' : `~ ${quoted(pathPattern(pathsOf(location.match)))}`;
    const match = dispatch === undefined ? plain : `= ${locationName(index)}`;
    const spot: Spot = { site: server.site, paths, isDispatched: dispatch !== undefined, headers, layout };
    const said = comment(location.route);
    if (location.action !== 'proxy' || !location.upgraded) {
      return [{ ...nowhere, match, comment: said, ...routeView(location, spot) }];
    }
    const upgrades = upgradeName(index);
    return [
      { ...nowhere, match, comment: said, ...routeView(location, { ...spot, upgrades }) },
      {
        ...nowhere,
        match: `= ${upgrades}`,
        comment: `${said}: upgrades (websocket)`,
        ...routeView({ ...location, read: location.upgraded }, { ...spot, isDispatched: true }),
      },
    ];
  });
  const rest = isOpen ? [nobody(dispatch === undefined ? '/' : `= ${noRoute}`)] : [];
  const told = errorPageLocations(all, paths, { site: server.site, layout }).map((page) => ({
    ...nowhere,
    ...page,
    comment: 'The page of an error: no client can ask for a path of two slashes',
  }));
  return [...own, ...rest, ...told];
}

function asksPage(pages: readonly ErrorPage[]): boolean {
  return pages.some(({ statuses }) => statuses.includes(404));
}

/** Of a route, with the headers of its answers. */
function pagesOf({ errorPages = [], headers }: NginxRoute, { said }: HeaderLists): Pages {
  return { pages: errorPages, headers: said(headers).response };
}

/** Lines about headers, each list complete: nginx inherits what is said further out only where a location has none. */
interface HeaderLists {
  /** What the server says for all its locations. */
  readonly general: HeaderLines;
  readonly said: (headers?: Headers) => HeaderLines;
}

interface HeaderLines {
  readonly request: readonly string[];
  readonly response: readonly string[];
}

/** What is printed with a location, beside its own directives. */
interface Spot {
  readonly site: string;
  readonly paths: PagePaths;
  /** The request came by a rewrite: `$uri` is the name of the location, and the path was kept. */
  readonly isDispatched: boolean;
  /** The location that upgrades go to. */
  readonly upgrades?: string;
  readonly headers: HeaderLists;
  readonly layout: Layout;
}

const nowhere = {
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

/** nginx reads no token of more than 4096 bytes: many paths become several locations, in the order of the route. */
function readable(location: NginxRoute): NginxRoute[] {
  if (takesAll(location.match)) return [location];
  const parts: PathMatch[][] = [[]];
  let length = 0;
  for (const path of pathsOf(location.match)) {
    const more = new TextEncoder().encode(nginxToken(pathPattern([path]))).length;
    length += more;
    if (length > 3500) {
      parts.push([]);
      length = more;
    }
    parts.at(-1)?.push(path);
  }
  return parts.filter(({ length }) => length > 0).map((paths) => ({ ...location, match: onlyPaths(paths) }));
}

function routeView(location: NginxRoute, spot: Spot): View {
  const common = [
    ...bodyLines(location),
    ...accessLines(location.access),
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
  const { request, response } = headers.said(location.headers);
  const grpc = location.speaks === 'grpc';
  const { pass, window, rewritten } = location;
  const variable = pass.kind === 'variable' ? literal(printAddress(layout, pass.address.value)) : false;
  // A dispatched request has the name of its location for a path: what came is sent on.
  // grpc_pass knows no other path than that of the request: decoded, and encoded anew.
  const path = rewritten?.path ?? (grpc && isDispatched ? '$edge_decoded' : undefined);
  const uri = rewritten?.uri ?? (isDispatched ? '$request_uri' : '');
  return {
    lines: [
      ...(rewritten && !isDispatched ? [keepDecoded] : []),
      ...(upgrades === undefined ? [] : upgradeLines(upgrades)),
      ...(location.speaks
        ? http2Lines(location, { request, response })
        : isSame(request, headers.general.request) && !location.raw
          ? []
          : request),
      ...(grpc ? [] : responseLines(location, spot)),
      // Before the rewrite, which ends all directives of its kind.
      ...(variable === false
        ? []
        : [
            '# A name in a variable is resolved for each request, and nginx starts while it is unknown.',
            `set $edge_server ${variable};`,
          ]),
      ...(location.host === undefined ? [] : [`set $edge_server_host ${literal(location.host)};`]),
      ...(path === undefined ? [] : [`rewrite ^ ${withVariables(path)} break;`]),
      ...(location.buffering === false && !grpc ? ['proxy_buffering off;'] : []),
      ...(location.requestBuffering === false && !grpc ? ['proxy_request_buffering off;'] : []),
    ],
    tls: poolTlsLines(location, layout),
    module: grpc ? 'grpc' : 'proxy',
    pass: withVariables(
      `${grpc ? 'grpc' : 'http'}${location.tls ? 's' : ''}://${pass.kind === 'variable' ? '$edge_server' : pass.name}${grpc ? '' : uri}`,
    ),
    connect: connectTime(location),
    send: directiveDuration(location.send.value),
    read: directiveDuration(location.read.value),
    conditions: location.conditions.join(' ') || 'off',
    tries: String(location.tries.value),
    window: window ? directiveDuration(window.value) : false,
  };
}

/** The location that they go to has a limit of its own for silence. */
function upgradeLines(name: string): string[] {
  return ['if ($edge_upgrade) {', `    rewrite ^ ${name} last;`, '}'];
}

/** The dispatching location does it for all. */
const keepDecoded = 'set $edge_decoded $uri;';

function answerLines({ status, text: said, type, captures }: NginxAnswer): string[] {
  if (!said) return emptyAnswer(status);
  const token = nginxValue(said, { capture: (group) => captures[group - 1] ?? 'edge_nothing' });
  if (type === undefined) return ['absolute_redirect off;', `return ${status} ${token};`];
  return [`default_type ${nginxToken(type)};`, `return ${status} ${token};`];
}

function filesLines(location: NginxFiles, spot: Spot): string[] {
  const { site, isDispatched, headers, layout } = spot;
  const { root, index, fallback, browse, cache, rewritten } = location;
  const path = rewritten?.path ?? '$edge_decoded';
  const found = [path, `${path}/${index}`, ...(fallback === undefined ? [] : [fallback])].map(withVariables);
  return [
    ...(isDispatched ? [] : [keepDecoded]),
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
    'charset_types text/css text/javascript text/plain text/xml application/json application/xml;',
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

/** A token in which variables are filled in. */
function withVariables(value: string): string {
  return /^[A-Za-z0-9._:/@=%+,~$-]+$/.test(value) ? value : nginxToken(value);
}

/** A pattern is always quoted, so that `{` and `;` never end it. */
function quoted(pattern: string): string {
  const token = nginxToken(pattern);
  return token.startsWith('"') ? token : `"${token}"`;
}
