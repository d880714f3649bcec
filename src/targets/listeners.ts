import { portOf } from '../model/references.ts';
import type { Topology } from '../model/topology.ts';

/** A port that clients see, and whether it speaks TLS. */
export interface Listener {
  readonly port: number;
  readonly tls: boolean;
}

/** The ports where names that no site has need an answer of their own; a `default` site gives it on its own ports. */
export function unknownListeners({ sites, edge }: Topology): Listener[] {
  const ports = new Map<number, boolean>([[edge.http_port.value, false]]);
  for (const site of sites) ports.set(portOf(site, edge), site.tls.value.mode !== 'none');
  for (const site of sites.filter(({ name }) => name === undefined)) {
    ports.delete(portOf(site, edge));
    const plain = site.tls.value.mode !== 'none' && site.port === undefined && site.http.value !== 'none';
    if (plain) ports.delete(edge.http_port.value);
  }
  return [...ports].sort(([a], [b]) => a - b).map(([port, tls]) => ({ port, tls }));
}
