import type { ColorFlag } from '../cli/color.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { type JudgedInput, type JudgeOptions, judgeInput } from '../cli/judge.ts';
import { tellMistakes } from '../cli/mistakes.ts';
import { importTopology } from '../import/judged.ts';

export interface ImportOptions extends JudgeOptions {
  readonly color: ColorFlag;
}

/** Hand-written files → a topology on standard output. 1: they have mistakes, or nothing that a topology can say. */
export async function importFiles(paths: readonly string[], options: ImportOptions, io: Io): Promise<number> {
  const inputs: JudgedInput[] = [];
  for (const path of paths) {
    const input = await judgeInput(io, path, options);
    if (!input)
      throw new UsageError(`${path} is a topology already`, 'name an nginx.conf, a Caddyfile or a folder of them');
    inputs.push(input);
  }
  const [first, ...others] = inputs;
  const other = others.find(({ target }) => target !== first?.target);
  if (first && other) {
    throw new UsageError(
      `${first.name} is for ${first.target} and ${other.name} for ${other.target}`,
      'make a topology of each',
    );
  }
  const isWrong = tellMistakes(
    inputs.flatMap(({ files }) => files),
    options.color,
    io,
  );
  if (isWrong) return 1;
  const imported = importTopology(inputs);
  if (!imported) {
    io.stderr.write('no route of it passes requests on: there is nothing to import\n');
    return 1;
  }
  io.stdout.write(imported.text);
  const { length } = imported.unsaid;
  if (length > 0) {
    const things = length === 1 ? 'one thing' : `${length} things`;
    io.stderr.write(`${things} could not be said: the comments at its top name them\n`);
  }
  return 0;
}
