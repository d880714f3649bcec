import type { HeaderChange, Headers } from '../../model/headers.ts';
import { variablesOf } from '../../model/value.ts';
import { atLeast, type Version } from '../../model/version.ts';
import type { CaddyProxySite } from './directives.ts';
import { type CaddyPlace, caddyValue } from './values.ts';

/** Known only when a server has answered: there is nothing to say before. */
function needsAnswer({ given }: HeaderChange): boolean {
  return variablesOf([given.value]).has('server');
}

/**
 * Lines that stand before what answers, so that Caddy's own errors carry the headers too. Never in one block and never
 * with `>`: what is put off until a response comes is lost on errors.
 */
export function answerHeaders(headers: Headers | undefined, place: CaddyPlace): string[] {
  return (headers?.response ?? []).flatMap((change) => {
    if (change.kind === 'remove') return [`header -${change.name}`];
    if (needsAnswer(change)) return [];
    return [`header ${change.kind === 'add' ? '+' : ''}${change.name} ${caddyValue(change.given.value, place)}`];
  });
}

/** Lines of a reverse_proxy for what the server sent: what is set would come twice. */
export function downHeaders(headers: Headers | undefined, place: CaddyPlace): string[] {
  return (headers?.response ?? []).flatMap((change) => {
    const { kind, name, given } = change;
    if (kind !== 'remove' && needsAnswer(change)) {
      return [`header_down ${kind === 'add' ? '+' : ''}${name} ${caddyValue(given.value, place)}`];
    }
    return kind === 'add' ? [] : [`header_down -${name}`];
  });
}

/** Lines of a reverse_proxy for what the server is sent. */
export function upHeaders(headers: Headers | undefined, place: CaddyPlace): string[] {
  return (headers?.request ?? []).map(({ kind, name, given }) => {
    if (kind === 'remove') return `header_up -${name}`;
    return `header_up ${kind === 'add' ? '+' : ''}${name} ${caddyValue(given.value, place)}`;
  });
}

/**
 * Since 2.11 Caddy names itself in Via, to the server and to the client; nginx does not. A Via that the topology says is
 * left alone.
 */
export function withoutVia(headers: Headers | undefined, version: Version): ViaLines {
  const said = (changes: readonly HeaderChange[] = []): boolean =>
    changes.some(({ name }) => name.toLowerCase() === 'via');
  const names = atLeast(version, '2.11');
  return {
    up: names && !said(headers?.request) ? ['header_up -Via'] : [],
    // What a `header_down` would take out comes later.
    answer: names && !said(headers?.response) ? ['header -Via'] : [],
  };
}

interface ViaLines {
  readonly up: readonly string[];
  readonly answer: readonly string[];
}

/** What Caddy's own errors need of their own: removing is put off until a response comes, and of an error there is none. */
export function errorLines({ debugHeader, headers, routes }: CaddyProxySite): string[] {
  const responses = [headers, ...routes.map((route) => route.headers)].flatMap((one) => one?.response ?? []);
  // An auth server is no server that was tried.
  const asked = routes.some(({ auth }) => auth);
  const tried = 'vars_regexp {http.reverse_proxy.upstream.hostport} [:/]';
  const nameless = responses.some(({ kind, name }) => kind === 'remove' && name.toLowerCase() === 'server');
  return [
    ...(debugHeader === undefined
      ? []
      : [
          "# The last server that was tried, also when the answer is Caddy's own.",
          ...(asked ? ['@tried {', `\t${tried}`, '\tnot vars edge_auth asked answered', '}'] : [`@tried ${tried}`]),
          `header @tried ${debugHeader} {http.reverse_proxy.upstream.hostport}`,
        ]),
    ...(nameless ? ['header -Server'] : []),
  ];
}
