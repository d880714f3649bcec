import { CommanderError } from 'commander';
import type { Io } from './cli/io.ts';
import { colorOf, program, wrongCall } from './cli/program.ts';

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
    // Commander ends `--help` and `--version` this way as well.
    if (problem instanceof CommanderError && problem.exitCode === 0) return 0;
    if (problem instanceof CommanderError && problem.code === 'commander.help') return 2;
    const told = problem instanceof CommanderError ? wrongCall(problem, tree, args) : problem;
    const { tellFailure } = await import('./cli/failure.ts');
    tellFailure(told, colorOf(tree, args), io);
    return 2;
  }
}
