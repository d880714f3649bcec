import type { Diagnostic, Edit } from '../diagnostics/diagnostic.ts';
import { applyEdits } from './edit.ts';
import { isFatal } from './ignore.ts';
import type { Source } from './source.ts';

interface Judged {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
}

/** A fix can make room for the next one, or give rise to another finding: more rounds than this mean that two disagree. */
const mostRounds = 10;

/**
 * Applies the fixes of all findings of a file. Where two touch the first one wins, and the text is judged anew until
 * nothing is left to fix. Fixes that reach into another file are left alone.
 */
export function fixAll<T extends Judged>(
  first: T,
  judge: (text: string) => T,
): { readonly fixed: number; readonly last: T } {
  let last = first;
  let fixed = 0;
  for (let round = 0; round < mostRounds; round++) {
    const { edits, count } = chosen(last);
    if (count === 0) break;
    const next = judge(applyEdits(last.source.text, edits));
    if (next.diagnostics.some(isFatal) && !last.diagnostics.some(isFatal)) {
      throw new Error(`a fix would break ${last.source.name}; nothing was written`);
    }
    last = next;
    fixed += count;
  }
  return { fixed, last };
}

function chosen({ source, diagnostics }: Judged): { readonly edits: readonly Edit[]; readonly count: number } {
  const edits: Edit[] = [];
  let count = 0;
  for (const { fix } of diagnostics) {
    if (!fix?.edits.every((edit) => edit.source === source.name)) continue;
    const isNew = (edit: Edit): boolean => !edits.some((other) => isSame(edit, other));
    // Two findings may share one cure: they are mended together.
    const added = fix.edits.filter(isNew);
    if (added.some((edit) => edits.some((other) => edit.start <= other.end && other.start <= edit.end))) continue;
    edits.push(...added);
    count++;
  }
  return { edits, count };
}

function isSame(a: Edit, b: Edit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}
