import type { Given, ProxyRoute, Site } from '../../model/topology.ts';
import { matcherOf } from './directives.ts';
import { linesAround } from './left.ts';
import { takesAll } from './matchers.ts';
import { routeOf, unsayable } from './model.ts';
import type { Notes } from './notes.ts';
import type { CaddyBlock } from './parse.ts';
import type { ReadProxy } from './proxy.ts';
import { hostOf, type Options, type Served, tlsOf, type Way } from './site.ts';
import type { CaddyDirective } from './tree.ts';
import type { Answer, Hop } from './walk.ts';

/** A block of a site with what its handlers are. */
export interface SiteBlock {
  readonly block: CaddyBlock;
  readonly name: string;
  readonly served: readonly Served[];
  readonly routes: readonly Placed[];
  /** Those who are asked when something failed. */
  readonly errors: readonly Hop[];
  /** The same for what Caddy itself refuses, such as a file that is not there. */
  readonly refusals: readonly Hop[];
}

export interface Placed {
  readonly id: string;
  readonly way: Way;
  readonly answer: Answer;
}

interface Saying {
  readonly notes: Notes;
  readonly options: Options;
  readonly proxies: ReadonlyMap<CaddyDirective, ReadProxy>;
}

/** What blocks say of each other, which in a topology is a word of one site. */
export interface Around {
  /** Blocks that are such a word. */
  readonly folded: ReadonlySet<SiteBlock>;
  /** What plain http does for the names of a site with TLS. */
  readonly http: ReadonlyMap<SiteBlock, 'redirect' | 'serve'>;
  /** Names that are sent on to a site. */
  readonly from: ReadonlyMap<SiteBlock, readonly Served[]>;
}

/** Blocks that only redirect, that serve the same over plain http, and that refuse the names which no site has. */
export function aroundOf(blocks: readonly SiteBlock[], options: Options): Around {
  const folded = new Set<SiteBlock>();
  const http = new Map<SiteBlock, 'redirect' | 'serve'>();
  const from = new Map<SiteBlock, Served[]>();
  const secure = new Map<string, SiteBlock>();
  const any = new Map<string, SiteBlock>();
  for (const block of blocks) {
    if (redirectOf(block, options)) continue;
    for (const { address, listener } of block.served) {
      if (listener.tls && listener.port === options.https && !secure.has(address.host)) secure.set(address.host, block);
      const where = `${address.host}:${listener.port}`;
      if (!any.has(where)) any.set(where, block);
    }
  }
  for (const block of blocks) {
    const { served } = block;
    const [first] = served;
    if (!first) continue;
    const plain = served.every(({ listener }) => !listener.tls && listener.port === options.http);
    const twin = plain ? secure.get(first.address.host) : undefined;
    const to = redirectOf(block, options);
    const target = to === undefined ? undefined : any.get(to);
    if (to === 'requested' && twin) {
      http.set(twin, 'redirect');
      folded.add(block);
    } else if (target && to !== undefined && !served.some(({ address }) => to.startsWith(`${address.host}:`))) {
      const known = from.get(target) ?? [];
      const names = new Set(known.map(({ address }) => address.host));
      from.set(target, [...known, ...served.filter(({ address }) => !names.has(address.host))]);
      folded.add(block);
    } else if (twin && twin !== block && same(twin, block)) {
      http.set(twin, 'serve');
      folded.add(block);
    } else if (refuses(block)) folded.add(block);
  }
  return { folded, http, from };
}

/** Where a block sends all its requests for good: a name and a port, or to https under the same name. */
function redirectOf({ routes }: SiteBlock, options: Options): string | undefined {
  const [only, second] = routes;
  const directive = only?.answer.directive;
  if (second || directive?.name !== 'redir' || !only?.answer.trail.every(({ condition }) => takesAll(condition)))
    return undefined;
  const [to, code] = matcherOf(directive).args;
  if (code?.text !== '308') return undefined;
  const [, scheme, host, port] =
    /^(https?):\/\/(\{host\}|[^/{}:]+|\[[^\]]+\])(?::(\d+))?\{uri\}$/.exec(to?.text ?? '') ?? [];
  if (host === undefined) return undefined;
  const usual = scheme === 'https' ? options.https : options.http;
  return host === '{host}' ? 'requested' : `${host.toLowerCase().replace(/^\[|\]$/g, '')}:${port ?? usual}`;
}

function refuses({ routes, served }: SiteBlock): boolean {
  const [only, second] = routes;
  const directive = only?.answer.directive;
  const nameless = served.every(({ address }) => address.host === '');
  return nameless && !second && directive?.name === 'respond' && matcherOf(directive).args[0]?.text === '421';
}

