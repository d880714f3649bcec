import { formatAddress } from '../model/address.ts';
import { proxyRoutes } from '../model/relations.ts';
import type { Pool, ProxyRoute, Topology } from '../model/topology.ts';

/** Headers of a client that are about a file or a page: an auth server is asked about the client, and answers in full. */
export const unconditional = [
  'Range',
  'If-Range',
  'If-Match',
  'If-None-Match',
  'If-Modified-Since',
  'If-Unmodified-Since',
] as const;

/** Headers that clients say who they are with, to auth servers and to others: no other route takes them away. */
const credentials = ['authorization', 'cookie'];

/**
 * Names that an auth server's answer brings to the same servers by another route: there they are believed, so no client
 * may bring them by a route that does not copy them.
 */
export function withheldBy({ sites }: Topology): (route: ProxyRoute) => readonly string[] {
  const believed = new Map<string, Map<string, string>>();
  for (const { pool, forwardAuth } of sites.flatMap(proxyRoutes)) {
    const names = forwardAuth && forwardAuth !== 'none' ? forwardAuth.copied.map(({ value }) => value) : [];
    for (const server of names.length > 0 ? serversOf(pool) : []) {
      const known = believed.get(server) ?? new Map();
      believed.set(server, known);
      for (const name of names) known.set(name.toLowerCase(), name);
    }
  }
  if (believed.size === 0) return () => [];
  return ({ pool, forwardAuth, headers }) => {
    const said = [
      ...(forwardAuth && forwardAuth !== 'none' ? forwardAuth.copied.map(({ value }) => value) : []),
      ...(headers?.request ?? []).filter(({ kind }) => kind !== 'add').map(({ name }) => name),
    ].map((name) => name.toLowerCase());
    const names = new Map(serversOf(pool).flatMap((server) => [...(believed.get(server) ?? [])]));
    const left = [...names].filter(([name]) => !said.includes(name) && !credentials.includes(name));
    return left.map(([, written]) => written).sort();
  };
}

function serversOf({ servers }: Pool): string[] {
  return servers.map(({ address }) => formatAddress(address.value));
}
