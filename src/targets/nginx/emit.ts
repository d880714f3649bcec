import { directiveDuration } from '../../model/duration.ts';
import type { Headers } from '../../model/headers.ts';
import type { SiteTls } from '../../model/topology.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { challengeHeader, challengeLimits } from '../edges.ts';
import type { OutputFile } from '../files.ts';
import { madeBy } from '../files.ts';
import { type Layout, printAddress, siteFolder } from '../layout.ts';
import { mediaTypes } from '../media-types.ts';
import { render, type View } from '../render.ts';
import { subjectHeader } from '../tls.ts';
import {
  type NginxDirectives,
  type NginxServer,
  type ProxyServer,
  proxyLocations,
  type RedirectServer,
} from './directives.ts';
import { emptyAnswer } from './error-pages.ts';
import { usersPath } from './gate.ts';
import { askedHost, askedOrigin, headerHelpers, type OwnHeaders, requestHeaders, responseHeaders } from './headers.ts';
import { locationViews, mapViews } from './locations.ts';
import { alternative, guardLines, handshakeLines } from './tls.ts';
import { comment, literal, nginxToken } from './tokens.ts';
import { upstreamView } from './upstream.ts';

/** Prints the directives: nginx.conf, conf.d/00-http.conf for what all sites share, and one file a site. */
export function emitNginx(directives: NginxDirectives, layout: Layout): OutputFile[] {
  const bySite = new Map<string, (ProxyServer | RedirectServer)[]>();
  for (const server of directives.servers) {
    if (server.kind !== 'unknown') bySite.set(server.site, [...(bySite.get(server.site) ?? []), server]);
  }
  const sites = [...bySite].map(([site, servers]) => ({
    name: `conf.d/${siteFile(site)}.conf`,
    text: render('nginx/site.conf', {
      madeBy,
      site: comment(site),
      maps: mapViews(servers),
      servers: servers.map((server) => serverView(server, directives, layout)),
    }),
  }));
  return [
    { name: 'nginx.conf', text: render('nginx/nginx.conf', mainView(directives, layout)) },
    { name: 'conf.d/00-http.conf', text: render('nginx/http.conf', httpView(directives, layout)) },
    ...sites,
    ...usersFiles(directives),
  ].map(({ name, text }) => ({ path: `nginx/${name}`, text, target: 'nginx' }));
}

/** The users of each question, once. */
function usersFiles({ servers }: NginxDirectives): { readonly name: string; readonly text: string }[] {
  const asked = servers.flatMap((server) =>
    server.kind === 'proxy' ? server.locations.flatMap(({ basicAuth }) => basicAuth ?? []) : [],
  );
  const texts = asked.map((auth) => [usersPath(auth), `# ${madeBy}\n${auth.users.join('\n')}\n`] as const);
  return [...new Map(texts)].map(([name, text]) => ({ name, text }));
}

/** Sorts behind 00-http.conf, whatever the site is called. No other name of a file begins with `site+` and a digit or a `+`. */
function siteFile(site: string): string {
  const name = siteFolder(site);
  return /^[A-Za-z1-9]/.test(name) ? name : `site+${name}`;
}

function mainView({ workers }: NginxDirectives, { nginx }: Layout): View {
  const temporary = nginx.temporary;
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return {
    madeBy,
    workers: String(workers),
    pid: nginxToken(nginx.pid),
    errorLog: nginxToken(nginx.errorLog),
    mimeTypes: nginx.mimeTypes ? nginxToken(nginx.mimeTypes) : false,
    configuration: nginx.configuration,
    temporary: temporary ? kinds.map((kind) => `${kind}_temp_path ${nginxToken(`${temporary}/${kind}`)};`) : [],
  };
}

