import type { Service, Site, Topology } from './topology.ts';

/** What stands for a value that nobody should read over a shoulder. */
export const hidden = '…';

/** The same topology with every secret hidden: what its output may be shown as. Itself where it has none. */
export function withoutSecrets(topology: Topology): Topology {
  const { services, sites } = topology;
  const hasSecrets =
    services.some(({ instances }) => instances.some(({ environment }) => environment.size > 0)) ||
    sites.some(({ routes }) => routes.some(({ basicAuth }) => basicAuth));
  if (!hasSecrets) return topology;
  return { ...topology, services: services.map(hiddenService), sites: sites.map(hiddenSite) };
}

function hiddenService(service: Service): Service {
  return {
    ...service,
    instances: service.instances.map((instance) => ({ ...instance, environment: hiddenValues(instance.environment) })),
  };
}

function hiddenSite(site: Site): Site {
  const routes = site.routes.map((route) =>
    route.basicAuth
      ? { ...route, basicAuth: { ...route.basicAuth, users: hiddenValues(route.basicAuth.users) } }
      : route,
  );
  return { ...site, routes };
}

function hiddenValues(map: Service['instances'][number]['environment']): typeof map {
  return new Map([...map].map(([key, given]) => [key, { ...given, value: hidden }]));
}
