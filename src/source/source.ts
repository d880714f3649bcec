import type { Place } from '../diagnostics/diagnostic.ts';

/** `[start, end)` in UTF-16 units of a source text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Line and column, both from 1; columns count UTF-16 units, as editors and SARIF (`utf16CodeUnits`) do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type SpanTable = Map<string, { readonly key?: Span; readonly value: Span }>;

/** One input file: its text, and where each JSON pointer of it is written. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** The span of a place; of the nearest parent that is written when the place itself is not. */
  span(place: Place): Span;
  /** A place for something that no pointer names: a syntax error, a comment. */
  place(start: number, end: number): Place;
  position(offset: number): Position;
  /** The text of a line (from 1), without its line break. */
  line(number: number): string;
  readonly lines: number;
  /** The file that a place is in: this one, or one that was read together with it. */
  of(place: Pick<Place, 'source'>): Source;
}

/** `together`: all files that are read for one topology, by name; this one is added. */
export function createSource(
  name: string,
  text: string,
  spans: SpanTable = new Map(),
  together: Map<string, Source> = new Map(),
): Source {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);

  const lineAt = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  const source: Source = {
    name,
    text,
    lines: starts.length,
    of: (place) => together.get(place.source) ?? source,
    span(place) {
      for (let path = place.path; ; path = path.slice(0, path.lastIndexOf('/'))) {
        const found = spans.get(path);
        if (found) return place.part === 'key' && path === place.path ? (found.key ?? found.value) : found.value;
        if (path === '') return { start: 0, end: 0 };
      }
    },
    place(start, end) {
      const path = `#${start}-${end}`;
      const inside = (offset: number): number => Math.min(offset, text.length);
      spans.set(path, { value: { start: inside(start), end: inside(Math.max(end, start + 1)) } });
      return { source: name, path, part: 'value' };
    },
    position(offset) {
      const line = lineAt(offset);
      return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
    line(number) {
      const start = starts[number - 1];
      if (start === undefined) return '';
      const next = starts[number];
      return text.slice(start, next === undefined ? text.length : next - 1).replace(/\r$/, '');
    },
  };
  together.set(name, source);
  return source;
}