function httpView(directives: NginxDirectives, layout: Layout): View {
  const { resolver, version } = directives;
  const accessLog = logOf(directives, layout);
  return {
    madeBy,
    strictNames: directives.strictNames ?? false,
    quic: directives.servers.some(({ listener }) => listener.quic),
    bucket: bucketSize(directives),
    variables: variablesSize(directives, headerHelpers(directives).length),
    variablesBucket: variablesBucket(directives),
    accessLog,
    resolver: resolver
      ? [
          ...resolver.addresses.map((address) => (address.includes(':') ? `[${address}]` : address)),
          `valid=${directiveDuration(resolver.valid)}`,
          // Docker's networks are v4: asking for AAAA would only double the wait.
          ...(resolver.addresses.includes('127.0.0.11') ? ['ipv6=off'] : []),
        ].join(' ')
      : false,
    valid: resolver ? directiveDuration(resolver.valid) : false,
    resolverTimeout: resolver ? directiveDuration(resolver.timeout) : false,
    helpers: headerHelpers(directives).map((lines) => lines.join('\n')),
    trusted: directives.trust?.ranges ?? [],
    trustNote: directives.trust?.note ?? false,
    challengePeers: (directives.challengePeers ?? []).map((peer) => nginxToken(printAddress(layout, peer))),
    upstreams: directives.upstreams.map((upstream) => upstreamView(upstream, version, layout)),
    unknown: directives.servers
      .filter((server) => server.kind === 'unknown')
      .map((server) => ({
        ...listenView(server, version, layout),
        tls: server.handshake ? handshakeLines(server.handshake, layout.clientCa) : [],
        accessLog,
        answer: emptyAnswer(421),
      })),
  };
}

/** The hash of names has room for about 46 bytes; more is asked for only where it must be, as a file beside ours may say it too. */
function bucketSize({ servers }: NginxDirectives): string | false {
  const isLong = servers.some((server) => server.kind !== 'unknown' && server.names.some(({ length }) => length > 40));
  return isLong ? '512' : false;
}

/** nginx's own table may have no room for a few variables with long names: it says so at each start. */
function variablesSize({ servers, trust }: NginxDirectives, helpers: number): string | false {
  const maps = servers.flatMap((server) => (server.kind === 'proxy' ? server.maps : []));
  const own = new Set(maps.map(({ variable }) => variable)).size + helpers;
  return own > 0 || trust ? String(2 ** Math.ceil(Math.log2(1025 + 4 * own))) : false;
}

/** A few names of the longest must find room in one place of the table: a site's name is at the beginning of its own. */
function variablesBucket({ servers }: NginxDirectives): string {
  const maps = servers.flatMap((server) => (server.kind === 'proxy' ? server.maps : []));
  const longest = maps.reduce((most, { variable }) => Math.max(most, variable.length), 0);
  return String(Math.max(256, 2 ** Math.ceil(Math.log2(5 * (longest + 32)))));
}

function serverView(server: ProxyServer | RedirectServer, directives: NginxDirectives, layout: Layout): View {
  const { version } = directives;
  const files = server.tls.mode === 'none' ? undefined : certificateOf(server.site, server.tls, layout);
  const own = ownHeaders(server, directives);
  const trusts = directives.trust !== undefined;
  const said = (headers?: Headers) =>
    server.kind === 'proxy'
      ? { request: requestHeaders(server, own, trusts, headers), response: responseHeaders(server, own, headers) }
      : { request: [], response: [] };
  const general = said(server.kind === 'proxy' ? server.headers : undefined);
  const dispatch = server.kind === 'proxy' ? server.dispatch : undefined;
  return {
    comments: comments(server),
    names: server.names.length > 0 ? server.names.map(serverName).join(' ') : '_',
    certificate: files ? literal(files.certificate) : false,
    key: files ? literal(files.key) : false,
    tls: server.handshake ? handshakeLines(server.handshake, layout.clientCa) : [],
    guards: [
      ...(server.names.length > 0 ? ['if ($edge_other_name) { return 421 $edge_nothing; }'] : []),
      ...(server.handshake ? guardLines(server.handshake, directives.strictNames ?? false) : []),
    ],
    accessLog: logOf(directives, layout),
    challenges: server.challenges,
    webroot: nginxToken(layout.nginx.webroot),
    passesOn: directives.challengePeers !== undefined && {
      flag: challengeHeader.toLowerCase().replaceAll('-', '_'),
      header: challengeHeader,
      ...challengeLimits,
    },
    answer: server.kind === 'redirect' ? answerOf(server) : [],
    proxy: server.kind === 'proxy',
    types: server.kind === 'proxy' && server.locations.some(({ action }) => action === 'files') ? typeLines : [],
    hsts: server.kind === 'redirect' && server.hsts !== undefined ? nginxToken(server.hsts) : false,
    alternative: server.kind === 'redirect' && own.alternative,
    ownHost: own.hasNames,
    host: askedHost,
    requestHeaders: general.request,
    responseHeaders: general.response,
    dispatch: dispatch === undefined ? false : `$${dispatch}`,
    locations:
      server.kind === 'proxy' ? locationViews(server, { general, said, origin: askedOrigin(trusts) }, layout) : [],
    // Last: V8 is slow to add keys to a copy.
    ...listenView(server, version, layout),
  };
}

