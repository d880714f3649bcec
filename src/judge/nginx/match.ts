import type { Location, Locations, Server } from './servers.ts';

/**
 * Where a request for a path may be handled; several when a pattern cannot be told, or only the
 * start of the path is known. Nothing: there are too many to look at.
 */
export function locationsFor(server: Server, uri: string): readonly Location[] | undefined {
  const known = seen.get(server) ?? new Map<string, readonly Location[] | undefined>();
  seen.set(server, known);
  if (!known.has(uri)) known.set(uri, look(server, uri));
  return known.get(uri);
}

const seen = new WeakMap<Server, Map<string, readonly Location[] | undefined>>();

/** More locations than a person reads, and too many to look at for each path. */
const most = 1000;

function look(server: Server, uri: string): readonly Location[] | undefined {
  const path = uri.split('?', 1)[0] ?? '';
  const dollar = path.indexOf('$');
  const { all, regex } = server.locations;
  if ((dollar < 0 ? regex : all).length > most) return undefined;
  const found = dollar < 0 ? descend(server.locations, path) : beginning(server, path.slice(0, dollar));
  return found.locations.length > 0 || !found.certain ? [...found.locations, ...rest(server, found)] : [server.rest];
}

interface Found {
  readonly locations: readonly Location[];
  /** One of these and no other. */
  readonly certain: boolean;
  /** A regular expression decided, or an exact match: those further out are not looked at. */
  readonly final: boolean;
}

function rest(server: Server, { certain, locations }: Found): readonly Location[] {
  return certain || locations.some(({ path, match }) => path === '/' && match === 'prefix') ? [] : [server.rest];
}

/** As `ngx_http_core_find_location` does it: exact, the longest prefix, what is nested in it, then patterns in order. */
function descend(locations: Locations, path: string): Found {
  const exact = locations.exact.get(path);
  if (exact) return { locations: [exact], certain: true, final: true };
  const prefix = longest(locations, path);
  const inner = prefix && descend(prefix.nested, path);
  if (inner?.final && inner.certain) return inner;
  const reached = inner && inner.locations.length > 0 ? inner.locations : prefix ? [prefix] : [];
  if (prefix?.match === 'priority') return { locations: reached, certain: inner?.certain ?? true, final: false };

  const maybe: Location[] = [];
  for (const location of locations.regex) {
    const matches = test(location, path);
    if (matches === false) continue;
    const nested = descend(location.nested, path);
    maybe.push(...(nested.locations.length > 0 ? nested.locations : [location]));
    if (!nested.certain || (nested.locations.length > 0 && !nested.final)) maybe.push(location);
    if (matches)
      return {
        locations: [...(inner?.final ? inner.locations : []), ...maybe],
        certain: maybe.length === 1,
        final: true,
      };
  }
  const certain = maybe.length === 0 && (inner?.certain ?? true);
  return { locations: [...reached, ...maybe], certain, final: false };
}

function longest({ prefix }: Locations, path: string): Location | undefined {
  if (prefix.size === 0) return undefined;
  for (let length = path.length; length >= 0; length--) {
    const found = prefix.get(path.slice(0, length));
    if (found) return found;
  }
  return undefined;
}

/** All that may take a path of which only the start is known. */
function beginning({ locations }: Server, start: string): Found {
  const found = locations.all.filter(({ match, path }) => {
    if (match === 'named') return false;
    if (match.endsWith('regex')) return true;
    return path.startsWith(start) || (match !== 'exact' && start.startsWith(path));
  });
  return { locations: found, certain: false, final: false };
}

/** Nothing: it cannot be told. A pattern of PCRE may mean something else here, and some would take for ever. */
function test({ match, path: pattern }: Location, path: string): boolean | undefined {
  const repeats = pattern.match(/[*+{]/g)?.length ?? 0;
  const nested = /\)[*+{?]/.test(pattern) && !/^[^()]*\(\?:[^()*+{]*\)\?[^()]*$/.test(pattern);
  if (repeats > 3 || nested || path.length > 1000 || /\(\?[^:]|\\[^./\-\w]|\\[ARGKXHhQE]/.test(pattern))
    return undefined;
  try {
    return new RegExp(pattern.replaceAll('\\z', '$'), match === 'insensitive regex' ? 'i' : '').test(path);
  } catch {
    return undefined;
  }
}
