import { visible } from '../diagnostics/visible.ts';
import { type ColorFlag, chalkFor } from './color.ts';
import { type Io, UsageError } from './io.ts';
import { OutputError } from './output-error.ts';

/** Exit code 2 in words: what is in the way and what to do; for a mistake of this program where it happened. */
export function tellFailure(problem: unknown, color: ColorFlag, { stderr, env }: Pick<Io, 'stderr' | 'env'>): void {
  const chalk = chalkFor(stderr, env, color);
  if (problem instanceof UsageError || problem instanceof OutputError) {
    stderr.write(
      `${chalk.red('error')} ${chalk.bold(visible(problem.message))}\n  ${chalk.dim('help:')} ${visible(problem.help)}\n`,
    );
    return;
  }
  const detail = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
  stderr.write(`${chalk.red('error')} the program itself failed; please report this\n${visible(detail)}\n`);
}
