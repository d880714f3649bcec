import type { Diagnostic, Edit } from '../diagnostics/diagnostic.ts';
import { applyEdits } from './edit.ts';
import { isFatal } from './ignore.ts';
import type { Source } from './source.ts';

interface Judged {
  readonly files: readonly { readonly source: Source; readonly diagnostics: readonly Diagnostic[] }[];
}

/** A fix can make room for the next one, or give rise to another finding: more rounds than this mean that two disagree. */
const mostRounds = 10;

/**
 * Applies the fixes of all findings of files that were read together, each in the file that it names. Where two touch
 * the first one wins, and the texts are judged anew until nothing is left to fix. `fixed`: how many findings of which
 * file are gone; the texts are those of `last`.
 */
export function fixAll<T extends Judged>(
  first: T,
  judge: (texts: ReadonlyMap<string, string>) => T,
): { readonly fixed: ReadonlyMap<string, number>; readonly last: T } {
  let last = first;
  const fixed = new Map<string, number>();
  const texts = new Map<string, string>();
  for (let round = 0; round < mostRounds; round++) {
    const changes = chosen(last);
    if (changes.size === 0) break;
    for (const [source, { edits }] of changes) texts.set(source.name, applyEdits(source.text, edits));
    const next = judge(texts);
    const broken = next.files.find(({ diagnostics }) => diagnostics.some(isFatal));
    if (broken && !last.files.some(({ diagnostics }) => diagnostics.some(isFatal))) {
      throw new Error(`a fix would break ${broken.source.name}; nothing was written`);
    }
    last = next;
    for (const [{ name }, { count }] of changes) fixed.set(name, (fixed.get(name) ?? 0) + count);
  }
  return { fixed, last };
}

interface Chosen {
  readonly edits: Edit[];
  /** How many findings they mend. */
  count: number;
}

function chosen({ files }: Judged): ReadonlyMap<Source, Chosen> {
  const sources = new Map(files.map(({ source }) => [source.name, source]));
  const changes = new Map<Source, Chosen>();
  for (const { fix } of files.flatMap(({ diagnostics }) => diagnostics)) {
    // No fix reaches into two files.
    const source = sources.get(fix?.edits[0]?.source ?? '');
    if (!fix || !source || fix.edits.some((edit) => edit.source !== source.name)) continue;
    const own = changes.get(source) ?? { edits: [], count: 0 };
    const isNew = (edit: Edit): boolean => !own.edits.some((other) => isSame(edit, other));
    // Two findings may share one cure: they are mended together.
    const added = fix.edits.filter(isNew);
    if (added.some((edit) => own.edits.some((other) => edit.start <= other.end && other.start <= edit.end))) continue;
    own.edits.push(...added);
    own.count++;
    changes.set(source, own);
  }
  return changes;
}

function isSame(a: Edit, b: Edit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}
