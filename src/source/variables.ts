/** What stands behind a name: a default, a message, or (compose alone) something instead. Without a colon empty counts as set. */
type Operator = ':-' | ':?' | '-' | '?' | ':+' | '+';

/** `${NAME}`, `${NAME:-default}`, `${NAME:?message}`. */
export interface Reference {
  readonly name: string;
  readonly operator?: Operator;
  /** The default or the message; a default may hold references again. */
  readonly word: Template;
}

/** A text with its references found. */
export type Template = readonly (string | Reference)[];

/** Why a text is no template, and what to do. */
export interface Malformed {
  readonly problem: string;
  readonly help: string;
}

/** Where a text stands decides what else counts as a reference. */
export interface Dialect {
  /** Every operator that compose has: what is passed through to it. */
  readonly operators?: 'all';
  /** `$NAME` is a reference and `$$` a dollar, as in an env file. */
  readonly bare?: true;
}

export type Variables = ReadonlyMap<string, string>;

/** More than anybody writes. */
const mostLevels = 16;

/** Does a text have anything to replace? */
export function hasReference(text: string): boolean {
  return text.includes('${');
}

/** `$${` is a literal `${`; every other `$` is one that no brace follows. */
export function template(text: string, dialect: Dialect = {}): Template | Malformed {
  const found = parse(text, 0, 0, dialect);
  return 'problem' in found ? found : found.parts;
}

type Parsed = { readonly parts: Template; readonly end: number } | Malformed;

/** `level` 0: to the end of the text; else to the brace that closes the word, braces inside it counted as compose does. */
function parse(text: string, from: number, level: number, dialect: Dialect): Parsed {
  const sign = dialect.bare ? /\$\$|\$\{|\$(?=[A-Za-z_])|[{}]/g : /\$\$\{|\$\{|[{}]/g;
  const parts: (string | Reference)[] = [];
  let literal = '';
  let at = from;
  let open = 0;
  for (;;) {
    sign.lastIndex = at;
    const next = sign.exec(text);
    literal += text.slice(at, next?.index ?? text.length);
    if (!next) break;
    at = next.index + next[0].length;
    if (next[0] === '}' && level > 0 && open-- === 0) return { parts: joined(parts, literal), end: at };
    if (next[0] === '{' || next[0] === '$${') open++;
    if (next[0] === '${' || next[0] === '$') {
      const inner = reference(text, next.index, level, dialect);
      if ('problem' in inner) return inner;
      parts.push(...joined([], literal), inner.reference);
      literal = '';
      at = inner.end;
    } else literal += next[0].replace('$$', '$');
  }
  return level === 0 ? { parts: joined(parts, literal), end: at } : notClosed(text, from);
}

function joined(parts: Template, literal: string): Template {
  return literal === '' ? parts : [...parts, literal];
}

function reference(
  text: string,
  start: number,
  level: number,
  dialect: Dialect,
): { readonly reference: Reference; readonly end: number } | Malformed {
  const head = /\$(?:(\w+)|\{([A-Za-z_]\w*)(:?[-?+])?)/y;
  head.lastIndex = start;
  const [whole = '', bare, name = bare, operator] = head.exec(text) ?? [];
  if (name === undefined) {
    const help = 'write `${NAME}`, `${NAME:-default}` or `${NAME:?message}`; `$${` is a literal `${`';
    return { problem: 'a name must follow `${`', help };
  }
  const end = start + whole.length;
  if (bare !== undefined) return { reference: { name, word: [] }, end };
  if (operator === undefined) {
    if (text[end] === '}') return { reference: { name, word: [] }, end: end + 1 };
    return text.indexOf('}', end) < 0
      ? notClosed(text, start)
      : unknownForm(text.slice(start, text.indexOf('}', end) + 1));
  }
  if (dialect.operators !== 'all' && operator !== ':-' && operator !== ':?') {
    return unknownForm(`\${${name}${operator}…}`);
  }
  if (level >= mostLevels) return { problem: 'defaults stand inside one another without end', help: 'write fewer' };
  const word = parse(text, end, level + 1, dialect);
  if ('problem' in word) return word;
  if (text.slice(end, word.end).includes('\n')) {
    return { problem: `\`\${${name}${operator}…}\` goes on on another line`, help: 'write it on one line' };
  }
  return { reference: { name, operator: operator as Operator, word: word.parts }, end: word.end };
}

function notClosed(text: string, at: number): Malformed {
  const [name = '${'] = /\$\{\w*/.exec(text.slice(Math.max(0, text.lastIndexOf('${', at)))) ?? [];
  return { problem: `\`${name}\` is not closed`, help: 'write `}` behind it; `$${` is a literal `${`' };
}

function unknownForm(form: string): Malformed {
  return {
    problem: `\`${form.slice(0, 60)}\` is not a form that is known`,
    help: 'write `${NAME}`, `${NAME:-default}` (also where it is empty) or `${NAME:?message}`; `$${` is a literal `${`',
  };
}

/** A name that has no value, and what its author says about that. */
export interface Unset {
  readonly unset: string;
  readonly message?: string;
}

/** The text with its references replaced. Nothing in a value is looked at again. */
export function filled(parts: Template, variables: Variables): string | Unset {
  let text = '';
  for (const part of parts) {
    const value = typeof part === 'string' ? part : standsFor(part, variables);
    if (typeof value !== 'string') return value;
    text += value;
  }
  return text;
}

function standsFor({ name, operator, word }: Reference, variables: Variables): string | Unset {
  const written = variables.get(name);
  const value = operator?.startsWith(':') && written === '' ? undefined : written;
  if (operator?.endsWith('+')) return value === undefined ? '' : filled(word, variables);
  if (value !== undefined) return value;
  if (operator?.endsWith('-')) return filled(word, variables);
  const message = printed(word);
  return { unset: name, ...(message === '' ? {} : { message }) };
}

/** As it is written for compose, which takes every other `$` for a variable unless it is doubled. */
export function printed(parts: Template): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part.replaceAll('$', '$$$$');
      return `\${${part.name}${part.operator ?? ''}${printed(part.word)}}`;
    })
    .join('');
}
