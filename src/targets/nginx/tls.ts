import { profileProtocols, type TlsProtocol, tls12Ciphers } from '../../model/tls-profiles.ts';
import type { ClientCertificates, Given, SiteTls } from '../../model/topology.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { hstsValue } from '../tls.ts';
import type { NginxServer } from './directives.ts';
import { literal } from './tokens.ts';

/** What a server's handshakes are besides the certificate. */
export interface NginxHandshake {
  /** ssl_protocols */
  readonly protocols: readonly TlsProtocol[];
  /** Closes connections of TLS 1.2, which this version could not refuse to this server alone. */
  readonly closesOld: boolean;
  /**
   * ssl_session_cache and ssl_session_tickets: how a client comes back without a whole handshake. The key of tickets is
   * renewed since 1.23.2; `none` where a session of one site could pass for one of another.
   */
  readonly resumption: 'tickets' | 'cache' | 'none';
  /** ssl_client_certificate, ssl_verify_client */
  readonly client?: { readonly site: string; readonly ca: Given<string>; readonly mode: 'on' | 'optional' };
}

type Unshaken = NginxServer & { readonly tls?: SiteTls };

/**
 * Before 1.29.2 the protocols of a port, and whether a session is resumed, are decided before nginx knows which server
 * is asked: by the default server of the port.
 */
export function withHandshakes(servers: readonly NginxServer[], version: Version, strict: boolean): NginxServer[] {
  const perServer = atLeast(version, '1.29.2');
  const wanted = (server: Unshaken): readonly TlsProtocol[] =>
    server.tls && server.tls.mode !== 'none' ? profileProtocols[server.tls.profile.value] : [];
  const ofPort = new Map<number, Set<TlsProtocol>>();
  for (const server of servers) {
    const { port } = server.listener;
    ofPort.set(port, new Set([...(ofPort.get(port) ?? []), ...wanted(server)]));
  }
  const resumption = strict && !atLeast(version, '1.27.4') ? 'none' : atLeast(version, '1.23.2') ? 'tickets' : 'cache';
  return servers.map((server: Unshaken): NginxServer => {
    const { listener, tls } = server;
    if (!listener.tls) return server;
    const own = wanted(server);
    const shared = profileProtocols.intermediate.filter((protocol) => ofPort.get(listener.port)?.has(protocol));
    const decides = listener.fallback && !perServer;
    const client = tls && tls.mode !== 'none' && server.kind !== 'unknown' ? clientOf(tls.client, server.site) : {};
    const handshake: NginxHandshake = {
      protocols: own.length === 0 || decides ? shared : own,
      closesOld: !perServer && own.length > 0 && own.length < shared.length,
      resumption,
      ...client,
    };
    return { ...server, handshake };
  });
}

function clientOf(client: ClientCertificates | undefined, site: string): Pick<NginxHandshake, 'client'> {
  if (!client) return {};
  return { client: { site, ca: client.ca, mode: client.mode.value === 'require' ? 'on' : 'optional' } };
}

/** Strict-Transport-Security of a server with TLS. */
export function hstsOf(tls: SiteTls): { readonly hsts?: string } {
  return tls.mode === 'none' || !tls.hsts ? {} : { hsts: hstsValue(tls.hsts) };
}

/** HTTP/3 on the UDP port of the same number. */
export function withQuic(server: NginxServer): NginxServer {
  const { listener } = server;
  return listener.tls ? { ...server, listener: { ...listener, quic: true } } : server;
}

/** Tells clients of HTTP/2 that there is HTTP/3: as Caddy does, for 30 days. */
export function alternative({ port }: NginxServer['listener']): string {
  return literal(`h3=":${port}"; ma=2592000`);
}

/** The directives of a handshake. */
export function handshakeLines(
  { protocols, closesOld, resumption, client }: NginxHandshake,
  caFile: (site: string, ca: string) => string,
): string[] {
  return [
    `ssl_protocols ${protocols.join(' ')}`,
    ...(protocols.includes('TLSv1.2') || closesOld ? [`ssl_ciphers ${tls12Ciphers.join(':')}`] : []),
    // All of them are strong: the client knows which is fast on it.
    'ssl_prefer_server_ciphers off',
    ...(resumption === 'none' ? ['ssl_session_cache off'] : ['ssl_session_cache shared:edge_tls:10m']),
    ...(resumption === 'none' ? [] : ['ssl_session_timeout 1d']),
    ...(resumption === 'tickets' ? [] : ['ssl_session_tickets off']),
    ...(client
      ? [
          `ssl_client_certificate ${literal(caFile(client.site, client.ca.value))}`,
          `ssl_verify_client ${client.mode}`,
          // A CA between the root and the client; nginx alone would take one only.
          'ssl_verify_depth 10',
        ]
      : []),
  ];
}

/** What is looked at before anything else of a request. */
export function guardLines(handshake: NginxHandshake, strict: boolean): string[] {
  return [
    ...(handshake.closesOld ? ['if ($ssl_protocol != TLSv1.3) { return 444; }'] : []),
    ...(strict ? ['if ($edge_same_name = 0) { return 421 $edge_nothing; }'] : []),
  ];
}
