import { fixAll } from '../source/fix.ts';
import type { Input } from './io.ts';
import { judged, type Loaded } from './load.ts';

/** A file after all fixes: what is left to find, the text to write, and how many findings are gone. */
export interface Fixed {
  readonly loaded: Loaded;
  readonly text: string;
  readonly fixed: number;
}

const byteOrderMark = '\uFEFF';

/** Touches nothing. A byte order mark stays where it was. */
export function fixedText(loaded: Loaded): Fixed {
  const { input } = loaded;
  const { fixed, last } = fixAll(loaded, (text) => judged({ ...input, bytes: Buffer.from(text) }));
  return { loaded: last, text: hasMark(input) ? byteOrderMark + last.source.text : last.source.text, fixed };
}

function hasMark({ bytes }: Input): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
