import type { Edit } from '../diagnostics/diagnostic.ts';
import { lineBreak, lineBreakAt, lineBreakBefore, lineEnd, lineStart } from './lines.ts';
import type { Entry, Mapping, Node, Sequence } from './node.ts';
import { read } from './read.ts';
import type { Source } from './source.ts';
import { hasReference } from './variables.ts';

export interface Writing {
  /** The keys (or list indices) that lead to the value, from the root. */
  readonly keys: readonly string[];
  /** YAML, on one line. */
  readonly value: string;
  /** Where a map is needed and something else stands, it becomes the value of this key of a new map. */
  readonly wrap?: string;
}

/** A file that could be read. */
export interface Written {
  readonly source: Source;
  readonly root: Node;
}

/** Why something cannot be written. */
interface Problem {
  readonly problem: string;
}

/**
 * The text of a YAML file with one value written, replaced or added; every other byte stays, comments too. The problem:
 * why it cannot be. The text must be free of syntax errors.
 */
export function write(text: string, writing: Writing): { readonly text: string } | Problem {
  const { source, root } = read('', text);
  if (!root) return { problem: 'the file cannot be read' };
  const edit = writingOf({ source, root }, writing);
  return 'problem' in edit ? edit : { text: applyEdits(text, [edit]) };
}

/** Edits that do not touch, in any order → the text with all of them. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start);
  const parts = sorted.map((edit, index) => text.slice(sorted[index - 1]?.end ?? 0, edit.start) + edit.text);
  return parts.join('') + text.slice(sorted.at(-1)?.end ?? 0);
}

/** The edit that writes one value. */
export function writingOf({ source, root }: Written, writing: Writing): Edit | Problem {
  let node = root;
  for (const [depth, key] of writing.keys.entries()) {
    const inner = inside(node, key, source);
    const last = depth === writing.keys.length - 1;
    // A key of one's own wins over one that is merged, but a map of one's own would hide all that the merged one holds.
    if (inner === 'merged' && !last) return { problem: `\`${key}\` comes from a merge key` };
    if (inner === 'alias') return { problem: `\`${key}\` stands behind an alias` };
    if (!inner || inner === 'merged') return add(node, writing, writing.keys.slice(depth), source);
    node = inner;
  }
  const { start, end } = source.span(node.at);
  if (node.kind !== 'scalar') return { problem: `\`${writing.keys.join('.')}\` is not a single value` };
  if (typeof node.value === 'string' && hasReference(node.value)) {
    return { problem: `\`${writing.keys.at(-1)}\` takes its value from a variable` };
  }
  return replaced(source, start, end, writing.value);
}

/** The edit that gives a key another name. */
export function renamingOf(written: Written, keys: readonly string[], name: string): Edit | Problem {
  const found = entriesTo(written, keys);
  if ('problem' in found) return found;
  const { start, end } = written.source.span(found.last.entry.keyAt);
  return replaced(written.source, start, end, keyText(name));
}

/**
 * The edit that removes a key with its value and the comment on its line. The last key of a map takes the map with it,
 * but never the file's own. Comments on lines of their own stay.
 */
