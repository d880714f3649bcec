import type { ForwardAuth } from '../../model/forward-auth.ts';
import type { ProxyRoute, Route } from '../../model/topology.ts';
import { unconditional } from '../forward-auth.ts';
import type { NginxAuth, NginxLocation, NginxRoute } from './directives.ts';
import { askedHost } from './headers.ts';
import { literal } from './tokens.ts';

/** Who is asked before each route, by its id: one location for all that ask the same. */
export function authsOf(
  routes: readonly Route[],
  lowered: (asks: ProxyRoute) => NginxLocation,
): ReadonlyMap<string, NginxAuth> {
  const made = new Map<ForwardAuth, NginxAuth>();
  const authOf = (auth: ForwardAuth): NginxAuth => {
    const known = made.get(auth);
    if (known) return known;
    // No upgrade is asked about as such.
    const { upgraded: _, ...location } = lowered(auth.asks);
    const copied = auth.copied.map(({ value }) => value);
    const one = { name: `auth${made.size + 1}/`, location, path: auth.path.value, copied };
    made.set(auth, one);
    return one;
  };
  return new Map(
    routes.flatMap(({ id, forwardAuth }) =>
      forwardAuth && forwardAuth !== 'none' ? [[id, authOf(forwardAuth)] as const] : [],
    ),
  );
}

/** What a location asks before it does anything else. */
export function authLines({ auth, errorPages = [] }: NginxRoute, refused: string): string[] {
  if (!auth) return [];
  const hasPage = errorPages.some(({ statuses }) => statuses.includes(401));
  return [
    '# Everything but 2xx, 401 and 403 becomes 500.',
    `auth_request ${auth.name};`,
    'auth_request_set $edge_auth_location $upstream_http_location;',
    ...auth.copied.map((name) => `auth_request_set $${copiedName(name)} $upstream_http_${underscored(name)};`),
    `error_page 401 = ${refused};`,
    // The page of a 401 is an error page of an error page.
    ...(hasPage ? ['recursive_error_pages on;'] : []),
  ];
}

/** The answer to whom the auth server does not know: where to log in, if it says so. */
export const refusedLines: readonly string[] = [
  'absolute_redirect off;',
  'if ($edge_auth_location != "") {',
  '    return 302 $edge_auth_location;',
  '}',
  'return 401;',
];

/** What a server is sent behind an auth server: in place of what a client wrote. */
export function behindAuth(
  request: readonly string[],
  { auth, host, withheld = [] }: NginxLocation,
): readonly string[] {
  const none = withheld.map((name) => `proxy_set_header ${name} "";`);
  if (!auth) return none.length > 0 ? [...request, ...none] : request;
  // The subrequest runs through the `set` of the server again: the name that the route has set is gone by now.
  const named = request.map((line) =>
    host !== undefined && line.startsWith('proxy_set_header Host ') ? `proxy_set_header Host ${literal(host)};` : line,
  );
  return [...named, ...none, ...auth.copied.map((name) => `proxy_set_header ${name} $${copiedName(name)};`)];
}

/** What any server is sent, with the name of these for Host, and no upgrade. */
export function plainLines({ host }: NginxLocation, request: readonly string[]): string[] {
  return [
    `proxy_set_header Host ${host === undefined ? askedHost : literal(host)};`,
    ...request.filter((line) => !/^proxy_set_header (?:Host|Upgrade|Connection) /.test(line)),
  ];
}

/** The headers of what the auth server is asked; `request` are those of any server. */
export function askingLines({ location }: NginxAuth, request: readonly string[], origin: string): string[] {
  return [
    'internal;',
    '# What is asked is a GET without a body, with the headers of the request.',
    'proxy_pass_request_body off;',
    ...plainLines(location, request),
    'proxy_set_header X-Forwarded-Method $request_method;',
    'proxy_set_header X-Forwarded-Uri $request_uri;',
    'proxy_set_header X-Original-Method $request_method;',
    `proxy_set_header X-Original-URL ${origin}$request_uri;`,
    'proxy_set_header X-Original-URI $request_uri;',
    ...['Content-Length', 'Upgrade', 'Connection', ...unconditional].map((name) => `proxy_set_header ${name} "";`),
  ];
}

function copiedName(name: string): string {
  return `edge_copied_${underscored(name)}`;
}

function underscored(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}
