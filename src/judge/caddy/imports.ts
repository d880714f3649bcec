import { quoted } from '../../diagnostics/visible.ts';
import { atLeast } from '../../model/version.ts';
import { covers, folder, glob, isPattern, within } from '../../source/paths.ts';
import { createSource } from '../../source/source.ts';
import { type BlockOfImport, filled } from './fill.ts';
import { finding, placeOf } from './finding.ts';
import { lex, replaceVariables, type Token } from './lexer.ts';
import type { Unresolved } from './parse.ts';
import { mostTokens, neverClosed, newLine, Stop, stop, stops, take, type Work } from './reader.ts';
import { onNewLine } from './stream.ts';

/** Puts a snippet or files in place of an `import`, whose own token has been taken. */
export function readImport(work: Work, token: Token, nesting: number): void {
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
