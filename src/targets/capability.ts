import type { Severity } from '../diagnostics/diagnostic.ts';
import { atLeast, type Version } from '../model/version.ts';

/**
 * What a topology may ask of a target, each with what it means. A capability that is missing in a target's table is
 * a type error there, so that no target can forget one.
 */
export const capabilities = {
  'names.resolve': 'Follow a server’s name when its address changes, and start while it is unknown',
  'server.unix': 'Servers behind a unix socket',
  'balance.round_robin': 'Servers in turn',
  'balance.least_conn': 'The server with the fewest connections',
  'balance.random': 'A server by chance',
  'balance.first': 'The first server that lives (`first`)',
  'balance.first.several': 'The same, with more than two servers',
  'balance.hash': 'The same server for the same address, URI, header or cookie (`hash`)',
  'balance.sticky': 'A cookie that binds a client to its server (`sticky`)',
  'balance.retry': 'Another server for the next attempt, where the balance has a favourite',
  'server.weight': 'Shares of the requests by `weight`',
  'server.weight.balance': 'The same with another balance than `round_robin`',
  'server.backup.several': 'Backups beside several servers, or several of them',
  'server.backup.random': 'Backups with `random`',
  'server.backup.hash': 'Backups with `hash`',
  'server.backup.sticky': 'Backups with `sticky`',
  'server.drain': 'A server that only its sticky clients come to (`state: drain`)',
  'server.max_conns': 'A limit for the requests that a server has at the same time',
  'server.max_conns.each': 'The same, with another limit for each server',
  'servers.tls': 'Servers that speak https, verified',
  'servers.tls.names': 'A name for each server in the handshake',
  'servers.tls.address': 'Certificates for an IP address',
  'servers.host': 'The server’s own address as Host',
  'protocol.h2c': 'Servers that speak HTTP/2 without TLS (`h2c`), and get each path byte for byte',
  'protocol.grpc': 'gRPC servers, with their trailers',
  'protocol.grpc.path':
    'gRPC servers that get each path byte for byte where it is rewritten, or a route matches more than paths',
  'protocol.refused': 'A limit for servers of HTTP/2 that refuse streams',
  'protocol.header': 'A limit for the header of servers that speak HTTP/2 without TLS',
  'timeouts.tls_handshake': 'A limit for the handshake alone',
  'timeouts.idle.shorter': 'A limit for pauses inside the body that is shorter than `response_header`',
  'timeouts.idle.longer': 'A limit for pauses inside the body that is longer than `response_header`',
  'timeouts.idle.rest': 'A limit for pauses that is shorter than `response_header` and `keepalive.idle` together',
  'timeouts.idle.none': 'No limit for pauses inside the body',
  'timeouts.upgraded': 'A limit for the silence of upgraded connections (websocket)',
  'timeouts.none': 'No limit at all (`none`)',
  stream: 'Answers and uploads passed on as they come (`stream`)',
  'stream.header': 'A stream whose header must come within `response_header`',
  'stream.retry': 'A stream that no server gets twice, and that goes to another where no connection comes about',
  flush: 'The header at once, before the body (`flush: immediate`)',
  'keepalive.per_server': 'Idle connections counted for each server',
  'retry.unlimited': 'Attempts without a number, the same server again (`tries: unlimited`)',
  'retry.interval': 'A pause between attempts',
  'retry.on.separate': '`error` without `timeout`, or the reverse',
  'retry.on.invalid_header': 'An invalid header that is not tried again',
  'retry.on.status': 'Another attempt after a status (`http_503`)',
  'retry.non_idempotent': 'POST and PATCH sent again',
  'retry.body': 'A request with a body tried on another server when the connection fails',
  'retry.put_delete': 'PUT and DELETE sent again',
  'health.active': 'Regular checks of each server',
  'health.active.counts': 'Several checks before a server changes sides (`passes`, `fails`)',
  'health.passive.several': 'Marking after several failures (`max_fails` above 1)',
  'tls.acme': 'Certificates from a public CA',
  'tls.internal': 'Self-made certificates',
  'edges.acme': 'Certificates from a public CA on more than two edge machines',
  'edges.acme.limit': 'The same on more than four',
  'edges.internal': 'One CA for the self-made certificates of several edge machines',
  'edges.max_conns': '`max_conns` counted over several edge machines',
  'tls.profile.groups': 'Exactly the key exchanges of a TLS profile',
  'tls.profile.mixed': 'TLS 1.2 refused to one site of a port and offered to another',
  'tls.client': 'Client certificates',
  'tls.client.several': 'Client certificates of several CAs',
  http3: 'HTTP/3',
  'http3.client': 'HTTP/3 beside client certificates',
  'http3.replay': 'HTTP/3 in which no recorded request can be sent again',
  'headers.request.add': 'A second value of a request header, in a field of its own',
  'headers.response.server': 'Responses that do not name the proxy (`Server`)',
  'headers.server': '`{server}` in response headers',
  'headers.empty': 'A header whose value comes out empty',
  'values.host': '`{host}` in lower case where a site has several names',
  trusted_proxies: 'Proxies in front that tell for whom they ask',
  'trusted_proxies.client': 'Decisions by the address of a client that comes through a trusted proxy',
  'gate.body': '401, 403 or 503 for a client that is refused, also where its body is too large',
  basic_auth: 'Names and passwords (`basic_auth`)',
  maintenance: 'Answers of 503 on purpose (`maintenance`)',
  'match.header.repeated': 'Matching each field of a header that is sent several times',
  'rewrite.odd': 'Cutting and replacing paths that are spelt oddly (`//api/x`, `/%61pi/x`) byte for byte',
  'files.browse': 'Lists of folders',
  'body.limit': 'Bodies that are longer than `max_body_size`, and do not tell it, kept from the servers',
  'body.limit.marks': 'The same, where failures take a server out of rotation',
  'compress.validators': 'Compressed answers with weak ETags, and `Vary` on all that could be compressed (`compress`)',
  'compress.no_transform': '`Cache-Control: no-transform` of a server, which forbids to compress',
  'compress.zstd': 'Answers compressed with zstd',
  'compress.br': 'Answers compressed with br',
  resolver: 'Which DNS servers are asked at run time',
  access_log: 'An access log as JSON with upstream, tries and times',
} as const;

export type Capability = keyof typeof capabilities;

/** The id of the finding about a capability that a target lacks. */
export function portabilityRule(capability: Capability): string {
  return `portability-${capability.replaceAll('.', '-').replaceAll('_', '-')}`;
}

/** How well a target does it: exactly, approximately (how), or not (why). The severity is that of the finding. */
export type Support =
  | { readonly can: 'yes' }
  | { readonly can: 'approximately' | 'no'; readonly note: string; readonly severity: Severity };

export const yes: Support = { can: 'yes' };

export function approximately(severity: Severity, note: string): Support {
  return { can: 'approximately', severity, note };
}

export function no(severity: Severity, note: string): Support {
  return { can: 'no', severity, note };
}

/** From which release on what holds; the first row holds from the oldest version that is compiled for. */
export type Ranges = readonly [Support, ...(readonly { readonly since: string; readonly support: Support }[])];

export type CapabilityTable = Readonly<Record<Capability, Ranges>>;

export function supportOf(table: CapabilityTable, capability: Capability, version: Version): Support {
  const [first, ...later] = table[capability];
  return later.findLast(({ since }) => atLeast(version, since))?.support ?? first;
}

export function can(table: CapabilityTable, capability: Capability, version: Version): boolean {
  return supportOf(table, capability, version).can === 'yes';
}
