import type { Topology } from './topology.ts';

/** What stands for a value that nobody should read over a shoulder. */
export const hidden = '…';

/** The same topology with every secret hidden: what its output may be shown as. Itself where it has none. */
export function withoutSecrets(topology: Topology): Topology {
  const instances = topology.services.flatMap((service) => service.instances);
  if (instances.every(({ environment }) => environment.size === 0)) return topology;
  return {
    ...topology,
    services: topology.services.map((service) => ({
      ...service,
      instances: service.instances.map((instance) => ({
        ...instance,
        environment: new Map([...instance.environment].map(([key, given]) => [key, { ...given, value: hidden }])),
      })),
    })),
  };
}
