import type { Place } from '../diagnostics/diagnostic.ts';
import { get, type Node } from '../source/node.ts';
import { defaults } from './defaults.ts';
import type { Duration } from './duration.ts';
import { type Network, networks } from './networks.ts';
import { duration, type Findings, find, inherited, type Layer, number, read, text, written } from './reader.ts';
import type { Given } from './topology.ts';

/** Everybody but some is told to come again later. */
export interface Maintenance {
  readonly at: Place;
  readonly status: Given<number>;
  /** What clients see; absent: the page of the error pages for the status. */
  readonly page?: Given<string>;
  readonly retryAfter?: Given<Duration>;
  /** Who sees the site as it is. */
  readonly allow?: Given<readonly Network[]>;
  /** Only while this file exists. */
  readonly flag?: Given<string>;
}

/** That of the route, else that of the site, as a whole; `false` is none. */
export function maintenanceOf(item: Node, above: readonly Layer[], found: Findings): Maintenance | undefined {
  const layer = [written(item), ...inherited(above)].find(({ node }) => get(node, 'maintenance'));
  const node = get(layer?.node, 'maintenance');
  if (!layer || !node || (node.kind === 'scalar' && node.value !== true)) return undefined;
  const own: Layer[] = [{ node, origin: layer.origin }];
  const page = find(own, 'page', text);
  const retryAfter = find(own, 'retry_after', duration(found));
  const allow = find(own, 'allow', networks(found, ['private']));
  const flag = find(own, 'flag', text);
  return {
    at: node.at,
    status: read<number>(own, 'status', number, defaults.maintenance.status, node.at),
    ...(page ? { page } : {}),
    ...(retryAfter ? { retryAfter } : {}),
    ...(allow && allow.value.length > 0 ? { allow } : {}),
    ...(flag ? { flag } : {}),
  };
}

/** The folder of a flag: a file that may not be there cannot be shown to a container by itself. */
export function flagFolder(flag: string): string {
  return flag.slice(0, flag.lastIndexOf('/'));
}
