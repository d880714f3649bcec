import { unconditional } from '../forward-auth.ts';
import type { View } from '../render.ts';
import type { CaddyAuth, CaddyProxySite, CaddyRoute } from './directives.ts';
import { withoutVia } from './headers.ts';
import { pattern } from './matchers.ts';
import type { RouteSpot } from './routes.ts';

/** What errors are told by in handle_errors: while an auth server is asked, whatever goes wrong is 500. */
export function errorStatus({ routes }: Pick<CaddyProxySite, 'routes'>) {
  return routes.some(({ auth }) => auth)
    ? ({ isOwn: true, long: 'http.vars.edge_status', short: '{vars.edge_status}' } as const)
    : ({ isOwn: false, long: 'http.error.status_code', short: '{err.status_code}' } as const);
}

/** Lines of handle_errors; each request meets one of the two, as Caddy has an order of its own for them. */
export function unaskedLines(site: Pick<CaddyProxySite, 'routes'>): string[] {
  if (!errorStatus(site).isOwn) return [];
  return [
    '# Who cannot be asked about must not pass, and is told no more than that.',
    '@unasked vars edge_auth asked',
    'vars @unasked edge_status 500',
    '@asked not vars edge_auth asked',
    'vars @asked edge_status {err.status_code}',
  ];
}

/**
 * What Caddy's own `forward_auth` does, but for what it passes on: that is any answer of the auth server, and before 2.11 a
 * header that is not in the answer would come to the server as the name of its placeholder.
 */
export function authLines(auth: CaddyAuth, spot: RouteSpot, proxied: (view: View) => string[]): string[] {
  const { path, copied } = auth;
  const { number, trust, version } = spot;
  const origin = trust ? '{vars.edge_proto}://{vars.edge_host}' : '{scheme}://{http.request.hostport}';
  const question = {
    debugHeader: false,
    alternative: false,
    hsts: false,
    // Without a query of its own that of the client would stay.
    asksGet: true,
    question: path.includes('?') ? path : `${path}?`,
    upHeaders: [
      'header_up X-Forwarded-Method {method}',
      'header_up X-Forwarded-Uri {uri}',
      'header_up X-Original-Method {method}',
      `header_up X-Original-URL ${origin}{uri}`,
      'header_up X-Original-URI {uri}',
      ...['Upgrade', 'Connection', 'Expect', ...unconditional].map((name) => `header_up -${name}`),
      ...withoutVia(undefined, version).up,
    ],
    downHeaders: [],
    answers: answerLines(copied.map(canonical), number),
  };
  return [...(trust ? originLines(trust.ranges.join(' '), number) : []), 'vars edge_auth asked', ...proxied(question)];
}

/** What servers that are asked for the page of an error get of a request beside what all get: a GET of the whole page. */
export function pageHeaders(withheld: readonly string[]): string[] {
  return ['Upgrade', 'Connection', 'Expect', ...unconditional, ...withheld].map((name) => `header_up -${name}`);
}

/** Servers believe these of an auth server, by another route. */
export function withheldLines(route: CaddyRoute): string[] {
  return route.action === 'proxy' ? (route.withheld ?? []).map((name) => `header_up -${name}`) : [];
}

/** The first that fits is taken. */
function answerLines(copied: readonly string[], number: number): string[] {
  return [
    ...answer(
      'granted',
      ['status 2xx'],
      [
        'vars edge_auth granted',
        ...copied.flatMap((name, index) => [
          `request_header -${name}`,
          said(`@copied${number}-${index + 1}`, name),
          `request_header @copied${number}-${index + 1} ${name} ${ofAnswer(name)}`,
        ]),
      ],
    ),
    ...answer(
      'login',
      ['status 401', 'header Location *'],
      [...challenge(number), `redir * ${ofAnswer('Location')} 302`],
    ),
    ...answer('unknown', ['status 401'], ['vars edge_auth answered', ...challenge(number), 'error 401']),
    ...answer('refused', ['status 403'], ['vars edge_auth answered', 'error 403']),
    'handle_response {',
    '\terror 500',
    '}',
  ];
}

function answer(name: string, conditions: readonly string[], lines: readonly string[]): string[] {
  return [
    `@${name} {`,
    ...conditions.map((condition) => `\t${condition}`),
    '}',
    `handle_response @${name} {`,
    '\troute {',
    ...lines.map((line) => `\t\t${line}`),
    '\t}',
    '}',
  ];
}

/** How a client may say who it is. */
function challenge(number: number): string[] {
  const [matcher, name] = [`@challenge${number}`, 'Www-Authenticate'] as const;
  return [said(matcher, name), `header ${matcher} WWW-Authenticate ${ofAnswer(name)}`];
}

function ofAnswer(name: string): string {
  return `{http.reverse_proxy.header.${name}}`;
}

/** Is it in the answer? Older versions match what is not as `<nil>`, whatever the placeholder says. */
function said(matcher: string, name: string): string {
  return `${matcher} vars_regexp ${ofAnswer(name)} ${pattern('^(?:[^<]|<[^n])')}`;
}

/** Scheme and Host of what the client asked for, as the proxies in front tell it. */
function originLines(ranges: string, number: number): string[] {
  const told = (variable: string, header: string): string[] => [
    `@${variable}${number} {`,
    `\tremote_ip ${ranges}`,
    `\theader ${header} *`,
    '}',
    `vars @${variable}${number} ${variable} {http.request.header.${header}}`,
  ];
  return [
    'vars edge_proto {scheme}',
    'vars edge_host {http.request.hostport}',
    ...told('edge_proto', 'X-Forwarded-Proto'),
    ...told('edge_host', 'X-Forwarded-Host'),
  ];
}

/** Caddy knows the headers of an answer by their names in this form alone: `X-Webauth-User`. */
function canonical(name: string): string {
  return name.replace(/[^-]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
}
