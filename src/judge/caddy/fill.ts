import { atLeast } from '../../model/version.ts';
import { breaks, type Imported, type Token } from './lexer.ts';
import { mostTokens, type Work } from './reader.ts';
import { onNewLine } from './stream.ts';

/** The block after an `import`, since 2.9: what stands for `{block}`, and line by line for `{blocks.name}`. */
export interface BlockOfImport {
  readonly all: readonly Token[];
  readonly parts: ReadonlyMap<string, readonly Token[]>;
}

interface Filling {
  readonly by: Token;
  readonly args: readonly string[];
  readonly block: BlockOfImport;
  readonly nesting: number;
}

/** Tokens as an import brings them: arguments and blocks in place, but not in snippets that they define themselves. */
export function filled(work: Work, tokens: readonly Token[], { by, args, block, nesting: depth }: Filling): Token[] {
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
