import type { Diagnostic, Place } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { lineBreak } from '../../source/lines.ts';
import { covers, type Files, folder, glob, isPattern, within } from '../../source/paths.ts';
import { createSource, type Source, type Span } from '../../source/source.ts';
import { type At, finding, placeOf, type Related } from './finding.ts';
import { breaks, type Imported, type Lexed, lex, replaceVariables, type Token } from './lexer.ts';
import { createImports, createStream, onNewLine, type Stream } from './stream.ts';
import { type CaddyDirective, grow } from './tree.ts';

/** One block at the top of a Caddyfile. */
export interface CaddyBlock {
  readonly kind: 'options' | 'site' | 'snippet' | 'route';
  /** The addresses of a site, without commas; else the one name, with its brackets. */
  readonly keys: readonly Token[];
  /** The name of a snippet or named route. */
  readonly name?: string;
  /** The one site of a file may be written without. */
  readonly braces: boolean;
  /** Of snippets and named routes as they are written, of the others with the imports in place. */
  readonly directives: readonly CaddyDirective[];
}

/** An `import` that is not followed, because what it names is not among the files at hand. */
export interface Unresolved {
  readonly place: Place;
  readonly pattern: string;
  /** `outside`: it is elsewhere. `environment`: a variable says where. */
  readonly reason: 'outside' | 'environment';
  /** The first address of the site that it is in; absent: in no site. */
  readonly site?: Token;
}

