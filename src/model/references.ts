import { closest } from '../diagnostics/closest.ts';
import type { Place } from '../diagnostics/diagnostic.ts';
import { isPathOnly, type PathMatch, pathsOf } from './match.ts';
import type { Findings } from './reader.ts';
import { askingRoutes } from './relations.ts';
import type { Route, Site, Topology } from './topology.ts';

/** What can only be seen in the whole: names served twice, ports used for two things, things that nothing uses. */
export function references(topology: Topology, knownRules: readonly string[], found: Findings): void {
  names(topology, found);
  ports(topology, found);
  published(topology, found);
  for (const site of topology.sites) unreachable(site, found);
  unused(topology, found);
  for (const [rule, { at }] of topology.severities) {
    if (knownRules.includes(rule)) continue;
    const guess = closest(rule, knownRules);
    found.add('error', 'reference-unknown', at, `there is no rule \`${rule}\``, {
      help: guess ? `did you mean \`${guess}\`?` : '`proxywright print rules` lists them',
    });
  }
}

/** The port that a site's own requests come to. */
export function portOf(site: Site, edge: Topology['edge']): number {
  return site.port ?? (site.tls.value.mode === 'none' ? edge.http_port.value : edge.https_port.value);
}

function names({ sites, edge }: Topology, found: Findings): void {
  const seen = new Map<string, Place>();
  const claim = (name: string, port: number, at: Place): void => {
    const key = `${name}:${port}`;
    const earlier = seen.get(key);
    if (earlier) {
      found.add('error', 'reference-duplicate', at, `\`${name}\` is served twice`, {
        why: 'each proxy would pick one of them in its own way',
        help: 'keep one of the two',
        related: [{ place: earlier, message: 'first served here' }],
      });
    } else seen.set(key, at);
  };
  const certificates = new Map<string, { mode: string; at: Place }>();
  for (const site of sites) {
    const { mode } = site.tls.value;
    const own = [...(site.name ? [{ value: site.name, at: site.at }] : []), ...site.aliases, ...site.redirectFrom];
    for (const { value, at } of mode === 'none' ? [] : own) {
      const earlier = certificates.get(value);
      if (earlier && earlier.mode !== mode) {
        found.add('error', 'reference-tls', at, `\`${value}\` would have two kinds of certificates`, {
          why: 'a name has one certificate, on all its ports',
          help: 'give both sites the same `tls`',
          related: [{ place: earlier.at, message: `here it is \`${earlier.mode}\`` }],
        });
      }
      certificates.set(value, { mode, at });
    }
    const port = portOf(site, edge);
    claim(site.name ?? 'default', port, site.at);
    for (const { value, at } of [...site.aliases, ...site.redirectFrom]) claim(value, port, at);
    // A site with TLS answers on http_port too, unless it has a port of its own or says `http: none`.
    const same = edge.http_port.value === edge.https_port.value;
    if (same || site.tls.value.mode === 'none' || site.port !== undefined || site.http.value === 'none') continue;
    claim(site.name ?? 'default', edge.http_port.value, site.at);
    for (const { value, at } of site.aliases) claim(value, edge.http_port.value, at);
  }
}

function ports({ sites, edge }: Topology, found: Findings): void {
  if (edge.http_port.value === edge.https_port.value) {
    found.add('error', 'reference-port', edge.http_port.at, 'http_port and https_port are the same', {
      help: 'plain http and TLS need a port each',
      related: [{ place: edge.https_port.at, message: 'https_port' }],
    });
  }
  const uses = new Map<number, { tls: boolean; at: Place; what: string }>([
    [edge.http_port.value, { tls: false, at: edge.http_port.at, what: 'the port of plain http' }],
    [edge.https_port.value, { tls: true, at: edge.https_port.at, what: 'the port of TLS' }],
  ]);
  for (const site of sites) {
    const port = portOf(site, edge);
    const tls = site.tls.value.mode !== 'none';
    const earlier = uses.get(port);
    if (earlier && earlier.tls !== tls) {
      found.add('error', 'reference-port', site.at, `port ${port} would speak TLS and plain http`, {
        why: `it is ${earlier.what}`,
        help: 'give the site another port',
        related: [{ place: earlier.at, message: earlier.what }],
      });
    }
    if (!earlier) uses.set(port, { tls, at: site.at, what: `used by \`${site.id}\`` });
  }
}

