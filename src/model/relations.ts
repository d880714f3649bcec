import type { Place } from '../diagnostics/diagnostic.ts';
import type { Address } from './address.ts';
import { inService } from './balance.ts';
import { isPrivateName } from './names.ts';
import type { Given, ProxyRoute, Route, Site, Topology } from './topology.ts';

/** Did a person choose it, here or in a place that this inherits from? */
export function isWritten({ origin }: Given<unknown>): boolean {
  return origin !== 'default';
}

/** Attempts of one request at most: a server is tried once. `Infinity` where the window alone decides. */
export function attemptsOf({ retry, pool }: ProxyRoute): number {
  return retry.tries.value === 'unlimited'
    ? Number.POSITIVE_INFINITY
    : Math.min(retry.tries.value, inService(pool).length);
}

/** The routes that ask the servers of a pool. */
export function proxyRoutes({ routes }: { readonly routes: readonly Route[] }): readonly ProxyRoute[] {
  return routes.filter((route) => route.action === 'proxy');
}

/** The same, those of `forward_auth` and those of error pages, as if each of these were a route of its own. */
export function askingRoutes(site: Pick<Site, 'routes' | 'errorPages'>): readonly ProxyRoute[] {
  const auths = site.routes.flatMap(({ forwardAuth }) =>
    forwardAuth && forwardAuth !== 'none' ? [forwardAuth.asks] : [],
  );
  return [...proxyRoutes(site), ...new Set(auths), ...pageRoutes(site)];
}

/** Asking the servers of error pages, each once. */
export function pageRoutes({ routes, errorPages }: Pick<Site, 'routes' | 'errorPages'>): readonly ProxyRoute[] {
  const pages = [{ errorPages }, ...routes].flatMap((one) => one.errorPages ?? []);
  return [...new Set(pages.flatMap((page) => (page.action === 'proxy' ? [page.asks] : [])))];
}

/** Those that take a value from the same line are together, in the order in which the lines are met. */
export function sharing<User>(users: readonly User[], at: (user: User) => Place): (readonly [User, ...User[]])[] {
  const groups = new Map<string, [User, ...User[]]>();
  for (const user of users) {
    const { source, path, part } = at(user);
    const key = `${source} ${path} ${part}`;
    const group = groups.get(key);
    if (group) group.push(user);
    else groups.set(key, [user]);
  }
  return [...groups.values()];
}

/** Requests a second that come to all these sites; nothing when one of them does not say. */
export function rateOf(sites: readonly Site[]): number | undefined {
  let total = 0;
  for (const { traffic } of new Set(sites)) {
    if (!traffic) return undefined;
    total += traffic.rps.value;
  }
  return total;
}

/** The first name of a site that anybody on the internet could ask for. */
export function publicName({ name, aliases }: Site): string | undefined {
  const names = [...(name === undefined ? [] : [name]), ...aliases.map(({ value }) => value)];
  return names.find((one) => !isPrivateName(one));
}

/** `localhost`, 127.0.0.0/8 and ::1: the machine that asks. */
export function isLoopback(address: Address): boolean {
  if (address.kind === 'unix') return false;
  if (address.kind === 'name') return address.host.toLowerCase() === 'localhost';
  return address.kind === 'v4' ? address.host.startsWith('127.') : address.host === '::1';
}

/** The names of the containers of the topology: each has one address, other names may have any number. */
export function containerNames({ services }: Topology): ReadonlySet<string> {
  return new Set(services.flatMap(({ instances }) => instances.map(({ name }) => name)));
}

/** What is beside the proxy where no machines are named. */
export const edgeMachine = 'the machine of the edge';

/** What a server’s address says of the machine that it is on: its name in the topology, or its IP address. */
export function machineOf(address: Address, { machines, here, services }: Topology): string | undefined {
  const edge = here?.name;
  if (address.kind === 'unix' || isLoopback(address)) return edge ?? edgeMachine;
  if (address.kind !== 'name')
    return machines.find(({ address: own }) => own.value === address.host)?.name ?? address.host;
  const instances = services.flatMap((service) => service.instances);
  return instances.find(({ name, machine }) => name === address.host && (!machine || machine.name === edge))?.machine
    ?.name;
}
