import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import { get, type Node } from '../source/node.ts';
import { defaults } from './defaults.ts';
import type { PathMatch } from './match.ts';
import { pathsOf } from './matches.ts';
import { type Network, networks } from './networks.ts';
import { type Findings, find, inherited, type Layer, read, text, written } from './reader.ts';
import type { Given, Topology } from './topology.ts';

/** Who must give a name and a password, and which ones are right. */
export interface BasicAuth {
  readonly at: Place;
  /** By name, the bcrypt hash of each password; those of `usersFile` as well, once it was read. */
  readonly users: ReadonlyMap<string, Given<string>>;
  readonly usersFile?: Given<string>;
  readonly realm: Given<string>;
  /** Who comes from these need not. */
  readonly exceptClients: readonly Network[];
  /** These are open to everybody. */
  readonly exceptPaths: readonly PathMatch[];
}

/** That of the route, else that of the site, as a whole; `false` is none. */
export function basicAuthOf(item: Node, above: readonly Layer[], found: Findings): BasicAuth | undefined {
  const layer = [written(item), ...inherited(above)].find(({ node }) => get(node, 'basic_auth'));
  const node = get(layer?.node, 'basic_auth');
  if (node?.kind === 'scalar' && node.value === true) {
    found.add('error', 'schema-type', node.at, '`basic_auth: true` names nobody who may come in', {
      help: 'write `basic_auth: { users: { NAME: HASH } }`, or `{ users_file: FILE }`',
    });
  }
  if (!layer || node?.kind !== 'mapping') return undefined;
  const own: Layer = { node, origin: layer.origin };
  const listed = get(node, 'users');
  const users = new Map<string, Given<string>>();
  for (const [name, { value }] of listed?.kind === 'mapping' ? listed.entries : []) {
    const hash = text(value);
    if (hash !== undefined) users.set(name, { value: hash, at: value.at, origin: layer.origin });
  }
  const usersFile = find([own], 'users_file', text);
  if (!listed && !usersFile) {
    found.add('error', 'schema-missing-key', { ...node.at, part: 'key' }, '`users` is missing: nobody would get in', {
      help: 'write `users: { NAME: HASH }`, or `users_file: FILE`',
    });
  }
  const except = get(node, 'except');
  const items = except?.kind === 'sequence' ? except.items : except ? [except] : [];
  const isPath = (one: Node): boolean => text(one)?.startsWith('/') ?? false;
  const list = (some: readonly Node[]): Node => ({ kind: 'sequence', at: except?.at ?? node.at, items: some });
  return {
    at: node.at,
    users: sorted(users),
    ...(usersFile ? { usersFile } : {}),
    realm: read<string>([own], 'realm', text, defaults.basic_auth.realm, node.at),
    exceptClients: networks(found, ['private'])(list(items.filter((one) => !isPath(one)))) ?? [],
    exceptPaths: pathsOf(list(items.filter(isPath)), found),
  };
}

/** A topology whose users are those of its files as well, and what is wrong with these; itself where no file can be asked. */
export function withUsers(
  topology: Topology,
  textOf: ((path: string) => string | undefined) | undefined,
): { readonly topology: Topology; readonly diagnostics: readonly Diagnostic[] } {
  if (!textOf) return { topology, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  const known = new Map<string, BasicAuth['users']>();
  // A file of a site is that of each of its routes.
  const fileUsers = (file: Given<string>): BasicAuth['users'] => {
    const key = `${file.at.source} ${file.at.path}`;
    const before = known.get(key);
    if (before) return before;
    const { users, problems } = usersOf(file, textOf(file.value));
    diagnostics.push(...problems);
    known.set(key, users);
    return users;
  };
  const whole = (auth: BasicAuth): BasicAuth =>
    auth.usersFile ? { ...auth, users: sorted(new Map([...fileUsers(auth.usersFile), ...auth.users])) } : auth;
  const sites = topology.sites.map((site) =>
    site.routes.some(({ basicAuth }) => basicAuth?.usersFile)
      ? {
          ...site,
          routes: site.routes.map((one) => (one.basicAuth ? { ...one, basicAuth: whole(one.basicAuth) } : one)),
        }
      : site,
  );
  const changed = sites.some((site, index) => site !== topology.sites[index]);
  return { topology: changed ? { ...topology, sites } : topology, diagnostics };
}

/** No order of them means anything. */
function sorted(users: BasicAuth['users']): BasicAuth['users'] {
  return new Map([...users].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const line = /^([^:]*):(.*)$/;
const bcrypt = /^\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/;
/** What both proxies read as one name, however it is quoted. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;

/** The users of a file as `htpasswd` writes it: a line each, `#` begins a comment. */
function usersOf(
  file: Given<string>,
  content: string | undefined,
): { readonly users: ReadonlyMap<string, Given<string>>; readonly problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const name = JSON.stringify(file.value);
  const wrong = (message: string, help: string): void => {
    problems.push({ rule: 'reference-file', severity: 'error', message: `${name} ${message}`, help, place: file.at });
  };
  const users = new Map<string, Given<string>>();
  if (content === undefined) {
    wrong('cannot be read', 'a path is relative to the topology file; let the user who runs this read it');
    return { users, problems };
  }
  for (const [index, row] of content.split(/\r?\n/).entries()) {
    if (row.trim() === '' || row.startsWith('#')) continue;
    const [, user = '', hash = ''] = line.exec(row) ?? [];
    const where = `line ${index + 1}`;
    if (!plainName.test(user)) {
      wrong(`has no name that both proxies can use on ${where}`, 'a name has letters, digits, . _ @ + and -');
    } else if (!bcrypt.test(hash.trim())) {
      const help = `make it anew: \`htpasswd -B -C 8 ${file.value} ${user}\``;
      wrong(`has a password of \`${user}\` on ${where} that is not hashed by bcrypt`, help);
    } else users.set(user, { ...file, value: hash.trim() });
  }
  if (users.size === 0 && problems.length === 0)
    wrong('names no user', `add one: \`htpasswd -B -C 8 ${file.value} NAME\``);
  return { users, problems };
}

/** 2 to the power of it: how many rounds a guess, and every request on nginx, takes. */
export function costOf(hash: string): number {
  return Number(hash.slice(4, 6));
}