/** A container on the edge machine cannot have a port that the proxy has. */
function published({ sites, edge, services }: Topology, found: Findings): void {
  const taken = new Set([edge.http_port.value, ...sites.map((site) => portOf(site, edge))]);
  for (const { machine, publish } of services.flatMap(({ instances }) => instances)) {
    if (!machine?.edge || !publish || !taken.has(publish.value)) continue;
    found.add(
      'error',
      'reference-port',
      publish.at,
      `port ${publish.value} of \`${machine.name}\` belongs to the proxy`,
      {
        help: 'publish another port, or none: the proxy reaches the container by its name',
      },
    );
  }
}

/** A route after one that takes all its requests is never reached. */
function unreachable(site: Site, found: Findings): void {
  for (const [index, route] of site.routes.entries()) {
    const earlier = site.routes.slice(0, index).find((other) => covers(other, route));
    if (!earlier) continue;
    found.add(
      'warning',
      'reference-unreachable',
      pathsOf(route.match)[0]?.at ?? route.at,
      'no request ever reaches this route',
      {
        why: 'the first match wins, and an earlier route takes all its requests',
        help: 'move it up, or remove it',
        related: [{ place: pathsOf(earlier.match)[0]?.at ?? earlier.at, message: 'taken by this route' }],
      },
    );
  }
}

function covers(earlier: Route, later: Route): boolean {
  if (!isPathOnly(earlier.match)) return false;
  const [taken, paths] = [pathsOf(earlier.match), pathsOf(later.match)];
  if (taken.length === 0) return true;
  const wanted: readonly PathMatch[] = paths.length > 0 ? paths : [{ kind: 'prefix', path: '', at: later.at }];
  return wanted.every((path) => taken.some((other) => contains(other, path)));
}

function contains(outer: PathMatch, inner: PathMatch): boolean {
  if (outer.kind === 'exact') return inner.kind === 'exact' && inner.path === outer.path;
  return inner.path === outer.path || inner.path.startsWith(`${outer.path}/`);
}

function unused({ sites, pools, services, machines, here }: Topology, found: Findings): void {
  const used = new Set(sites.flatMap((site) => askingRoutes(site).map((route) => route.pool)));
  for (const pool of pools) {
    if (used.has(pool)) continue;
    found.add('warning', 'reference-unused', pool.at, `no route uses the pool \`${pool.name}\``, {
      help: 'name it in a route, or remove it',
    });
  }
  for (const machine of machines) {
    const runs = services.some((service) => service.instances.some((instance) => instance.machine === machine));
    if (machine.edge || runs) continue;
    found.add('warning', 'reference-unused', machine.at, `nothing runs on \`${machine.name}\``, {
      help: 'put an instance of a service there, or remove it',
    });
  }
  const reached = new Set(
    [...used].flatMap((pool) =>
      pool.servers.map(({ address: { value } }) => ('host' in value ? `${value.host}:${value.port}` : '')),
    ),
  );
  for (const service of services) {
    const addresses = service.instances.map(({ name, machine, publish }) =>
      !machine || machine === here ? `${name}:` : `${machine.address.value}:${publish?.value}`,
    );
    if (addresses.some((address) => [...reached].some((one) => one.startsWith(address)))) continue;
    found.add('warning', 'reference-unused', service.at, `no pool uses the service \`${service.name}\``, {
      help: 'name it in a pool; a worker without requests can be ignored with a comment: # proxywright-ignore reference-unused -- a worker',
    });
  }
}
