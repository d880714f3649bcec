import { inService } from '../../model/balance.ts';
import { type Duration, milliseconds } from '../../model/duration.ts';
import { portOf } from '../../model/references.ts';
import { askingRoutes, pageRoutes } from '../../model/relations.ts';
import type { Given, Limit, Pool, ProxyRoute, Site, SiteTls, Topology } from '../../model/topology.ts';
import type { Version } from '../../model/version.ts';
import { can } from '../capability.ts';
import { challengePeers } from '../edges.ts';
import { withheldBy } from '../forward-auth.ts';
import { unknownListeners } from '../listeners.ts';
import { reachableRoutes } from '../routes.ts';
import { offersHttp3 } from '../tls.ts';
import { trustOf } from '../trust.ts';
import { answered, commonOf } from './answers.ts';
import { nginxCapabilities } from './capabilities.ts';
import type {
  NginxDirectives,
  NginxLocation,
  NginxMap,
  NginxRoute,
  NginxServer,
  ProxyServer,
  RedirectServer,
} from './directives.ts';
import { dispatchOf, variablePrefixes } from './dispatch.ts';
import { authsOf } from './forward-auth.ts';
import { gatesOf } from './gate.ts';
import { grpcPath, speech } from './http2.ts';
import { hostHeader, poolTls } from './pool-tls.ts';
import { rewrittenPath } from './rewrite.ts';
import { upstreamsOf } from './shared.ts';
import { forever, passed } from './streams.ts';
import { hstsOf, withHandshakes, withQuic } from './tls.ts';

export function lowerNginx(topology: Topology): NginxDirectives {
  const { targets, edge, sites } = topology;
  const target = targets.nginx;
  if (!target) throw new Error('nginx is not among the targets');
  const version = target.version.value;
  const used = new Set(sites.flatMap((site) => askingRoutes(site).map(({ pool }) => pool)));
  const pools = topology.pools.filter((pool) => used.has(pool) && !isVariable(pool, version));
  const { list: upstreams, names } = upstreamsOf(pools, uniqueNames(topology.pools), version);
  const prefixes = variablePrefixes(sites.map(({ id }) => id));
  const withheld = withheldBy(topology);
  const own = sites.flatMap((site) => serversOf(site, topology, { names, prefixes, version, withheld }));
  const unknown = unknownListeners(topology).map(
    (listener): NginxServer => ({ kind: 'unknown', listener: { ...listener, fallback: true } }),
  );
  const strictNames = topology.asksClients;
  const handshakes = withHandshakes([...withChallenges(own, topology), ...unknown], version, strictNames);
  const servers = offersHttp3(topology, nginxCapabilities, version) ? handshakes.map(withQuic) : handshakes;
  const trust = trustOf(edge);
  const peers = challengePeers(topology);
  const dynamic =
    upstreams.some(({ peers }) => peers.some((peer) => peer.resolve)) ||
    [...used].some((pool) => isVariable(pool, version));
  return {
    version,
    workers: target.workers.value,
    accessLog: edge.access_log.value,
    ...(trust ? { trust } : {}),
    upstreams,
    servers,
    ...(peers.length > 0 ? { challengePeers: peers } : {}),
    ...(strictNames ? { strictNames } : {}),
    ...(dynamic
      ? { resolver: { addresses: edge.resolver.value, valid: milliseconds(10_000), timeout: milliseconds(2_000) } }
      : {}),
  };
}

/** Before `resolve` a pool of one name is resolved for each request: it starts while the name is unknown, and follows it. */
function isVariable(pool: Pool, version: Version): boolean {
  const [only, second] = inService(pool);
  // What is resolved for each request has no count of its connections.
  if (second || only?.address.value.kind !== 'name' || only.max_conns) return false;
  return !can(nginxCapabilities, 'names.resolve', version);
}

interface LowerContext {
  /** Names of the `upstream` blocks. */
  readonly names: ReadonlyMap<Pool, string>;
  /** How the names of the variables of each site begin. */
  readonly prefixes: ReadonlyMap<string, string>;
  readonly version: Version;
  readonly withheld: (route: ProxyRoute) => readonly string[];
}