export function removalOf(written: Written, keys: readonly string[]): Edit | Problem {
  const found = entriesTo(written, keys);
  if ('problem' in found) return found;
  const { source } = written;
  for (const { map, key, entry } of [...found.chain].reverse()) {
    if (!map) return { problem: `nothing would be left of the list's entry` };
    if (hasMergeKey(map, source)) return { problem: `a merge key stands beside \`${key}\`` };
    if (map.entries.size === 1) continue;
    const isFlow = source.text[source.span(map.at).start] === '{';
    const edit = isFlow ? outOfFlow(map, entry, source) : outOfBlock(map, entry, found.last.entry, source);
    if ('problem' in edit) return edit;
    // Without its anchor the text would name nothing.
    const gone = source.text.slice(edit.start, edit.end);
    return /(?:^|[\s,:[{])&/.test(gone) ? { problem: `\`${key}\` has an anchor` } : edit;
  }
  return { problem: 'nothing would be left of the file' };
}

interface Step {
  /** Absent: the step goes into a list. */
  readonly map?: Mapping;
  readonly key: string;
  readonly entry: Entry;
}

/** The entries of the maps on the way to a key, if all of them are written right there. */
function entriesTo(
  { source, root }: Written,
  keys: readonly string[],
): { readonly chain: readonly Step[]; readonly last: Step } | Problem {
  const chain: Step[] = [];
  let node = root;
  for (const key of keys) {
    const inner = inside(node, key, source);
    if (inner === 'merged') return { problem: `\`${key}\` comes from a merge key` };
    if (inner === 'alias') return { problem: `\`${key}\` stands behind an alias` };
    if (!inner) return { problem: `there is no \`${key}\`` };
    const entry = node.kind === 'mapping' ? node.entries.get(key) : undefined;
    chain.push(
      node.kind === 'mapping' && entry ? { map: node, key, entry } : { key, entry: { keyAt: inner.at, value: inner } },
    );
    node = inner;
  }
  const last = chain.at(-1);
  return last?.map ? { chain, last } : { problem: 'no key is named' };
}

/** Does `<<` stand in a map, not only in the maps inside it? */
function hasMergeKey(map: Mapping, source: Source): boolean {
  const { start, end } = source.span(map.at);
  const text = source.text.slice(start, end);
  if (!text.includes('<<')) return false;
  const own = [...map.entries.values()].filter((entry) => isOwnEntry(map, entry, source));
  const values = own.map(({ value }) => source.span(value.at));
  return [...text.matchAll(/<</g)].some(
    ({ index }) => !values.some((span) => span.start <= start + index && start + index < span.end),
  );
}

/** Whole lines. Of the maps that go with the key, comments on lines of their own stay. */
function outOfBlock(map: Mapping, entry: Entry, innermost: Entry, source: Source): Edit | Problem {
  const { text } = source;
  const { start } = source.span(entry.keyAt);
  const from = lineStart(source, start);
  const end = lineEnd(source, lastEnd(entry.value, source) ?? source.span(entry.value.at).end);
  const before = text.slice(from, start);
  if (before.trim() !== '') return outOfListItem(map, start, before, source);
  const to = end + lineBreakAt(source, end).length;
  const comments = text
    .slice(from, source.span(innermost.value.at).start)
    .split(/(?<=\n)/)
    .filter((line) => /^[ \t]*#[^\n]*\n/.test(line));
  // The last line of a file may have no end: then that of the line before goes.
  if (to === end && comments.length === 0) return replaced(source, lineBreakBefore(source, from), end, '');
  return replaced(source, from, to, comments.join(''));
}

/** The first key of a list's entry stands behind its dash: the next one takes its place. */
function outOfListItem(map: Mapping, start: number, before: string, source: Source): Edit | Problem {
  const next = nextKey(map, start, source);
  const gap = next === undefined ? '' : source.text.slice(start, next);
  // The next key comes after the line's own comment: another one would be lost.
  const comments = gap
    .split('\n')
    .slice(1)
    .some((line) => line.trim().startsWith('#'));
  if (!/^\s*(?:-\s+)+$/.test(before) || next === undefined || comments) {
    return { problem: 'it shares its line with something else' };
  }
  return replaced(source, start, next, '');
}

/** Whole lines where the entry has lines of its own; else with the comma behind it, or the one before the last entry. */
function outOfFlow(map: Mapping, entry: Entry, source: Source): Edit | Problem {
  const { text } = source;
  const { start } = source.span(entry.keyAt);
  const { end } = source.span(entry.value.at);
  const from = lineStart(source, start);
  const [comma = ''] = /^\s*,[ \t]*/.exec(text.slice(end, source.span(map.at).end)) ?? [];
  const rest = text.slice(end, lineEnd(source, end)).replace(/^[ \t]*,?[ \t]*/, '');
  if (text.slice(from, start).trim() === '' && /^(?:#|$)/.test(rest) && !comma.includes('\n')) {
    const to = lineEnd(source, end);
    return replaced(source, from, to + lineBreakAt(source, to).length, '');
  }
  if (text.slice(start, end).includes('#')) return { problem: 'a comment stands inside' };
  if (/[,{]\s*$/.test(text.slice(0, start)) && comma !== '') return replaced(source, start, end + comma.length, '');
  const lead = /,[ \t]*$/.exec(text.slice(from, start));
  if (!lead || nextKey(map, start, source) !== undefined) return { problem: 'it shares its line with something else' };
  return replaced(source, from + lead.index, end, '');
}

/** Where the next key of a map stands. */
function nextKey(map: Mapping, start: number, source: Source): number | undefined {
  const starts = [...map.entries.values()].map(({ keyAt }) => source.span(keyAt).start).filter((one) => one > start);
  return starts.length > 0 ? Math.min(...starts) : undefined;
}

/** The value of a key (or index), if it is written right there. */
function inside(node: Node, key: string, source: Source): Node | 'merged' | 'alias' | undefined {
  if (node.kind === 'scalar') return undefined;
  const outer = source.span(node.at);
  if (node.kind === 'sequence') {
    const item = node.items[Number(key)];
    return item && (isOwnItem(node, item, source) ? item : 'alias');
  }
  const entry = node.entries.get(key);
  if (!entry) return undefined;
  const { start } = source.span(entry.keyAt);
  if (start < outer.start || start >= outer.end) return 'merged';
  return isOwnEntry(node, entry, source) ? entry.value : 'alias';
}

/** Is a value written in the map, not what an alias there names? That stands before the alias. */
function isOwnEntry(map: Mapping, { keyAt, value }: Entry, source: Source): boolean {
  return source.span(value.at).start >= source.span(keyAt).end && contains(source, map, value);
}

function isOwnItem(list: Sequence, item: Node, source: Source): boolean {
  const before = list.items.slice(0, list.items.indexOf(item));
  return contains(source, list, item) && !before.some((one) => contains(source, one, item));
}

function contains(source: Source, outer: Node, inner: Node): boolean {
  const [around, span] = [source.span(outer.at), source.span(inner.at)];
  return span.start >= around.start && span.end <= around.end;
}

function add(
  node: Node,
  { value, wrap }: Writing,
  [key = '', ...below]: readonly string[],
  source: Source,
): Edit | Problem {
  const inner = below.reduceRight((text, word) => `{ ${keyText(word)}: ${text} }`, value);
  const entry = `${keyText(key)}: ${inner}`;
  const { start, end } = source.span(node.at);
  if (node.kind === 'mapping') {
    return source.text[start] === '{' ? intoFlow(node, entry, source) : intoBlock(node, entry, source);
  }
  if (wrap === undefined) return { problem: `\`${key}\` cannot be written where there is no map` };
  const isBlock = node.kind === 'sequence' && source.text[start] !== '[';
  if (isBlock) return aroundList(node, wrap, entry, source);
  return replaced(source, start, end, `{ ${wrap}: ${source.text.slice(start, end)}, ${entry} }`);
}

function intoFlow(node: Mapping, entry: string, source: Source): Edit {
  const { start, end } = source.span(node.at);
  if (node.entries.size === 0) return replaced(source, start, end, `{ ${entry} }`);
  const entries = [...node.entries.values()];
  const last = Math.max(...entries.map(({ value }) => source.span(value.at).end));
  // Behind the last value, unless one stands elsewhere (an alias) or a comment follows.
  const own = entries.every((one) => isOwnEntry(node, one, source));
  if (own && /^[\s,]*$/.test(source.text.slice(last, end - 1))) return replaced(source, last, last, `, ${entry}`);
  return replaced(source, start + 1, start + 1, ` ${entry},`);
}

function intoBlock(node: Mapping, entry: string, source: Source): Edit {
  const { start } = source.span(node.at);
  const indent = ' '.repeat(source.position(start).column - 1);
  const newline = lineBreak(source);
  const last = lastEnd(node, source);
  if (last === undefined) return replaced(source, start, start, `${entry}${newline}${indent}`);
  const end = lineEnd(source, last);
  return replaced(source, end, end, `${newline}${indent}${entry}`);
}

/** A block list becomes a value of a map, one level deeper. */
function aroundList(node: Sequence, wrap: string, entry: string, source: Source): Edit {
  const { start, end } = source.span(node.at);
  const newline = lineBreak(source);
  // A list may stand below its key without any indentation.
  const indent = ' '.repeat(source.position(start).column + 1);
  const last = lineEnd(source, lastEnd(node, source) ?? end);
  const items = source.text.slice(start, last).replaceAll('\n', '\n    ');
  return replaced(source, start, last, `  ${wrap}:${newline}${indent}  ${items}${newline}${indent}${entry}`);
}

/** Where the last value of a block collection ends; nothing when it is written elsewhere. Anything else ends itself. */
function lastEnd(node: Node, source: Source): number | undefined {
  const { start, end } = source.span(node.at);
  if (node.kind === 'scalar' || '{['.includes(source.text[start] ?? '')) return end;
  const ends =
    node.kind === 'sequence'
      ? node.items.map((one) => (isOwnItem(node, one, source) ? lastEnd(one, source) : undefined))
      : [...node.entries.values()].map((one) =>
          // An alias stands on the line of its key.
          isOwnEntry(node, one, source) ? lastEnd(one.value, source) : source.span(one.keyAt).end,
        );
  return ends.every((one) => one !== undefined) ? Math.max(...ends) : undefined;
}

function keyText(key: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(key) ? key : JSON.stringify(key);
}

function replaced({ name }: Source, start: number, end: number, text: string): Edit {
  return { source: name, start, end, text };
}
