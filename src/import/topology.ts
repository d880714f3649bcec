import { Document, isMap, isScalar, visit } from 'yaml';
import type { TargetId } from '../diagnostics/diagnostic.ts';
import { formatAddress } from '../model/address.ts';
import { defaults } from '../model/defaults.ts';
import { directiveDuration, formatDuration, parseDuration } from '../model/duration.ts';
import type { HeaderChange, Headers } from '../model/headers.ts';
import { pathsOf } from '../model/match.ts';
import type { Raw } from '../model/raw.ts';
import { proxyRoutes } from '../model/relations.ts';
import { formatSize } from '../model/size.ts';
import type {
  ClientCertificates,
  Given,
  Health,
  Hsts,
  Limit,
  Pool,
  PoolTls,
  ProxyRoute,
  Retry,
  Server,
  Site,
  SiteTls,
  Timeouts,
  Topology,
} from '../model/topology.ts';
import { formatValue } from '../model/value.ts';

type Tree = { [key: string]: unknown };

/** A topology as a person would write it: nothing that the defaults say anyway, `comments` above everything else. */
export function topologyText(topology: Topology, comments: readonly string[]): string {
  const { edge, sites, targets } = topology;
  const names = poolNames(sites);
  const versionOf = (id: 'caddy' | 'nginx'): string | undefined => {
    const version = targets[id]?.version.value.text;
    return version === defaults.targets[id].version.value ? undefined : version;
  };
  const versions = { caddy: versionOf('caddy'), nginx: versionOf('nginx') };
  // Unless a version must be said, nothing keeps the topology from being compiled for all targets.
  const said = versions.caddy !== undefined || versions.nginx !== undefined;
  const tree: Tree = {
    version: 1,
    ...(said ? { targets: Object.fromEntries(topology.targetIds.map((id) => [id, targetTree(id, versions)])) } : {}),
    ...section({
      edge: {
        ...differing('http_port', edge.http_port, defaults.edge.http_port.value),
        ...differing('https_port', edge.https_port, defaults.edge.https_port.value),
        ...differing('http3', edge.http3, defaults.edge.http3.value),
        ...(edge.debug_header ? { debug_header: edge.debug_header.value } : {}),
      },
    }),
    ...section({ upstreams: Object.fromEntries([...names].map(([pool, name]) => [name, poolTree(pool)])) }),
    sites: Object.fromEntries(sites.map((site) => [site.id, siteTree(site, names)])),
  };
  const document = new Document(tree, { version: '1.2' });
  visit(document, {
    Collection(key, node) {
      // What a person takes in at a glance stays on its line.
      const small = isMap(node) ? node.items.every(({ value }) => isScalar(value)) : node.items.every(isScalar);
      if (key !== null && small && isSmall(node.items.length)) node.flow = true;
    },
  });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true });
  return `${comments.map((line) => `# ${line}\n`).join('')}${text.replace(/: \[ (.*) \]$/gm, ': [$1]')}`;
}

function targetTree(
  id: TargetId,
  versions: { readonly caddy: string | undefined; readonly nginx: string | undefined },
): Tree {
  const version = id === 'compose' ? undefined : versions[id];
  return version === undefined ? {} : { version };
}

const mostOnALine = 4;
function isSmall(items: number): boolean {
  return items > 0 && items <= mostOnALine;
}

/** The pools that need a name: those that have one, and those that several routes use. */
function poolNames(sites: readonly Site[]): Map<Pool, string> {
  const uses = new Map<Pool, number>();
  for (const { pool } of sites.flatMap(proxyRoutes)) uses.set(pool, (uses.get(pool) ?? 0) + 1);
  const names = new Map<Pool, string>();
  const taken = new Set<string>();
  for (const [pool, count] of uses) {
    if (pool.anonymous && count === 1) continue;
    const base = pool.name.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '') || 'pool';
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
    taken.add(name);
    names.set(pool, name);
  }
  return names;
}

/** How a route names its pool. */
function upstreamOf(pool: Pool, names: ReadonlyMap<Pool, string>): unknown {
  const name = names.get(pool);
  if (name !== undefined) return name;
  const tree = poolTree(pool);
  if (Object.keys(tree).length > 1) return tree;
  const [only, second] = pool.servers;
  return only && !second && Object.keys(only).length === 1 ? formatAddress(only.address.value) : tree.servers;
}

