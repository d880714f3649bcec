import { entry, get, type Node } from '../source/node.ts';
import { defaults } from './defaults.ts';
import type { Match } from './match.ts';
import { parsePattern } from './pattern.ts';
import {
  boolean,
  duration,
  type Findings,
  find,
  type Layer,
  number,
  type Parse,
  read,
  text,
  written,
} from './reader.ts';
import type { Cache, FilesRoute, RedirectRoute, RespondRoute, Rewrite, Route, RouteBase } from './topology.ts';
import { value } from './value.ts';

/** The words of which a route carries exactly one. */
export const actions = ['upstream', 'respond', 'redirect', 'files'] as const;

/** The action of a route, or of the page of an error; nothing when there is none, or more than one. */
export function actionOf(item: Node, found: Findings, isPage = false): (typeof actions)[number] | undefined {
  const [first, second] = actions.filter((word) => entry(item, word));
  if (first && second) {
    const place = entry(item, second)?.keyAt ?? item.at;
    found.add('error', 'reference-action', place, `\`${first}\` and \`${second}\` are both written`, {
      why: isPage ? 'an error is answered once' : 'a route does one thing with a request',
      help: isPage ? 'keep one of the two' : 'make them two routes: the first whose `match` fits is taken',
      related: [{ place: entry(item, first)?.keyAt ?? item.at, message: 'the other action' }],
    });
    return undefined;
  }
  if (!first) {
    const { at } = item;
    found.add(
      'error',
      'schema-missing-key',
      { ...at, part: at.path.startsWith('/sites/') ? 'key' : 'value' },
      '`upstream` is missing',
      {
        help: `say where requests go: an address, a list of addresses or the name of a pool; or ${isPage ? '`respond` or `redirect`' : '`respond`, `redirect` or `files`'}`,
      },
    );
    return undefined;
  }
  if (first !== 'upstream')
    for (const word of ['timeouts', 'retry', 'stream', 'flush']) asksNobody(item, word, first, found);
  for (const word of first === 'upstream' || first === 'files' ? [] : rewriteWords)
    asksNobody(item, word, first, found);
  return first;
}

function asksNobody(item: Node, word: string, action: string, found: Findings): void {
  const stray = entry(item, word);
  if (!stray) return;
  found.add('error', 'reference-action', stray.keyAt, `\`${word}\` means nothing beside \`${action}\``, {
    help: `remove it: it is about what is asked of ${rewriteWords.includes(word) ? 'servers or read from files' : 'servers'}`,
  });
}

/** A route without what every route has. */
export type ActionOf<Action extends Route> = Action extends Route ? Omit<Action, keyof RouteBase> : never;

export function respondOf(item: Node, found: Findings): ActionOf<RespondRoute> {
  const node = get(item, 'respond');
  const layers = [written(node)];
  const at = node?.at ?? item.at;
  const status = read<number>(layers, 'status', number, defaults.respond.status, at);
  const body = find(layers, 'body', value(found));
  if (status.value >= 300 && status.value < 400) {
    found.add('error', 'schema-value', status.at, `${status.value} sends the client elsewhere`, {
      help:
        status.value === 304 ? 'files answer 304 themselves' : `write \`redirect: { to: …, status: ${status.value} }\``,
    });
  }
  if (status.value === 444) {
    found.add('error', 'schema-value', status.at, 'nginx answers nothing at all for 444, Caddy sends it', {
      help: 'choose a registered status, such as 404 or 403',
    });
  }
  if (body && (status.value === 204 || status.value === 205)) {
    found.add('error', 'schema-value', body.at, `an answer with the status ${status.value} has no body`, {
      help: 'remove the body, or choose 200',
    });
  }
  return {
    action: 'respond',
    status,
    ...(body ? { body } : {}),
    type: read<string>(layers, 'type', text, defaults.respond.type, at),
  };
}

export function redirectOf(item: Node, match: Match, found: Findings): ActionOf<RedirectRoute> | undefined {
  const node = get(item, 'redirect');
  const layers = [written(node)];
  const to = find(layers, 'to', value(found, { captures: capturesOf(match) }));
  if (!to) return undefined;
  return { action: 'redirect', to, status: read<number>(layers, 'status', number, defaults.redirect.status, to.at) };
}

