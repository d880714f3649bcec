import type { HeaderChange, Headers } from '../../model/headers.ts';
import type { Given } from '../../model/topology.ts';
import type { Part, Variable } from '../../model/value.ts';
import { inOrder, ownRequestHeaders, sayableChange, type Told } from '../headers.ts';
import { hstsHeader } from '../hsts.ts';
import { matcherOf } from './directives.ts';
import type { Token } from './lexer.ts';
import type { Notes } from './notes.ts';
import type { CaddyDirective } from './tree.ts';

/** Caddy’s placeholders for what a value may name. `{path}` is decoded, and no such thing. */
const named: Readonly<Record<string, Variable>> = {
  client_ip: 'client_ip',
  remote_host: 'client_ip',
  'http.request.remote.host': 'client_ip',
  host: 'host',
  'http.request.host': 'host',
  query: 'query',
  'http.request.uri.query': 'query',
  uri: 'uri',
  'http.request.uri': 'uri',
  method: 'method',
  'http.request.method': 'method',
  scheme: 'scheme',
  'http.request.scheme': 'scheme',
  'http.request.uuid': 'request_id',
  'http.vars.edge_uri': 'uri',
  edge_path: 'path',
  edge_query: 'query',
  upstream_hostport: 'server',
  'http.reverse_proxy.upstream.hostport': 'server',
};

/**
 * What a proxy and the `header` directives around it say, in the words of a topology; what it has no words for is left.
 * `around`: those that every answer of the site meets.
 */
export function headersOf(proxy: CaddyDirective, around: readonly CaddyDirective[], notes: Notes): Headers | undefined {
  const lines = (name: string): Line[] =>
    (proxy.block ?? []).flatMap((one) => (one.name === name ? [{ directive: one, tokens: one.args }] : []));
  const request = requestHeaders(lines('header_up'), notes);
  const response = responseHeaders(lines('header_down'), around.flatMap(linesOf), notes);
  return request.length + response.length > 0 ? { request, response } : undefined;
}

/** Name, value and perhaps a replacement, as one line of `header` has them. */
interface Line {
  readonly directive: CaddyDirective;
  readonly tokens: readonly Token[];
}

/** The lines of a `header` without a matcher. */
function linesOf(directive: CaddyDirective): Line[] {
  const { args } = matcherOf(directive);
  return [
    ...(args.length > 0 ? [{ directive, tokens: args }] : []),
    ...(directive.block ?? []).map((one) => ({ directive: one, tokens: [one.head, ...one.args] })),
  ];
}

const asked = /^\{(?:host|hostport|http\.request\.host(?:port)?|http\.vars\.\w+)\}$/;
const ofServer = /^\{(?:upstream_hostport|http\.reverse_proxy\.upstream\.hostport)\}$/;

/** Which Host the servers get. */
export function hostHeaderOf(proxy: CaddyDirective, notes: Notes): Given<string> {
  const line = proxy.block?.findLast(
    ({ name, args }) => name === 'header_up' && args[0]?.text.toLowerCase() === 'host',
  );
  const value = line?.args[1]?.text ?? '{host}';
  if (line && ofServer.test(value)) return notes.given('server', line.head);
  if (line && isName.test(value)) return notes.given(value, line.head);
  if (line && !asked.test(value))
    notes.leave(line.head, `servers get \`Host: ${value}\`, here the name that was asked for`);
  return notes.own('client', proxy.head);
}

/** What `host_header` takes, and means no other word. */
const isName = /^(?!(?:client|server)$)\w(?:[\w.-]{0,251}\w)?(?::\d{1,5})?$/;

function requestHeaders(lines: readonly Line[], notes: Notes): HeaderChange[] {
  const changes = lines.flatMap((line): HeaderChange[] => {
    const told = toldOf(line, notes);
    const key = told.name.toLowerCase();
    const value = line.tokens[1]?.text ?? '';
    if (ownRequestHeaders.has(key)) {
      if (key.startsWith('x-forwarded-') && value.includes('{header.')) {
        notes.leave(
          line.directive.head,
          `\`${told.name}\` as clients wrote it: say in \`edge.trusted_proxies\` who is believed`,
        );
      }
      return [];
    }
    // Caddy's own name, which no other target says.
    if (key === 'via' && told.kind === 'remove') return [];
    const change = sayableChange(told, 'request');
    if (!change) leave(line, notes);
    return change ? [change] : [];
  });
  return inOrder(changes);
}

function responseHeaders(down: readonly Line[], around: readonly Line[], notes: Notes): HeaderChange[] {
  const removed = new Set(
    down
      .map((line) => toldOf(line, notes))
      .flatMap(({ kind, name }) => (kind === 'remove' ? [name.toLowerCase()] : [])),
  );
  const changes: HeaderChange[] = [];
  for (const line of [...down, ...around]) {
    const told = toldOf(line, notes);
    const key = told.name.toLowerCase();
    // These are other words of a topology.
    if (key === hstsHeader || key === 'alt-svc') continue;
    if (key === 'via' && told.kind === 'remove') continue;
    // What the server says stands beside what Caddy has said before it, unless one of the two is taken away.
    const beside = told.kind === 'set' && around.includes(line) && !told.deferred && !removed.has(key);
    const change = sayableChange(beside ? { ...told, kind: 'add' } : told, 'response');
    if (change) changes.push(change);
    else leave(line, notes);
  }
  return inOrder(changes);
}

interface Change extends Told {
  /** Done when the server has answered. */
  readonly deferred: boolean;
}

function toldOf({ directive, tokens }: Line, notes: Notes): Change {
  const [name, value, replacement] = tokens;
  const [, sign = '', bare = ''] = /^([-+?>]?)(.*)$/s.exec(name?.text ?? '') ?? [];
  const kind = sign === '-' ? 'remove' : sign === '+' ? 'add' : 'set';
  const at = notes.place(directive.head);
  const strange = replacement !== undefined || sign === '?' || bare.includes('*');
  const text = value?.text;
  const parts =
    kind === 'remove' ? (text === undefined ? [] : undefined) : text === undefined ? undefined : partsOf(text);
  return { kind, name: bare, at, value: strange ? undefined : parts, deferred: sign === '>' };
}

function leave({ directive, tokens }: Line, notes: Notes): void {
  const words = tokens.map(({ text }) => text).join(' ');
  const name = directive.head === tokens[0] ? 'header' : directive.name;
  notes.leave(directive.head, `\`${name} ${words}\``);
}

function partsOf(text: string): readonly Part[] | undefined {
  const found = [...text.matchAll(/\\([{}])|\{([^{}]*)\}|[^{}\\]+|[\\{}]/g)].map(
    ([piece, escaped, name]): Part | undefined => {
      if (escaped !== undefined) return escaped;
      if (name === undefined) return piece === '{' || piece === '}' ? undefined : piece;
      const variable = Object.hasOwn(named, name) ? named[name] : undefined;
      return variable && { variable };
    },
  );
  const known = found.filter((part) => part !== undefined);
  return known.length === found.length && known.length > 0 ? known : undefined;
}
