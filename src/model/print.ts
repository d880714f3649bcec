import { Document, isMap, isScalar, isSeq, type Node as YamlNode } from 'yaml';
import { toData } from '../source/node.ts';
import type { Source } from '../source/source.ts';
import type { Access } from './access.ts';
import { type Address, formatAddress } from './address.ts';
import { type Duration, formatDuration } from './duration.ts';
import type { HeaderChange, Headers } from './headers.ts';
import type { Match } from './match.ts';
import type { Network } from './networks.ts';
import type { Raw } from './raw.ts';
import { hidden } from './secrets.ts';
import { formatSize } from './size.ts';
import type {
  Given,
  Health,
  Keepalive,
  Pool,
  Retry,
  Rewrite,
  Route,
  Server,
  Service,
  Site,
  Timeouts,
  Topology,
} from './topology.ts';
import { formatValue } from './value.ts';

/** Every value that applies, as YAML; behind each one where it was written, or why the default is what it is. */
export function printModel(topology: Topology, source: Source, showSecrets: boolean): string {
  return document(modelOf(topology, showSecrets), (given) => {
    if (given.origin === 'default') return `default: ${given.because ?? 'unset'}`;
    const there = source.of(given.at);
    return `${given.origin} ${there.name}:${there.position(there.span(given.at).start).line}`;
  });
}

/** The same as plain data, for programs: each value with its origin. */
export function modelData(topology: Topology, source: Source, showSecrets: boolean): unknown {
  const plain = (value: unknown): unknown => {
    if (value instanceof Told) {
      const { given, shown } = value;
      const there = source.of(given.at);
      const { line, column } = there.position(there.span(given.at).start);
      const written = { file: there.name, line, column };
      const where = given.origin === 'default' ? { because: given.because ?? null } : written;
      return { value: shown, origin: given.origin, ...where };
    }
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  };
  return plain(modelOf(topology, showSecrets));
}

/** A value as it is shown, with what is known about it. */
class Told {
  readonly given: Given<unknown>;
  readonly shown: unknown;

  constructor(given: Given<unknown>, shown: unknown) {
    this.given = given;
    this.shown = shown;
  }
}

type Tree = { [key: string]: unknown };

function modelOf(topology: Topology, showSecrets: boolean): Tree {
  const { targets, edge, acme } = topology;
  return {
    targets: {
      ...(targets.caddy ? { caddy: { version: told(targets.caddy.version, ({ text }) => text) } } : {}),
      ...(targets.nginx
        ? { nginx: { version: told(targets.nginx.version, ({ text }) => text), workers: told(targets.nginx.workers) } }
        : {}),
      ...(targets.compose ? { compose: {} } : {}),
    },
    edge: {
      ...eachTold({ ...edge }),
      trusted_proxies: told(edge.trusted_proxies, (list) => list.map(({ written }) => written)),
    },
    acme: eachTold({ ...acme }),
    ...(topology.machines.length > 0
      ? { machines: named(topology.machines, ({ address, edge: here }) => ({ address: told(address), edge: here })) }
      : {}),
    ...(topology.services.length > 0 ? { services: named(topology.services, (one) => service(one, showSecrets)) } : {}),
    upstreams: named(topology.pools, pool),
    sites: Object.fromEntries(topology.sites.map((one) => [one.id, site(one)])),
  };
}

function pool({ servers, balance, protocol, tls, hostHeader, keepalive, timeouts, retry, health }: Pool): Tree {
  return {
    servers: servers.map(server),
    balance: told(balance),
    protocol: told(protocol),
    ...(tls ? { tls: eachTold({ ...tls }) } : {}),
    host_header: told(hostHeader),
    keepalive: timed(keepalive),
    timeouts: timed(timeouts),
    retry: timed(retry),
    health: healthTree(health),
  };
}

function server({ address, ...words }: Server): Told | Tree {
  const where = told(address, formatAddress as (value: Address) => string);
  return Object.keys(words).length === 0 ? where : { address: where, ...eachTold({ ...words }) };
}

function healthTree({ active, passive }: Health): Tree {
  if (!active) return { active: 'off', passive: timed(passive) };
  const { at: _at, ...check } = active;
  return { active: timed(check), passive: timed(passive) };
}

