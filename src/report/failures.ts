import { markingTime, turnsBetween } from '../latency/marking.ts';
import { inService } from '../model/balance.ts';
import type { Duration } from '../model/duration.ts';
import { rateOf } from '../model/relations.ts';
import type { Topology } from '../model/topology.ts';
import type { PoolUse } from './report.ts';

/**
 * Milliseconds between two failures of a server, from the first to the last that is needed where every turn meets it, and
 * where requests take turns evenly; nothing: one failure is enough.
 */
export function failures({ pool, routes }: PoolUse) {
  const { max_fails } = pool.health.passive;
  const rps = rateOf(routes.map(({ site }) => site));
  const servers = inService(pool).length;
  if (rps === undefined || servers < 2 || max_fails.value < 2 || pool.health.active) return undefined;
  const retried = routes.some(({ route }) => route.retry.tries.value !== 1);
  const turns = turnsBetween(servers, retried);
  return {
    rps,
    apart: markingTime(2, turns, rps),
    needed: markingTime(max_fails.value, turns, rps),
    certain: markingTime(max_fails.value, servers, rps),
  };
}

/** Might Caddy never mark a server of the pool with this fail window? */
export function forgets(use: PoolUse, { targets }: Topology, window: Duration): boolean {
  return targets.caddy !== undefined && (failures(use)?.certain ?? 0) >= window;
}
