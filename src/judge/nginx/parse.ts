import { createSource, type Source, type Span } from '../../source/source.ts';
import { createReader, type Fault, type Word } from './lexer.ts';

/** One directive as it is written. */
export interface Directive {
  readonly name: string;
  /** The name as a word: entries of a `map` may have a quoted one. */
  readonly head: Word;
  readonly args: readonly Word[];
  readonly block?: readonly Directive[];
  /** The code of a `…_by_lua_block`, without its braces. */
  readonly lua?: Span;
  readonly file: string;
  /** From the name to the `;` or `}`, inclusive. */
  readonly span: Span;
  /** The offset of the `;` or `{`: nginx reports what is wrong with a directive at the line of this. */
  readonly mark: number;
  readonly line: number;
  readonly column: number;
  /** The files that an `include` reads, in their order; only `read.ts` sets it. */
  readonly included?: readonly ParsedFile[];
  /** What the `include` names could not be read, and may say anything; a pattern of no file is nothing to read. */
  readonly unread?: boolean;
}

/** One file: its directives as far as they could be read. */
export interface ParsedFile {
  readonly path: string;
  readonly source: Source;
  readonly directives: readonly Directive[];
  readonly comments: readonly Span[];
  /** Present when the file is not read to its end. */
  readonly fault?: Fault;
  /** Blocks inside blocks, at most. */
  readonly depth: number;
  readonly size: number;
}

/** Deeper than any configuration, and shallow enough for whoever walks it. */
export const deepest = 64;

interface Open {
  readonly directives: Directive[];
  readonly close: (end: number) => void;
  readonly at: number;
}

/** Reads one file up to its first mistake, as nginx does: what follows an unbalanced brace would only be guessed. */
export function parse(path: string, text: string, together: Map<string, Source> = new Map()): ParsedFile {
  const source = createSource(path, text, new Map(), together);
  if (text.startsWith('\uFEFF')) {
    const fault: Fault = {
      message: 'the file begins with a byte order mark',
      help: 'nginx takes it for a part of the first directive’s name: save the file as UTF-8 without it',
      span: { start: 0, end: 1 },
    };
    return { path, source, directives: [], comments: [], fault, depth: 0, size: 0 };
  }

  const reader = createReader(text);
  const top: Directive[] = [];
  const open: Open[] = [];
  let [depth, size] = [0, 0];
  let fault: Fault | undefined;

  while (!fault) {
    const read = reader.next();
    const inner = open.at(-1);
    if (read.kind === 'fault') fault = read.fault;
    else if (read.kind === 'end') {
      if (inner) fault = unclosed(inner, text.length);
      break;
    } else if (read.kind === 'close') {
      open.pop();
      if (inner) inner.close(read.at + 1);
      else fault = stray(read.at);
    } else {
      const [head, ...args] = read.words;
      const started = { name: head.text, head, args, file: path, mark: read.at, ...source.position(head.span.start) };
      const siblings = inner?.directives ?? top;
      size++;
      if (read.ends === ';') siblings.push({ ...started, span: { start: head.span.start, end: read.at + 1 } });
      else if (head.text.endsWith('_by_lua_block')) {
        const lua = reader.lua();
        if ('message' in lua) fault = lua;
        else siblings.push({ ...started, block: [], lua, span: { start: head.span.start, end: lua.end + 1 } });
      } else if (open.length === deepest) fault = tooDeep(head.span);
      else {
        const directives: Directive[] = [];
        const place = siblings.length;
        const close = (end: number): void => {
          siblings[place] = { ...started, block: directives, span: { start: head.span.start, end } };
        };
        // Written at once, so that a block is there even if its end never comes.
        close(read.at + 1);
        open.push({ directives, close, at: read.at });
        depth = Math.max(depth, open.length);
      }
    }
  }
  for (const block of open) block.close(fault ? Math.max(fault.span.start, block.at + 1) : text.length);
  return { path, source, directives: top, comments: reader.comments, ...(fault ? { fault } : {}), depth, size };
}

function unclosed(block: Open, end: number): Fault {
  return {
    message: 'unexpected end of file, expecting "}"',
    help: 'close the block with a "}"',
    span: { start: end, end },
    began: { span: { start: block.at, end: block.at + 1 }, message: 'the innermost open block begins here' },
  };
}

function stray(at: number): Fault {
  return {
    message: 'unexpected "}"',
    help: 'it closes nothing: an earlier "}" has closed the last block, or a "{" is missing',
    span: { start: at, end: at + 1 },
  };
}

function tooDeep(span: Span): Fault {
  return {
    message: `more than ${deepest} blocks inside each other`,
    help: 'no configuration that a person wrote is as deep: is it the right file?',
    span,
  };
}

/** Directives of a block as nginx reads them: those of included files in place of the `include`. */
export function* flatten(directives: readonly Directive[]): Generator<Directive> {
  for (const directive of directives) {
    if (directive.included) for (const file of directive.included) yield* flatten(file.directives);
    else yield directive;
  }
}
