import { closest } from '../diagnostics/closest.ts';
import type { Place } from '../diagnostics/diagnostic.ts';
import { type Findings, type Parse, text } from './reader.ts';

/** What a text may name of the request that it is made for, and what each means. */
export const variables = {
  client_ip: 'the address of the client; behind trusted proxies the one that they tell',
  host: 'the name that was asked for, in lower case and without a port',
  path: 'the path as the client sent it, without the query',
  query: 'the query as the client sent it, without the `?`',
  uri: 'path and query as the client sent them',
  method: 'GET, POST, …',
  scheme: 'http or https, as the edge was asked',
  request_id: 'a name of the request that no other one has',
  server: 'the server that answered, with its port',
} as const;

export type Variable = keyof typeof variables;

/** Text as it is, something of the request, or what a group of a regular expression matched (from 1). */
export type Part = string | { readonly variable: Variable } | { readonly capture: number };

/** A text of the language with its placeholders found: two texts are never neighbours, and none is empty. */
export type Value = readonly Part[];

/** What the place of a value knows, beside what every request has. */
export interface Holds {
  /** Groups of the regular expression that goes with it. */
  readonly captures?: number;
  /** It is needed only when a server has answered. */
  readonly server?: boolean;
}

/** A value: `{word}` names something of the request, `{{` is a brace, and so is one that no word follows. */
export function value(found: Findings, holds: Holds = {}): Parse<Value> {
  return (node) => {
    const written = text(node);
    return written === undefined ? undefined : parts(written, node.at, found, holds);
  };
}

const mostPlaceholders = 10;

/** The same of a text that is in no topology yet. */
export function parts(written: string, at: Place, found: Findings, holds: Holds): Value | undefined {
  const list: Part[] = [];
  let literal = '';
  let wrong = false;
  for (const [piece, word] of written.matchAll(/\{\{|\{([^\s{}"':,;]+)\}|[^{]+|\{/g)) {
    const part = word === undefined ? (piece === '{{' ? '{' : piece) : placeholder(word, at, found, holds);
    if (part === undefined) wrong = true;
    else if (typeof part === 'string') literal += part;
    else {
      if (literal.endsWith('\\')) {
        found.add('error', 'schema-placeholder', at, `a backslash stands right before \`${piece}\``, {
          why: 'Caddy would take it as the sign that a brace is meant',
          help: 'put something between the two',
        });
        wrong = true;
      }
      if (literal !== '') list.push(literal);
      literal = '';
      list.push(part);
    }
  }
  if (literal !== '') list.push(literal);
  if (list.filter((part) => typeof part !== 'string').length > mostPlaceholders) {
    found.add('error', 'schema-placeholder', at, `more than ${mostPlaceholders} placeholders are in one value`, {
      why: 'nginx reads no word of more than 4096 bytes',
      help: 'say it with fewer',
    });
    wrong = true;
  }
  if (written.includes('`') && /\\(?:"|$)/.test(written)) {
    found.add('error', 'schema-value', at, 'a backtick and a backslash before a quote cannot stand in one value', {
      why: 'a Caddyfile has no quotes for both',
      help: 'leave out one of the two',
    });
    wrong = true;
  }
  return wrong ? undefined : list;
}

function placeholder(word: string, at: Place, found: Findings, holds: Holds): Part | undefined {
  const bad = (message: string, help: string): undefined => {
    found.add('error', 'schema-placeholder', at, message, { help });
    return undefined;
  };
  const captures = holds.captures ?? 0;
  if (/^\d{1,3}$/.test(word)) {
    const number = Number(word);
    if (number >= 1 && number <= captures) return { capture: number };
    if (captures === 0)
      return bad(`\`{${word}}\` stands for a group of a regular expression, and there is none`, brace);
    return bad(`the regular expression has no group ${number}`, `its groups are {1} to {${captures}}; ${brace}`);
  }
  if (Object.hasOwn(variables, word)) {
    if (word !== 'server' || holds.server) return { variable: word as Variable };
    return bad('`{server}` is not known before a server has answered', 'it can stand in response headers');
  }
  const known = Object.keys(variables);
  const guess = foreign[word] ?? closest(word, known);
  const list = `there are ${known.map((one) => `{${one}}`).join(' ')}`;
  return bad(`\`{${word}}\` is not known`, `${guess ? `did you mean \`{${guess}}\`?` : `${list};`} ${brace}`);
}

const brace = '`{{` is a brace';

/** Words of Caddy for the same. */
const foreign: Readonly<Record<string, Variable>> = {
  remote_host: 'client_ip',
  remote_addr: 'client_ip',
  remote: 'client_ip',
  ip: 'client_ip',
  'http.request.host': 'host',
  hostport: 'host',
  'http.request.uri.path': 'path',
  'http.request.uri.query': 'query',
  'http.request.uri': 'uri',
  request_uri: 'uri',
  'http.request.method': 'method',
  'http.request.scheme': 'scheme',
  'http.request.uuid': 'request_id',
  uuid: 'request_id',
  upstream_hostport: 'server',
  upstream: 'server',
};

/** As it was written; what stands between braces is never text. */
export function formatValue(parts: Value): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part.replaceAll('{', '{{');
      return 'variable' in part ? `{${part.variable}}` : `{${part.capture}}`;
    })
    .join('');
}

/** What the values name of the request. */
export function variablesOf(values: Iterable<Value>): ReadonlySet<Variable> {
  const named = new Set<Variable>();
  for (const one of values) {
    for (const part of one) if (typeof part !== 'string' && 'variable' in part) named.add(part.variable);
  }
  return named;
}
