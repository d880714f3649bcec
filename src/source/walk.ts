import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  visit,
  type Node as YamlNode,
} from 'yaml';
import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import type { Entry, Node } from './node.ts';
import { child } from './pointer.ts';
import type { Source, Span } from './source.ts';

/** Aliases may expand a file by so many values, but not without limit ("billion laughs"). */
const mostNodes = 200_000;
export const mostLevels = 64;

type Spans = Map<string, { key?: Span; value: Span }>;

/** Thrown inside the walk only, to leave it at once when the expanded file is too large. */
class TooLarge extends Error {}

/**
 * The library's document → our tree, following aliases and merge keys; `spans` gets the place of every value. Nothing
 * when the file expands beyond all measure.
 */
export function walk(
  document: Document.Parsed,
  source: Source,
  spans: Spans,
  diagnostics: Diagnostic[],
  at: (start: number, end: number) => Place,
): Node | undefined {
  const targets = aliasTargets(document);
  const open = new Set<YamlNode>();
  /** Values that stand behind aliases; all others are written in the file, which has a limit of its own. */
  let nodes = 0;
  let aliases = 0;
  let lastAlias: Span | undefined;
  const place = (path: string, part: Place['part'] = 'value'): Place => ({ source: source.name, path, part });

  /** The node behind an alias, or nothing (with a finding) when there is none or it contains itself. */
  const follow = (alias: Alias): YamlNode | undefined => {
    const target = targets.get(alias);
    const span = spanOf(alias);
    if (!target) {
      const text = source.text.slice(span.start, span.end);
      const star = `${alias.source}`.startsWith('.');
      diagnostics.push(
        error(
          'yaml-alias',
          star ? `\`${text}\` without quotes is a YAML alias` : `nothing above is named \`&${alias.source}\``,
          at(span.start, span.end),
          star ? `put it in quotes: "${text}"` : `write \`&${alias.source}\` where the shared value is written first`,
        ),
      );
      return undefined;
    }
    if (open.has(target)) {
      const help = 'an alias cannot stand inside the value that it names';
      diagnostics.push(error('yaml-cycle', `\`*${alias.source}\` contains itself`, at(span.start, span.end), help));
      return undefined;
    }
    return target;
  };

  const build = (node: YamlNode | null | undefined, path: string, level: number, fallback: Span): Node => {
    if ((aliases > 0 && ++nodes > mostNodes) || level > mostLevels) throw new TooLarge();
    if (isAlias(node)) {
      lastAlias = spanOf(node);
      const target = follow(node);
      if (target) {
        aliases++;
        const built = build(target, path, level, fallback);
        aliases--;
        return built;
      }
      spans.set(path, { ...spans.get(path), value: spanOf(node) });
      return { kind: 'scalar', value: null, at: place(path) };
    }
    const span = node?.range ? spanOf(node) : fallback;
    spans.set(path, { ...spans.get(path), value: span });
    if (isCollection(node)) open.add(node);
    try {
      if (isMap<YamlNode, YamlNode | null>(node)) return mapping(node.items, path, level);
      if (isSeq<YamlNode>(node)) {
        const items = node.items.map((item, index) => build(item, child(path, index), level + 1, span));
        return { kind: 'sequence', items, at: place(path) };
      }
    } finally {
      if (isCollection(node)) open.delete(node);
    }
    const value = isScalar(node) ? node.value : null;
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { kind: 'scalar', value: plain ? value : null, at: place(path) };
  };

  const mapping = (pairs: Pair<YamlNode, YamlNode | null>[], path: string, level: number): Node => {
    const entries = new Map<string, Entry>();
    const merged: { node: YamlNode; path: string }[] = [];
    for (const pair of pairs) {
      if (!isScalar(pair.key)) continue;
      if (isMergeKey(pair.key)) {
        if (pair.value) merged.push({ node: pair.value, path });
        continue;
      }
      const key = String(pair.key.value ?? pair.key.source ?? '');
      const keySpan = spanOf(pair.key);
      const here = child(path, key);
      if (entries.has(key)) {
        const duplicate = at(keySpan.start, keySpan.end);
        diagnostics.push({
          ...error('yaml-duplicate-key', `\`${key}\` is written twice`, duplicate, 'keep one of the two'),
          related: [{ place: place(here, 'key'), message: 'first written here' }],
        });
        continue;
      }
      spans.set(here, { key: keySpan, value: keySpan });
      const value = build(pair.value, here, level + 1, keySpan);
      entries.set(key, { keyAt: place(here, 'key'), value });
    }
    for (const { node } of merged) merge(node, path, level, entries);
    return { kind: 'mapping', entries, at: place(path) };
  };

  /** `<<: *a` or `<<: [*a, *b]`: keys that the map does not write itself, the first one named winning. */
  const merge = (node: YamlNode, path: string, level: number, entries: Map<string, Entry>): void => {
    if (++nodes > mostNodes) throw new TooLarge();
    const target = isAlias(node) ? follow(node) : node;
    if (!target) return;
    if (isSeq<YamlNode>(target)) {
      open.add(target);
      for (const item of target.items) merge(item, path, level, entries);
      open.delete(target);
      return;
    }
    if (!isMap<YamlNode, YamlNode | null>(target)) {
      const span = spanOf(node);
      const help = 'a merge key takes an alias of a map, or a list of them';
      diagnostics.push(error('yaml-merge', '`<<` does not name a map', at(span.start, span.end), help));
      return;
    }
    open.add(target);
    aliases++;
    const own = new Set(entries.keys());
    const inherited = mapping(
      target.items.filter((pair) => !(isScalar(pair.key) && own.has(String(pair.key.value)))),
      path,
      level + 1,
    );
    aliases--;
    open.delete(target);
    if (inherited.kind !== 'mapping') return;
    for (const [key, value] of inherited.entries) if (!own.has(key)) entries.set(key, value);
  };

  try {
    return build(document.contents, '', 0, { start: 0, end: source.text.length });
  } catch (problem) {
    if (!(problem instanceof TooLarge)) throw problem;
    const why = `more than ${mostNodes.toLocaleString('en')} values or ${mostLevels} levels once its aliases are followed`;
    const where = lastAlias ?? { start: 0, end: 1 };
    diagnostics.push(error('yaml-too-large', why, at(where.start, where.end), 'write the file without nested aliases'));
    return undefined;
  }
}

/** Each alias with the node that carried its anchor last before it, in the order of the document. */
function aliasTargets(document: Document.Parsed): Map<Alias, YamlNode> {
  const anchors = new Map<string, YamlNode>();
  const targets = new Map<Alias, YamlNode>();
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
      } else if (node.anchor) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function isMergeKey(key: { value: unknown; source?: string }): boolean {
  return typeof key.value === 'symbol' || (key.value === '<<' && key.source === '<<');
}

function spanOf(node: YamlNode): Span {
  const [start, end] = node.range ?? [0, 1];
  return { start, end };
}

export function error(rule: string, message: string, place: Place, help: string): Diagnostic {
  return { rule, severity: 'error', message, place, help };
}
