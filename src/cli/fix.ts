import { fixAll } from '../source/fix.ts';
import type { Loaded } from './load.ts';

/** A file whose text fixes change. */
interface FixedFile {
  readonly name: string;
  /** As it is. */
  readonly bytes: Uint8Array;
  readonly text: string;
  /** How many findings are gone. */
  readonly fixed: number;
}

/** A topology after all fixes: what is left to find, and the files to write. */
export interface Fixed {
  readonly loaded: Loaded;
  readonly files: readonly FixedFile[];
}

const byteOrderMark = '\uFEFF';

/** Touches nothing. A byte order mark stays where it was. */
export function fixedFiles(loaded: Loaded): Fixed {
  const { input } = loaded;
  const { fixed, last } = fixAll(loaded, (texts) => loaded.again(texts));
  const files = last.files.flatMap(({ source: { name, text } }): FixedFile[] => {
    const number = fixed.get(name);
    if (number === undefined) return [];
    const bytes = name === input.name ? input.bytes : input.tree.read(name);
    return [{ name, bytes, text: hasMark(bytes) ? byteOrderMark + text : text, fixed: number }];
  });
  return { loaded: last, files };
}

function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
