import { fnv1a } from '../../diagnostics/identity.ts';
import { pageValues } from '../../model/error-pages.ts';
import type { HeaderChange, Headers } from '../../model/headers.ts';
import { onlyHost } from '../headers.ts';
import type { NginxDirectives, ProxyServer } from './directives.ts';
import { nginxToken } from './tokens.ts';
import { type NginxPlace, nginxHelpers, nginxValue } from './values.ts';

/** Headers that the edge says by itself, in every location of a server. */
export interface OwnHeaders {
  /** Some routes have a name of their own for their servers. */
  readonly hasNames: boolean;
  /** The header for the client's certificate, with its value. */
  readonly subject: string | false;
  /** Alt-Svc */
  readonly alternative: string | false;
}

/** The Host of a request, as far as it is the name that chose the site. Over HTTP/3 there is no such header at all. */
export const askedHost = '$edge_host';

/** What the client asked for, without the path; behind proxies that are trusted, as these tell it. */
export function askedOrigin(trusts: boolean): string {
  return trusts ? '$edge_forwarded_proto://$edge_forwarded_host' : `$scheme://${askedHost}`;
}

/**
 * Everything that a server is sent: nginx drops all that is said further out where a location says one of them, so each
 * list is complete.
 */
export function requestHeaders(server: ProxyServer, own: OwnHeaders, trusts: boolean, headers?: Headers): string[] {
  const place = onlyHost(server.names);
  const forwarded = trusts
    ? { for: '$edge_forwarded_for', proto: '$edge_forwarded_proto', host: '$edge_forwarded_host' }
    : { for: '$remote_addr', proto: '$scheme', host: askedHost };
  return [
    `proxy_set_header Host ${own.hasNames ? '$edge_server_host' : askedHost};`,
    'proxy_set_header X-Real-IP $remote_addr;',
    ...(trusts ? [] : ['# Nothing that the client wrote about itself is believed.']),
    `proxy_set_header X-Forwarded-For ${forwarded.for};`,
    `proxy_set_header X-Forwarded-Proto ${forwarded.proto};`,
    `proxy_set_header X-Forwarded-Host ${forwarded.host};`,
    ...(own.subject ? [`proxy_set_header ${own.subject};`] : []),
    'proxy_set_header Upgrade $edge_upgrade;',
    'proxy_set_header Connection $edge_connection;',
    ...(headers?.request ?? []).map((change) => {
      if (change.kind === 'remove') return `proxy_set_header ${change.name} "";`;
      const added = change.kind === 'add' ? `$${addedName(change, place)}` : nginxValue(change.given.value, place);
      return `proxy_set_header ${change.name} ${added};`;
    }),
  ];
}

/** Everything that is said to the client beside what the server says, and instead of it. Complete, as above. */
export function responseHeaders(server: ProxyServer, own: OwnHeaders, headers?: Headers): string[] {
  const place = onlyHost(server.names);
  const { debugHeader, hsts } = server;
  const set = (name: string, token: string): string[] => [
    `proxy_hide_header ${name};`,
    `add_header ${name} ${token} always;`,
  ];
  return [
    ...(debugHeader === undefined
      ? []
      : ['# Every server that was tried, in order, also on errors', ...set(debugHeader, '$upstream_addr')]),
    ...(own.alternative ? ['# There is HTTP/3 too.', ...set('Alt-Svc', own.alternative)] : []),
    ...(hsts === undefined ? [] : set('Strict-Transport-Security', nginxToken(hsts))),
    ...(headers?.response ?? []).flatMap(({ kind, name, given }) => {
      if (kind === 'remove') return [`proxy_hide_header ${name};`];
      const token = nginxValue(given.value, place);
      return kind === 'set' ? set(name, token) : [`add_header ${name} ${token} always;`];
    }),
  ];
}

/** The blocks of the http context that the headers and the answers of all servers need. */
export function headerHelpers({ servers }: NginxDirectives): readonly (readonly string[])[] {
  const proxies = servers.flatMap((server) => (server.kind === 'proxy' ? [server] : []));
  const used = proxies.flatMap((server) =>
    [server, ...server.locations].flatMap(({ headers = { request: [], response: [] } }) => [
      ...headers.request.map((change) => ({ change, server, joined: change.kind === 'add' })),
      ...headers.response.map((change) => ({ change, server, joined: false })),
    ]),
  );
  const said = proxies.flatMap(({ locations }) =>
    locations.flatMap((location) => (location.action === 'answer' && location.text ? [location.text] : [])),
  );
  const pages = proxies.flatMap((server) => [server, ...server.locations].flatMap((one) => pageValues(one.errorPages)));
  const added = used
    .filter(({ joined }) => joined)
    .map(({ change, server }) => addedBlock(change, onlyHost(server.names)));
  return [
    ...nginxHelpers([...used.map(({ change }) => change.given.value), ...said, ...pages]),
    ...new Map(added.map((block) => [block[0], block])).values(),
  ];
}

function addedName({ name, given }: HeaderChange, place: NginxPlace): string {
  return `edge_added_${fnv1a(`${name.toLowerCase()} ${nginxValue(given.value, place)}`)}`;
}

/** What the client sent under the name, with the value behind it. */
function addedBlock(change: HeaderChange, place: NginxPlace): string[] {
  const sent = `$http_${change.name.toLowerCase().replaceAll('-', '_')}`;
  const token = nginxValue(change.given.value, place);
  const bare = token.startsWith('"') ? token.slice(1, -1) : token;
  return [`map ${sent} $${addedName(change, place)} {`, `    default "${sent}, ${bare}";`, `    "" ${token};`, '}'];
}