function service({ image, port, instances, container }: Service, showSecrets: boolean): Tree {
  return {
    image: told(image),
    port: told(port),
    instances: instances.map(({ name, machine, publish, environment }) => ({
      name,
      ...(machine ? { machine: machine.name } : {}),
      ...(publish ? { publish: told(publish) } : {}),
      environment: Object.fromEntries(
        [...environment].map(([key, given]) => [key, told(given, (value) => (showSecrets ? value : hidden))]),
      ),
    })),
    ...(container.size > 0
      ? { compose: Object.fromEntries([...container].map(([key, given]) => [key, told(given, toData)])) }
      : {}),
  };
}

function site({ aliases, redirectFrom, tls, http, routes, traffic }: Site): Tree {
  return {
    ...(aliases.length > 0 ? { aliases: aliases.map((one) => told(one)) } : {}),
    ...(redirectFrom.length > 0 ? { redirect_from: redirectFrom.map((one) => told(one)) } : {}),
    tls: tlsTree(tls),
    http: told(http),
    ...(traffic ? { traffic: { rps: told(traffic.rps) } } : {}),
    routes: routes.map(route),
  };
}

function route(one: Route): Tree {
  const { id, match, access, budget, headers, maxBody, compress, raw, errorPages } = one;
  const asked = { ...criteria(match.all), ...section('not', criteria(match.none)) };
  const own = {
    id,
    ...section('match', asked),
    ...(budget ? { budget: told(budget, limit) } : {}),
    ...(access ? accessTree(access) : {}),
    ...(headers ? { headers: headerTree(headers) } : {}),
    ...(maxBody ? { max_body_size: told(maxBody, formatSize) } : {}),
    ...(compress ? { compress: told(compress) } : {}),
    ...(raw ? { raw: rawTree(raw) } : {}),
    ...(errorPages ? { error_pages: Object.fromEntries(errorPages.map(({ key, file }) => [key, told(file)])) } : {}),
  };
  switch (one.action) {
    case 'proxy': {
      const { pool: target, timeouts, retry, stream, flush, rewrite } = one;
      const words = { timeouts: timed(timeouts), retry: timed(retry), stream: told(stream), flush: told(flush) };
      return { ...own, ...rewriting(rewrite), upstream: target.name, ...words };
    }
    case 'respond': {
      const { status, body, type } = one;
      const said = body ? { body: told(body, formatValue), type: told(type) } : {};
      return { ...own, respond: { status: told(status), ...said } };
    }
    case 'redirect':
      return { ...own, redirect: { to: told(one.to, formatValue), status: told(one.status) } };
    case 'files': {
      const { root, index, fallback, browse, cache, rewrite } = one;
      const files = {
        root: told(root),
        index: told(index),
        ...(fallback ? { fallback: told(fallback) } : {}),
        browse: told(browse),
        ...(cache
          ? { cache: told(cache, (value) => (typeof value === 'string' ? value : formatDuration(value))) }
          : {}),
      };
      return { ...own, ...rewriting(rewrite), files };
    }
  }
}

function accessTree({ allow, deny }: Access): Tree {
  const list = (networks: readonly Network[]) => networks.map(({ written }) => written);
  return { ...(allow ? { allow: told(allow, list) } : {}), ...(deny ? { deny: told(deny, list) } : {}) };
}

function rawTree({ nginx, caddy }: Raw): Tree {
  return { ...(nginx ? { nginx: told(nginx) } : {}), ...(caddy ? { caddy: told(caddy) } : {}) };
}

function section(key: string, tree: Tree): Tree {
  return Object.keys(tree).length > 0 ? { [key]: tree } : {};
}

function criteria(list: Match['all']): Tree {
  const tree: Tree = {};
  for (const one of list) {
    if (one.kind === 'path') tree.path = one.paths.map(({ kind, path }) => (kind === 'exact' ? path : `${path}/*`));
    else if (one.kind === 'path_regex') tree.path_regex = told(one.pattern, ({ source }) => source);
    else if (one.kind === 'method') tree.method = one.methods.map((method) => told(method));
    else if (one.kind === 'host') tree.host = one.hosts.map((host) => told(host));
    else if (one.kind === 'client') tree.client = one.networks.map(({ written }) => written);
    else tree[one.kind] = { ...(tree[one.kind] as Tree | undefined), [one.name]: told(one.value) };
  }
  return tree;
}

