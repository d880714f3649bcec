import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import { askingRoutes, proxyRoutes } from '../model/relations.ts';
import type { Given, Pool, ProxyRoute, Topology } from '../model/topology.ts';
import { type Capability, portabilityRule, supportOf } from './capability.ts';
import { bodyUses } from './compression.ts';
import { edgeUses } from './edges.ts';
import { headerUses } from './headers.ts';
import { targets } from './index.ts';
import { balanceUses, speechUses } from './pools.ts';
import { matchUses } from './route-uses.ts';
import { passingUses } from './streams.ts';
import { http3Uses, tlsUses } from './tls.ts';

/** What a topology asks for: the capability, where, and in the topology's words. */
export interface Use {
  readonly capability: Capability;
  readonly at: Place;
  readonly what: string;
}

/** What a target of the topology does only approximately, or not at all. Nothing is dropped silently. */
export function portability(topology: Topology): Diagnostic[] {
  const used = uses(topology);
  return topology.targetIds.flatMap((id) => {
    const { title, capabilities, version } = targets[id];
    return used.flatMap(({ capability, at, what }): Diagnostic[] => {
      const support = supportOf(capabilities, capability, version(topology));
      if (support.can === 'yes') return [];
      return [
        {
          rule: portabilityRule(capability),
          severity: support.severity,
          message: `${title} ${support.can === 'no' ? 'has no counterpart for' : 'only approximates'} ${what}`,
          why: support.note,
          place: at,
          targets: [id],
        },
      ];
    });
  });
}

function uses(topology: Topology): Use[] {
  const { edge, sites } = topology;
  const routes = sites.flatMap(proxyRoutes);
  const auths = sites.flatMap(askingRoutes).filter((route) => !routes.includes(route));
  return [
    ...(edge.resolver.origin === 'written'
      ? [{ capability: 'resolver', at: edge.resolver.at, what: '`resolver`' } as const]
      : []),
    ...edgeUses(topology),
    ...tlsUses(topology),
    ...headerUses(topology),
    ...matchUses(topology),
    ...bodyUses(topology),
    ...http3Uses(topology),
    ...(edge.trusted_proxies.value.length > 0
      ? [{ capability: 'trusted_proxies', at: edge.trusted_proxies.at, what: '`trusted_proxies`' } as const]
      : []),
    ...topology.pools.flatMap((pool) => [...poolUses(pool), ...balanceUses(pool), ...speechUses(pool)]),
    ...routes.flatMap((route) => [...passingUses(route), ...limitUses(route), ...retryUses(route)]),
    // What is asked is one GET without a body, and of the answer the header counts.
    ...auths.flatMap(limitUses),
  ];
}

function poolUses(pool: Pool): Use[] {
  const { active, passive } = pool.health;
  const found: Use[] = [];
  const use = (capability: Capability, at: Place, what: string): void => {
    found.push({ capability, at, what });
  };
  for (const { address } of pool.servers) {
    if (address.value.kind === 'unix') use('server.unix', address.at, 'a server behind a unix socket');
    if (address.value.kind === 'name') use('names.resolve', address.at, 'following a server’s name');
  }
  if (pool.keepalive.connections.origin !== 'default' && pool.keepalive.connections.value > 0) {
    use('keepalive.per_server', pool.keepalive.connections.at, '`keepalive.connections`');
  }
  if (active) {
    use('health.active', active.at, 'active health checks');
    const counted = [active.passes, active.fails].find(({ value }) => value > 1);
    if (counted) use('health.active.counts', counted.at, '`passes` and `fails`');
  }
  if (passive.max_fails.origin !== 'default' && passive.max_fails.value > 1 && pool.servers.length > 1) {
    use('health.passive.several', passive.max_fails.at, `\`max_fails: ${passive.max_fails.value}\``);
  }
  return found;
}

function limitUses({ timeouts, retry, pool }: ProxyRoute): Use[] {
  const found: Use[] = [];
  const use = (capability: Capability, given: Given<unknown>, what: string): void => {
    found.push({ capability, at: given.at, what });
  };
  const { response_header, send } = timeouts;
  const handshake = pool.tls ? { tls_handshake: timeouts.tls_handshake } : {};
  if (pool.tls) use('timeouts.tls_handshake', timeouts.tls_handshake, '`tls_handshake` apart from `connect`');
  for (const [key, given] of Object.entries({ send, response_header, ...handshake })) {
    if (given.value === 'none') use('timeouts.none', given, `\`${key}: none\``);
  }
  if (retry.tries.value === 'unlimited') use('retry.unlimited', retry.tries, '`tries: unlimited`');
  return found;
}

function retryUses({ retry, pool, stream }: ProxyRoute): Use[] {
  const found: Use[] = [];
  const use = (capability: Capability, given: Given<unknown>, what: string): void => {
    found.push({ capability, at: given.at, what });
  };
  // A lone server has no other to be tried on; what is left at its default asks for nothing in particular.
  const several = pool.servers.length > 1 && retry.tries.value !== 1;
  if (!several) return found;
  use('retry.body', retry.tries, 'trying a request with a body on another server');
  if (retry.interval.value > 0) use('retry.interval', retry.interval, '`interval`');
  // A stream is tried again only where no connection came about.
  if (stream.value) return found;
  if (retry.tries.origin !== 'default') use('retry.put_delete', retry.tries, 'sending PUT and DELETE again');
  if (retry.non_idempotent.value) use('retry.non_idempotent', retry.non_idempotent, '`non_idempotent`');
  if (retry.on.origin === 'default') return found;
  const on = new Set(retry.on.value);
  const statuses = retry.on.value.filter((condition) => condition.startsWith('http_'));
  if (on.has('error') !== on.has('timeout') || !(on.has('error') || on.has('timeout'))) {
    use('retry.on.separate', retry.on, `\`on: [${retry.on.value.join(', ')}]\``);
  }
  if (!on.has('invalid_header')) use('retry.on.invalid_header', retry.on, '`on` without invalid_header');
  if (statuses.length > 0) use('retry.on.status', retry.on, `another attempt after ${statuses.join(', ')}`);
  return found;
}