function ownHeaders(server: ProxyServer | RedirectServer, directives: NginxDirectives): OwnHeaders {
  return {
    hasNames: server.kind === 'proxy' && proxyLocations(server).some(({ host }) => host !== undefined),
    alternative: server.listener.quic ? alternative(server.listener) : false,
    subject: subjectOf(server, directives),
  };
}

/** A `*` stands for one label, as in certificates and on Caddy; nginx's own `*.` would take names of any depth. */
function serverName(name: string): string {
  return name.startsWith('*.') ? nginxToken(`~^[^.]+${name.slice(1).replaceAll('.', '\\.')}$`) : nginxToken(name);
}

/** Whose certificate was shown. No client may say so itself, by whatever site it comes. */
function subjectOf(server: ProxyServer | RedirectServer, { strictNames }: NginxDirectives): string | false {
  if (!strictNames) return false;
  return `${subjectHeader} ${server.handshake?.client ? '$ssl_client_s_dn' : '""'}`;
}

function comments(server: ProxyServer | RedirectServer): string[] {
  const { port, tls } = server.listener;
  if (server.kind === 'proxy') return [`${tls ? 'https' : 'http'} on port ${port}`];
  if (server.to?.host === 'requested') return [`http on port ${port}: everything but challenges goes to https`];
  if (server.to) return [`${tls ? 'https' : 'http'} on port ${port}: other names of the site`];
  return [`http on port ${port}: challenges only`];
}

/** `return` for a server that answers by itself. 308 keeps the method and the body of a request. */
function answerOf({ to }: RedirectServer): string[] {
  if (!to) return emptyAnswer(421);
  const host = to.host === 'requested' ? '$host' : to.host;
  return [`return 308 ${to.scheme}://${host}${to.port === undefined ? '' : `:${to.port}`}$request_uri;`];
}

const typeLines = Object.entries(mediaTypes).map(([type, ends]) => `${type} ${ends.join(' ')}`);

interface ListenView {
  readonly listen: string;
  readonly quic: string | false;
  readonly http2: boolean;
}

function listenView({ listener }: NginxServer, version: Version, layout: Layout): ListenView {
  const port = layout.port(listener.port);
  const separate = atLeast(version, '1.25.1');
  const address = layout.bind === '' ? String(port) : `${layout.bind}:${port}`;
  const general = listener.fallback ? ['default_server'] : [];
  const secure = listener.tls ? ['ssl', ...(separate ? [] : ['http2'])] : [];
  // Each worker needs a socket of its own, or the packets of one connection come to several; said once for a port.
  const quic = [address, 'quic', ...general, ...(listener.fallback ? ['reuseport'] : [])].join(' ');
  return {
    listen: [address, ...general, ...secure].join(' '),
    quic: listener.quic ? quic : false,
    http2: listener.tls && separate,
  };
}

function certificateOf(site: string, tls: SiteTls, layout: Layout) {
  if (tls.mode !== 'files') return layout.certificate(site);
  return layout.certificate(site, { certificate: tls.certificate.value, key: tls.key.value });
}

function logOf({ accessLog }: NginxDirectives, layout: Layout): string | false {
  return accessLog === 'json' ? nginxToken(layout.nginx.accessLog) : false;
}
