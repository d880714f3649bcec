import type { Pool } from '../../model/topology.ts';
import type { Version } from '../../model/version.ts';
import type { NginxUpstream } from './directives.ts';
import { poolTls } from './pool-tls.ts';
import { upstreamOf } from './upstream.ts';

/** Every `upstream` block, and the one that each pool has. */
export interface Upstreams {
  readonly list: readonly NginxUpstream[];
  readonly names: ReadonlyMap<Pool, string>;
}

/**
 * Pools that are alike become one `upstream`, which has the name of the first: each zone costs memory and time at every
 * start, and a server that one site found dead is dead for the others too, as on Caddy.
 */
export function upstreamsOf(pools: readonly Pool[], names: ReadonlyMap<Pool, string>, version: Version): Upstreams {
  const alike = new Map<string, Pool[]>();
  for (const pool of pools) {
    const key = keyOf(pool, version);
    const group = alike.get(key);
    if (group) group.push(pool);
    else alike.set(key, [pool]);
  }
  const groups = [...alike.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const name = names.get(first) ?? first.name;
    const also = others.map((pool) => upstreamOf(pool, name, version));
    const upstream: NginxUpstream = { ...upstreamOf(first, name, version), ...(also.length > 0 ? { also } : {}) };
    return [{ upstream, pools: [first, ...others] }];
  });
  return {
    list: groups.map(({ upstream }) => upstream),
    names: new Map(groups.flatMap(({ upstream, pools: own }) => own.map((pool) => [pool, upstream.name] as const))),
  };
}

/**
 * What must be equal: all that is printed; what a connection was opened for, as kept ones are taken by whoever comes to
 * the same address; and which statuses count as failures, or one pool would take back the marks of another.
 */
function keyOf(pool: Pool, version: Version): string {
  const { peers, balance, hash, sticky, keepalive } = upstreamOf(pool, '', version);
  return JSON.stringify([
    peers.map((peer) => ({
      ...peer,
      address: peer.address.value,
      maxFails: peer.maxFails.value,
      failTimeout: peer.failTimeout.value,
      weight: peer.weight?.value ?? 1,
      maxConns: peer.maxConns?.value,
    })),
    [balance, hash, sticky],
    [keepalive.connections, keepalive.idle.value],
    [pool.protocol.value, poolTls(pool)],
    pool.retry.on.value.filter((condition) => condition.startsWith('http_')).toSorted(),
  ]);
}
