import type { Topology } from '../../model/topology.ts';
import { lowerNginx } from '../nginx/lower.ts';

/** The first three numbers of the edge's network, where it needs fixed addresses. */
export const subnet = '172.30.84';

/**
 * Before 1.27.3 nginx looks the names of a pool of several up once. Containers that could get another address then
 * get a fixed one.
 */
export function fixedAddresses(topology: Topology): Map<string, string> {
  if (!topology.targets.compose || topology.edge.proxy.value !== 'nginx' || !topology.targets.nginx) return new Map();
  const { upstreams } = lowerNginx(topology);
  const names = new Set(
    upstreams.flatMap(({ peers }) =>
      peers.flatMap(({ address: { value }, resolve }) => (value.kind === 'name' && !resolve ? [value.host] : [])),
    ),
  );
  const own = topology.services.flatMap(({ instances }) =>
    instances.filter(({ machine, name }) => (!machine || machine.name === topology.here?.name) && names.has(name)),
  );
  return new Map(own.map(({ name }, index) => [name, `${subnet}.${index + 10}`]));
}
