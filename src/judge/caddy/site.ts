import type { Place } from '../../diagnostics/diagnostic.ts';
import type { PathMatch } from '../../model/match.ts';
import { isPrivateName } from '../../model/names.ts';
import type { SiteTls } from '../../model/topology.ts';
import { withoutSpaces } from '../../targets/caddy/matchers.ts';
import type { Listener } from '../../targets/listeners.ts';
import { pathPattern } from '../../targets/patterns.ts';
import type { SiteAddress } from './address.ts';
import { handshakeOf } from './handshake.ts';
import type { CaddyConfiguration } from './index.ts';
import type { Token } from './lexer.ts';
import { type Condition, covers, takesAll } from './matchers.ts';
import type { Notes } from './notes.ts';
import type { CaddyBlock } from './parse.ts';
import type { CaddyDirective } from './tree.ts';
import type { Step } from './walk.ts';

/** What the global options say that matters here. */
export interface Options {
  readonly http: number;
  readonly https: number;
  /** `off`, `disable_redirects` … of `auto_https`. */
  readonly auto: readonly string[];
  readonly email?: Token;
  /** A CA of one's own, which makes certificates for any name. */
  readonly privateCa: boolean;
  /** The `h3` of `protocols`. */
  readonly http3?: Token;
}

export function optionsOf({ blocks }: CaddyConfiguration): Options {
  const directives = blocks.find(({ kind }) => kind === 'options')?.directives ?? [];
  const last = (name: string): CaddyDirective | undefined => directives.findLast((one) => one.name === name);
  const port = (name: string, otherwise: number): number => {
    const number = Number(last(name)?.args[0]?.text);
    return Number.isInteger(number) && number > 0 && number < 65_536 ? number : otherwise;
  };
  const email = last('email')?.args[0];
  const servers = directives.filter(({ name }) => name === 'servers').flatMap(({ block = [] }) => block);
  const http3 = servers
    .flatMap(({ name, args }) => (name === 'protocols' ? args : []))
    .find(({ text }) => text === 'h3');
  return {
    http: port('http_port', 80),
    https: port('https_port', 443),
    auto: last('auto_https')?.args.map(({ text }) => text) ?? [],
    ...(email ? { email } : {}),
    ...(http3 ? { http3 } : {}),
    privateCa: /^https:(?!.*letsencrypt\.org)/.test(last('acme_ca')?.args[0]?.text ?? ''),
  };
}

/** One address of a site, as it is listened on. */
export interface Served {
  readonly key: Token;
  readonly address: SiteAddress;
  readonly listener: Listener;
}

export function servedOf(block: CaddyBlock, { addresses }: CaddyConfiguration, options: Options): Served[] {
  const own = block.directives.some(({ name }) => name === 'tls');
  return block.keys.flatMap((key) => {
    const address = addresses.get(key);
    return address ? [{ key, address, listener: listenerOf(address, own, options) }] : [];
  });
}

function listenerOf({ scheme, host, port }: SiteAddress, own: boolean, { http, https, auto }: Options): Listener {
  const number = Number(port);
  if (scheme === 'http') return { port: number || http, tls: false };
  if (scheme === 'https') return { port: number || https, tls: true };
  const named = host !== '' && !auto.includes('off');
  const tls = number === http ? false : number === https || own || named;
  return { port: number || (tls ? https : http), tls };
}

/** The host as addresses are written: v6 in brackets. */
export function hostOf({ address: { host } }: Served): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** `a.example`, `a.example:8443`, `:8080`: without the scheme, and without a port that goes without saying. */
export function nameOf(served: Served, { http, https }: Options): string {
  const { address, listener } = served;
  const { scheme } = address;
  const usual = listener.port === (listener.tls ? https : http);
  const shown = hostOf(served);
  if (shown === '') return scheme === '' ? `:${listener.port}` : `${scheme}://:${listener.port}`;
  return usual ? shown : `${shown}:${listener.port}`;
}