function poolTree(pool: Pool): Tree {
  const { servers, balance, protocol, tls, hostHeader, keepalive, health } = pool;
  return {
    servers: servers.map(serverTree),
    ...differing('balance', balance, defaults.balance.value),
    ...differing('protocol', protocol, defaults.protocol.value),
    ...section({ tls: tls ? poolTlsTree(tls) : {} }),
    ...differing('host_header', hostHeader, defaults.host_header.value),
    ...section({
      keepalive: {
        ...differing('connections', keepalive.connections, defaults.keepalive.connections.value),
        ...(keepalive.connections.value > 0 ? timed('idle', keepalive.idle, defaults.keepalive.idle.value) : {}),
      },
      health: healthTree(health),
    }),
  };
}

function serverTree({ address, weight, backup, state, max_conns }: Server): unknown {
  const table = defaults.server;
  const where = formatAddress(address.value);
  const words: Tree = {
    ...(weight ? differing('weight', weight, table.weight.value) : {}),
    ...(backup ? differing('backup', backup, table.backup.value) : {}),
    ...(state ? differing('state', state, table.state.value) : {}),
    ...(max_conns ? { max_conns: max_conns.value } : {}),
  };
  return Object.keys(words).length === 0 ? where : { address: where, ...words };
}

function poolTlsTree({ server_name, ca, insecure }: PoolTls): Tree {
  return {
    ...(server_name ? { server_name: server_name.value } : {}),
    ...(ca ? { ca: ca.value } : {}),
    ...differing('insecure', insecure, defaults.server_tls.insecure.value),
  };
}

function healthTree({ active, passive }: Health): Tree {
  const table = defaults.health;
  return {
    ...(active
      ? {
          active: {
            path: active.path.value,
            ...timed('interval', active.interval, table.active.interval.value),
            ...timed('timeout', active.timeout, table.active.timeout.value),
            ...differing('passes', active.passes, table.active.passes.value),
            ...differing('fails', active.fails, table.active.fails.value),
            ...differing('status', active.status, table.active.status.value),
          },
        }
      : {}),
    ...section({
      passive: {
        ...differing('max_fails', passive.max_fails, table.passive.max_fails.value),
        ...(passive.max_fails.value > 0
          ? timed('fail_window', passive.fail_window, table.passive.fail_window.value)
          : {}),
      },
    }),
  };
}

function siteTree({ aliases, redirectFrom, tls, http, routes }: Site, names: ReadonlyMap<Pool, string>): unknown {
  const own: Tree = {
    ...(aliases.length > 0 ? { aliases: aliases.map(({ value }) => value) } : {}),
    ...(redirectFrom.length > 0 ? { redirect_from: redirectFrom.map(({ value }) => value) } : {}),
    ...tlsTree(tls.value),
    ...(tls.value.mode === 'none' ? {} : differing('http', http, defaults.http.value)),
  };
  // What is read from hand-written files asks servers; what else they do is said in a comment.
  const proxies = proxyRoutes({ routes });
  const [only, second] = proxies;
  if (only && !second && only.match.all.length === 0 && only.name === undefined) {
    const words: Tree = { ...own, ...routeTree(only, names) };
    const { upstream } = words;
    const isShort = typeof upstream === 'string' || Array.isArray(upstream);
    return Object.keys(words).length === 1 && isShort ? upstream : words;
  }
  return { ...own, routes: proxies.map((route) => routeTree(route, names)) };
}

function tlsTree(tls: SiteTls): Tree {
  if (tls.mode === 'none') return { tls: 'none' };
  const { profile, hsts, client } = tls;
  const words: Tree = {
    ...(tls.mode === 'internal' ? { mode: tls.mode } : {}),
    ...(tls.mode === 'files' ? { certificate: tls.certificate.value, key: tls.key.value } : {}),
    ...differing('profile', profile, defaults.tls.profile.value),
    ...(hsts ? { hsts: hstsTree(hsts) } : {}),
    ...(client ? { client: client.mode.value === 'require' ? client.ca.value : clientTree(client) } : {}),
  };
  const keys = Object.keys(words);
  if (keys.length === 0) return {};
  return { tls: keys.length === 1 && tls.mode === 'internal' ? tls.mode : words };
}

