import { attemptsOf } from '../model/relations.ts';
import type { Route } from '../model/topology.ts';

/** Milliseconds from the first failure of a server to the one that marks it, when its pool gets `rps` requests a second. */
export function markingTime(maxFails: number, servers: number, rps: number): number {
  return ((maxFails - 1) * servers * 1000) / rps;
}

/**
 * How many requests that fail everywhere mark every server of a pool where one failure marks. `again`: is another
 * server asked after such a failure?
 */
export function requestsThatMarkAll(route: Route, again: boolean): number {
  const { length } = route.pool.servers;
  return Math.ceil(length / (again ? Math.min(attemptsOf(route), length) : 1));
}
