import { Document, isMap, isScalar, isSeq, type Node as YamlNode } from 'yaml';
import { toData } from '../source/node.ts';
import type { Source } from '../source/source.ts';
import { type Address, formatAddress } from './address.ts';
import { formatDuration } from './duration.ts';
import { route } from './print-route.ts';
import { withoutSecrets } from './secrets.ts';
import { eachTold, Told, type Tree, timed, told } from './told.ts';
import type { Given, Health, Pool, Server, Service, Site, Topology } from './topology.ts';

/** Every value that applies, as YAML; behind each one where it was written, or why the default is what it is. */
export function printModel(topology: Topology, source: Source, showSecrets: boolean): string {
  return document(modelOf(showSecrets ? topology : withoutSecrets(topology)), (given) => {
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
  return plain(modelOf(showSecrets ? topology : withoutSecrets(topology)));
}

function modelOf(topology: Topology): Tree {
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
    ...(topology.services.length > 0 ? { services: named(topology.services, service) } : {}),
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

function server({ address, container: _its, ...words }: Server): Told | Tree {
  const where = told(address, formatAddress as (value: Address) => string);
  return Object.keys(words).length === 0 ? where : { address: where, ...eachTold({ ...words }) };
}

function healthTree({ active, passive }: Health): Tree {
  if (!active) return { active: 'off', passive: timed(passive) };
  const { at: _at, ...check } = active;
  return { active: timed(check), passive: timed(passive) };
}

function service({ image, port, instances, container }: Service): Tree {
  return {
    image: told(image),
    port: told(port),
    instances: instances.map(({ name, machine, publish, environment }) => ({
      name,
      ...(machine ? { machine: machine.name } : {}),
      ...(publish ? { publish: told(publish) } : {}),
      environment: eachTold(Object.fromEntries(environment)),
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
