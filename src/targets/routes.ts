import { takesAll } from '../model/match.ts';
import type { Route, Site } from '../model/topology.ts';

/** The routes of a site up to the first that takes every request: what stands behind it is never reached. */
export function reachableRoutes(site: Site): readonly Route[] {
  const last = site.routes.findIndex(({ match }) => takesAll(match));
  return last < 0 ? site.routes : site.routes.slice(0, last + 1);
}