/** How many groups of `path_regex` a value may name. */
function capturesOf({ all }: Match): number {
  return Math.max(
    0,
    ...all.map((criterion) => (criterion.kind === 'path_regex' ? criterion.pattern.value.captures : 0)),
  );
}

export function filesOf(item: Node, found: Findings): ActionOf<FilesRoute> | undefined {
  const layers = [written(get(item, 'files'))];
  const root = find(layers, 'root', text);
  if (!root) return undefined;
  const fallback = find(layers, 'fallback', text);
  const browse = read<boolean>(layers, 'browse', boolean, defaults.files.browse, root.at);
  if (fallback && browse.value) {
    found.add('error', 'reference-action', browse.at, 'with a `fallback` no folder is ever listed', {
      help: 'keep one of the two',
    });
  }
  const cache = find(layers, 'cache', cacheIn(found));
  const rewrite = rewriteOf(item, found);
  if (rewrite && browse.value) {
    found.add('error', 'reference-action', browse.at, 'the links of a list would not have what the route cuts', {
      help: 'list a folder under its own path, without a rewrite',
    });
  }
  return {
    action: 'files',
    root,
    index: read<string>(layers, 'index', text, defaults.files.index, root.at),
    ...(fallback ? { fallback } : {}),
    browse,
    ...(cache ? { cache } : {}),
    ...(rewrite ? { rewrite } : {}),
  };
}

function cacheIn(found: Findings): Parse<Cache> {
  return (node) => {
    const word = text(node);
    return word === 'immutable' || word === 'none' ? word : duration(found)(node);
  };
}

const rewriteWords = ['strip_prefix', 'add_prefix', 'rewrite'];

/** What becomes of the path: at most one word says it. */
export function rewriteOf(item: Node, found: Findings): Rewrite | undefined {
  const [first, second] = rewriteWords.filter((word) => entry(item, word));
  if (first && second) {
    const place = entry(item, second)?.keyAt ?? item.at;
    found.add('error', 'reference-action', place, `\`${first}\` and \`${second}\` are both written`, {
      help: '`rewrite` with a pattern says both at once: { regex: ^/api/(.*)$, to: /v1/{1} }',
    });
  }
  const layers = [written(item)];
  if (first === 'strip_prefix') {
    const prefix = find(layers, 'strip_prefix', text);
    return prefix && { kind: 'strip_prefix', prefix };
  }
  if (first === 'add_prefix') {
    const prefix = find(layers, 'add_prefix', text);
    return prefix && { kind: 'add_prefix', prefix };
  }
  return first === 'rewrite' ? replacementOf([written(get(item, 'rewrite'))], found) : undefined;
}

function replacementOf(layers: readonly Layer[], found: Findings): Rewrite | undefined {
  const regex = find(layers, 'regex', text);
  const to = find(layers, 'to', text);
  if (!to) return undefined;
  if (!regex) return { kind: 'fixed', to };
  const pattern = parsePattern(regex.value);
  if ('problem' in pattern) {
    found.add('error', 'schema-value', regex.at, `this pattern cannot be used: ${pattern.problem}`, {
      why: 'a pattern must mean the same to PCRE, which nginx uses, and to RE2, which Caddy uses',
      help: pattern.help,
    });
    return undefined;
  }
  const parts = to.value.split(/\{([^{}]*)\}/).map((part, index) => (index % 2 === 0 ? part : Number(part)));
  for (const part of parts) {
    if (typeof part === 'string' ? !/[{}]/.test(part) : part >= 1 && part <= pattern.captures) continue;
    found.add('error', 'schema-value', to.at, `"${to.value}" names a group that the pattern does not have`, {
      why:
        pattern.captures === 0
          ? 'the pattern has no group'
          : pattern.captures === 1
            ? 'its only group is {1}'
            : `its groups are {1} to {${pattern.captures}}`,
      help: 'put brackets around what {1} stands for; a literal `{` cannot be part of a path',
    });
    return undefined;
  }
  const kept = parts.filter((part) => part !== '');
  return { kind: 'pattern', pattern: { ...regex, value: pattern }, to: { ...to, value: kept } };
}
