import { own } from './inherit.ts';
import type { Word } from './lexer.ts';
import type { Directive } from './parse.ts';
import { mainListener } from './routes.ts';
import type { Location, Server } from './servers.ts';

/** What servers that only redirect say of the others, which in a topology is a word of one site. */
export interface Redirects {
  /** Names whose plain http leads to https. */
  readonly plain: ReadonlySet<string>;
  /** The names that lead to another one, by that one in lower case. */
  readonly from: ReadonlyMap<string, readonly { readonly name: Word; readonly server: Server }[]>;
  /** The servers whose redirect is one of these; for those of `from` if a site has the name. */
  to(server: Server): string | undefined;
}

/** The Host of the request, in the URL that a server redirects to. */
const requested = '$host';

export function redirectsOf(servers: readonly Server[]): Redirects {
  const plain = new Set<string>();
  const from = new Map<string, { name: Word; server: Server }[]>();
  const targets = new Map<Server, string>();
  for (const server of servers) {
    const target = targetOf(server);
    if (target === undefined) continue;
    const { tls } = mainListener(server.listeners);
    if (target === requested && tls) continue;
    targets.set(server, target);
    for (const name of server.names) {
      if (target === requested || target === name.text.toLowerCase()) plain.add(name.text);
      else {
        const list = from.get(target) ?? [];
        if (!list.some((one) => one.name.text === name.text)) from.set(target, [...list, { name, server }]);
      }
    }
  }
  return { plain, from, to: (server) => targets.get(server) };
}

/** Where all requests but challenges are sent, with path and query; `$host` for the same name. */
function targetOf({ block, locations }: Server): string | undefined {
  const blocks = own(block, 'return') ? [block] : locations.all.filter((one) => !isChallenge(one)).map(innermost);
  const targets = new Set(blocks.map(redirectOf));
  const [only] = targets;
  return targets.size === 1 ? only : undefined;
}

function redirectOf(block: readonly Directive[]): string | undefined {
  const [code = '', url = ''] = own(block, 'return')?.[0]?.args.map(({ text }) => text) ?? [];
  const [, host] =
    /^(?:https?|\$scheme):\/\/(\$(?:host|server_name|http_host)|[^/:$]+)(?::\d+)?\$request_uri$/.exec(url) ?? [];
  if (!/^30[1278]$/.test(code) || host === undefined) return undefined;
  return host.startsWith('$') ? requested : host.toLowerCase();
}

/** Files that the certificate client writes. */
export function isChallenge({ path }: Location): boolean {
  return path.startsWith('/.well-known/acme-challenge');
}

export function innermost({ scopes }: Location): readonly Directive[] {
  return scopes.at(-1) ?? [];
}
