import type { CommandLine, CommandWords, OptionWords } from './words.ts';

/** For fish 3 and later. */
export function fish({ program, options, commands }: CommandLine): string {
  const is = `__${program}_is`;
  const names = commands.map((one) => one.name);
  const lines = [
    ...options.map((one) => optionLine(program, `${is} ''`, one)),
    ...commands.map((one) => line(program, `${is} ''`, `-a ${one.name} -d ${quoted(one.description)}`)),
    line(program, `${is} ''`, `-a help -d ${quoted('print help of a command')}`),
    line(program, `${is} help`, `-a ${quoted(names.join(' '))}`),
    ...commands.flatMap((one) => linesOf(program, `${is} ${one.name}`, one)),
  ];
  return `# Completion of ${program} for fish; in ~/.config/fish/config.fish: ${program} completion fish | source
function ${is} --description 'Is this the command so far?'
    for word in (commandline -opc)[2..-1]
        if not string match -q -- '-*' $word
            test "$word" = "$argv[1]"
            return
        end
    end
    test -z "$argv[1]"
end
complete -c ${program} -f
${lines.join('\n')}
`;
}

function linesOf(program: string, when: string, { options, words }: CommandWords): string[] {
  const first = words.length > 0 ? line(program, when, `-a ${quoted(words.join(' '))}`) : line(program, when, '-F');
  return [first, ...options.map((one) => optionLine(program, when, one))];
}

function optionLine(program: string, when: string, { names, description, value }: OptionWords): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ');
  const words = value && value.words.length > 0 ? ` -a ${quoted(value.words.join(' '))}` : '';
  const takes = value ? (value.isFile ? ' -r -F' : ' -x') : '';
  return line(program, when, `${flags}${takes}${words} -d ${quoted(description)}`);
}

function line(program: string, when: string, rest: string): string {
  return `complete -c ${program} -n ${quoted(when)} ${rest}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
