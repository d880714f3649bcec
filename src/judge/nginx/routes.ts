import type { Place } from '../../diagnostics/diagnostic.ts';
import type { PathMatch } from '../../model/match.ts';
import { pathPattern } from '../../targets/patterns.ts';
import { own } from './inherit.ts';
import { type Location, type NginxListen, placeOf, type Server, type World } from './servers.ts';

/** The locations that clients may ask for: neither named nor internal ones. With nothing for the rest, the server itself. */
export function publicLocations(server: Server): readonly Location[] {
  const { all, prefix } = server.locations;
  // `return` of a server answers before any location is looked for.
  if (own(server.block, 'return')) return [server.rest];
  // Every path of a client begins with a slash: a location without one is for rewrites only.
  const asked = ({ match, path }: Location): boolean =>
    match !== 'named' && (path.startsWith('/') || (match !== 'exact' && match !== 'prefix' && match !== 'priority'));
  const found = all.filter((location) => asked(location) && !own(location.scopes.at(-1) ?? [], 'internal'));
  return prefix.has('/') ? found : [...found, server.rest];
}

/** `a.example.com`, `a.example.com:8443`, or `default` for a server without a name. */
export function siteName({ names, listeners }: Server): string {
  const [first] = names;
  const { port, tls } = mainListener(listeners);
  const name =
    first === undefined || first.text === '_' || first.text === '' ? 'default' : (labelled(first.text) ?? first.text);
  return port === (tls ? 443 : 80) ? name : `${name}:${port}`;
}

/** The one with TLS, if there is one. */
export function mainListener(listeners: readonly NginxListen[]): NginxListen {
  return listeners.find(({ tls }) => tls) ?? listeners[0] ?? { port: 80, tls: false };
}

/** Our own pattern for `*.example.com`, of which nginx’s form would take names of any depth. */
function labelled(name: string): string | undefined {
  const [, rest] = /^~\^\[\^\.\]\+((?:\\\.[\w-]+)+)\$$/.exec(name) ?? [];
  return rest && `*${rest.replaceAll('\\.', '.')}`;
}

/** What an id and a report call the paths of a location. */
export interface PathNames {
  /** Behind the site: `/api/`, `=/x`, `~\.php$`. */
  readonly id: string;
  /** As a report shows it: `/api/*`. */
  readonly shown: string;
  /** What a topology would say; nothing where it cannot. Empty: every path. */
  readonly paths?: readonly PathMatch[];
}

export function pathNames(location: Location, world: World): PathNames {
  const { match, path, directive } = location;
  const word = directive?.args.at(-1);
  const at = directive ? placeOf(world, directive, word) : world.configuration.main.source.place(0, 1);
  switch (match) {
    case 'rest':
      return { id: '/', shown: '/*', paths: [] };
    case 'exact':
      return { id: `=${path}`, shown: path, paths: [{ kind: 'exact', path, at }] };
    case 'prefix':
    case 'priority': {
      const kind =
        path === '/' ? { paths: [] } : { paths: [{ kind: 'prefix', path: path.replace(/\/$/, ''), at } as const] };
      return { id: path, shown: `${path}*`, ...(path.startsWith('/') ? kind : {}) };
    }
    case 'regex': {
      const paths = pathsOf(path, at);
      const [first] = paths ?? [];
      if (!paths || !first) return { id: `~${path}`, shown: `~ ${path}` };
      return first.kind === 'exact'
        ? { id: `=${first.path}`, shown: first.path, paths }
        : { id: `${first.path}/`, shown: `${first.path}/*`, paths };
    }
    default:
      return { id: `~*${path}`, shown: `~* ${path}` };
  }
}

/** The paths that we would print as this pattern. */
function pathsOf(pattern: string, at: Place): readonly PathMatch[] | undefined {
  const [, inner] = /^\^\(\?:(.*)\)$/s.exec(pattern) ?? [];
  const alternatives =
    inner === undefined || !/(?:\\z|\(\?:\/\|\\z\))$/.test(inner) ? [pattern.slice(1)] : split(inner);
  const paths = alternatives.flatMap((one): PathMatch[] => {
    const prefix = one.endsWith('(?:/|\\z)');
    const literal = prefix ? one.slice(0, -'(?:/|\\z)'.length) : one.replace(/\\z$/, '');
    const path = literal.replace(/\\(?:x([0-9a-f]{2})|(.))/gs, (_, hex?: string, other = '') =>
      hex === undefined ? other : String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return [{ kind: prefix ? 'prefix' : 'exact', path, at }];
  });
  // Only what prints to the same again is ours.
  return pathPattern(paths) === pattern ? paths : undefined;
}

/** At the `|` outside of brackets and escapes. */
function split(pattern: string): string[] {
  const parts: string[] = [];
  let [start, depth] = [0, 0];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) {
      parts.push(pattern.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, pattern.slice(start)];
}
