import type { Mapping, Node, Sequence } from './node.ts';
import { read } from './read.ts';
import type { Source } from './source.ts';

export interface Writing {
  /** The keys (or list indices) that lead to the value, from the root. */
  readonly keys: readonly string[];
  /** YAML, on one line. */
  readonly value: string;
  /** Where a map is needed and something else stands, it becomes the value of this key of a new map. */
  readonly wrap?: string;
}

/**
 * The text of a YAML file with one value written, replaced or added; every other byte stays, comments too. The problem:
 * why it cannot be. The text must be free of syntax errors.
 */
export function write(text: string, writing: Writing): { readonly text: string } | { readonly problem: string } {
  const { source, root } = read('', text);
  if (!root) return { problem: 'the file cannot be read' };
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
  return { text: replaced(source, start, end, writing.value) };
}

/** The value of a key (or index), if it is written right there. */
function inside(node: Node, key: string, source: Source): Node | 'merged' | 'alias' | undefined {
  if (node.kind === 'scalar') return undefined;
  const outer = source.span(node.at);
  if (node.kind === 'sequence') {
    const item = node.items[Number(key)];
    return item && (isOwn(node, item, source) ? item : 'alias');
  }
  const entry = node.entries.get(key);
  if (!entry) return undefined;
  const { start } = source.span(entry.keyAt);
  if (start < outer.start || start >= outer.end) return 'merged';
  return isOwn(node, entry.value, source) ? entry.value : 'alias';
}

/** Is a value of a collection written in it, not what an alias there names? That stands before the alias. */
function isOwn(node: Mapping | Sequence, value: Node, source: Source): boolean {
  const { start } = source.span(value.at);
  if (node.kind === 'mapping') {
    const entry = [...node.entries.values()].find((one) => one.value === value);
    return entry !== undefined && start >= source.span(entry.keyAt).end && contains(source, node, value);
  }
  const before = node.items.slice(0, node.items.indexOf(value));
  return contains(source, node, value) && !before.some((one) => contains(source, one, value));
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
): { readonly text: string } | { readonly problem: string } {
  const inner = below.reduceRight((text, word) => `{ ${keyText(word)}: ${text} }`, value);
  const entry = `${keyText(key)}: ${inner}`;
  const { start, end } = source.span(node.at);
  if (node.kind === 'mapping') {
    return { text: source.text[start] === '{' ? intoFlow(node, entry, source) : intoBlock(node, entry, source) };
  }
  if (wrap === undefined) return { problem: `\`${key}\` cannot be written where there is no map` };
  const isBlock = node.kind === 'sequence' && source.text[start] !== '[';
  if (isBlock) return { text: aroundList(node, wrap, entry, source) };
  return { text: replaced(source, start, end, `{ ${wrap}: ${source.text.slice(start, end)}, ${entry} }`) };
}

function intoFlow(node: Mapping, entry: string, source: Source): string {
  const { start, end } = source.span(node.at);
  if (node.entries.size === 0) return replaced(source, start, end, `{ ${entry} }`);
  const values = childrenOf(node);
  const last = Math.max(...values.map((one) => source.span(one.at).end));
  // Behind the last value, unless one stands elsewhere (an alias) or a comment follows.
  const own = values.every((one) => isOwn(node, one, source));
  if (own && /^[\s,]*$/.test(source.text.slice(last, end - 1))) return replaced(source, last, last, `, ${entry}`);
  return replaced(source, start + 1, start + 1, ` ${entry},`);
}

function intoBlock(node: Mapping, entry: string, source: Source): string {
  const { start } = source.span(node.at);
  const indent = ' '.repeat(source.position(start).column - 1);
  const newline = lineBreak(source);
  const last = lastEnd(node, source);
  if (last === undefined) return replaced(source, start, start, `${entry}${newline}${indent}`);
  const end = lineEnd(source, last);
  return replaced(source, end, end, `${newline}${indent}${entry}`);
}

/** A block list becomes a value of a map, one level deeper. */
function aroundList(node: Sequence, wrap: string, entry: string, source: Source): string {
  const { start, end } = source.span(node.at);
  const newline = lineBreak(source);
  // A list may stand below its key without any indentation.
  const indent = ' '.repeat(source.position(start).column + 1);
  const last = lineEnd(source, lastEnd(node, source) ?? end);
  const items = source.text.slice(start, last).replaceAll('\n', '\n    ');
  return replaced(source, start, last, `  ${wrap}:${newline}${indent}  ${items}${newline}${indent}${entry}`);
}

/** The end of the line of an offset: a comment may follow there. A block scalar ends at the start of the next line. */
function lineEnd({ text }: Source, offset: number): number {
  const end = text[offset - 1] === '\n' ? offset - 1 : offset + text.slice(offset).search(/\r?\n|$/);
  return text[end - 1] === '\r' ? end - 1 : end;
}

/** Where the last value of a block collection ends; nothing when it is written elsewhere. Anything else ends itself. */
function lastEnd(node: Node, source: Source): number | undefined {
  const { start, end } = source.span(node.at);
  if (node.kind === 'scalar' || '{['.includes(source.text[start] ?? '')) return end;
  // An alias stands on the line of its key.
  const keys = node.kind === 'mapping' ? [...node.entries.values()].map(({ keyAt }) => source.span(keyAt).end) : [];
  const ends = childrenOf(node).map((one, index) => (isOwn(node, one, source) ? lastEnd(one, source) : keys[index]));
  return ends.every((one) => one !== undefined) ? Math.max(...ends) : undefined;
}

function childrenOf(node: Mapping | Sequence): readonly Node[] {
  return node.kind === 'sequence' ? node.items : [...node.entries.values()].map(({ value }) => value);
}

function lineBreak({ text }: Source): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function keyText(key: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(key) ? key : JSON.stringify(key);
}

function replaced({ text }: Source, start: number, end: number, by: string): string {
  return `${text.slice(0, start)}${by}${text.slice(end)}`;
}
