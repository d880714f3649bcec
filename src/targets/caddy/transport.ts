import type { Duration } from '../../model/duration.ts';
import { hostOf, speaksHttp2, verifiedName } from '../../model/pool-tls.ts';
import type { Given, Limit, Pool } from '../../model/topology.ts';
import { atLeast, type Version } from '../../model/version.ts';
import type { Layout } from '../layout.ts';
import type { CaddyPoolTls, ReverseProxy } from './directives.ts';
import { caddyToken } from './tokens.ts';

/** How the servers of an https pool are spoken to. */
export function poolTls(pool: Pool, limit: Given<Limit>): { readonly tls?: CaddyPoolTls } {
  if (!pool.tls) return {};
  const { ca, insecure } = pool.tls;
  const name = verifiedName(pool);
  const handshake: Given<Duration> | undefined = limit.value === 'none' ? undefined : { ...limit, value: limit.value };
  return {
    tls: {
      ...(handshake ? { handshake } : {}),
      // Otherwise HTTP/1.1 as on nginx: streams of HTTP/2 have faults of their own.
      ...(speaksHttp2(pool) ? { http2: true } : { http1: true }),
      // Without a name Caddy takes the host of each server's address.
      ...(name === undefined || name === 'each' ? {} : { name }),
      ...(ca ? { ca: ca.value } : {}),
      ...(insecure.value ? { insecure: true } : {}),
    },
  };
}

/** Since 2.11 Caddy would tell servers that speak TLS their own address: what is wanted is said there in any case. */
export function hostHeader(pool: Pool): { readonly host?: string } {
  const told = hostOf(pool);
  if (told === 'each') return { host: placeholders.server };
  if (told) return { host: told.host };
  return pool.tls ? { host: placeholders.client } : {};
}

const placeholders = { client: '{http.request.hostport}', server: '{http.reverse_proxy.upstream.hostport}' } as const;

/** The lines of `transport http` about TLS. */
export function transportLines({ tls }: ReverseProxy, version: Version, layout: Layout): string[] {
  if (!tls) return [];
  const trust = atLeast(version, '2.9') ? 'tls_trust_pool file' : 'tls_trusted_ca_certs';
  return [
    ...(tls.http1 ? ['versions 1.1'] : []),
    ...(tls.http2 ? ['versions 2'] : []),
    'tls',
    ...(tls.name === undefined ? [] : [`tls_server_name ${caddyToken(tls.name)}`]),
    ...(tls.ca === undefined ? [] : [`${trust} ${caddyToken(layout.poolCa(tls.ca))}`]),
    ...(tls.insecure ? ['tls_insecure_skip_verify'] : []),
  ];
}
