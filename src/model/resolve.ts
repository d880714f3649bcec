import type { Diagnostic, TargetId } from '../diagnostics/diagnostic.ts';
import { canonical } from '../schema/canonical.ts';
import { entry, get, type Node } from '../source/node.ts';
import { isIpv4, isIpv6 } from './address.ts';
import { defaults } from './defaults.ts';
import { headersSaidTwice } from './headers.ts';
import { entriesOf, machines, services } from './machines.ts';
import { networks } from './networks.ts';
import { namedPools } from './pools.ts';
import { boolean, type Findings, find, findings, number, type Parse, read, text, word, written } from './reader.ts';
import { references } from './references.ts';
import { askingRoutes } from './relations.ts';
import { sites } from './sites.ts';
import type { Acme, Edge, Pool, Targets, Topology } from './topology.ts';
import { atLeast, parseVersion, type Version } from './version.ts';

/**
 * A tree that fits the schema → the topology that every later stage reads: short forms written out, references
 * followed, defaults filled in, and frozen. Mistakes that the schema cannot see come back as diagnostics.
 */
export function resolve(
  root: Node,
  knownRules: readonly string[],
): { readonly topology: Topology; readonly diagnostics: readonly Diagnostic[] } {
  const found = findings();
  const tree = canonical(root);
  const general = written(get(tree, 'defaults'));
  const hosts = machines(tree, found);
  const containers = services(tree, hosts, found);
  const edges = hosts.filter((machine) => machine.edge);
  const context = { services: containers, machines: hosts, edges, defaults: general, found };
  const named = namedPools(tree, context);
  const acme = acmeOf(tree);
  const served = sites(tree, { ...context, named, acme, pages: new Map() });
  const pools = new Set<Pool>([...named.values()].map(({ pool }) => pool));
  for (const site of served) for (const route of askingRoutes(site)) pools.add(route.pool);
  const targets = targetsOf(tree, found);
  const topology: Topology = {
    source: root.at.source,
    targets,
    targetIds: (['caddy', 'nginx', 'compose'] as const).filter((id) => targets[id]),
    edge: edgeOf(tree, targets, found),
    acme,
    machines: hosts,
    ...(edges[0] ? { here: edges[0] } : {}),
    services: containers,
    pools: [...pools],
    sites: served,
    asksClients: served.some(({ tls: { value } }) => value.mode !== 'none' && value.client !== undefined),
    severities: new Map(
      [...entriesOf(get(tree, 'lint') ?? tree, 'rules')].flatMap(([rule, { keyAt, value }]) => {
        const severity = word('off', 'info', 'warning', 'error')(value);
        return severity ? [[rule, { severity, at: keyAt }] as const] : [];
      }),
    ),
  };
  references(topology, knownRules, found);
  headersSaidTwice(topology, found);
  return { topology: freeze(topology), diagnostics: found.list };
}

const version: Parse<Version> = (node) => {
  const written = text(node);
  return written === undefined ? undefined : parseVersion(written);
};

/** What is compiled for, from which release on. */
export const oldest = { caddy: '2.6', nginx: '1.22' } as const;

function targetsOf(root: Node, found: Findings): Targets {
  const node = get(root, 'targets');
  const wanted = (id: TargetId): boolean => !node || entry(node, id) !== undefined;
  const at = node?.at ?? root.at;
  const versionOf = (id: 'caddy' | 'nginx') => {
    const { value, because } = defaults.targets[id].version;
    const place = entry(node, id)?.value.at ?? at;
    const given = read([written(get(node, id))], 'version', version, { value: parseVersion(value), because }, place);
    if (!atLeast(given.value, oldest[id])) {
      found.add('error', 'reference-version', given.at, `${id} ${given.value.text} is too old`, {
        help: `the oldest version that is compiled for is ${oldest[id]}`,
      });
    }
    return given;
  };
  const workers: Parse<number | 'auto'> = (value) => (text(value) === 'auto' ? 'auto' : number(value));
  if (!wanted('caddy') && !wanted('nginx')) {
    found.add('error', 'reference-targets', at, 'the compose fragments need a proxy to run', {
      help: 'add `caddy: {}` or `nginx: {}` to the targets',
    });
  }
  return {
    ...(wanted('caddy') ? { caddy: { version: versionOf('caddy') } } : {}),
    ...(wanted('nginx')
      ? {
          nginx: {
            version: versionOf('nginx'),
            workers: read([written(get(node, 'nginx'))], 'workers', workers, defaults.targets.nginx.workers, at),
          },
        }
      : {}),
    ...(wanted('compose') ? { compose: {} } : {}),
  };
}

/** Headers that carry the response itself: a debug header of that name would break it. */
const ownHeaders =
  'connection content-length content-type content-encoding transfer-encoding date server location set-cookie upgrade trailer te keep-alive'.split(
    ' ',
  );

function edgeOf(root: Node, targets: Targets, found: Findings): Edge {
  const node = get(root, 'edge');
  const at = node?.at ?? root.at;
  const layers = [written(node)];
  const first = targets.caddy ? 'caddy' : 'nginx';
  const because = 'the first of caddy and nginx among the targets';
  const proxy = read<'caddy' | 'nginx'>(layers, 'proxy', word('caddy', 'nginx'), { value: first, because }, at);
  if (!targets[proxy.value] && targets[first]) {
    found.add('error', 'reference-proxy', proxy.at, `\`${proxy.value}\` is not among the targets`, {
      help: `add it to \`targets\`, or write \`proxy: ${first}\``,
    });
  }
  const resolver: Parse<readonly string[]> = (value) =>
    value.kind === 'sequence'
      ? value.items.flatMap((item) => {
          const address = text(item) ?? '';
          if (isIpv4(address) || isIpv6(address)) return [address];
          found.add('error', 'schema-value', item.at, `"${address}" is not an IP address`, {
            help: 'write `docker`, or the addresses of DNS servers',
          });
          return [];
        })
      : undefined;
  const header = find(layers, 'debug_header', text);
  if (header && ownHeaders.includes(header.value.toLowerCase())) {
    found.add('error', 'schema-value', header.at, `\`${header.value}\` already means something in every response`, {
      help: 'choose another name, such as X-Upstream',
    });
  }
  return {
    proxy,
    http_port: read<number>(layers, 'http_port', number, defaults.edge.http_port, at),
    https_port: read<number>(layers, 'https_port', number, defaults.edge.https_port, at),
    ...(header ? { debug_header: header } : {}),
    access_log: read(layers, 'access_log', word('json', 'none'), defaults.edge.access_log, at),
    http3: read<boolean>(layers, 'http3', boolean, defaults.edge.http3, at),
    resolver: read(layers, 'resolver', resolver, defaults.edge.resolver, at),
    trusted_proxies: read(
      layers,
      'trusted_proxies',
      networks(found, ['cloudflare', 'private']),
      defaults.edge.trusted_proxies,
      at,
    ),
  };
}

function acmeOf(root: Node): Acme {
  const node = get(root, 'acme');
  const layers = [written(node)];
  const email = find(layers, 'email', text);
  const caRoot = find(layers, 'ca_root', text);
  return {
    ...(email ? { email } : {}),
    ca: read<string>(layers, 'ca', text, defaults.acme.ca, node?.at ?? root.at),
    ...(caRoot ? { ca_root: caRoot } : {}),
  };
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (value instanceof Map) for (const inner of value.values()) freeze(inner);
  // Without a list of the values for each of thousands of objects.
  else for (const key in value) freeze(value[key]);
  return value;
}
