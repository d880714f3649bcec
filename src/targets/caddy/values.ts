import type { Value, Variable } from '../../model/value.ts';
import { variablesOf } from '../../model/value.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { isPlain, spelled } from './tokens.ts';

/** What only the place of a value knows. */
export interface CaddyPlace {
  readonly version: Version;
  /** The one name that requests of the place ask for; absent: several, or any. */
  readonly host?: string;
  /** The placeholder (without braces) of a group: `re.name.1`. */
  readonly capture?: (group: number) => string;
}

const names: Readonly<Record<Variable, string>> = {
  client_ip: 'client_ip',
  host: 'host',
  path: 'edge_path',
  query: 'edge_query',
  uri: 'http.vars.edge_uri',
  method: 'method',
  scheme: 'scheme',
  request_id: 'http.request.uuid',
  server: 'http.reverse_proxy.upstream.hostport',
};

/** A value as one token in which Caddy expands placeholders; `caddyHelpers` has what it needs before it. */
export function caddyValue(value: Value, place: CaddyPlace): string {
  const parts = value.map((part) => {
    if (typeof part === 'string') return { text: part };
    if ('capture' in part) {
      if (!place.capture) throw new Error('nobody has said where the groups are');
      return { name: place.capture(part.capture) };
    }
    if (part.variable === 'host' && place.host !== undefined) return { text: place.host };
    // Before 2.7 there is no address but that of the connection.
    if (part.variable === 'client_ip' && !atLeast(place.version, '2.7')) return { name: 'remote_host' };
    return { name: names[part.variable] };
  });
  const braces = parts.some((part) => 'name' in part || part.text.includes('{'));
  const text = parts.map((part) => ('name' in part ? `{${part.name}}` : escaped(part.text, braces))).join('');
  const plain = parts.every((part) => 'name' in part || isPlain(part.text));
  return plain && text !== '' ? text : spelled(text);
}

/** The lines of a route, before anything in it is rewritten, that remember what the values name. */
export function caddyHelpers(values: readonly Value[]): readonly string[] {
  const named = variablesOf(values);
  const uses = (variable: Variable): boolean => named.has(variable);
  return [
    ...(uses('uri') || uses('path') || uses('query') ? ['vars edge_uri {uri}'] : []),
    ...(uses('path') || uses('query')
      ? ['map {http.vars.edge_uri} {edge_path} {edge_query} {', '\t~([^?]*)[?]?(.*) "${1}" "${2}"', '}']
      : []),
  ];
}

/** A placeholder that nothing has: it comes out as nothing, and makes Caddy look for escaped braces. */
const nothing = '{http.vars.edge_nothing}';

/**
 * Escaped braces. Old versions leave a text without any `{` as it is, backslashes too; `{$` is the environment's before
 * anything else is read, and a brace alone ends a block even in quotes.
 */
function escaped(text: string, braces: boolean): string {
  if (!braces && text !== '}' && !text.includes('\\}')) return text;
  const plain = text.replace(/[{}]/g, '\\$&').replaceAll('{$', `{${nothing}$`);
  return braces ? plain : plain + nothing;
}
