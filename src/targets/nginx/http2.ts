import type { Pool, Rewrite } from '../../model/topology.ts';
import type { Version } from '../../model/version.ts';
import { can } from '../capability.ts';
import { nginxCapabilities } from './capabilities.ts';
import type { NginxLocation, NginxPath } from './directives.ts';

/** How a location speaks to servers of HTTP/2. What `grpc_pass` carries is never held back. */
export function speech(
  { protocol }: Pool,
  version: Version,
): Pick<NginxLocation, 'speaks' | 'buffering' | 'requestBuffering'> {
  if (protocol.value === 'h2c' && can(nginxCapabilities, 'protocol.h2c', version)) return { speaks: 'http2' };
  if (protocol.value !== 'h2c' && protocol.value !== 'grpc') return {};
  return { speaks: 'grpc', buffering: false, requestBuffering: false };
}

/** The lines of a location that speaks HTTP/2, of those about headers: there each list is complete. */
export function http2Lines(
  { speaks }: NginxLocation,
  { request, response }: { readonly request: readonly string[]; readonly response: readonly string[] },
): string[] {
  // HTTP/2 has no such headers.
  const asked = request.filter((line) => !/^proxy_set_header (?:Upgrade|Connection) /.test(line));
  if (speaks === 'http2') {
    const dropped = ['Upgrade', 'Connection'].map((name) => `proxy_set_header ${name} "";`);
    return ['proxy_http_version 2;', ...asked, ...dropped];
  }
  return [
    ...[...asked, ...response].map((line) => line.replace(/^proxy_/, 'grpc_')),
    'grpc_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Charset;',
  ];
}

/** The path that grpc_pass sends on, which is that of the request; a query of the topology's own replaces that. */
export function grpcPath(rewritten: NginxPath, rewrite: Rewrite): NginxPath {
  return rewrite.kind === 'fixed' && rewrite.to.value.includes('?')
    ? { ...rewritten, path: `${rewrite.to.value}?` }
    : rewritten;
}