/** A Caddyfile with what it imports. */
export interface CaddyTree {
  readonly blocks: readonly CaddyBlock[];
  readonly sources: ReadonlyMap<string, Source>;
  readonly comments: ReadonlyMap<string, readonly Span[]>;
  readonly unresolved: readonly Unresolved[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Tokens with all imports put in place; a Caddyfile beyond this is made to be a burden, or by accident. */
const mostTokens = 100_000;

interface Work {
  readonly files: Files;
  readonly root: string;
  readonly version: Version;
  readonly stream: Stream;
  readonly sources: Map<string, Source>;
  readonly lexed: Map<string, Lexed>;
  readonly snippets: Map<string, readonly Token[]>;
  readonly graph: Map<string, Set<string>>;
  readonly imports: ReturnType<typeof createImports>;
  readonly unresolved: Unresolved[];
  readonly diagnostics: Diagnostic[];
  readonly blocks: CaddyBlock[];
  /** The token that was read last; those of an `import` itself do not count, since others take their place. */
  last: Token | undefined;
  /** Of the site that is being read. */
  site: Token | undefined;
}

/** Ends the reading at a mistake, as Caddy does; it never leaves this file. */
class Stop extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

const stops = 'Caddy stops reading here, and does not start';

/** Reads the file `main`, which must be among the files, and what it imports, in the order in which Caddy does. */
export function parse(files: Files, main: string, version: Version): CaddyTree {
  const sources = new Map<string, Source>();
  const first = lex(main, files.get(main) ?? '', version);
  const work: Work = {
    files,
    root: folder(main),
    version,
    stream: createStream(first.tokens),
    sources,
    lexed: new Map([[main, first]]),
    snippets: new Map(),
    graph: new Map(),
    imports: createImports(),
    unresolved: [],
    diagnostics: [],
    blocks: [],
    last: undefined,
    site: undefined,
  };
  createSource(main, files.get(main) ?? '', new Map(), sources);
  try {
    if (files.get(main) === '')
      throw stop(work, { file: main, span: { start: 0, end: 0 } }, 'the file is empty', 'write a site');
    while (work.stream.peek()) readBlock(work);
    // What was read up to a mistake of the spelling is there; what follows from its sudden end is not told.
    if (first.fault) throw lexFault(work, main, first);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    work.diagnostics.push((first.fault ? lexFault(work, main, first) : error).diagnostic);
  }
  const comments = new Map([...work.lexed].map(([file, one]) => [file, one.comments] as const));
  const { blocks, unresolved, diagnostics } = work;
  return { blocks, sources, comments, unresolved, diagnostics };
}

function lexFault(work: Work, file: string, { fault }: Lexed): Stop {
  const { span = { start: 0, end: 0 }, message = '', help = '' } = fault ?? {};
  return stop(work, { file, span }, message, help);
}

function stop(work: Work, at: At, message: string, help: string, more: Related = []): Stop {
  return new Stop(finding(work.sources, { rule: 'caddy-syntax', at, message, why: stops, help, more }));
}

function take(work: Work): Token | undefined {
  const token = work.stream.take();
  if (token) work.last = token;
  return token;
}

/** Is the next token on another line than the last one? Before the first there is none. */
function newLine({ last, stream }: Work): boolean {
  const next = stream.peek();
  return !last || !next || onNewLine(last, next);
}

function readBlock(work: Work): void {
  const keys = readKeys(work);
  const [key] = keys;
  const single = keys.length === 1 ? (key?.text ?? '') : '';
  const brace = work.stream.peek();
  if (!brace) {
    if (keys.length > 0) work.blocks.push({ kind: 'site', keys, braces: false, directives: [] });
    return;
  }
  const route = atLeast(work.version, '2.7') && /^&\((.*)\)$/s.exec(single);
  const snippet = /^\((.*)\)$/s.exec(single);
  if (key && (route || snippet)) readNamed(work, key, route ? 'route' : 'snippet', (route || snippet)?.[1] ?? '');
  else readContents(work, keys);
}

/** What is before the `{` of a block: addresses with commas or spaces between them, on one line but after a comma. */
function readKeys(work: Work): Token[] {
  const keys: Token[] = [];
  let another = false;
  let fresh = true;
  for (;;) {
    const token = work.stream.peek();
    if (!token) {
      if (another && work.last)
        throw stop(work, work.last, 'the file ends after a comma', 'write another address, or no comma');
      return keys;
    }
    if (!fresh && !another && newLine(work)) return keys;
    const { text } = token;
    if (text === 'import' && newLine(work)) {
      work.stream.take();
      readImport(work, token, 0);
      fresh = true;
      continue;
    }
    if (text === '{') {
      if (another) throw stop(work, token, 'after a comma an address is expected, not `{`', 'take the comma out');
      return keys;
    }
    fresh = false;
    const key = readKey(work, token);
    another = text.endsWith(',') || (another && text === '');
    if (key) keys.push(key);
    take(work);
  }
}

function readKey(work: Work, token: Token): Token | undefined {
  const { text } = token;
  const address = text.endsWith(',') ? text.slice(0, -1) : text;
  if (text.startsWith('@')) {
    throw stop(work, token, `the matcher ${quoted(text)} is in no site`, 'matchers belong in a site’s block');
  }
  if (text.endsWith('{')) {
    throw stop(work, token, `the address ${quoted(text)} ends with a brace`, 'put a space before `{`');
  }
  if (text === '}')
    throw stop(work, token, 'unexpected `}`', 'it closes nothing: an earlier `}` has closed the last block');
  if (replaceVariables(address, () => '').includes(',')) {
    throw stop(
      work,
      token,
      `the address ${quoted(text)} has a comma in it`,
      'put a space after a comma between addresses',
    );
  }
  return address === '' ? undefined : { ...token, text: address };
}

/** A snippet or named route: kept as it is written until something asks for it. */
function readNamed(work: Work, key: Token, kind: 'snippet' | 'route', name: string): void {
  const brace = work.stream.peek();
  if (brace?.text !== '{') {
    const help = `open its block: ${quoted(key.text)} {`;
    throw stop(
      work,
      brace ?? key,
      `${kind === 'snippet' ? 'the snippet' : 'the named route'} ${quoted(key.text)} has no block`,
      help,
    );
  }
  const before = work.snippets.get(name);
  if (kind === 'snippet' && before) {
    throw stop(work, key, `the snippet ${quoted(name)} is there twice`, 'give it another name');
  }
  take(work);
  const tokens: Token[] = [];
  let nesting = 1;
  for (let token = take(work); ; token = take(work)) {
    if (!token) throw neverClosed(work, brace);
    if (token.text === '{') nesting++;
    if (token.text === '}' && --nesting === 0) break;
    tokens.push(kind === 'snippet' ? { ...token, snippet: name } : token);
  }
  if (kind === 'snippet') work.snippets.set(name, tokens);
  add(work, { kind, keys: [key], name, braces: true }, tokens);
}

function readContents(work: Work, keys: readonly Token[]): void {
  const opening = work.stream.peek();
  const braces = opening?.text === '{';
  if (!braces && opening?.text === 'import' && keys.every(({ text }) => /^\(.*\)$/s.test(text)) && keys.length > 0) {
    throw stop(work, opening, 'the options come after an import', 'move the options to the top of the file');
  }
  if (braces) take(work);
  const tokens: Token[] = [];
  const block = { kind: keys.length === 0 ? 'options' : 'site', keys, braces } as const;
  work.site = keys[0];
  try {
    for (;;) {
      const token = work.stream.peek();
      if (!token) {
        if (braces && opening && !closedTwice(work, opening)) throw neverClosed(work, opening);
        break;
      }
      if (token.text === 'import') {
        work.stream.take();
        readImport(work, token, 1);
        continue;
      }
      take(work);
      if (token.text === '}') break;
      readSegment(work, token, tokens);
    }
  } finally {
    work.site = undefined;
    // Also what there was before a mistake.
    if (keys.length > 0 || tokens.length > 0) add(work, block, tokens);
  }
}

function add(work: Work, block: Omit<CaddyBlock, 'directives'>, tokens: readonly Token[]): void {
  const position = ({ file, span }: Token) => work.sources.get(file)?.position(span.start) ?? { line: 1, column: 1 };
  const { directives, faults } = grow(tokens, position);
  work.blocks.push({ ...block, directives });
  for (const { file, fault } of faults) {
    const { message, help, span } = fault;
    work.diagnostics.push(
      finding(work.sources, {
        rule: 'caddy-syntax',
        at: { file, span },
        message,
        why: 'Caddy does not read what is meant',
        help,
      }),
    );
  }
}

/** A directive up to the end of its line, or of the block that it opens. */
function readSegment(work: Work, head: Token, tokens: Token[]): void {
  const braces: Token[] = [];
  tokens.push(head);
  for (let token = work.stream.peek(); token; token = work.stream.peek()) {
    const begins = newLine(work);
    const { text } = token;
    if (text === '{') {
      take(work);
      if (token.quote !== '')
        throw stop(
          work,
          token,
          'a lone brace counts as one even in quotes',
          'put something beside it, or use a heredoc with more than the brace',
        );
      if (!newLine(work)) throw stop(work, token, 'something follows `{` on its line', 'begin a new line after `{`');
      if (begins && atLeast(work.version, '2.7'))
        throw stop(work, token, '`{` is on a line of its own', 'put it at the end of the line before');
      braces.push(token);
      tokens.push(token);
      continue;
    }
    if (text !== '{}' && begins && braces.length === 0) return;
    if (text === 'import' && begins) {
      work.stream.take();
      readImport(work, token, 1);
      continue;
    }
    take(work);
    if (text === '{}' && token.quote === '' && newLine(work))
      throw stop(work, token, '`{}` is no empty block', 'leave it out, or put `{` and `}` on two lines');
    if (text === '}' && !braces.pop())
      throw stop(work, token, 'unexpected `}`', 'a `}` stands on a line of its own, and closes a block');
    tokens.push(token);
  }
  const innermost = braces.at(-1);
  if (innermost) throw neverClosed(work, innermost);
}

/** At the end of the file Caddy takes the last `}` again for the block around it, so that one may be missing. */
function closedTwice(work: Work, opening: Token): boolean {
  const { last } = work;
  if (last?.text !== '}') return false;
  const more = [{ at: opening, message: 'the block begins here' }];
  const message = 'the last `}` is missing';
  const why = 'Caddy takes the `}` before it for both, and whoever adds a line will wonder';
  work.diagnostics.push({
    ...finding(work.sources, { rule: 'caddy-syntax', at: last, message, why, help: 'write it', more }),
    severity: 'warning',
    ...(last.file === opening.file && !last.imported ? { fix: closing(last, work) } : {}),
  });
  return true;
}

function closing({ file, span }: Token, { sources }: Work): NonNullable<Diagnostic['fix']> {
  const newline = lineBreak({ text: sources.get(file)?.text ?? '' });
  return { title: 'write `}`', edits: [{ source: file, start: span.end, end: span.end, text: `${newline}}` }] };
}

function neverClosed(work: Work, brace: Token): Stop {
  const more = [{ at: brace, message: 'the block that is never closed begins here' }];
  const unclosed = [...work.lexed].find(([, one]) => one.unclosed);
  if (unclosed?.[1].unclosed) {
    const at = { file: unclosed[0], span: unclosed[1].unclosed };
    return stop(work, work.last ?? brace, 'the file ends in a quote that is never closed', 'close the quote', [
      { at, message: 'the quote is opened here' },
      ...more,
    ]);
  }
  return stop(work, work.last ?? brace, 'the file ends inside of a block', 'write its `}`', more);
}

/** Puts a snippet or files in place of an `import`, whose own token has been taken. */
function readImport(work: Work, token: Token, nesting: number): void {
  const before = work.last;
  work.last = token;
  const words: Token[] = [];
  while (work.stream.peek() && !newLine(work) && work.stream.peek()?.text !== '{') words.push(take(work) as Token);
  const [named, ...args] = words;
  if (!named) throw stop(work, token, '`import` names nothing', 'name a snippet or a file');
  if (named.text === '') throw stop(work, named, '`import` names nothing', 'name a snippet or a file');
  const block = readBlockOfImport(work);
  work.last = before;

  const found = imported(work, token, named);
  if (!found) return;
  connect(work, token, named, found.nodes);
  const tokens = filled(work, found.tokens, { by: token, args: args.map(({ text }) => text), block, nesting });
  if (work.stream.total + tokens.length > mostTokens) {
    const help = 'does an import bring itself many times over?';
    throw stop(work, named, `with this import the file has more than ${mostTokens} words`, help);
  }
  work.stream.insert(tokens);
}

/** The block after an `import`, since 2.9: what stands for `{block}`, and line by line for `{blocks.name}`. */
interface BlockOfImport {
  readonly all: readonly Token[];
  readonly parts: ReadonlyMap<string, readonly Token[]>;
}

function readBlockOfImport(work: Work): BlockOfImport {
  const brace = work.stream.peek();
  const all: Token[] = [];
  const parts = new Map<string, readonly Token[]>();
  if (brace?.text !== '{' || newLine(work)) return { all, parts };
  if (!atLeast(work.version, '2.9'))
    throw stop(work, brace, 'an import with a block is new in Caddy 2.9', 'use arguments instead');
  take(work);
  let part: Token[] = [];
  let depth = 0;
  for (let last = brace; ; ) {
    const token = take(work);
    if (!token) throw neverClosed(work, brace);
    if (token.text === '}' && --depth < 0) return { all, parts };
    all.push(token);
    if (depth === 0 && token.text !== '}' && onNewLine(last, token)) {
      if (token.text === '{') throw stop(work, token, 'a block without a name', 'write a name before `{`, on its line');
      part = [];
      parts.set(token.text, part);
    } else if (depth > 0 || (token.text !== '{' && token.text !== '}')) part.push(token);
    if (token.text === '{') depth++;
    last = token;
  }
}

/** What an `import` names, and its nodes in the graph of imports; nothing where it cannot be followed. */
function imported(
  work: Work,
  token: Token,
  named: Token,
): { tokens: readonly Token[]; nodes: readonly string[] } | undefined {
  const snippet = work.snippets.get(named.text);
  if (snippet) {
    const [first] = snippet;
    return { tokens: snippet, nodes: first ? [node(first)] : [] };
  }
  const leave = (reason: Unresolved['reason']): undefined => {
    const place = placeOf(work.sources, named);
    work.unresolved.push({ place, pattern: named.text, reason, ...(work.site ? { site: work.site } : {}) });
  };
  if (replaceVariables(named.text, () => '') !== named.text) return leave('environment');
  const pattern = within(folder(token.file), named.text);
  if (/\*.*\*|\?.*\?/.test(pattern) || (pattern.includes('[') && pattern.includes(']'))) {
    throw stop(
      work,
      named,
      `the pattern ${quoted(named.text)} has more than one wildcard`,
      'Caddy allows one `*` or `?`',
    );
  }
  const last = pattern.slice(pattern.lastIndexOf('/') + 1);
  const paths = !isPattern(pattern)
    ? [pattern].filter((path) => work.files.has(path))
    : glob(work.files, pattern, { hidden: true }).filter(
        (path) => !last.startsWith('*') || !path.slice(path.lastIndexOf('/') + 1).startsWith('.'),
      );
  if (paths.length > 0) return { tokens: paths.flatMap((path) => tokensOf(work, path, named)), nodes: paths };
  if (!covers(work.files, work.root, pattern)) return leave('outside');
  if (isPattern(pattern)) return undefined;
  const message = `there is no snippet and no file ${quoted(named.text)}`;
  const help = /^[^/.]+$/.test(named.text)
    ? 'a snippet must be defined before it is imported'
    : 'a path begins at the folder of the file that it is in';
  throw new Stop(finding(work.sources, { rule: 'caddy-import', at: named, message, why: stops, help }));
}

function tokensOf(work: Work, path: string, named: Token): readonly Token[] {
  let lexed = work.lexed.get(path);
  if (!lexed) {
    const text = work.files.get(path) ?? '';
    createSource(path, text, new Map(), work.sources);
    lexed = lex(path, text, work.version);
    work.lexed.set(path, lexed);
  }
  if (lexed.fault) {
    const { message, help, span } = lexed.fault;
    throw stop(work, { file: path, span }, message, help, [{ at: named, message: 'it is imported here' }]);
  }
  return lexed.tokens;
}

function node({ file, snippet }: Token): string {
  return snippet === undefined ? file : `${file}:${snippet}`;
}

/** Notes who imports whom, and refuses a circle. */
function connect(work: Work, token: Token, named: Token, nodes: readonly string[]): void {
  const from = node(token);
  const known = work.graph.get(from) ?? new Set();
  work.graph.set(from, known);
  for (const to of nodes) {
    if (known.has(to)) continue;
    if (to === from || reaches(work.graph, to, from)) {
      const message =
        to === from ? `${quoted(named.text)} imports itself` : `${quoted(named.text)} imports what imports it`;
      throw new Stop(
        finding(work.sources, {
          rule: 'caddy-import',
          at: named,
          message,
          why: stops,
          help: 'take one of the imports out',
        }),
      );
    }
    known.add(to);
  }
}

function reaches(graph: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [from];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one === to) return true;
    if (seen.has(one)) continue;
    seen.add(one);
    for (const next of graph.get(one) ?? []) open.push(next);
  }
  return false;
}