export function tlsOf(
  block: CaddyBlock,
  { address: { host }, listener, key }: Served,
  { privateCa }: Options,
  notes: Notes,
): SiteTls {
  if (!listener.tls) return { mode: 'none' };
  const words = notes.words(block.directives.findLast(({ name }) => name === 'tls')?.args ?? []);
  const [first, second] = words;
  const handshake = handshakeOf(block, key, notes);
  if (first && second) {
    const files = { certificate: notes.given(first.text, first.at), key: notes.given(second.text, second.at) };
    return { mode: 'files', ...files, ...handshake };
  }
  const own = first?.text === 'internal' || host === '' || (isPrivateName(host) && !privateCa);
  return { mode: own ? 'internal' : 'acme', ...handshake };
}

/** Which requests a route is for: in its id, in words, and as a topology says it where one can. */
export interface Way {
  /** `/api/`, `=/x`, `~^/a`, `/`. */
  readonly id: string;
  readonly path: string;
  readonly matches?: readonly PathMatch[];
  /** Takes `/api/…` in any case and not `/api`, where a topology takes both and looks at the case. */
  readonly loose: boolean;
}

/** From the conditions on the way to a handler, from outside in. */
export function wayOf(trail: readonly Step[], notes: Notes): Way {
  let strip = '';
  let shown = '/*';
  let id = '/';
  let matches: readonly PathMatch[] | undefined = [];
  let loose = false;
  let outer: Condition | undefined;
  for (const { condition, strip: taken } of trail) {
    const { paths = [], pattern, others } = condition;
    if (others) matches = undefined;
    if (pattern) {
      const own = outer ? undefined : ownPaths(pattern.text, notes.place(pattern.at));
      matches = own;
      const [first] = own ?? [];
      shown = first ? wordOf(first) : `~${pattern.text}`;
      id = first ? idOf(first.kind === 'exact' ? first.path : `${first.path}/*`) : `~${pattern.text}`;
    }
    const [first] = paths;
    if (first && !takesAll(condition)) {
      shown = strip + first.text;
      id = idOf(shown);
      const said: (PathMatch | undefined)[] = paths.map((word) => matchOf(strip + word.text, notes.place(word.at)));
      const nested: boolean = outer === undefined || covers(outer, condition);
      const known = said.filter((one) => one !== undefined);
      matches = matches && nested && !pattern && known.length === said.length ? known : undefined;
      loose ||= known.length > 0;
    }
    if (pattern || (first && !takesAll(condition))) outer = condition;
    if (taken !== undefined) {
      strip += taken;
      matches = undefined;
      outer = undefined;
    }
  }
  return { id, path: shown, loose, ...(matches ? { matches } : {}) };
}

function idOf(path: string): string {
  if (!path.startsWith('/')) return `/${path}`;
  return path.endsWith('*') ? path.slice(0, -1) : `=${path}`;
}

function wordOf({ kind, path }: PathMatch): string {
  return kind === 'exact' ? path : `${path}/*`;
}

function matchOf(text: string, at: Place): PathMatch | undefined {
  const path = text.replace(/\/\*$/, '');
  if (/[*?[\]\\%]|\/\/|\/\.\.?(?:\/|$)/.test(path) || !text.startsWith('/')) return undefined;
  return { kind: path === text ? 'exact' : 'prefix', path, at };
}

/** The paths of a pattern that proxywright writes itself (`pathPattern`); nothing when it is another. */
function ownPaths(written: string, at: Place): readonly PathMatch[] | undefined {
  const inner = /^\^\(\?:(.+)\)$/s.exec(written)?.[1] ?? written.slice(1);
  const alternatives = inner.matchAll(/((?:\\x(?:..|\{[0-9a-f]+\})|\\[^xz]|[^\\|()])*)(\\z|\(\?:\/\|\\z\))(?:\||$)/gs);
  const paths = [...alternatives].map(([, literal = '', end]): PathMatch => {
    const path = literal.replace(
      /\\x(?:\{([0-9a-f]+)\}|([0-9a-f]{2}))|\\(.)/gs,
      (_, long?: string, short?: string, one?: string) =>
        one ?? String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
    );
    return { kind: end === '\\z' ? 'exact' : 'prefix', path, at };
  });
  return paths.length > 0 && withoutSpaces(pathPattern(paths)) === written ? paths : undefined;
}
