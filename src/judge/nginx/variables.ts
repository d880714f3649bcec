import { own } from './inherit.ts';
import type { Directive } from './parse.ts';
import { type Spot, variableName, type World } from './servers.ts';

/** Every text that a word with variables may become, or the variable that nobody knows. */
export type Values = { readonly texts: readonly string[] } | { readonly unknown: string };

/** More values of one word than a person would look through. */
const most = 64;
const deepest = 8;

/** Of these only the beginning matters to who answers. */
const builtin: Readonly<Record<string, readonly string[]>> = {
  request_uri: ['/'],
  uri: ['/'],
  document_uri: ['/'],
  is_args: ['', '?'],
  args: [''],
  query_string: [''],
  scheme: ['http', 'https'],
};

/** The values of a word where a request is handled: what is `set`, and all that a `map` may give. */
export function valuesOf(text: string, spot: Spot, world: World): Values {
  return expand(text, { spot, world, open: new Set(), enough: undefined });
}

/** The same of a URL, up to its path. */
export function serversOf(url: string, spot: Spot, world: World): Values {
  return expand(url, { spot, world, open: new Set(), enough: /^https?:\/\/(?:unix:[^:]*:|(?!unix:)[^/?]*[/?])/i });
}

interface Work {
  readonly spot: Spot;
  readonly world: World;
  /** Variables on the way here. */
  readonly open: ReadonlySet<string>;
  /** A text that begins so is known well enough. */
  readonly enough: RegExp | undefined;
}

const variable = /\$(?:\{(\w+)\}|(\w+))/g;

function expand(text: string, work: Work): Values {
  if (!text.includes('$')) return { texts: [text] };
  let texts: string[] = [''];
  let last = 0;
  for (const found of text.matchAll(variable)) {
    texts = texts.map((start) => start + text.slice(last, found.index));
    last = found.index + found[0].length;
    const open = work.enough ? texts.filter((start) => !work.enough?.test(start)) : texts;
    if (open.length === 0) return { texts };
    const name = found[1] ?? found[2] ?? '';
    const values = valuesOfVariable(name, work);
    if ('unknown' in values) return values;
    const longer = open.flatMap((start) => values.texts.map((value) => start + value));
    texts = [...new Set([...texts.filter((start) => !open.includes(start)), ...longer])];
    if (texts.length > most) return { unknown: `${name}, which has more than ${most} values,` };
  }
  return { texts: texts.map((start) => start + text.slice(last)) };
}

function valuesOfVariable(name: string, work: Work): Values {
  if (work.open.has(name) || work.open.size >= deepest) return { unknown: name };
  const inner: Work = { ...work, open: new Set([...work.open, name]), enough: undefined };
  const sets = setsFor(name, work.spot);
  const table = work.world.tables.get(name);
  const known = builtin[name];
  if (sets.length === 0 && !table) return known ? { texts: known } : { unknown: name };
  const words = sets.map(({ args }) => args[1]?.text ?? '');
  // A variable that only some way here sets is empty on the others.
  const list = table ? [...words, ...entriesOf(table)] : words;
  const texts: string[] = [];
  for (const word of new Set(list)) {
    if (word === undefined) return { unknown: name };
    const values = expand(word, inner);
    if ('unknown' in values) return values;
    texts.push(...values.texts);
    if (texts.length > most) return { unknown: `${name}, which has more than ${most} values,` };
  }
  return { texts: [...new Set(texts)] };
}

/** The `set` directives whose value a variable may have here: of those in a row the last that no `if` stands before. */
function setsFor(name: string, { server, scopes }: Spot): readonly Directive[] {
  const all = server.sets.get(name) ?? [];
  const block = scopes.at(-1) ?? [];
  const conditional = own(block, 'if') ?? [];
  const leaves = own(block, 'break') ?? conditional.some(({ block: inner = [] }) => own(inner, 'break'));
  if (block === server.block || leaves) return all;
  const here = own(block, 'set')?.filter((directive) => variableName(directive) === name) ?? [];
  const last = here.at(-1);
  if (!last) return all;
  const later = conditional
    .filter(({ line, file, span }) => file !== last.file || span.start > last.span.start || line > last.line)
    .flatMap(({ block: inner = [] }) => own(inner, 'set') ?? [])
    .filter((directive) => variableName(directive) === name);
  return [last, ...later];
}

/** The values of a table; `undefined` where one cannot be known. */
function entriesOf(table: Directive): readonly (string | undefined)[] {
  const block = table.block ?? [];
  const entries: (string | undefined)[] = [];
  let byDefault = table.name === 'split_clients';
  const walk = (directives: readonly Directive[]): void => {
    for (const { name, args, included, head } of directives) {
      if (name === 'include' && !head.quoted) {
        if (!included || included.length === 0) entries.push(undefined);
        else for (const file of included) walk(file.directives);
        continue;
      }
      const [value] = args;
      if (!value || ['delete', 'proxy'].includes(name)) continue;
      byDefault ||= name === 'default';
      entries.push(value.text);
    }
  };
  walk(block);
  return byDefault ? entries : ['', ...entries];
}