function serversOf(
  site: Site,
  { edge }: Topology,
  { names, prefixes, version, withheld }: LowerContext,
): NginxServer[] {
  const tls = site.tls.value;
  const port = portOf(site, edge);
  const secure = tls.mode !== 'none';
  const fallback = site.name === undefined;
  const own = [...(site.name === undefined ? [] : [site.name]), ...site.aliases.map(({ value }) => value)];
  const debugHeader = edge.debug_header ? { debugHeader: edge.debug_header.value } : {};
  const prefix = prefixes.get(site.id) ?? '';
  const routes = reachableRoutes(site).map((route, number) => {
    const variable = `${prefix}_route${number + 1}`;
    if (route.action !== 'proxy') return answered(route, variable);
    const { location, maps } = proxied(route, variable, names, version);
    const dropped = withheld(route);
    return { location: dropped.length > 0 ? { ...location, withheld: dropped } : location, maps };
  });
  const gates = gatesOf(prefix, site, reachableRoutes(site));
  const auths = authsOf(reachableRoutes(site), (asks) => proxied(asks, '', names, version).location);
  const locations = routes.map(({ location }): NginxRoute => {
    const auth = auths.get(location.route);
    return { ...location, ...gates.of(location.route), ...(auth ? { auth } : {}) };
  });
  const pages = pageRoutes(site).map((asks): NginxLocation => {
    // No upgrade is asked about as such.
    const { upgraded: _, ...location } = proxied(asks, '', names, version).location;
    return { ...location, withheld: withheld(asks) };
  });
  const choice = dispatchOf(prefix, locations);
  const maps = [...gates.maps, ...choice, ...routes.flatMap((route) => route.maps)];
  const dispatch = choice.at(-1)?.variable;
  const proxy = (at: number, over: SiteTls): ProxyServer => ({
    kind: 'proxy',
    site: site.id,
    listener: { port: at, tls: over.mode !== 'none', fallback },
    names: own,
    tls: over,
    challenges: over.mode === 'none' && tls.mode === 'acme',
    ...hstsOf(over),
    ...debugHeader,
    ...(site.headers ? { headers: site.headers } : {}),
    ...(site.errorPages ? { errorPages: site.errorPages } : {}),
    pages,
    maps,
    ...(dispatch === undefined ? {} : { dispatch }),
    locations,
  });
  const redirect = (at: number, over: SiteTls, from: readonly string[], to: RedirectServer['to']): RedirectServer => ({
    kind: 'redirect',
    site: site.id,
    listener: { port: at, tls: over.mode !== 'none', fallback: fallback && from === own },
    names: from,
    tls: over,
    challenges: over.mode === 'none' && tls.mode === 'acme',
    ...hstsOf(over),
    ...(to ? { to } : {}),
  });

  const shown = port === (secure ? 443 : 80) ? {} : { port };
  const scheme = secure ? 'https' : 'http';
  const canonical = site.name === undefined ? undefined : ({ scheme, host: site.name, ...shown } as const);
  const others = site.redirectFrom.map(({ value }) => value);
  const list: NginxServer[] = [proxy(port, tls)];
  if (others.length > 0 && canonical) list.push(redirect(port, tls, others, canonical));
  if (!secure) return list;
  // A site with a port of its own has no redirect; its challenges are answered on http_port all the same.
  const plain = site.port === undefined ? site.http.value : 'none';
  const http = edge.http_port.value;
  const none: SiteTls = { mode: 'none' };
  if (plain === 'serve') list.push(proxy(http, none));
  if (plain === 'redirect') list.push(redirect(http, none, own, { scheme: 'https', host: 'requested', ...shown }));
  if (plain === 'none' && tls.mode === 'acme') list.push(redirect(http, none, [...own, ...others], undefined));
  if (plain !== 'none' && others.length > 0 && canonical) list.push(redirect(http, none, others, canonical));
  return list;
}

/** Challenges of a name come to http_port, where it has one server only: the site that is there anyway, if there is one. */
function withChallenges(servers: readonly NginxServer[], { sites, edge }: Topology): NginxServer[] {
  const asked = new Set(
    sites
      .filter(({ tls }) => tls.value.mode === 'acme')
      .flatMap(({ name, aliases, redirectFrom }) => [name, ...[...aliases, ...redirectFrom].map(({ value }) => value)]),
  );
  const isExtra = (server: NginxServer): boolean => server.kind === 'redirect' && !server.to;
  const here = servers.filter(({ listener }) => listener.port === edge.http_port.value);
  const taken = new Set(here.flatMap((server) => (server.kind === 'unknown' || isExtra(server) ? [] : server.names)));
  return servers.flatMap((server): NginxServer[] => {
    if (server.kind === 'unknown' || server.listener.port !== edge.http_port.value) return [server];
    if (!isExtra(server)) return [{ ...server, challenges: server.names.some((name) => asked.has(name)) }];
    const free = server.names.filter((name) => !taken.has(name));
    for (const name of free) taken.add(name);
    return free.length > 0 ? [{ ...server, names: free }] : [];
  });
}

/** A location, and the variables that it needs. */
interface LoweredRoute {
  readonly location: NginxRoute;
  readonly maps: readonly NginxMap[];
}

function proxied(
  route: ProxyRoute,
  name: string,
  names: ReadonlyMap<Pool, string>,
  version: Version,
): LoweredRoute & { readonly location: NginxLocation } {
  const { pool, timeouts, retry } = route;
  const rewritten = route.rewrite && rewrittenPath(route.rewrite, name);
  const spoken = speech(pool, version);
  const [first] = inService(pool);
  const variable = isVariable(pool, version) && first;
  const window = retry.window.value === 'none' ? undefined : (retry.window as Given<Duration>);
  const tries = retry.tries.value === 'unlimited' ? 0 : Math.min(retry.tries.value, inService(pool).length);
  const location: NginxLocation = {
    action: 'proxy',
    ...commonOf(route),
    ...(rewritten && route.rewrite
      ? { rewritten: spoken.speaks === 'grpc' ? grpcPath(rewritten.path, route.rewrite) : rewritten.path }
      : {}),
    pass: variable
      ? { kind: 'variable', address: variable.address }
      : { kind: 'upstream', name: names.get(pool) ?? pool.name },
    connect: timeouts.connect,
    ...spoken,
    ...(pool.tls ? { handshake: bounded(timeouts.tls_handshake) } : {}),
    ...poolTls(pool),
    ...hostHeader(pool),
    send: bounded(timeouts.send),
    tries: { ...retry.tries, value: tries },
    ...passed(route, {
      read: bounded(timeouts.response_header),
      conditions: [...retry.on.value, ...(retry.non_idempotent.value ? (['non_idempotent'] as const) : [])],
      ...(window ? { window } : {}),
    }),
  };
  return { location, maps: rewritten?.maps ?? [] };
}

function bounded(limit: Given<Limit>): Given<Duration> {
  return { ...limit, value: limit.value === 'none' ? forever : limit.value };
}

/** `upstream` blocks share one name space with host names: no dots, no two alike. */
function uniqueNames(pools: readonly Pool[]): Map<Pool, string> {
  const names = new Map<Pool, string>();
  const taken = new Set<string>();
  for (const pool of pools) {
    const base = `pool_${pool.name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+|_+$/g, '')}`.toLowerCase();
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
    taken.add(name);
    names.set(pool, name);
  }
  return names;
}
