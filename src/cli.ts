import { CommanderError } from 'commander';
import { OutputError } from './cli/apply.ts';
import { chalkFor } from './cli/color.ts';
import { type Io, UsageError } from './cli/io.ts';
import { exitCodeOf, program } from './cli/program.ts';
import { visible } from './diagnostics/visible.ts';

/** The whole program as a function: arguments and streams → exit code (0 fine, 1 the input, 2 the call or the machine). */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const tree = program(io, (given) => {
    code = given;
  });
  try {
    if (args.length === 0) {
      io.stderr.write(tree.helpInformation());
      return 2;
    }
    await tree.parseAsync(args, { from: 'user' });
    return code;
  } catch (problem) {
    if (problem instanceof CommanderError) return exitCodeOf(problem);
    const chalk = chalkFor(io.stderr, io.env, undefined);
    if (problem instanceof UsageError || problem instanceof OutputError) {
      io.stderr.write(
        `${chalk.red('error')} ${chalk.bold(visible(problem.message))}\n  help: ${visible(problem.help)}\n`,
      );
      return 2;
    }
    const detail = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    io.stderr.write(`${chalk.red('error')} the program itself failed; please report this\n${detail}\n`);
    return 2;
  }
}
