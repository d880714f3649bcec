import { quoted } from '../../diagnostics/visible.ts';
import type { Position, Span } from '../../source/source.ts';
import type { Fault, Token } from './lexer.ts';
import { onNewLine } from './stream.ts';

/** One line of a Caddyfile with the block that it opens, imports put in place. */
export interface CaddyDirective {
  readonly name: string;
  readonly head: Token;
  readonly args: readonly Token[];
  readonly block?: readonly CaddyDirective[];
  readonly file: string;
  /** From the name to the last argument or the `}`, as far as they are in the same file. */
  readonly span: Span;
  readonly line: number;
  readonly column: number;
}

/** Deeper than any Caddyfile, and shallow enough for whoever walks it. */
export const deepest = 64;

interface Open {
  readonly list: CaddyDirective[];
  readonly owner: Building;
  readonly brace: Token;
}

interface Building {
  readonly list: CaddyDirective[];
  readonly place: number;
  readonly head: Token;
  readonly args: Token[];
  block?: CaddyDirective[];
  end: number;
}

export interface Grown {
  readonly directives: readonly CaddyDirective[];
  readonly faults: readonly { readonly file: string; readonly fault: Fault }[];
}

/** Tokens to directives: a line each, `{` at its end for a block, and the `}` on a line of its own. */
export function grow(tokens: readonly Token[], position: (token: Token) => Position): Grown {
  const top: CaddyDirective[] = [];
  const faults: { file: string; fault: Fault }[] = [];
  const open: Open[] = [];
  let current: Building | undefined;
  let before: Token | undefined;

  const write = (building: Building): void => {
    const { list, place, head, args, block, end } = building;
    const span = { start: head.span.start, end: Math.max(end, head.span.end) };
    const { file, text: name } = head;
    list[place] = { name, head, args, ...(block ? { block } : {}), file, span, ...position(head) };
  };
  const complain = ({ file, span }: Token, message: string, help: string): void => {
    faults.push({ file, fault: { message, help, span } });
  };

  for (const token of tokens) {
    const begins = !before || onNewLine(before, token);
    if (token.text === '{' && current && !current.block) {
      if (open.length === deepest) {
        complain(token, `more than ${deepest} blocks inside each other`, 'is it the right file?');
        break;
      }
      current.block = [];
      open.push({ list: current.block, owner: current, brace: token });
      write(current);
      current = undefined;
    } else if (token.text === '}') {
      if (!begins)
        complain(
          token,
          '`}` is not at the start of a line',
          'Caddy takes it for an argument: put it on a line of its own',
        );
      const closed = open.pop();
      if (closed) {
        if (token.file === closed.owner.head.file) closed.owner.end = token.span.end;
        write(closed.owner);
        // Whatever follows on this line has no directive.
        current = closed.owner;
      }
    } else if (begins || !current || current.block) {
      if (!begins && current)
        complain(token, `${quoted(token.text)} follows a \`}\` on its line`, 'begin a new line after `}`');
      const list = open.at(-1)?.list ?? top;
      if (/^\}{2,}$/.test(token.text) && token.quote === '')
        complain(token, `${quoted(token.text)} is one word, and closes nothing`, 'put each `}` on a line of its own');
      if (token.text === '{') complain(token, 'a block without a name', 'write a directive before `{`, on its line');
      current = { list, place: list.length, head: token, args: [], end: token.span.end };
      write(current);
    } else {
      current.args.push(token);
      if (token.file === current.head.file) current.end = token.span.end;
      write(current);
    }
    before = token;
  }
  return { directives: top, faults };
}
