import type { Node } from '../source/node.ts';
import { type Network, networks } from './networks.ts';
import { type Findings, find, inherited, type Layer, written } from './reader.ts';
import type { Given } from './topology.ts';

/** Who may ask, by the address of the client; everybody else is answered 403 before anything else is done. */
export interface Access {
  /** Nobody else may. */
  readonly allow?: Given<readonly Network[]>;
  /** These may not, whatever `allow` says. */
  readonly deny?: Given<readonly Network[]>;
}

/** Each list is that of the route, else that of the site; an empty one is none. */
export function accessOf(item: Node, above: readonly Layer[], found: Findings): Access | undefined {
  const layers = [written(item), ...inherited(above)];
  const list = networks(found, ['private']);
  const allow = find(layers, 'allow', list);
  const deny = find(layers, 'deny', list);
  const some = (one: Given<readonly Network[]> | undefined) => (one && one.value.length > 0 ? one : undefined);
  const [allowed, denied] = [some(allow), some(deny)];
  if (!allowed && !denied) return undefined;
  return { ...(allowed ? { allow: allowed } : {}), ...(denied ? { deny: denied } : {}) };
}
