import { formatPatch, type StructuredPatch, structuredPatch } from 'diff';
import { visible } from '../diagnostics/visible.ts';

/** A text before and after; nothing where there is no file. */
export interface Edited {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** Beyond this many changed lines the shortest diff is slow to find and nobody reads it: all old, then all new lines. */
const mostEdits = 2000;

/** A change as a unified diff, with control characters escaped: it is meant for a terminal. Empty: there is none. */
export function patchOf(edited: Edited): string {
  return patchAndCount(edited).patch;
}

/** The same, and how many lines come and go. */
export function patchAndCount(edited: Edited) {
  const patch = structured(edited);
  const lines = patch?.hunks.flatMap((hunk) => hunk.lines) ?? [];
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  const header = { includeIndex: false, includeUnderline: false, includeFileHeaders: true };
  const text = patch ? visible(formatPatch(patch, header)) : '';
  return { patch: text, added: count('+'), removed: count('-') };
}

function structured({ path, before, after }: Edited): StructuredPatch | undefined {
  const [old = '', next = ''] = [before, after];
  if (old === next) return undefined;
  const from = before === undefined ? '/dev/null' : `a/${path}`;
  const to = after === undefined ? '/dev/null' : `b/${path}`;
  const patch =
    old === '' || next === ''
      ? undefined
      : structuredPatch(from, to, old, next, undefined, undefined, { context: 3, maxEditLength: mostEdits });
  return patch ?? wholePatch(from, to, old, next);
}

/** A diff that needs no search: everything old goes, everything new comes. */
function wholePatch(oldFileName: string, newFileName: string, before: string, after: string): StructuredPatch {
  const [removed, added] = [linesOf(before), linesOf(after)];
  const lines = [...marked('-', before, removed), ...marked('+', after, added)];
  const hunk = { oldStart: 1, oldLines: removed.length, newStart: 1, newLines: added.length, lines };
  return { oldFileName, newFileName, oldHeader: undefined, newHeader: undefined, hunks: [hunk] };
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function marked(sign: string, text: string, lines: readonly string[]): string[] {
  const end = text === '' || text.endsWith('\n') ? [] : ['\\ No newline at end of file'];
  return [...lines.map((line) => sign + line), ...end];
}
