import { pretty } from '../reporters/pretty.ts';
import type { Report } from '../reporters/reporter.ts';
import { type ColorFlag, chalkFor } from './color.ts';
import type { Io } from './io.ts';

/** Shows the errors among the findings on standard error: what keeps a command from its work. Were there some? */
export function tellMistakes(files: readonly Report[], color: ColorFlag, io: Io): boolean {
  const wrong = files
    .map(({ source, diagnostics }) => ({
      source,
      diagnostics: diagnostics.filter(({ severity }) => severity === 'error'),
    }))
    .filter(({ diagnostics }) => diagnostics.length > 0);
  if (wrong.length > 0) io.stderr.write(pretty(wrong, chalkFor(io.stderr, io.env, color)));
  return wrong.length > 0;
}
