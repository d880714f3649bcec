import { inService } from '../model/balance.ts';
import { attemptsOf } from '../model/relations.ts';
import type { ProxyRoute } from '../model/topology.ts';

/** Milliseconds from the first failure of a server to the one that marks it, when its pool gets `rps` requests a second. */
export function markingTime(maxFails: number, servers: number, rps: number): number {
  return ((maxFails - 1) * servers * 1000) / rps;
}

/**
 * How many requests there are for each that meets a dead server, where a retry takes the next turn of the same balancer
 * (Caddy): of two servers every request meets the dead one, as long as its retry goes to the other. Measured on 2.6.2 and
 * 2.11.4. The balancers of nginx leave the turn of the others alone.
 */
export function turnsBetween(servers: number, retried: boolean): number {
  return retried ? Math.max(1, servers - 1) : servers;
}

/** Failures of one request that each mark a server, when every server fails it: by a wait that is too long, or by a status. */
export function marksOfRequest(route: ProxyRoute, by: 'timeout' | 'status'): number {
  const attempts = Math.min(attemptsOf(route), inService(route.pool).length);
  // The status of the last attempt is passed on, and nginx counts it as a success (ngx_http_upstream_test_next).
  if (by === 'status') return attempts - 1;
  return route.retry.on.value.includes('timeout') ? attempts : 1;
}
