import type { Command, Option } from 'commander';
import type { Io } from '../cli/io.ts';
import { bash } from '../completion/bash.ts';
import { fish } from '../completion/fish.ts';
import type { CommandLine, OptionWords, Shell } from '../completion/words.ts';
import { zsh } from '../completion/zsh.ts';
import { reporters } from '../reporters/index.ts';
import { catalogue } from '../rules/index.ts';
import { targets } from '../targets/index.ts';
import { printables } from './print.ts';

/** Prints a script that completes the command line. */
export function completion(shell: Shell, root: Command, { stdout }: Pick<Io, 'stdout'>): number {
  stdout.write({ bash, zsh, fish }[shell](commandLine(root)));
  return 0;
}

/** Words that are no plain choice: a format may be followed by its file, targets are a list. */
const known: Readonly<Record<string, readonly string[]>> = {
  'lint --format': Object.keys(reporters),
  'build --target': Object.keys(targets),
  explain: [...catalogue.keys()],
  print: printables,
};

function commandLine(root: Command): CommandLine {
  const shared = optionsOf(root).filter(({ names }) => !names.includes('--help') && !names.includes('--version'));
  return {
    program: root.name(),
    options: optionsOf(root),
    commands: root.commands.map((command) => ({
      name: command.name(),
      description: command.description(),
      options: [...optionsOf(command), ...shared],
      words: known[command.name()] ?? command.registeredArguments[0]?.argChoices ?? [],
    })),
  };
}

function optionsOf(command: Command): OptionWords[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => optionWords(command.name(), option));
}

function optionWords(command: string, { short, long, description, required, flags, argChoices }: Option) {
  const names = [short, long].flatMap((name) => name ?? []);
  const words = known[`${command} ${long}`] ?? argChoices ?? [];
  const isFile = /<(?:file|dir|compose\.yaml)>/.test(flags);
  return { names, description, ...(required ? { value: { isFile, words } } : {}) };
}