function rewriting(rewrite: Rewrite | undefined): Tree {
  if (!rewrite) return {};
  if (rewrite.kind === 'fixed') return { rewrite: told(rewrite.to) };
  if (rewrite.kind !== 'pattern') return { [rewrite.kind]: told(rewrite.prefix) };
  const to = told(rewrite.to, (parts) => parts.map((part) => (typeof part === 'string' ? part : `{${part}}`)).join(''));
  return { rewrite: { regex: told(rewrite.pattern, ({ source }) => source), to } };
}

function headerTree({ request, response }: Headers): Tree {
  const byKind = (list: readonly HeaderChange[]): Tree => {
    const of = (kind: HeaderChange['kind']) => list.filter((change) => change.kind === kind);
    const values = (kind: 'set' | 'add'): Tree =>
      of(kind).length > 0
        ? { [kind]: Object.fromEntries(of(kind).map(({ name, given }) => [name, told(given, formatValue)])) }
        : {};
    const removed = of('remove').map(({ name, given }) => told(given, () => name));
    return { ...values('set'), ...values('add'), ...(removed.length > 0 ? { remove: removed } : {}) };
  };
  return {
    ...(request.length > 0 ? { request: byKind(request) } : {}),
    ...(response.length > 0 ? { response: byKind(response) } : {}),
  };
}

function tlsTree(tls: Site['tls']): unknown {
  const { value } = tls;
  const mode = told(tls, () => value.mode);
  if (value.mode === 'none') return mode;
  const { profile, hsts, client } = value;
  return {
    mode,
    ...(value.mode === 'files' ? { certificate: told(value.certificate), key: told(value.key) } : {}),
    profile: told(profile),
    ...(hsts
      ? {
          hsts: {
            max_age: told(hsts.max_age, formatDuration),
            include_subdomains: told(hsts.include_subdomains),
            preload: told(hsts.preload),
          },
        }
      : {}),
    ...(client ? { client: { ca: told(client.ca), mode: told(client.mode) } } : {}),
  };
}

const times = new Set([
  'connect',
  'tls_handshake',
  'send',
  'response_header',
  'idle',
  'upgraded',
  'window',
  'interval',
  'timeout',
  'fail_window',
]);

/** A map of given values, those that are times in the form that people write. */
function timed(map: Timeouts | Retry | Keepalive | Health['passive'] | Record<string, Given<unknown>>): Tree {
  return Object.fromEntries(
    Object.entries(map as Record<string, Given<unknown>>).map(([key, given]) => [
      key,
      times.has(key) ? told(given as Given<Duration | 'none'>, limit) : told(given),
    ]),
  );
}

function limit(value: Duration | 'none'): string {
  return value === 'none' ? 'none' : formatDuration(value);
}

function told<T>(given: Given<T>, show: (value: T) => unknown = (value) => value): Told {
  return new Told(given, show(given.value));
}

function eachTold(map: Record<string, Given<unknown>>): Tree {
  return Object.fromEntries(Object.entries(map).map(([key, given]) => [key, told(given)]));
}

function named<T extends { readonly name: string }>(list: readonly T[], tree: (one: T) => Tree): Tree {
  return Object.fromEntries(list.map((one) => [one.name, tree(one)]));
}

function document(tree: Tree, comment: (given: Given<unknown>) => string): string {
  const plain = (value: unknown): unknown => {
    if (value instanceof Told) return value.shown;
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  };
  const made = new Document(plain(tree), { aliasDuplicateObjects: false });
  const annotate = (node: YamlNode | null, value: unknown): void => {
    if (value instanceof Told) {
      if (isSeq(node)) node.flow = true;
      if (node && (isScalar(node) || isSeq(node))) node.comment = ` ${comment(value.given)}`;
    } else if (isMap<{ value: string }, YamlNode>(node)) {
      for (const pair of node.items) annotate(pair.value, (value as Tree)[String(pair.key.value)]);
    } else if (isSeq<YamlNode>(node)) {
      for (const [index, item] of node.items.entries()) annotate(item, (value as unknown[])[index]);
    }
  };
  annotate(made.contents as YamlNode | null, tree);
  return made.toString({ lineWidth: 0 });
}
