import { quoted } from '../../diagnostics/visible.ts';
import { matcherOf } from './directives.ts';
import type { Notes, Word } from './notes.ts';
import type { CaddyDirective } from './tree.ts';

/** Which requests a handler is for. */
export interface Condition {
  /** Patterns of paths, of which one must match; absent: every path, as far as this tells. */
  readonly paths?: readonly Word[];
  /** A regular expression of the path. */
  readonly pattern?: Word;
  /** Something else decides too: a method, a header, a name that is not known. */
  readonly others: boolean;
  /** Only upgrades (websockets) meet it. */
  readonly upgrades?: true;
}

export type Named = ReadonlyMap<string, Condition>;

export const everything: Condition = { others: false };

/** Does it take every request? */
export function takesAll({ paths, pattern, others }: Condition): boolean {
  return !pattern && !others && (!paths || paths.some(({ text }) => text === '*' || text === '/*'));
}

/** The condition of a handler, and its arguments without it. */
export function conditionOf(directive: CaddyDirective, named: Named, notes: Notes) {
  const { matcher, args } = matcherOf(directive);
  if (!matcher || matcher.kind === 'all') return { condition: everything, args };
  if (matcher.kind === 'named') {
    const { text } = matcher.token;
    const condition = named.get(text);
    if (!condition && !text.includes('{')) {
      notes.tell('error', 'caddy-value', matcher.token, {
        message: `there is no matcher ${quoted(text)}`,
        why: 'Caddy does not start with it',
        help: 'define it in this block, or in one around it',
      });
    }
    return { condition: condition ?? { others: true }, args };
  }
  return { condition: pathsOf(notes.words([matcher.token])), args };
}

/** The matchers that a block defines, with those of the blocks around it. */
export function namedMatchers(directives: readonly CaddyDirective[], outer: Named, notes: Notes): Named {
  const own = directives.filter(({ name }) => name.startsWith('@'));
  if (own.length === 0) return outer;
  return new Map([...outer, ...own.map((one) => [one.name, defined(one, notes)] as const)]);
}

/** `@a path /x`, or a block with a matcher in each line, all of which must match. */
function defined({ args, block = [] }: CaddyDirective, notes: Notes): Condition {
  const [first, ...rest] = args;
  // An expression may stand there without its name.
  const lines = [...(first ? [{ name: first.text, args: rest }] : []), ...block];
  let condition: Condition = everything;
  for (const line of lines) {
    const words = notes.words(line.args);
    if (line.name === 'path') {
      const { paths = [], others } = pathsOf(words);
      condition = { ...condition, paths: [...(condition.paths ?? []), ...paths], others: condition.others || others };
    } else if (line.name === 'path_regexp' && !condition.pattern) {
      // With two words the first is a name for what it captures.
      const pattern = words[1] ?? words[0];
      condition = pattern && !pattern.unknown ? { ...condition, pattern } : { ...condition, others: true };
    } else condition = { ...condition, others: true };
  }
  return isForUpgrades(lines) ? { ...condition, upgrades: true } : condition;
}

/** `header Upgrade websocket` and `header Connection *Upgrade*`, and no more. */
function isForUpgrades(lines: readonly Pick<CaddyDirective, 'name' | 'args'>[]): boolean {
  const headers = lines.map(({ name, args }) => (name === 'header' ? args[0]?.text.toLowerCase() : undefined));
  return headers.includes('upgrade') && headers.every((name) => name === 'upgrade' || name === 'connection');
}

function pathsOf(words: readonly Word[]): Condition {
  return words.some(({ text, unknown }) => unknown !== undefined || text.includes('{'))
    ? { others: true }
    : { paths: words, others: false };
}

/** Can one request meet both? Only plain paths and prefixes are told apart. */
export function overlap(a: Condition, b: Condition): boolean {
  if (!a.paths || !b.paths) return true;
  return a.paths.some((one) => b.paths?.some((other) => meet(one.text, other.text)));
}

function meet(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  if (!plain(one) || !plain(other)) return true;
  if (!one.endsWith('*') && !other.endsWith('*')) return one === other;
  if (!one.endsWith('*')) return one.startsWith(other.slice(0, -1));
  if (!other.endsWith('*')) return other.startsWith(one.slice(0, -1));
  return one.startsWith(other.slice(0, -1)) || other.startsWith(one.slice(0, -1));
}

/** Does the first take every request that the second takes? */
export function covers(a: Condition, b: Condition): boolean {
  if (takesAll(a)) return true;
  if (a.others || a.pattern || !a.paths || !b.paths) return false;
  return b.paths.every((other) => a.paths?.some((one) => contains(one.text.toLowerCase(), other.text.toLowerCase())));
}

function contains(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  return plain(outer) && plain(inner) && outer.endsWith('*') && inner.startsWith(outer.slice(0, -1));
}

/** No wildcard but one at the end, and nothing that is resolved before paths are compared. */
function plain(path: string): boolean {
  return path.startsWith('/') && !/[*?[\]\\%].|\/\/|\/\.\.?(?:\/|$)/.test(path);
}
