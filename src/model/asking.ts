import type { Node } from '../source/node.ts';
import { everything } from './match.ts';
import { retry, timeouts } from './policy.ts';
import type { NamedPool, PoolContext } from './pools.ts';
import { type Findings, inherited, written } from './reader.ts';
import type { Given, Pool, ProxyRoute } from './topology.ts';

/** Asking the servers of a pool beside those of a route, as if that were a route of its own. What is asked is one GET. */
export function askingRoute(
  node: Node,
  id: string,
  target: NamedPool,
  { defaults, found }: Pick<PoolContext, 'defaults' | 'found'>,
): ProxyRoute {
  const layers = [written(node), ...inherited([written(target.node), defaults])];
  const own = <T>(value: T): Given<T> => ({ value, at: node.at, origin: 'default' });
  return {
    action: 'proxy',
    id,
    at: node.at,
    match: everything,
    pool: target.pool,
    timeouts: timeouts(layers, node.at, found),
    retry: retry(layers, node.at, found),
    stream: own(false),
    flush: own('auto'),
  };
}

/** Refuses what such a GET cannot be sent over; `message`: what is not done. */
export function refuseHttp2({ protocol }: Pool, message: string, found: Findings): void {
  if (protocol.value !== 'h2c' && protocol.value !== 'grpc') return;
  found.add('error', 'reference-action', protocol.at, `${message} over \`${protocol.value}\``, {
    help: 'write `http` or `https`: what is asked is one GET of HTTP/1.1',
  });
}
