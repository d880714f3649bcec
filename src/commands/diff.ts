import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { readSide, type SideOptions } from '../cli/side.ts';
import type { Severity } from '../diagnostics/diagnostic.ts';
import { compareSides, isFailed } from '../diff/compare.ts';
import { diffData } from '../diff/data.ts';
import { markdownDiff } from '../diff/markdown.ts';
import { textDiff } from '../diff/text.ts';

export interface DiffOptions extends SideOptions {
  readonly format: 'text' | 'json' | 'markdown';
  readonly failOn: Severity | 'never';
  readonly color: ColorFlag;
}

/** What a change does to the waits, findings and output. 1: something new that must not be; 2: one cannot be read. */
export async function diff(base: string, head: string, options: DiffOptions, io: Io): Promise<number> {
  if (base === '-' && head === '-') {
    throw new UsageError('standard input cannot be both', 'name a file, or `git:REV:PATH`, for one of the two');
  }
  const sides = [await readSide(base, options, io), await readSide(head, options, io)] as const;
  const difference = compareSides(...sides, options.failOn);
  const printed = {
    text: () => textDiff(difference, chalkFor(io.stdout, io.env, options.color)),
    json: () => `${JSON.stringify(diffData(difference), null, 2)}\n`,
    markdown: () => markdownDiff(difference),
  };
  io.stdout.write(printed[options.format]());
  return isFailed(difference) ? 1 : 0;
}
