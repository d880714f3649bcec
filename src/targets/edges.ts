import type { Address } from '../model/address.ts';
import { edgeMachines, otherEdges } from '../model/edges.ts';
import type { Topology } from '../model/topology.ts';
import type { Use } from './portability.ts';

/**
 * Each edge machine gets certificates of its own. The CA may ask any of them for the answer to a challenge, so each passes
 * on to the others what it knows nothing of; this header says that it was passed on already.
 */
export const challengeHeader = 'X-Edge-Challenge';

/** How long another edge machine may take for a challenge: the CA itself waits ten seconds. */
export const challengeLimits = { connect: '2s', answer: '4s' } as const;

/** Whom an edge asks for challenges that it knows nothing of: nobody where it is the only one, or no CA asks. */
export function challengePeers(topology: Topology): readonly Address[] {
  return topology.sites.some(({ tls }) => tls.value.mode === 'acme') ? otherEdges(topology) : [];
}

/** What several edge machines ask of a target: they share nothing. */
export function edgeUses(topology: Topology): Use[] {
  const edges = edgeMachines(topology);
  const [, second, third, , fifth] = edges;
  if (!second) return [];
  const modes = topology.sites.map(({ tls }) => tls.value.mode);
  const limited = topology.pools.flatMap(({ servers }) => servers.flatMap(({ max_conns }) => max_conns ?? []));
  const use = (capability: Use['capability'], at: Use['at'], what: string): Use => ({ capability, at, what });
  const certificates = `certificates for ${edges.length} edge machines`;
  return [
    ...(modes.includes('acme') && third ? [use('edges.acme', third.at, certificates)] : []),
    ...(modes.includes('acme') && fifth ? [use('edges.acme.limit', fifth.at, certificates)] : []),
    ...(modes.includes('internal') ? [use('edges.internal', second.at, 'one CA for several edge machines')] : []),
    ...limited.map(({ at }) => use('edges.max_conns', at, '`max_conns` over several edge machines')),
  ];
}