interface Filling {
  readonly by: Token;
  readonly args: readonly string[];
  readonly block: BlockOfImport;
  readonly nesting: number;
}

/** Tokens as an import brings them: arguments and blocks in place, but not in snippets that they define themselves. */
function filled(work: Work, tokens: readonly Token[], { by, args, block, nesting: depth }: Filling): Token[] {
  const filledIn: Token[] = [];
  const modern = atLeast(work.version, '2.7');
  const blocks = atLeast(work.version, '2.9') ? block : undefined;
  let nesting = depth;
  let word = 0;
  let [named, inSnippet] = [false, false];
  let before: Token | undefined;
  let imported: Imported | undefined;
  for (const original of tokens) {
    // Neighbours mostly come by the same way.
    if (!imported || before?.imported !== original.imported || before?.snippet !== original.snippet) {
      imported = work.imports(by, original.snippet, original.imported);
    }
    before = original;
    const token = { ...original, imported };
    const { text } = token;
    if (!inSnippet && nesting === 0) {
      const last = filledIn.at(-1);
      word = !last || onNewLine(last, token) ? 0 : word + 1;
      if (word === 0 && /^\(.+\)$/s.test(text)) named = true;
    }
    if (text === '{') {
      nesting++;
      if (word === 1 && named && nesting === 1) [inSnippet, named] = [true, false];
    } else if (text === '}') {
      nesting--;
      if (nesting === 0) inSnippet = false;
    }
    for (const one of inSnippet ? [token] : meant(token, { args, blocks, modern })) filledIn.push(one);
    if (filledIn.length > mostTokens) break;
  }
  return filledIn;
}

