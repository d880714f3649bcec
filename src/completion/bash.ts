import type { CommandLine, CommandWords, OptionWords } from './words.ts';

/** For bash 3.2 and later, without the package bash-completion. Where nothing is offered, bash completes files. */
export function bash({ program, options, commands }: CommandLine): string {
  const name = `_${program}`;
  return `# Completion of ${program} for bash; in ~/.bashrc: eval "$(${program} completion bash)"
${name}() {
    local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' at=0 words='' i
    # For bash, --format=json is three words.
    if [ "$word" = = ]; then word=''; elif [ "$before" = = ]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case \${COMP_WORDS[i]} in
            -*) ;;
            *) command=\${COMP_WORDS[i]} at=$i; break ;;
        esac
    done
    COMPREPLY=()
    case "$command $before" in
${commands.flatMap(valueCases).join('\n')}
    esac
    if [ -z "$words" ]; then
        case $word in
            -*)
                case $command in
${commands.map(optionCase).join('\n')}
                    *) words='${namesOf(options)}' ;;
                esac ;;
            *)
                case "$command $((COMP_CWORD - at))" in
                    ' '*) words='${commands.map((one) => one.name).join(' ')} help' ;;
                    'help 1') words='${commands.map((one) => one.name).join(' ')}' ;;
${commands.flatMap(wordCase).join('\n')}
                esac ;;
        esac
    fi
    # shellcheck disable=SC2207 # no word has a space, and bash 3 has no mapfile
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F ${name} ${program}
`;
}

function valueCases({ name, options }: CommandWords): string[] {
  return options.flatMap(({ names, value }) => {
    if (!value) return [];
    const patterns = names.map((one) => `'${name} ${one}'`).join('|');
    const words = value.words.join(' ');
    return [`        ${patterns}) ${words === '' ? 'return' : `words='${words}'`} ;;`];
  });
}

function optionCase({ name, options }: CommandWords): string {
  return `                    ${name}) words='${namesOf(options)}' ;;`;
}

function wordCase({ name, words }: CommandWords): string[] {
  return words.length === 0 ? [] : [`                    '${name} 1') words='${words.join(' ')}' ;;`];
}

function namesOf(options: readonly OptionWords[]): string {
  return options.flatMap(({ names }) => names).join(' ');
}