function hstsTree({ max_age, include_subdomains, preload }: Hsts): unknown {
  const age = formatDuration(max_age.value);
  if (!include_subdomains.value && !preload.value) return age;
  return {
    max_age: age,
    ...differing('include_subdomains', include_subdomains, defaults.tls.hsts.include_subdomains.value),
    ...differing('preload', preload, defaults.tls.hsts.preload.value),
  };
}

function clientTree({ ca, mode }: ClientCertificates): Tree {
  return { ca: ca.value, mode: mode.value };
}

function routeTree(
  { name, match, pool, headers, maxBody, compress, raw, errorPages, timeouts, retry, stream, flush }: ProxyRoute,
  names: ReadonlyMap<Pool, string>,
): Tree {
  return {
    ...(name === undefined ? {} : { name }),
    ...(match.all.length > 0
      ? { match: { path: pathsOf(match).map(({ kind, path }) => (kind === 'exact' ? path : `${path}/*`)) } }
      : {}),
    upstream: upstreamOf(pool, names),
    ...section({ headers: headersTree(headers) }),
    ...(maxBody ? { max_body_size: formatSize(maxBody.value) } : {}),
    ...(compress ? { compress: compress.value } : {}),
    ...section({
      error_pages: Object.fromEntries(
        (errorPages ?? []).flatMap((page) => (page.action === 'file' ? [[page.key, page.file.value]] : [])),
      ),
    }),
    ...section({ raw: rawTree(raw) }),
    ...section({ timeouts: timeoutsTree(timeouts, pool, stream.value), retry: retryTree(retry) }),
    ...differing('stream', stream, defaults.route.stream.value),
    ...(stream.value ? {} : differing('flush', flush, defaults.route.flush.value)),
  };
}

function rawTree({ nginx, caddy }: Partial<Raw> = {}): Tree {
  return { ...(nginx ? { nginx: nginx.value } : {}), ...(caddy ? { caddy: caddy.value } : {}) };
}

function headersTree(headers: Headers | undefined): Tree {
  const { request = [], response = [] } = headers ?? {};
  return section({ request: changesTree(request), response: changesTree(response) });
}

function changesTree(changes: readonly HeaderChange[]): Tree {
  const of = (kind: HeaderChange['kind']): readonly HeaderChange[] => changes.filter((change) => change.kind === kind);
  const values = (kind: 'set' | 'add'): Tree =>
    Object.fromEntries(of(kind).map(({ name, given }) => [name, formatValue(given.value)]));
  const removed = of('remove').map(({ name }) => name);
  return { ...section({ set: values('set'), add: values('add') }), ...(removed.length > 0 ? { remove: removed } : {}) };
}

function timeoutsTree(timeouts: Timeouts, { tls }: Pool, isStream: boolean): Tree {
  const table = defaults.timeouts;
  return {
    ...timed('connect', timeouts.connect, table.connect.value),
    ...(tls ? timed('tls_handshake', timeouts.tls_handshake, table.tls_handshake.value) : {}),
    ...timed('send', timeouts.send, table.send.value),
    ...timed('response_header', timeouts.response_header, table.response_header.value),
    ...timed('idle', timeouts.idle, isStream ? defaults.stream.idle.value : table.idle.value),
    ...timed('upgraded', timeouts.upgraded, table.upgraded.value),
  };
}

function retryTree(retry: Retry): Tree {
  const table = defaults.retry;
  const sameConditions = [...retry.on.value].sort().join() === [...table.on.value].sort().join();
  return {
    ...differing('tries', retry.tries, table.tries.value),
    ...timed('window', retry.window, table.window.value),
    ...timed('interval', retry.interval, table.interval.value),
    ...(sameConditions ? {} : { on: [...retry.on.value] }),
    ...differing('non_idempotent', retry.non_idempotent, table.non_idempotent.value),
  };
}

/** Maps that say something. */
function section(maps: Readonly<Record<string, Tree>>): Tree {
  return Object.fromEntries(Object.entries(maps).filter(([, map]) => Object.keys(map).length > 0));
}

function differing(key: string, { value }: Given<unknown>, fallback: unknown): Tree {
  return value === fallback ? {} : { [key]: value };
}

function timed(key: string, { value }: Given<Limit>, fallback: string): Tree {
  const same = value === (fallback === 'none' ? fallback : parseDuration(fallback));
  return same ? {} : { [key]: value === 'none' ? value : directiveDuration(value) };
}
