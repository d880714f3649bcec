import type { Entry, Mapping, Node } from '../source/node.ts';

/**
 * The short forms of the language, one row each: where they may stand, and what they mean.
 * After this table nothing knows that they existed; every value keeps the place where it was written.
 */
const shortForms: readonly { readonly where: string; readonly long: (node: Node) => Node }[] = [
  { where: 'sites/*', long: siteWithRoutes },
  { where: 'sites/*/routes/*/upstream', long: (node) => (node.kind === 'sequence' ? wrap('servers', node) : node) },
  { where: 'sites/*/routes/*/upstream/servers/*', long: fromScalar('address') },
  ...['sites/*', 'sites/*/routes/*'].flatMap((place) => [
    {
      where: `${place}/forward_auth/upstream`,
      long: (node: Node) => (node.kind === 'sequence' ? wrap('servers', node) : node),
    },
    { where: `${place}/forward_auth/upstream/servers/*`, long: fromScalar('address') },
  ]),
  ...['path', 'method', 'host', 'client'].flatMap((key) => [
    { where: `sites/*/routes/*/match/${key}`, long: fromOne },
    { where: `sites/*/routes/*/match/not/${key}`, long: fromOne },
  ]),
  { where: 'upstreams/*/servers/*', long: fromScalar('address') },
  { where: '**/error_pages/*/respond', long: fromScalar('status') },
  { where: '**/error_pages/*/redirect', long: fromScalar('to') },
  { where: '**/error_pages/*/upstream', long: (node) => (node.kind === 'sequence' ? wrap('servers', node) : node) },
  { where: '**/error_pages/*/upstream/servers/*', long: fromScalar('address') },
  { where: 'sites/*/routes/*/respond', long: fromScalar('status') },
  { where: 'sites/*/routes/*/redirect', long: fromScalar('to') },
  { where: 'sites/*/routes/*/files', long: fromScalar('root') },
  { where: 'sites/*/routes/*/rewrite', long: fromScalar('to') },
  { where: '**/health/active', long: fromScalar('path') },
  { where: '**/keepalive', long: fromScalar('connections') },
  { where: '**/tls', long: fromScalar('mode') },
  { where: '**/tls/hsts', long: fromScalar('max_age') },
  { where: '**/tls/client', long: fromScalar('ca') },
  { where: 'edge/trusted_proxies', long: (node) => (node.kind === 'scalar' ? listOf(node) : node) },
  {
    where: 'edge/resolver',
    long: (node) => (node.kind === 'scalar' ? listOf({ ...node, value: '127.0.0.11' }) : node),
  },
];

/** Words that belong to one route, and that a site without `routes` may carry itself. */
export const routeWords: readonly string[] = [
  'name',
  'upstream',
  'respond',
  'redirect',
  'files',
  'strip_prefix',
  'add_prefix',
  'rewrite',
  'timeouts',
  'retry',
  'stream',
  'flush',
];

type ShortForm = { readonly where: readonly string[]; readonly long: (node: Node) => Node };

/** By their last word, so that a value is compared with few of them. */
const byWord = new Map<string, ShortForm[]>();
for (const { where, long } of shortForms) {
  const parts = where.split('/');
  const word = parts.at(-1) ?? '';
  byWord.set(word, [...(byWord.get(word) ?? []), { where: parts, long }]);
}

export function canonical(root: Node): Node {
  return rewrite(root, []);
}

/** The map that a value is short for where a map can stand, so that another one can be laid over it. */
export function asMap(node: Node, path: readonly string[]): Mapping | undefined {
  if (node.kind === 'mapping') return node;
  if (node.kind === 'scalar' && node.value === null) return undefined;
  const [section, site = '', ...inside] = path;
  if (section === 'sites' && inside.length === 0 && path.length === 2) return wrap('upstream', node);
  // A site without routes takes the words of one.
  const isRoute = section === 'sites' && inside[0] !== 'routes';
  const long = written(node, isRoute ? ['sites', site, 'routes', '0', ...inside] : path);
  return long.kind === 'mapping' ? long : undefined;
}

function written(node: Node, path: readonly string[]): Node {
  const isHere = ({ where }: ShortForm): boolean => matches(where, path);
  const row = byWord.get(path.at(-1) ?? '')?.find(isHere) ?? byWord.get('*')?.find(isHere);
  return row ? row.long(node) : node;
}

function rewrite(node: Node, path: readonly string[]): Node {
  const long = written(node, path);
  if (long.kind === 'sequence') {
    return { ...long, items: long.items.map((item, index) => rewrite(item, [...path, String(index)])) };
  }
  if (long.kind !== 'mapping') return long;
  const entries = new Map<string, Entry>();
  for (const [key, entry] of long.entries) entries.set(key, { ...entry, value: rewrite(entry.value, [...path, key]) });
  return { ...long, entries };
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === '**') {
    return path.length >= rest.length && matches(rest, path.slice(path.length - rest.length));
  }
  return pattern.length === path.length && pattern.every((part, index) => part === '*' || part === path[index]);
}

function wrap(key: string, value: Node): Mapping {
  return { kind: 'mapping', at: value.at, entries: new Map([[key, { keyAt: value.at, value }]]) };
}

function fromScalar(key: string): (node: Node) => Node {
  return (node) => (node.kind === 'scalar' && node.value !== null ? wrap(key, node) : node);
}

function listOf(node: Node): Node {
  return { kind: 'sequence', at: node.at, items: [node] };
}

function fromOne(node: Node): Node {
  return node.kind === 'scalar' ? listOf(node) : node;
}

/** An address, a list or a name is a site with one route; so is a map without `routes`. */
function siteWithRoutes(node: Node): Node {
  if (node.kind !== 'mapping') return wrap('routes', listOf(wrap('upstream', node)));
  if (node.entries.has('routes')) return node;
  const own = new Map<string, Entry>();
  const moved = new Map<string, Entry>();
  for (const [key, entry] of node.entries) {
    (key === 'budget' || routeWords.includes(key) ? moved : own).set(key, entry);
  }
  const route: Mapping = { kind: 'mapping', at: node.at, entries: moved };
  return { ...node, entries: own.set('routes', { keyAt: node.at, value: listOf(route) }) };
}
