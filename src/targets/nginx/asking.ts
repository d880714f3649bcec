import { directiveDuration } from '../../model/duration.ts';
import { unconditional } from '../forward-auth.ts';
import { type Layout, printAddress } from '../layout.ts';
import type { View } from '../render.ts';
import type { NginxAuth, NginxLocation } from './directives.ts';
import type { Pages } from './error-pages.ts';
import { askingLines, plainLines } from './forward-auth.ts';
import { connectTime, poolTlsLines } from './pool-tls.ts';
import type { Spot } from './route-view.ts';
import { literal, withVariables } from './tokens.ts';

/** The location that asks an auth server. It shares its variables with the request that waits for it. */
export function askingView(auth: NginxAuth, { headers, layout }: Pick<Spot, 'headers' | 'layout'>): View {
  const { location, path } = auth;
  const server = '$edge_auth_server';
  return {
    lines: [...askingLines(auth, headers.said().request, headers.origin), ...variableLines(location, layout, server)],
    ...passView(location, layout, { server, uri: path }),
  };
}

/** The location that asks other servers for the page of an error: a GET of what was asked for. */
export function pageView(location: NginxLocation, { request, response }: Pages, layout: Layout): View {
  const server = '$edge_page_server';
  return {
    lines: [
      'internal;',
      'proxy_method GET;',
      'proxy_pass_request_body off;',
      ...plainLines(location, request),
      ...['Content-Length', 'Upgrade', 'Connection', ...unconditional, ...(location.withheld ?? [])].map(
        (name) => `proxy_set_header ${name} "";`,
      ),
      ...response,
      ...variableLines(location, layout, server),
    ],
    ...passView(location, layout, { server, uri: '$request_uri' }),
  };
}

/** The name of a server, where it is resolved for each request. */
export function variableLines({ pass }: NginxLocation, layout: Layout, name: string): string[] {
  if (pass.kind !== 'variable') return [];
  return [
    '# A name in a variable is resolved for each request, and nginx starts while it is unknown.',
    `set ${name} ${literal(printAddress(layout, pass.address.value))};`,
  ];
}

/** Who is asked, and how long; `server`: the variable of a name that is resolved for each request. */
export function passView(
  location: NginxLocation,
  layout: Layout,
  to: { readonly server: string; readonly uri: string },
): View {
  const { pass, window, speaks, tls } = location;
  const module = speaks === 'grpc' ? 'grpc' : 'proxy';
  const name = pass.kind === 'variable' ? to.server : pass.name;
  return {
    tls: poolTlsLines(location, layout),
    module,
    pass: withVariables(`${speaks === 'grpc' ? 'grpc' : 'http'}${tls ? 's' : ''}://${name}${to.uri}`),
    connect: connectTime(location),
    send: directiveDuration(location.send.value),
    read: directiveDuration(location.read.value),
    conditions: location.conditions.join(' ') || 'off',
    tries: String(location.tries.value),
    window: window ? directiveDuration(window.value) : false,
  };
}
