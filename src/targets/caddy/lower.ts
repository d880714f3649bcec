import { inService } from '../../model/balance.ts';
import { type Duration, milliseconds, subtract } from '../../model/duration.ts';
import type { ForwardAuth } from '../../model/forward-auth.ts';
import { speaksHttp2 } from '../../model/pool-tls.ts';
import { rawLines } from '../../model/raw.ts';
import { portOf } from '../../model/references.ts';
import { pageRoutes } from '../../model/relations.ts';
import type { FilesRoute, Given, ProxyRoute, Rewrite, Route, Site, SiteTls, Topology } from '../../model/topology.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { caDirectory } from '../acme.ts';
import { can, supportOf } from '../capability.ts';
import { challengePeers } from '../edges.ts';
import { cacheControl } from '../files.ts';
import { withheldBy } from '../forward-auth.ts';
import { unknownListeners } from '../listeners.ts';
import { reachableRoutes } from '../routes.ts';
import { offersHttp3 } from '../tls.ts';
import { trustOf } from '../trust.ts';
import { balanceOf } from './balance.ts';
import { caddyCapabilities } from './capabilities.ts';
import type { CaddyAuth, CaddyDirectives, CaddyProxySite, CaddyRoute, CaddySite, ReverseProxy } from './directives.ts';
import { finite, passed } from './streams.ts';
import { hstsOf } from './tls.ts';
import { hostHeader, poolTls } from './transport.ts';

/** With a duration and an interval of 0 Caddy would take its own 250ms. */
const shortestInterval = milliseconds(1);
/**
 * What is sent again once a server may have seen it. Nothing with a body: Caddy could send it again from memory only
 * (`request_buffers`), and there 2.11.4 was measured to send one client's body with the request of another.
 */
const retryMethods = ['GET', 'HEAD', 'OPTIONS'];

export function lowerCaddy(topology: Topology): CaddyDirectives {
  const { targets, edge, acme } = topology;
  if (!targets.caddy) throw new Error('Caddy is not among the targets');
  const version = targets.caddy.version.value;
  const ca = caDirectory(acme);
  const trust = trustOf(edge);
  const withheld = withheldBy(topology);
  const peers = challengePeers(topology);
  return {
    version,
    httpPort: edge.http_port.value,
    httpsPort: edge.https_port.value,
    accessLog: edge.access_log.value,
    acme: {
      hasRoot: acme.ca_root !== undefined,
      ...(acme.email ? { email: acme.email.value } : {}),
      ...(ca === undefined ? {} : { ca }),
    },
    strictNames: topology.asksClients,
    http3: offersHttp3(topology, caddyCapabilities, version),
    ownCa: topology.sites.some((site) => site.tls.value.mode === 'internal'),
    ...(trust ? { trust: { ...trust, knowsClient: can(caddyCapabilities, 'trusted_proxies.client', version) } } : {}),
    // Since 2.11.4 Caddy does it by itself, as nginx always has.
    ...(atLeast(version, '2.11.4') ? {} : { dropsUnderscored: true as const }),
    ...(peers.length > 0 ? { challengePeers: peers } : {}),
    sites: [
      ...topology.sites.flatMap((site) => sitesOf(site, topology, version, withheld)),
      // Without these Caddy would answer an empty 200 to names that no site has.
      ...unknownListeners(topology).map((listener) => ({ kind: 'unknown', listener }) as const),
    ],
  };
}

function sitesOf(site: Site, { edge }: Topology, version: Version, withheld: Withheld): CaddySite[] {
  const tls = site.tls.value;
  const port = portOf(site, edge);
  const secure = tls.mode !== 'none';
  // The default site takes every name: further ones would be all that it takes.
  const own = site.name === undefined ? [] : [site.name, ...site.aliases.map(({ value }) => value)];
  const others = site.redirectFrom.map(({ value }) => value);
  const routes = reachableRoutes(site).map((route) => routeOf(route, version, withheld));
  const proxy = (at: number, over: SiteTls): CaddyProxySite => ({
    kind: 'proxy',
    site: site.id,
    listener: { port: at, tls: over.mode !== 'none' },
    names: own,
    tls: over,
    ...hstsOf(over),
    ...(edge.debug_header ? { debugHeader: edge.debug_header.value } : {}),
    ...(site.headers ? { headers: site.headers } : {}),
    ...(site.errorPages ? { errorPages: site.errorPages } : {}),
    routes,
    pages: pageRoutes(site).map((asks) => {
      // No upgrade is asked about as such.
      const { upgraded: _, ...proxy } = proxyOf(asks, version);
      return { route: asks.id, proxy, withheld: withheld(asks) };
    }),
  });
  const shown = port === (secure ? 443 : 80) ? {} : { port };
  const canonical = { scheme: secure ? 'https' : 'http', host: site.name ?? 'requested', ...shown } as const;
  const redirect = (at: number, over: SiteTls, names: readonly string[], to: typeof canonical): CaddySite => ({
    kind: 'redirect',
    site: site.id,
    listener: { port: at, tls: over.mode !== 'none' },
    names,
    tls: over,
    ...hstsOf(over),
    to,
  });
  const list: CaddySite[] = [proxy(port, tls)];
  if (others.length > 0) list.push(redirect(port, tls, others, canonical));
  if (!secure || site.port !== undefined || site.http.value === 'none') return list;
  const http = edge.http_port.value;
  const none: SiteTls = { mode: 'none' };
  if (site.http.value === 'serve') list.push(proxy(http, none));
  else list.push(redirect(http, none, own, { scheme: 'https', host: 'requested', ...shown }));
  if (others.length > 0) list.push(redirect(http, none, others, canonical));
  return list;
}

