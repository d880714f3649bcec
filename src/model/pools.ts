import { closest } from '../diagnostics/closest.ts';
import type { Place } from '../diagnostics/diagnostic.ts';
import { get, type Node } from '../source/node.ts';
import { parseAddress } from './address.ts';
import { balance, nobodyServes, serverWords } from './balance.ts';
import { defaults } from './defaults.ts';
import { addressFrom } from './edges.ts';
import { duplicates, handWritten } from './hand-written.ts';
import { entriesOf } from './machines.ts';
import { health, keepalive, retry, timeouts } from './policy.ts';
import { speech } from './pool-tls.ts';
import { type Findings, find, inherited, type Layer, read, text, written } from './reader.ts';
import type { Balance, Machine, Pool, Server, Service } from './topology.ts';

/** Everything that a pool may be made of. */
export interface PoolContext {
  readonly services: readonly Service[];
  readonly machines: readonly Machine[];
  /** Those that run the edge; the first is that which the pools are seen from. */
  readonly edges: readonly Machine[];
  readonly defaults: Layer;
  readonly found: Findings;
}

export interface NamedPool {
  readonly pool: Pool;
  readonly node: Node | undefined;
  /** Made for a route that names a service, not written under `upstreams`. */
  readonly ofService?: true;
}

/** The pools of `upstreams`, by name. */
export function namedPools(root: Node, context: PoolContext): Map<string, NamedPool> {
  const pools = new Map<string, NamedPool>();
  for (const [name, { keyAt, value }] of entriesOf(root, 'upstreams')) {
    pools.set(name, { pool: poolOf(name, false, value, keyAt, context), node: value });
  }
  return pools;
}

/** What a route's `upstream` means: a name, an address, or a pool written there. */
export function poolOfRoute(
  node: Node,
  name: string,
  named: Map<string, NamedPool>,
  context: PoolContext,
): NamedPool | undefined {
  const { services, found } = context;
  if (node.kind === 'mapping') return { pool: poolOf(name, true, node, node.at, context), node };
  const word = text(node);
  if (word === undefined) return undefined;
  if (/^[a-z0-9+]+:\/\//i.test(word)) {
    found.add('error', 'schema-address', node.at, `"${word}" is a URL, not an address`, {
      help: `write ${word.replace(/^[a-z0-9+]+:\/\//i, '').replace(/\/.*$/, '')}; what the servers speak is \`protocol\` of the pool`,
    });
    return undefined;
  }
  if (word.includes(':')) {
    const servers = [server(node, context)].filter((one) => one !== undefined);
    if (servers.length === 0) return undefined;
    return { pool: build(name, true, undefined, node.at, servers, context), node: undefined };
  }
  const pool = named.get(word);
  const service = services.find((candidate) => candidate.name === word);
  if (pool && service && !pool.ofService) {
    found.add('error', 'reference-ambiguous', node.at, `\`${word}\` is the name of a pool and of a service`, {
      help: 'rename one of the two, or write `upstream: { service: … }`',
      related: [
        { place: pool.pool.at, message: 'the pool' },
        { place: service.at, message: 'the service' },
      ],
    });
  }
  if (pool) return pool;
  if (service) {
    const servers = serversOf(service, node.at, context);
    const made = {
      pool: build(word, true, undefined, service.at, servers, context),
      node: undefined,
      ofService: true,
    } as const;
    named.set(word, made);
    return made;
  }
  const known = [...named.keys(), ...services.map((one) => one.name)];
  const guess = closest(word, known);
  found.add('error', 'reference-unknown', node.at, `there is no pool or service \`${word}\``, {
    help: guess
      ? `did you mean \`${guess}\`?`
      : `list it under \`upstreams\`, or write an address with its port: ${word}:3000`,
  });
  return undefined;
}

function poolOf(name: string, anonymous: boolean, node: Node, at: Place, context: PoolContext): Pool {
  const { services, found } = context;
  const list = get(node, 'servers');
  const service = find([written(node)], 'service', text);
  if (!list === !service) {
    const message = list ? 'both `servers` and `service` are written' : 'a pool needs `servers` or `service`';
    found.add('error', 'reference-pool', at, message, { help: 'write one of the two' });
  }
  let servers: Server[] = [];
  if (list?.kind === 'sequence') {
    servers = list.items.flatMap((item) => {
      const one = server(get(item, 'address'), context);
      return one ? [{ ...one, ...serverWords(item) }] : [];
    });
    duplicates(servers, context);
  } else if (service) {
    const target = services.find((candidate) => candidate.name === service.value);
    if (target) servers = serversOf(target, service.at, context);
    else {
      const guess = closest(
        service.value,
        services.map((one) => one.name),
      );
      found.add('error', 'reference-unknown', service.at, `there is no service \`${service.value}\``, {
        help: guess ? `did you mean \`${guess}\`?` : 'list it under `services`',
      });
    }
  }
  return build(name, anonymous, node, at, servers, context);
}

function build(
  name: string,
  anonymous: boolean,
  node: Node | undefined,
  at: Place,
  servers: readonly Server[],
  { found, defaults: general }: PoolContext,
): Pool {
  const layers = [written(node), ...inherited([general])];
  const pool: Pool = {
    name,
    anonymous,
    at,
    servers,
    balance: read<Balance>([written(node)], 'balance', balance, defaults.balance, at),
    ...speech(node, servers, at, found),
    keepalive: keepalive(layers, at, found),
    timeouts: timeouts(layers, at, found),
    retry: retry(layers, at, found),
    health: health(layers, at, found),
  };
  nobodyServes(pool, found);
  return pool;
}

function server(node: Node | undefined, context: PoolContext): Server | undefined {
  const word = node && text(node);
  if (!node || word === undefined) return undefined;
  const address = parseAddress(word);
  if (!address) {
    context.found.add('error', 'schema-address', node.at, `"${word}" is not an address`, {
      help: 'write host:port (ports go from 1 to 65535), "[v6]:port" or unix:/path',
    });
    return undefined;
  }
  const given = { value: address, at: node.at, origin: 'written' } as const;
  handWritten(given, context);
  return { address: given };
}

/** Every instance of a service as the edge sees it. */
function serversOf(service: Service, at: Place, { edges, found }: PoolContext): Server[] {
  const [here, ...others] = edges;
  return service.instances.flatMap((instance): Server[] => {
    const { at: where, machine } = instance;
    const container = { instance, port: service.port.value };
    const far = [here, ...others].find((edge) => !addressFrom(edge, container));
    const value = addressFrom(here, container);
    if (far || !value) {
      const who = others.length > 0 ? `the edge on \`${far?.name}\`` : 'the edge';
      found.add(
        'error',
        'reference-publish',
        where,
        `${who} cannot reach \`${service.name}\` on \`${machine?.name}\``,
        {
          why: 'it publishes no port there',
          help: 'write `publish: PORT` at this instance',
          related: [{ place: at, message: 'used here' }],
        },
      );
      return [];
    }
    return [{ address: { at: where, origin: 'inherited', value }, container }];
  });
}
