import type { CommandLine, CommandWords, OptionWords } from './words.ts';

/** For zsh: to be sourced behind compinit, or as a file of its own in `fpath`. */
export function zsh({ program, options, commands }: CommandLine): string {
  const name = `_${program}`;
  const described = commands.map((one) => `        ${quoted(`${one.name}:${one.description}`)}`);
  return `#compdef ${program}
# Completion of ${program} for zsh; in ~/.zshrc, behind compinit: source <(${program} completion zsh)
${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
${options.map((one) => `    ${specOf(one)} \\`).join('\n')}
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(
${described.join('\n')}
        'help:print help of a command'
      )
      _describe command commands ;;
    argument)
      case $words[1] in
${commands.map(argumentsOf).join('\n')}
        help) _values command ${commands.map((one) => one.name).join(' ')} ;;
      esac ;;
  esac
}
if [ "$funcstack[1]" = ${name} ]; then ${name} "$@"; else compdef ${name} ${program}; fi
`;
}

function argumentsOf({ name, options, words }: CommandWords): string {
  const specs = [
    ...options.map(specOf),
    ...(words.length > 0 ? [quoted(`1:word:(${words.join(' ')})`)] : []),
    quoted('*:file:_files'),
  ];
  return `        ${name})\n          _arguments \\\n${specs.map((spec) => `            ${spec}`).join(' \\\n')} ;;`;
}

/** `'(-o --output)'{-o,--output}'[the folder that is written]:value:_files'` */
function specOf({ names, description, value }: OptionWords): string {
  const action = value?.isFile ? '_files' : value && value.words.length > 0 ? `(${value.words.join(' ')})` : ' ';
  const text = `[${description.replace(/[[\]\\:]/g, '\\$&')}]${value ? `:value:${action}` : ''}`;
  // Behind a long one stands its value, or an equals sign and the value.
  const written = names.map((one) => (value && one.startsWith('--') ? `${one}=` : one));
  const [only = '', second] = written;
  // An option may be given several times: --set, --format.
  if (!second) return quoted(`*${only}${text}`);
  return `${quoted(`(${names.join(' ')})`)}{${written.join(',')}}${quoted(text)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
