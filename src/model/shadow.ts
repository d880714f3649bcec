import type { Given, Site, SiteTls, Topology } from './topology.ts';

/**
 * The same sites beside the live proxy: plain http on one port, without TLS, redirects or ACME, and nothing on 80 or
 * 443. Where two sites differ in their port only, the first one answers. Sites that ask for client certificates are left
 * out: over plain http everybody would be let in.
 */
export function shadow(topology: Topology, port: number): Topology {
  const { edge } = topology;
  const given = <T>(value: T): Given<T> => ({ value, at: edge.http_port.at, origin: 'default', because: '--shadow' });
  const none: SiteTls = { mode: 'none' };
  const names = new Set<string>();
  const sites = topology.sites.flatMap((site): Site[] => {
    const { port: _own, ...rest } = site;
    if (site.tls.value.mode !== 'none' && site.tls.value.client) return [];
    const free = (name: string): boolean => !names.has(name) && Boolean(names.add(name));
    if (!free(site.name ?? '')) return [];
    return [
      {
        ...rest,
        aliases: site.aliases.filter(({ value }) => free(value)),
        redirectFrom: [],
        tls: given(none),
        http: given('none' as const),
      },
    ];
  });
  return {
    ...topology,
    edge: { ...edge, http_port: given(port), https_port: given(port === 65535 ? 1 : port + 1) },
    sites,
  };
}
