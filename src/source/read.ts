import { Composer, type CST, type Document, isScalar, Lexer, Parser, type YAMLError } from 'yaml';
import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import { decode } from './decode.ts';
import type { Node } from './node.ts';
import { createSource, type Source, type Span } from './source.ts';
import { explainSyntax } from './syntax.ts';
import { error, mostLevels, walk } from './walk.ts';

/** What one file says: its tree (absent when it cannot be understood as YAML at all), and every mistake found on the way. */
export interface Reading {
  readonly source: Source;
  readonly root?: Node;
  readonly diagnostics: readonly Diagnostic[];
}

/** A value has five of them or so; the library reads about a million in a second. */
const mostTokens = 5_000_000;

/**
 * Reads one YAML 1.2 file. Aliases and merge keys are followed, and a value that came through one keeps the span of
 * the place where it is written. Never throws: what is wrong comes back as diagnostics named `yaml-*`. `together`: the
 * files that are read for the same topology.
 */
export function read(name: string, bytes: Uint8Array | string, together: Map<string, Source> = new Map()): Reading {
  const decoded = decode(bytes);
  if (!decoded.ok) {
    const source = createSource(name, '', new Map(), together);
    return { source, diagnostics: [error('yaml-not-text', decoded.why, root(name), decoded.help)] };
  }
  const text = decoded.text;
  const spans = new Map<string, { key?: Span; value: Span }>();
  const diagnostics: Diagnostic[] = [];
  const source = createSource(name, text, spans, together);
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
    for (const token of parser.next(lexeme)) tokens.push(token);
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

function root(source: string): Place {
  return { source, path: '', part: 'value' };
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
