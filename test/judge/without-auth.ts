import type { Topology } from '../../src/model/topology.ts';

/** Auth servers are judged, and are not words of the topology that is read back: test/judge/forward-auth.test.ts. */
export function withoutAuth(topology: Topology): Topology {
  const sites = topology.sites.map((site) => ({
    ...site,
    routes: site.routes.map(({ forwardAuth: _, ...route }) => route),
  }));
  return { ...topology, sites };
}
