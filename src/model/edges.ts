import type { Address } from './address.ts';
import type { ForwardAuth } from './forward-auth.ts';
import { askingRoutes } from './relations.ts';
import type { Machine, Pool, Route, Server, Topology } from './topology.ts';

type Container = NonNullable<Server['container']>;

/** How the edge on a machine reaches a container: by name on its own, by address and published port on another. */
export function addressFrom(here: Machine | undefined, { instance, port }: Container): Address | undefined {
  const { name, machine, publish } = instance;
  if (!machine || machine.name === here?.name) return { kind: 'name', host: name, port };
  if (!publish) return undefined;
  const host = machine.address.value;
  return { kind: host.includes(':') ? 'v6' : 'v4', host, port: publish.value };
}

/** The machines that run the edge. */
export function edgeMachines({ machines }: Topology): readonly Machine[] {
  return machines.filter(({ edge }) => edge);
}

/** The topology as each edge machine sees it, the first one first; itself where one machine is the edge. */
export function views(topology: Topology): readonly Topology[] {
  const edges = edgeMachines(topology);
  return edges.length < 2 ? [topology] : edges.map((edge) => seenFrom(topology, edge));
}

function seenFrom(topology: Topology, here: Machine): Topology {
  if (topology.here?.name === here.name) return topology;
  const seen = new Map<Pool, Pool>();
  const poolFrom = (pool: Pool): Pool => {
    const known = seen.get(pool);
    if (known) return known;
    const own = { ...pool, servers: pool.servers.map((server) => serverFrom(server, here)) };
    seen.set(pool, own);
    return own;
  };
  // Of a site it is one for all of its routes.
  const auths = new Map<ForwardAuth, ForwardAuth>();
  const authFrom = (auth: ForwardAuth): ForwardAuth => {
    const own = auths.get(auth) ?? { ...auth, asks: { ...auth.asks, pool: poolFrom(auth.asks.pool) } };
    auths.set(auth, own);
    return own;
  };
  const asksFrom = ({ forwardAuth }: Route): Pick<Route, 'forwardAuth'> =>
    forwardAuth && forwardAuth !== 'none' ? { forwardAuth: authFrom(forwardAuth) } : {};
  const sites = topology.sites.map((site) =>
    askingRoutes(site).length === 0
      ? site
      : {
          ...site,
          routes: site.routes.map((route) =>
            route.action === 'proxy'
              ? { ...route, ...asksFrom(route), pool: poolFrom(route.pool) }
              : { ...route, ...asksFrom(route) },
          ),
        },
  );
  return { ...topology, here, pools: topology.pools.map(poolFrom), sites };
}

function serverFrom(server: Server, here: Machine): Server {
  const value = server.container && addressFrom(here, server.container);
  return value ? { ...server, address: { ...server.address, value } } : server;
}

/** The other edge machines, as one of them reaches their port of plain http: what they know nothing of they ask there. */
export function otherEdges(topology: Topology): readonly Address[] {
  const { here, edge } = topology;
  return edgeMachines(topology).flatMap(({ name, address: { value } }) => {
    if (name === here?.name) return [];
    return [{ kind: value.includes(':') ? 'v6' : 'v4', host: value, port: edge.http_port.value } as const];
  });
}