interface Meaning {
  readonly args: readonly string[];
  readonly blocks: BlockOfImport | undefined;
  readonly modern: boolean;
}

/** What stands for one token of an import. */
function meant(token: Token, { args, blocks, modern }: Meaning): readonly Token[] {
  const { text } = token;
  if (blocks && text === '{block}') return blocks.all;
  if (blocks && /^\{blocks\..*\}$/s.test(text)) return blocks.parts.get(text.slice(8, -1)) ?? [];
  const range = modern ? variadic(text, args.length) : undefined;
  if (range) return args.slice(...range).map((arg) => replaced(token, arg));
  return [replaced(token, withArguments(text, args, modern))];
}

function replaced(token: Token, text: string): Token {
  return text === token.text ? token : { ...token, text, breaks: breaks(text, token.quote) };
}

/** `{args[:]}`, `{args[1:]}`, `{args[0:2]}`: which of the arguments it stands for. */
function variadic(text: string, count: number): [number, number] | undefined {
  const [, from, to] = /^\{args\[(\d*):(\d*)\]\}$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const [start, end] = [from === '' ? 0 : Number(from), to === '' ? count : Number(to)];
  return start <= end && end <= count ? [start, end] : undefined;
}

/** `{args[0]}`, and `{args.0}` as it was before 2.7. An import takes the backslash of an escaped brace off, too. */
function withArguments(text: string, args: readonly string[], modern: boolean): string {
  return text.replace(
    /\\([{}])|\{args(?:\.(\d+)|\[(\d+)\])\}/g,
    (whole, brace?: string, old?: string, index?: string) => {
      if (brace) return brace;
      return args[Number(old ?? (modern ? index : undefined) ?? -1)] ?? whole;
    },
  );
}
