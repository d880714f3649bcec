import type { Source, Span } from './source.ts';

type Text = Pick<Source, 'text'>;

/** Where the line of an offset begins. */
export function lineStart({ text }: Text, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The end of the line of an offset: a comment may follow there. A block scalar ends at the start of the next line. */
export function lineEnd({ text }: Text, offset: number): number {
  const end = text[offset - 1] === '\n' ? offset - 1 : offset + text.slice(offset).search(/\r?\n|$/);
  return text[end - 1] === '\r' ? end - 1 : end;
}

export function lineBreakAt({ text }: Text, offset: number): string {
  return /^\r?\n/.exec(text.slice(offset, offset + 2))?.[0] ?? '';
}

/** Where the line break before the start of a line begins. */
export function lineBreakBefore({ text }: Text, start: number): number {
  return start - (/\r?\n$/.exec(text.slice(Math.max(0, start - 2), start))?.[0].length ?? 0);
}

export function lineBreak({ text }: Text): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** The white space that a line begins with. */
export function indentOf({ text }: Text, offset: number): string {
  return /[ \t]*/y.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

/** What goes with some words: their line where they have it for themselves, else the space before them. */
export function removal(source: Text, { start, end }: Span): Span {
  const [from, to] = [lineStart(source, start), lineEnd(source, end)];
  if (source.text.slice(from, start).trim() === '' && source.text.slice(end, to).trim() === '') {
    return { start: from, end: to + lineBreakAt(source, to).length };
  }
  const space = /[ \t]*$/.exec(source.text.slice(from, start))?.[0].length ?? 0;
  return { start: start - space, end };
}
