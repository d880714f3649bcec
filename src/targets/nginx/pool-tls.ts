import { add, directiveDuration } from '../../model/duration.ts';
import { hostOf, verifiedName } from '../../model/pool-tls.ts';
import type { Pool } from '../../model/topology.ts';
import type { Layout } from '../layout.ts';
import type { NginxLocation, NginxPoolTls } from './directives.ts';
import { literal } from './tokens.ts';

/** What a location says of the handshake with servers that speak https. */
export function poolTls(pool: Pool): { readonly tls?: NginxPoolTls } {
  if (!pool.tls) return {};
  const name = verifiedName(pool);
  const { ca, insecure } = pool.tls;
  return {
    tls: {
      // A name for each server is what nginx has not: nothing is compiled then.
      name: name ?? 'each',
      verification: insecure.value ? 'off' : ca ? { ca: ca.value } : 'system',
    },
  };
}

/** The Host that the servers see, where it is not what the client wrote. */
export function hostHeader(pool: Pool): { readonly host?: string } {
  const told = hostOf(pool);
  return told === undefined || told === 'each' ? {} : { host: told.host };
}

/** The directives of the handshake with the servers. */
export function poolTlsLines({ tls, speaks }: NginxLocation, layout: Layout): string[] {
  if (!tls?.verification) return [];
  const module = speaks === 'grpc' ? 'grpc' : 'proxy';
  const { name = '', verification } = tls;
  const trusted =
    verification === 'off' || verification === 'system' ? layout.systemCas : layout.poolCa(verification.ca);
  return [
    `${module}_ssl_protocols TLSv1.2 TLSv1.3`,
    // The name in the handshake, and the one that the certificate must have.
    `${module}_ssl_server_name on`,
    `${module}_ssl_name ${literal(name)}`,
    ...(verification === 'off'
      ? [`${module}_ssl_verify off`]
      : [
          `${module}_ssl_verify on`,
          // CAs between the root and the server; nginx alone would take one only.
          `${module}_ssl_verify_depth 10`,
          `${module}_ssl_trusted_certificate ${literal(trusted)}`,
        ]),
  ];
}

/** Connecting and the handshake share one timer. */
export function connectTime({ connect, handshake }: Pick<NginxLocation, 'connect' | 'handshake'>): string {
  return directiveDuration(handshake ? add(connect.value, handshake.value) : connect.value);
}