type Withheld = ReturnType<typeof withheldBy>;

function routeOf(route: Route, version: Version, withheld: Withheld): CaddyRoute {
  const { id, match, access, maintenance, basicAuth, forwardAuth, headers, maxBody, compress, errorPages } = route;
  const raw = rawLines(route.raw, 'caddy', '\t\t\t');
  const base = {
    route: id,
    match,
    ...(headers ? { headers } : {}),
    ...(access ? { access } : {}),
    ...(maintenance ? { maintenance } : {}),
    ...(basicAuth ? { basicAuth } : {}),
    ...(forwardAuth && forwardAuth !== 'none' ? { auth: authOf(forwardAuth, version) } : {}),
    ...(maxBody ? { maxBody: maxBody.value } : {}),
    ...(compress ? { encode: compress.value } : {}),
    ...(raw.length > 0 ? { raw } : {}),
    ...(errorPages ? { errorPages } : {}),
  };
  switch (route.action) {
    case 'proxy': {
      const dropped = withheld(route);
      return {
        ...base,
        action: 'proxy',
        ...rewriteOf(route),
        ...(dropped.length > 0 ? { withheld: dropped } : {}),
        proxy: proxyOf(route, version),
      };
    }
    case 'respond': {
      const { status, body, type } = route;
      return {
        ...base,
        action: 'answer',
        status: status.value,
        ...(body ? { body: body.value, type: type.value } : {}),
      };
    }
    case 'redirect':
      return { ...base, action: 'answer', status: route.status.value, to: route.to.value };
    case 'files': {
      const { root, index, fallback, browse, cache } = route;
      return {
        ...base,
        action: 'files',
        root: root.value,
        index: index.value,
        ...(fallback ? { fallback: fallback.value } : {}),
        browse: browse.value,
        ...(cache ? { cache: cacheControl(cache.value) } : {}),
        ...rewriteOf(route),
      };
    }
  }
}

function authOf({ asks, path, copied }: ForwardAuth, version: Version): CaddyAuth {
  // No upgrade is asked about as such.
  const { upgraded: _, ...proxy } = proxyOf(asks, version);
  return { route: asks.id, proxy, path: path.value, copied: copied.map(({ value }) => value) };
}

function rewriteOf({ rewrite }: ProxyRoute | FilesRoute): { readonly rewrite?: Rewrite } {
  return rewrite ? { rewrite } : {};
}

function proxyOf(route: ProxyRoute, version: Version): ReverseProxy {
  const { pool, timeouts, retry, stream } = route;
  const { passive, active } = pool.health;
  const asked = inService(pool).length;
  const several = asked > 1;
  const attempts = retry.tries.value === 'unlimited' ? undefined : Math.min(retry.tries.value, asked);
  const retries = attempts !== 1;
  const window = finite(retry.window);
  const interval = retry.interval;
  const shortest = window && interval.value < shortestInterval;
  const tryInterval: Given<Duration> = shortest ? { ...interval, value: shortestInterval } : interval;
  // A stream is tried again only where no connection came about.
  const again = retries && !stream.value;
  const statuses = can(caddyCapabilities, 'retry.on.status', version)
    ? retry.on.value.flatMap((condition) => (condition.startsWith('http_') ? [Number(condition.slice(5))] : []))
    : [];
  const write = finite(timeouts.send);
  const header = finite(timeouts.response_header);
  return {
    pool: pool.name,
    ...balanceOf(pool, version),
    ...hostHeader(pool),
    ...(speaksHttp2(pool) && !pool.tls ? { h2c: true } : {}),
    ...poolTls(pool, timeouts.tls_handshake),
    ...(retries && attempts !== undefined ? { retries: { ...retry.tries, value: attempts - 1 } } : {}),
    ...(retries && window ? { tryDuration: { ...window, value: subtract(window.value, tryInterval.value) } } : {}),
    ...(retries ? { tryInterval } : {}),
    retryMethods: again ? retryMethods : [],
    retryStatuses: again ? statuses : [],
    ...(active
      ? {
          active:
            supportOf(caddyCapabilities, 'health.active.counts', version).can !== 'no'
              ? active
              : { ...active, passes: { ...active.passes, value: 1 }, fails: { ...active.fails, value: 1 } },
        }
      : {}),
    // A pool of one server is never marked: one slow request would be an outage.
    ...(several && passive.max_fails.value > 0
      ? { passive: { failDuration: passive.fail_window, maxFails: passive.max_fails } }
      : {}),
    dial: timeouts.connect,
    ...(header ? { responseHeader: header } : {}),
    ...passed(route),
    ...(write ? { write } : {}),
    ...(pool.keepalive.connections.value > 0
      ? { keepalive: { idle: pool.keepalive.idle, perServer: pool.keepalive.connections } }
      : {}),
  };
}
