import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Pair,
  Parser,
  visit,
  type YAMLError,
  type Node as YamlNode,
} from 'yaml';
import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import { decode } from './decode.ts';
import type { Entry, Node } from './node.ts';
import { child } from './pointer.ts';
import { createSource, type Source, type Span } from './source.ts';
import { explainSyntax } from './syntax.ts';

/** What one file says: its tree (absent when it cannot be understood as YAML at all), and every mistake found on the way. */
export interface Reading {
  readonly source: Source;
  readonly root?: Node;
  readonly diagnostics: readonly Diagnostic[];
}

/** Aliases may expand a file, but not without limit ("billion laughs"). 5 000 sites are about 100 000 nodes. */
const mostNodes = 200_000;
const mostLevels = 64;
/** A value has five of them or so; the library reads about a million in a second. */
const mostTokens = 1_000_000;

/**
 * Reads one YAML 1.2 file. Aliases and merge keys are followed, and a value that came through one keeps the span of
 * the place where it is written. Never throws: what is wrong comes back as diagnostics named `yaml-*`.
 */
export function read(name: string, bytes: Uint8Array | string): Reading {
  const decoded = decode(bytes);
  if (!decoded.ok) {
    const source = createSource(name, '');
    return { source, diagnostics: [error('yaml-not-text', decoded.why, root(name), decoded.help)] };
  }
  const text = decoded.text;
  const spans = new Map<string, { key?: Span; value: Span }>();
  const diagnostics: Diagnostic[] = [];
  const source = createSource(name, text, spans);
  const at = source.place;
  const tokens = tokenize(text);
  if (!Array.isArray(tokens)) {
    const place = at(tokens.tooLarge, tokens.tooLarge + 1);
    const message = `more than ${mostLevels} levels or ${mostTokens.toLocaleString('en')} words and signs`;
    return { source, diagnostics: [error('yaml-too-large', message, place, 'is it the right file?')] };
  }
  const list = [
    ...new Composer({
      version: '1.2',
      merge: true,
      stringKeys: true,
      // Our own walk finds duplicates: the library's check is quadratic and marks one character only.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    }).compose(tokens),
  ] as Document.Parsed[];

  const [first, second] = list;
  if (!first?.contents || (isScalar(first.contents) && first.contents.value === null && !first.errors.length)) {
    if (!first?.errors.length) {
      const help = 'a topology starts with `version: 1` and `sites:`; `proxywright init` writes one to start from';
      return { source, diagnostics: [error('yaml-empty', 'the file is empty', root(name), help)] };
    }
  }
  for (const document of list) {
    if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2') {
      const place = at(0, text.search(/\r?\n/));
      diagnostics.push(error('yaml-version', 'only YAML 1.2 is read', place, 'remove the %YAML line'));
    }
    // The parser often reports one slip as several errors on a line; the first is the one to mend.
    const lines = new Set<number>();
    for (const problem of [...document.errors, ...document.warnings]) {
      const { line } = source.position(problem.pos[0]);
      if (!lines.has(line)) diagnostics.push(syntax(problem, text, at));
      lines.add(line);
    }
  }
  if (second) {
    const start = text.indexOf('---', first?.range?.[1] ?? 0);
    const place = at(Math.max(start, 0), Math.max(start, 0) + 3);
    const help = 'put each topology into a file of its own';
    diagnostics.push(error('yaml-documents', 'the file has more than one document', place, help));
  }
  if (!first?.contents || first.errors.length > 0) return { source, diagnostics: onePerLine(diagnostics, source) };

  const tree = walk(first, source, spans, diagnostics, at);
  return { source, diagnostics, ...(tree ? { root: tree } : {}) };
}

/**
 * The syntax tree of the text, or where it gets too large. The library's next step calls itself for each level: that
 * many levels would end the process, not just throw.
 */
function tokenize(text: string): CST.Token[] | { readonly tooLarge: number } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > mostTokens) return { tooLarge: Math.min(parser.offset, text.length - 1) };
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  const rest: (readonly [token: CST.Token, level: number])[] = tokens.map((token) => [token, 0]);
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [token, level] = next;
    if (level > mostLevels) return { tooLarge: token.offset };
    if (token.type === 'document' && token.value) rest.push([token.value, level]);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) rest.push([key, level + 1]);
      if (value) rest.push([value, level + 1]);
    }
  }
  return tokens;
}

type Spans = Map<string, { key?: Span; value: Span }>;

/** Thrown inside the walk only, to leave it at once when the expanded file is too large. */
class TooLarge extends Error {}

function walk(
  document: Document.Parsed,
  source: Source,
  spans: Spans,
  diagnostics: Diagnostic[],
  at: (start: number, end: number) => Place,
): Node | undefined {
  const targets = aliasTargets(document);
  const open = new Set<YamlNode>();
  let nodes = 0;
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
    if (++nodes > mostNodes || level > mostLevels) throw new TooLarge();
    if (isAlias(node)) {
      lastAlias = spanOf(node);
      const target = follow(node);
      if (target) return build(target, path, level, fallback);
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
    const own = new Set(entries.keys());
    const inherited = mapping(
      target.items.filter((pair) => !(isScalar(pair.key) && own.has(String(pair.key.value)))),
      path,
      level + 1,
    );
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

function root(source: string): Place {
  return { source, path: '', part: 'value' };
}

function error(rule: string, message: string, place: Place, help: string): Diagnostic {
  return { rule, severity: 'error', message, place, help };
}

function syntax(problem: YAMLError, text: string, at: (start: number, end: number) => Place): Diagnostic {
  const { rule, message, help, span } = explainSyntax(problem, text);
  return error(rule, message, at(span.start, span.end), help);
}

/** The parser often reports one slip as several errors on a line; the first is the one to mend. */
function onePerLine(diagnostics: readonly Diagnostic[], source: Source): Diagnostic[] {
  const seen = new Set<number>();
  return diagnostics.filter(({ place }) => {
    const { line } = source.position(source.span(place).start);
    return !seen.has(line) && seen.add(line);
  });
}
