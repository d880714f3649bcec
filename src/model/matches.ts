import { entry, get, type Node } from '../source/node.ts';
import { type Criterion, everything, type Match, type PathMatch } from './match.ts';
import { networks } from './networks.ts';
import { parsePattern } from './pattern.ts';
import { boolean, type Findings, text } from './reader.ts';
import type { Given } from './topology.ts';

/** Headers that are asked for with a word of their own. */
const otherWords: Readonly<Record<string, string>> = { host: 'host', ':authority': 'host' };

/** What a route asks of a request. `names` are those of its site; empty: it takes any name. */
export function matchOf(node: Node | undefined, names: readonly string[], found: Findings): Match {
  if (node?.kind !== 'mapping') return everything;
  const before = found.list.length;
  const all = criteria(node, names, found);
  const without = get(node, 'not');
  const none = without ? criteria(without, [], found) : [];
  const empty = without && none.length === 0 && without.kind === 'mapping' && without.entries.size === 0;
  if (empty) {
    found.add('error', 'schema-empty', without.at, '`not` asks nothing', {
      help: 'write what must not hold, such as { path: /api/* }',
    });
  }
  // What was refused asked for something: the route does not take everything.
  const refused: readonly Criterion[] = found.list.length > before ? [{ kind: 'method', methods: [] }] : [];
  return { all: [...all, ...refused], none };
}

function criteria(node: Node, names: readonly string[], found: Findings): Criterion[] {
  const list: Criterion[] = [];
  const paths = pathsOf(get(node, 'path'), found);
  if (paths.length > 0) list.push({ kind: 'path', paths });
  const pattern = get(node, 'path_regex');
  if (pattern) list.push(...patternOf(pattern, found));
  const methods = textsOf(get(node, 'method'));
  if (methods.length > 0) list.push({ kind: 'method', methods });
  const hosts = textsOf(get(node, 'host'));
  for (const host of hosts) unserved(host, names, found);
  if (hosts.length > 0) list.push({ kind: 'host', hosts });
  list.push(...named('header', get(node, 'header'), found), ...named('query', get(node, 'query'), found));
  const client = get(node, 'client');
  const asked = client && networks(found, ['private'])(client);
  if (asked && asked.length > 0) list.push({ kind: 'client', networks: asked });
  return list;
}

export function pathsOf(node: Node | undefined, found: Findings): PathMatch[] {
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((item) => {
    const path = text(item);
    if (path === undefined) return [];
    const plain = path.replace(/\*$/, '');
    if (/\/\/|\/\.\.?(?:\/|$)/.test(plain)) {
      found.add('error', 'reference-unreachable', item.at, `no request ever has the path "${path}"`, {
        why: '`//`, `/.` and `/..` are resolved before paths are compared',
        help: 'write the path as it is after that',
      });
    }
    const kind = path.endsWith('*') ? 'prefix' : 'exact';
    return [{ kind, path: kind === 'prefix' ? plain.replace(/\/$/, '') : path, at: item.at } as const];
  });
}

function patternOf(node: Node, found: Findings): Criterion[] {
  const written = text(node);
  if (written === undefined) return [];
  const pattern = parsePattern(written);
  if ('problem' in pattern) {
    found.add('error', 'schema-value', node.at, `this pattern cannot be used: ${pattern.problem}`, {
      why: 'a pattern must mean the same to PCRE, which nginx uses, and to RE2, which Caddy uses',
      help: pattern.help,
    });
    return [];
  }
  return [{ kind: 'path_regex', pattern: { value: pattern, at: node.at, origin: 'written' } }];
}

function textsOf(node: Node | undefined): Given<string>[] {
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((item) => {
    const value = text(item);
    return value === undefined ? [] : [{ value, at: item.at, origin: 'written' as const }];
  });
}

/** A host that is no name of the site never comes here. */
function unserved({ value, at }: Given<string>, names: readonly string[], found: Findings): void {
  const serves = (name: string): boolean =>
    name === value || (name.startsWith('*.') && value.replace(/^[^.]+/, '*') === name);
  if (names.length === 0 || names.some(serves)) return;
  found.add('error', 'reference-unreachable', at, `no request for \`${value}\` comes to this site`, {
    why: `its names are ${names.join(', ')}`,
    help: 'add it to the `aliases` of the site, or make it a site of its own',
  });
}

function named(kind: 'header' | 'query', node: Node | undefined, found: Findings): Criterion[] {
  if (node?.kind !== 'mapping') return [];
  // The order in which keys are written means nothing.
  const entries = [...node.entries].sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.flatMap(([name, { keyAt, value: at }]): Criterion[] => {
    const value = text(at) ?? boolean(at);
    const word = kind === 'header' ? otherWords[name.toLowerCase()] : undefined;
    if (word) {
      found.add('error', 'schema-name', keyAt, `\`${name}\` is matched by the word \`${word}\``, {
        help: `write \`${word}:\` with the names beside \`header\``,
      });
      return [];
    }
    const twin = [...node.entries.keys()].find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
    if (kind === 'header' && twin !== undefined && entry(node, twin) && twin < name) {
      found.add('error', 'schema-duplicate', keyAt, `\`${twin}\` and \`${name}\` are the same header`, {
        help: 'names of headers ignore case: keep one of the two',
      });
    }
    return value === undefined ? [] : [{ kind, name, value: { value, at: at.at, origin: 'written' } }];
  });
}
