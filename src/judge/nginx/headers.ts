import type { HeaderChange, Headers } from '../../model/headers.ts';
import type { Part, Variable } from '../../model/value.ts';
import { inOrder, ownRequestHeaders, sayableChange } from '../headers.ts';
import { hstsHeader } from '../hsts.ts';
import { effective } from './inherit.ts';
import type { Directive } from './parse.ts';
import { placeOf, type Spot, type World } from './servers.ts';

/** Tells that no topology says what a directive does. */
export type Leave = (directive: Directive, what: string) => void;

/** nginx’s variables for what a value may name. `$uri` is decoded, and no such thing. */
const named: Readonly<Record<string, Variable>> = {
  remote_addr: 'client_ip',
  host: 'host',
  edge_path: 'path',
  args: 'query',
  query_string: 'query',
  edge_query: 'query',
  request_uri: 'uri',
  request_method: 'method',
  edge_method: 'method',
  scheme: 'scheme',
  request_id: 'request_id',
  edge_server_asked: 'server',
};

/** What the files say of headers, in the words of a topology; what it has no words for is left. */
export function headersOf(spot: Spot, world: World, leave: Leave): Headers | undefined {
  const request = requestHeaders(spot, world, leave);
  const response = responseHeaders(spot, world, leave);
  return request.length + response.length > 0 ? { request, response } : undefined;
}

function requestHeaders(spot: Spot, world: World, leave: Leave): HeaderChange[] {
  const changes = effective(spot.scopes, 'proxy_set_header').flatMap((directive): HeaderChange[] => {
    const [name, text] = directive.args.map((word) => word.text);
    if (name === undefined || text === undefined) return [];
    const key = name.toLowerCase();
    if (ownRequestHeaders.has(key)) {
      if (key.startsWith('x-forwarded-') && /\$\{?(?:proxy_add_x_forwarded_for|http_x)/.test(text)) {
        leave(directive, `\`${name}\` as clients wrote it: say in \`edge.trusted_proxies\` who is believed`);
      }
      return [];
    }
    const kind = text === '' ? 'remove' : 'set';
    const change = sayableChange(
      { kind, name, at: placeOf(world, directive), value: text === '' ? [] : textValue(text) },
      'request',
    );
    if (!change) leave(directive, `\`proxy_set_header ${name} ${text === '' ? '""' : text}\``);
    return change ? [change] : [];
  });
  hostHeader(spot, leave);
  return inOrder(changes);
}

/** What stands for the name that was asked for. */
const asked = new Set(['$host', '$http_host', '$edge_host', '$edge_server_host', '${host}', '${http_host}']);

function hostHeader(spot: Spot, leave: Leave): void {
  const said = effective(spot.scopes, 'proxy_set_header').find(({ args }) => args[0]?.text.toLowerCase() === 'host');
  const text = said?.args[1]?.text ?? '$proxy_host';
  if (asked.has(text)) return;
  const directive = said ?? effective(spot.scopes, 'proxy_pass')[0];
  if (directive)
    leave(directive, `servers get \`Host: ${text}\`, here the name that was asked for: see \`host_header\``);
}

function responseHeaders(spot: Spot, world: World, leave: Leave): HeaderChange[] {
  const hides = effective(spot.scopes, 'proxy_hide_header');
  const hidden = new Map(hides.map((directive) => [directive.args[0]?.text.toLowerCase() ?? '', directive]));
  const changes: HeaderChange[] = [];
  for (const directive of effective(spot.scopes, 'add_header')) {
    const [name, text, always] = directive.args.map((word) => word.text);
    if (name === undefined || text === undefined) continue;
    const key = name.toLowerCase();
    const kind = hidden.has(key) ? 'set' : 'add';
    hidden.delete(key);
    // These are other words of a topology.
    if (key === hstsHeader || key === 'alt-svc' || isDebug(directive)) continue;
    const change = sayableChange({ kind, name, at: placeOf(world, directive), value: textValue(text) }, 'response');
    if (!change) leave(directive, `\`add_header ${name} ${text}\``);
    else {
      if (always === undefined) leave(directive, `\`add_header ${name}\` is not on errors, here it is`);
      changes.push(change);
    }
  }
  for (const directive of hidden.values()) {
    const name = directive.args[0]?.text ?? '';
    if (name.toLowerCase() === hstsHeader) continue;
    const change = sayableChange({ kind: 'remove', name, at: placeOf(world, directive), value: [] }, 'response');
    if (change) changes.push(change);
    else leave(directive, `\`proxy_hide_header ${name}\``);
  }
  return inOrder(changes);
}

function isDebug({ args }: Directive): boolean {
  const [, value, always] = args;
  return value?.text === '$upstream_addr' && always !== undefined;
}

/** The header that tells which servers were tried, also on errors. */
export function debugHeaderOf({ servers }: World): Directive | undefined {
  const spots = servers.flatMap(({ scopes, locations }) => [
    scopes,
    ...locations.all.map((location) => location.scopes),
  ]);
  return spots.flatMap((scopes) => effective(scopes, 'add_header')).find(isDebug);
}

function textValue(text: string): readonly Part[] | undefined {
  const found = [...text.matchAll(/\$\{(\w+)\}|\$(\w+)|[^$]+|\$/g)].map(([piece, braced, bare]): Part | undefined => {
    const name = braced ?? bare;
    if (name === undefined) return piece === '$' ? undefined : piece;
    if (name === 'edge_dollar') return '$';
    const variable = Object.hasOwn(named, name) ? named[name] : undefined;
    return variable && { variable };
  });
  const known = found.filter((part) => part !== undefined);
  return known.length === found.length && known.length > 0 ? known : undefined;
}