/** Do two blocks ask the same servers for the same, word for word? */
function same(a: SiteBlock, b: SiteBlock): boolean {
  const pages = a.refusals.length + b.refusals.length > 0;
  const beside = new Set(['tls', 'log', 'bind', 'header', 'header_down', ...(pages ? [] : ['handle_errors'])]);
  const words = (all: readonly CaddyDirective[]): unknown =>
    all.flatMap(({ name, args, block = [] }) =>
      beside.has(name) ? [] : [[name, args.map(({ text }) => text), words(block)]],
    );
  return JSON.stringify(words(a.block.directives)) === JSON.stringify(words(b.block.directives));
}

/** The route as a topology says it; what keeps one from it is noted. */
export function sayable(
  { id, way, answer }: Placed,
  { name, block, errors, served, routes }: SiteBlock,
  missing: boolean,
  work: Saying,
): ProxyRoute | undefined {
  const { notes } = work;
  const { directive, kind, before, after } = answer;
  if (kind !== 'proxy') {
    // What no route takes is answered with 404 by a topology, too.
    const missing404 = directive.name === 'respond' && directive.args.length === 1 && directive.args[0]?.text === '404';
    // A body that is too large is refused before it comes.
    const tooLarge = directive.name === 'error' && matcherOf(directive).args[0]?.text === '413';
    if (kind === 'own' && !missing404 && !tooLarge)
      notes.leave(directive.head, `\`${directive.name}\`: an answer of Caddy’s own`);
    return undefined;
  }
  const proxy = work.proxies.get(directive);
  if (!proxy) return undefined;
  const leave = (what: string): undefined => notes.leave(directive.head, what) as undefined;
  const [hop] = [...before, ...after, ...errors];
  const asks = (directive.block ?? []).some(({ name }) => name === 'rewrite');
  if (proxy.responses.length > 0) return leave(`\`handle_response\`${asks ? ': see `forward_auth`' : ''}`);
  if (missing) return leave('a site of which not everything is among the files');
  if (hop) return leave(`\`${hop.name}\` beside it${hop.name === 'forward_auth' ? passesOn : ''}`);
  if (!way.matches) return leave(`a route by more than its path: ${way.path}`);
  if (served.length === 0) return leave('a site whose address is not understood');
  const why = unsayable(proxy);
  if (why !== undefined) return leave(why);
  if (way.loose) {
    const prefix = way.path.endsWith('/*') ? `, and not \`${way.path.slice(0, -2)}\` itself` : '';
    notes.leave(directive.head, `\`${way.path}\` in upper case as well${prefix}`);
  }
  const number = routes.findIndex(({ answer: other }) => other === answer) + 1;
  const around = linesAround(block.directives, directive) ?? [];
  const poolName = number > 1 ? `${name}-${number}` : name;
  return routeOf({ id, poolName, paths: way.matches, read: proxy, around }, notes);
}

/** What the word of the same name does not. */
const passesOn = ': as a word of a topology it passes on 401 and 403 alone, and no other answer of the auth server';

/** A site with the routes that can be said; nothing when there are none. */
export function siteOf(
  site: SiteBlock,
  routes: readonly ProxyRoute[],
  around: Around,
  { notes, options }: Saying,
): Site | undefined {
  const { block, name, served } = site;
  const [first, ...others] = served;
  const head = block.keys[0];
  if (!first || !head || routes.length === 0) return undefined;
  const { address, listener } = first;
  const at = notes.place(head);
  const usual = listener.port === (listener.tls ? options.https : options.http);
  const isTwin = (one: Served): boolean =>
    listener.tls && usual && !one.listener.tls && one.listener.port === options.http && named(site, one.address.host);
  const aliases = others.filter((one) => one.listener.port === listener.port && one.listener.tls === listener.tls);
  for (const one of others) {
    if (!aliases.includes(one) && !isTwin(one)) notes.leave(one.key, `the address ${one.key.text} beside ${head.text}`);
  }
  const http = others.some(isTwin) ? 'serve' : around.http.get(site);
  const automatic = listener.tls && usual && !options.auto.some((one) => one === 'off' || one === 'disable_redirects');
  const told = (one: Served): Given<string> => notes.given(hostOf(one), one.key);
  return {
    id: name,
    ...(address.host === '' ? {} : { name: hostOf(first) }),
    at,
    ...(usual ? {} : { port: listener.port }),
    aliases: aliases.map(told),
    redirectFrom: (around.from.get(site) ?? []).map(told),
    tls: { value: tlsOf(block, first, options, notes), at, origin: 'written' },
    http: notes.own(http ?? (automatic ? 'redirect' : 'none'), head, 'what the Caddyfile says of plain http'),
    routes,
  };
}

function named({ served }: SiteBlock, host: string): boolean {
  return served.some(({ address, listener }) => listener.tls && address.host === host);
}
