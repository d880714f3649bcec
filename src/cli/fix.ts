import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { visible } from '../diagnostics/visible.ts';
import { fixAll } from '../source/fix.ts';
import type { Source } from '../source/source.ts';
import { UsageError } from './io.ts';

/** Files that were read together, and can be judged with other texts. */
export interface Fixable<Same> {
  readonly files: readonly { readonly source: Source; readonly diagnostics: readonly Diagnostic[] }[];
  again(texts: ReadonlyMap<string, string>): Same;
  /** A file as it is on disk. */
  bytesOf(name: string): Uint8Array;
}

/** A file whose text fixes change. */
interface FixedFile {
  readonly name: string;
  /** As it is. */
  readonly bytes: Uint8Array;
  readonly text: string;
  /** How many findings are gone. */
  readonly fixed: number;
}

/** Files after all fixes: what is left to find, and those to write. */
export interface Fixed<Same> {
  readonly left: Same;
  readonly files: readonly FixedFile[];
}

const byteOrderMark = '\uFEFF';

/** Touches nothing. A byte order mark stays where it was. */
export function fixedFiles<Same extends Fixable<Same>>(first: Same): Fixed<Same> {
  const { fixed, last } = fixAll(first, (texts) => first.again(texts));
  const before = new Map(first.files.map(({ source }) => [source.name, source.text]));
  const files = last.files.flatMap(({ source: { name, text } }): FixedFile[] => {
    const number = fixed.get(name);
    if (number === undefined) return [];
    const bytes = first.bytesOf(name);
    const old = before.get(name) ?? '';
    const mark = hasMark(bytes) && !old.startsWith(byteOrderMark) ? byteOrderMark : '';
    if (!Buffer.from(mark + old).equals(bytes)) {
      throw new UsageError(`cannot mend ${visible(name)}: it is not UTF-8 text`, 'save it as UTF-8');
    }
    return [{ name, bytes, text: mark + text, fixed: number }];
  });
  return { left: last, files };
}

function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
