/** One directive of an nginx configuration: its words without their quotes, and its block. */
export interface Directive {
  readonly words: readonly string[];
  readonly block?: readonly Directive[];
}

const space = /[ \t\r\n]/;
const escapes: Readonly<Record<string, string>> = { '"': '"', "'": "'", '\\': '\\', t: '\t', r: '\r', n: '\n' };

/** Reads a configuration by the rules of nginx's `ngx_conf_read_token`; an independent witness of what was written. */
export function readNginx(text: string): Directive[] {
  let at = 0;

  const word = (): string => {
    const quote = text[at] === '"' || text[at] === "'" ? text[at++] : undefined;
    let value = '';
    for (; at < text.length; at++) {
      const character = text[at] ?? '';
      if (quote ? character === quote : space.test(character) || ';{'.includes(character)) {
        // `${` belongs to a variable, not to a block.
        if (!(character === '{' && value.endsWith('$'))) break;
      }
      const escaped = character === '\\' ? escapes[text[at + 1] ?? ''] : undefined;
      value += escaped ?? character;
      if (escaped !== undefined) at++;
    }
    if (quote === undefined) return value;
    if (text[at] !== quote) throw new Error(`a quote is never closed: ${value.slice(0, 60)}`);
    at++;
    if (!/[ \t\r\n;{)]/.test(text[at] ?? ';')) throw new Error(`${text[at]} follows a closing quote`);
    return value;
  };

  const block = (inner: boolean): Directive[] => {
    const directives: Directive[] = [];
    let words: string[] = [];
    while (at < text.length) {
      const character = text[at] ?? '';
      if (space.test(character)) at++;
      else if (character === '#') at = `${text}\n`.indexOf('\n', at);
      else if (character === ';' || character === '{') {
        if (words.length === 0) throw new Error(`${character} without a directive`);
        at++;
        directives.push(character === ';' ? { words } : { words, block: block(true) });
        words = [];
      } else if (character === '}') {
        if (!inner || words.length > 0) throw new Error('a block ends too early');
        at++;
        return directives;
      } else words.push(word());
    }
    if (inner || words.length > 0) throw new Error('the text ends too early');
    return directives;
  };
  return block(false);
}

/** Every directive of that name, at any depth. */
export function named(directives: readonly Directive[], name: string): Directive[] {
  return directives.flatMap((one) => [...(one.words[0] === name ? [one] : []), ...named(one.block ?? [], name)]);
}

/** The directives without their arguments: what a value must never change. */
export function shape(directives: readonly Directive[], isTable = false): unknown[] {
  return directives.map(({ words, block }) => {
    // The rows of a table begin with what they are looked up by.
    const name = isTable ? '' : words[0];
    return block ? [name, words.length, shape(block, name === 'map' || name === 'geo')] : [name, words.length];
  });
}
