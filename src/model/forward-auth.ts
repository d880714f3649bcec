import { get, type Node } from '../source/node.ts';
import { askingRoute, refuseHttp2 } from './asking.ts';
import { type Headers, refusedHeader } from './headers.ts';
import { type NamedPool, type PoolContext, poolOfRoute } from './pools.ts';
import { type Findings, find, text, written } from './reader.ts';
import type { Given, Pool, ProxyRoute } from './topology.ts';

/** Servers that are asked before a request goes on, whether it may. */
export interface ForwardAuth {
  /** How they are asked: as if they were the servers of a route. */
  readonly asks: ProxyRoute;
  readonly path: Given<string>;
  /** Headers of their answer that the servers of the route get, in place of what a client wrote there. */
  readonly copied: readonly Given<string>[];
}

/** That of the route, else that of its site. */
export function authOfRoute(
  item: Node,
  id: string,
  { site, headers }: { readonly site: Auth | undefined; readonly headers: Headers | undefined },
  context: Context,
): Auth | undefined {
  const own = get(item, 'forward_auth');
  const auth = own ? forwardAuthOf(own, id, context) : site;
  for (const { value, at } of auth && auth !== 'none' ? auth.copied : []) {
    const change = headers?.request.find(({ name }) => name.toLowerCase() === value.toLowerCase());
    if (!change) continue;
    context.found.add('error', 'reference-header', change.given.at, `\`copy_headers\` says \`${value}\` already`, {
      help: 'keep one of the two',
      related: [{ place: at, message: 'copied from the answer of the auth server' }],
    });
  }
  return auth;
}

type Auth = ForwardAuth | 'none';

interface Context extends PoolContext {
  readonly named: Map<string, NamedPool>;
}

/** That of one place; `none`: nobody is asked, whatever is said further out. */
export function forwardAuthOf(node: Node | undefined, id: string, context: Context): Auth | undefined {
  if (!node || text(node) === 'none') return node && 'none';
  const upstream = get(node, 'upstream');
  const path = find([written(node)], 'path', text);
  const { found } = context;
  const target = upstream && poolOfRoute(upstream, `${id}-auth`, context.named, context);
  if (!target || !path) return undefined;
  refuseHttp2(target.pool, 'auth servers are not asked', found);
  refuseSticky(target.pool, found);
  return {
    asks: askingRoute(node, `${id} forward_auth`, target, context),
    path,
    copied: copiedOf(get(node, 'copy_headers'), found),
  };
}

/** No cookie of what they answer comes to the client. */
function refuseSticky({ balance }: Pool, found: Findings): void {
  if (typeof balance.value === 'object' && 'sticky' in balance.value) {
    found.add('error', 'reference-action', balance.at, '`sticky` means nothing to auth servers', {
      why: 'the cookie would be part of an answer that no client sees',
      help: 'write `{ hash: client_ip }`, or a hash of the session’s cookie',
    });
  }
}

function copiedOf(node: Node | undefined, found: Findings): Given<string>[] {
  if (node?.kind !== 'sequence') return [];
  const seen = new Map<string, Node>();
  return node.items.flatMap((item): Given<string>[] => {
    const name = text(item);
    if (name === undefined) return [];
    const refused = refusedHeader(name, 'request', 'set');
    const before = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), item);
    if (refused) found.add('error', 'reference-header', item.at, refused.message, { help: refused.help });
    else if (before) {
      found.add('error', 'reference-duplicate', item.at, `\`${name}\` is written twice`, {
        help: 'keep one of the two',
        related: [{ place: before.at, message: 'the other one' }],
      });
    }
    return refused || before ? [] : [{ value: name, at: item.at, origin: 'written' }];
  });
}
