import { fnv1a } from '../../diagnostics/identity.ts';
import { type Value, type Variable, variablesOf } from '../../model/value.ts';
import { nginxToken } from './tokens.ts';

/** What only the place of a value knows. */
export interface NginxPlace {
  /** The one name that requests of the place ask for; absent: several, or any. */
  readonly host?: string;
  /** The variable (without `$`) of a group: what it matched as the client sent it, as a decoded `%0A` would end a line. */
  readonly capture?: (group: number) => string;
}

/**
 * Never `$uri`: it is decoded, and a `%0A` of the client would end the line that it is written to. `$args` changes
 * with a rewrite; what is made from `$request_uri` does not.
 */
const names: Readonly<Record<Variable, string>> = {
  client_ip: 'remote_addr',
  host: 'host',
  path: 'edge_path',
  query: 'edge_query',
  uri: 'request_uri',
  method: 'edge_method',
  scheme: 'scheme',
  request_id: 'request_id',
  server: 'edge_server_asked',
};

/** Text that nginx takes as it is, or the name of a variable. */
type Atom = { readonly text: string } | { readonly name: string };

/** A value as one token of a directive that expands variables; `nginxHelpers` has what it needs beside it. */
export function nginxValue(value: Value, place: NginxPlace = {}): string {
  return token(split(atoms(value, place)));
}

/** The blocks of the http context that define what the values need and nginx does not have. */
export function nginxHelpers(values: readonly Value[]): readonly (readonly string[])[] {
  const named = variablesOf(values);
  const lists = values.map((value) => atoms(value, { capture: () => '' }));
  const dollar = lists.flat().some((atom) => 'name' in atom && atom.name === 'edge_dollar');
  const texts = lists
    .filter(isLong)
    .flat()
    .flatMap((atom) => ('text' in atom ? pieces(atom.text) : []));
  return [
    ...(dollar ? [['# nginx has no way to write a dollar sign.', 'geo $edge_dollar {', '    default "$";', '}']] : []),
    ...(named.has('path') ? [map('$request_uri', 'edge_path', '"~^(?<edge_path_sent>[^?]*)" $edge_path_sent')] : []),
    // The page of an error is a GET: what was asked is in the line alone.
    ...(named.has('method')
      ? [map('$request', 'edge_method', '"~^(?<edge_method_sent>[^ ]+)" $edge_method_sent')]
      : []),
    ...(named.has('query') ? [map('$request_uri', 'edge_query', '"~\\?(?<edge_query_sent>.*)" $edge_query_sent')] : []),
    ...(named.has('server')
      ? [map('$upstream_addr', 'edge_server_asked', '"~(?<edge_server_last>[^, ]+:[^, ]+)\\z" $edge_server_last')]
      : []),
    ...[...new Map(texts.map(({ name, text }) => [name, text]))].map(([name, text]) => [
      `map "" $${name} {`,
      `    default ${nginxToken(text)};`,
      '}',
    ]),
  ];
}

function map(source: string, name: string, line: string): string[] {
  return [`map ${source} $${name} {`, '    default "";', `    ${line};`, '}'];
}

function atoms(value: Value, place: NginxPlace): Atom[] {
  return value.flatMap((part): Atom[] => {
    if (typeof part === 'string') {
      const pieces = part.split(/(\$)/).filter((text) => text !== '');
      return pieces.map((text) => (text === '$' ? { name: 'edge_dollar' } : { text }));
    }
    if ('capture' in part) {
      if (!place.capture) throw new Error('nobody has said where the groups are');
      return [{ name: place.capture(part.capture) }];
    }
    if (part.variable === 'host' && place.host !== undefined) return [{ text: place.host }];
    return [{ name: names[part.variable] }];
  });
}

/**
 * nginx reads no token of more than 4096 bytes: so much text may be in one beside names (ten at most, see value.ts); the
 * rest is in variables of its own.
 */
const room = 1500;

function split(list: readonly Atom[]): readonly Atom[] {
  if (!isLong(list)) return list;
  return list.flatMap((atom): Atom[] => ('text' in atom ? pieces(atom.text).map(({ name }) => ({ name })) : [atom]));
}

function isLong(list: readonly Atom[]): boolean {
  const texts = list.map((atom) => ('text' in atom ? nginxToken(atom.text) : ''));
  return new TextEncoder().encode(texts.join('')).length > room;
}

/** 800 characters are at most 3200 bytes, with escapes too. */
function pieces(text: string): { readonly name: string; readonly text: string }[] {
  const cut = text.match(/.{1,800}/gsu) ?? [];
  return cut.map((piece) => ({ name: `edge_text_${fnv1a(piece)}`, text: piece }));
}

function token(list: readonly Atom[]): string {
  const text = list.map((atom) => ('text' in atom ? atom.text : '')).join('');
  const bare = text === '' ? list.length > 0 : nginxToken(text) === text;
  const printed = list.map((atom, index) => {
    if ('text' in atom) return bare ? atom.text : nginxToken(`"${atom.text}`).slice(3, -1);
    const next = list[index + 1];
    return next && 'text' in next && /^\w/.test(next.text) ? `\${${atom.name}}` : `$${atom.name}`;
  });
  return bare ? printed.join('') : `"${printed.join('')}"`;
}
