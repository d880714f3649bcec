import type { Diagnostic, Place } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { lineBreak } from '../../source/lines.ts';
import { type Files, folder } from '../../source/paths.ts';
import { createSource, type Source, type Span } from '../../source/source.ts';
import { finding } from './finding.ts';
import { readImport } from './imports.ts';
import { type Lexed, lex, replaceVariables, type Token } from './lexer.ts';
import { neverClosed, newLine, Stop, stop, take, type Work } from './reader.ts';
import { createImports, createStream } from './stream.ts';
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
