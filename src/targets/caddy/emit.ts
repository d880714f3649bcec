import type { Address } from '../../model/address.ts';
import { type Duration, directiveDuration } from '../../model/duration.ts';
import { pathsOf, takesAll } from '../../model/match.ts';
import type { Given } from '../../model/topology.ts';
import { atLeast } from '../../model/version.ts';
import { madeBy, type OutputFile } from '../files.ts';
import { type Layout, printAddress } from '../layout.ts';
import { render, type View } from '../render.ts';
import { pathPattern } from '../routes.ts';
import type { CaddyDirectives, CaddyRoute, CaddySite, ReverseProxy } from './directives.ts';
import { caddyToken, literal } from './tokens.ts';

/** Prints the directives as one Caddyfile, in the form that `caddy fmt` leaves as it is. */
export function emitCaddy(directives: CaddyDirectives, layout: Layout): OutputFile[] {
  const view: View = {
    madeBy,
    globals: globals(directives, layout),
    sites: directives.sites.map((site) => siteView(site, directives, layout)),
  };
  return [{ path: 'caddy/Caddyfile', text: render('caddy/Caddyfile', view), target: 'caddy' }];
}

function globals(directives: CaddyDirectives, layout: Layout): string[] {
  const { acme, httpPort, httpsPort, ownCa } = directives;
  const http = layout.port(httpPort);
  const https = layout.port(httpsPort);
  return [
    ...(layout.caddy.admin ? [`admin ${layout.caddy.admin}`] : []),
    ...(acme.email === undefined ? [] : [`email ${caddyToken(acme.email)}`]),
    ...(makesAnyName(directives) ? [] : caLines(directives, layout).map((line) => `acme_${line}`)),
    ...(http === 80 ? [] : [`http_port ${http}`]),
    ...(https === 443 ? [] : [`https_port ${https}`]),
    // The root of Caddy's own CA is not put into the trust store of the container.
    ...(ownCa ? ['skip_install_trust'] : []),
  ];
}

function siteView(site: CaddySite, directives: CaddyDirectives, layout: Layout): View {
  const tls = site.listener.tls ? tlsLines(site, directives, layout) : [];
  const proxy = site.kind === 'proxy';
  const debugHeader = (proxy && site.debugHeader) || false;
  const hsts = proxy && site.hsts ? String(Math.floor(site.hsts.value / 1000)) : false;
  return {
    comment: commentOf(site),
    names: names(site, directives, layout),
    bind: layout.bind === '' ? false : layout.bind,
    tls: tls.length === 1 ? (tls[0] ?? false) : false,
    tlsBlock: tls.length > 1 ? tls : [],
    logTo: directives.accessLog === 'json' && logWriter(layout),
    answer: answer(site),
    proxy,
    hsts,
    debugHeader,
    logFields: proxy ? logFields(directives) : [],
    routes: proxy ? site.routes.map((route, index) => routeView(route, index, { debugHeader, hsts }, layout)) : [],
    open: proxy && !site.routes.some(({ match }) => takesAll(match)),
  };
}

function logWriter({ caddy: { accessLog } }: Layout): string {
  return accessLog === 'stdout' ? accessLog : `file ${caddyToken(accessLog)}`;
}

/** Fields of the log that only newer versions can add. */
function logFields({ version, accessLog }: CaddyDirectives): string[] {
  if (accessLog === 'none' || !atLeast(version, '2.8')) return [];
  return [
    'upstream {http.reverse_proxy.upstream.hostport}',
    'upstream_retries {http.reverse_proxy.retries}',
    'upstream_header {http.reverse_proxy.upstream.latency}',
    'upstream_duration {http.reverse_proxy.upstream.duration}',
  ];
}

function commentOf(site: CaddySite): string {
  const { port, tls } = site.listener;
  const where = `${tls ? 'https' : 'http'} on port ${port}`;
  if (site.kind === 'unknown') return `Names that no site has: ${where}`;
  if (site.kind === 'proxy') return `Site ${site.site}: ${where}`;
  if (site.to.host === 'requested') return `Site ${site.site}: everything on port ${port} goes to https`;
  return `Site ${site.site}: other names, ${where}`;
}

function names(site: CaddySite, { httpPort, httpsPort }: CaddyDirectives, layout: Layout): string {
  const { port, tls } = site.listener;
  const general = port === (tls ? httpsPort : httpPort);
  const shown = general ? '' : `:${layout.port(port)}`;
  const scheme = tls ? 'https://' : 'http://';
  const list = site.kind === 'unknown' ? [] : site.names;
  if (list.length === 0) return `${scheme}:${layout.port(port)}`;
  // A word without a dot could be one of Caddy's own: `import`.
  return list.map((name) => `${tls && general && name.includes('.') ? '' : scheme}${name}${shown}`).join(', ');
}

function caLines({ acme }: CaddyDirectives, layout: Layout): string[] {
  return [
    ...(acme.ca === undefined ? [] : [`ca ${caddyToken(acme.ca)}`]),
    ...(acme.hasRoot ? [`ca_root ${caddyToken(layout.caddy.caRoot)}`] : []),
  ];
}

/** Is there a site that makes a certificate for whatever name a client asks for, at its first handshake? */
function makesAnyName({ sites }: CaddyDirectives): boolean {
  return sites.some((site) => site.kind === 'proxy' && site.names.length === 0 && site.tls.mode === 'internal');
}

/**
 * Caddy has one rule for all names that it does not know beforehand, on all ports, and refuses two that differ: where
 * certificates are made for them, every block without names says so, and the CA of the other sites is told to each.
 */
function tlsLines(site: CaddySite, directives: CaddyDirectives, layout: Layout): string[] {
  const anyName = makesAnyName(directives) && (site.kind === 'unknown' || site.names.length === 0);
  const mode = site.kind === 'unknown' ? 'none' : site.tls.mode;
  if (site.kind !== 'unknown' && site.tls.mode === 'files') {
    const { certificate, key } = site.tls;
    const files = layout.certificate(site.site, { certificate: certificate.value, key: key.value });
    const line = `tls ${caddyToken(files.certificate)} ${caddyToken(files.key)}`;
    return anyName ? [`${line} {`, '\tissuer internal', '\ton_demand', '}'] : [line];
  }
  if (anyName) return ['tls internal {', '\ton_demand', '}'];
  if (mode === 'internal') return ['tls internal'];
  const ca = mode === 'acme' && makesAnyName(directives) ? caLines(directives, layout) : [];
  return ca.length > 0 ? ['tls {', ...ca.map((line) => `\t${line}`), '}'] : [];
}

/** 308 keeps the method and the body of a request. */
function answer(site: CaddySite): string | false {
  if (site.kind === 'proxy') return false;
  if (site.kind === 'unknown') return 'respond 421';
  const { scheme, host, port } = site.to;
  return `redir * ${scheme}://${host === 'requested' ? '{host}' : host}${port === undefined ? '' : `:${port}`}{uri} 308`;
}

function routeView(
  { match, proxy }: CaddyRoute,
  index: number,
  headers: { debugHeader: string | false; hsts: string | false },
  layout: Layout,
): View {
  const time = (given: Given<Duration> | undefined): string | false => (given ? directiveDuration(given.value) : false);
  return {
    ...headers,
    matcher: `@route${index + 1}`,
    pattern: takesAll(match) ? false : caddyToken(withoutSpaces(pathPattern(pathsOf(match)))),
    pool: proxy.pool,
    servers: proxy.servers.map(({ value }) => upstreamToken(value, layout)).join(' '),
    balance: proxy.servers.length > 1 && proxy.balance,
    retries: proxy.retries ? String(proxy.retries.value) : false,
    tryDuration: time(proxy.tryDuration),
    tryInterval: time(proxy.tryInterval),
    retryMethods: proxy.retryMethods.join(' ') || false,
    retryStatuses:
      proxy.retryStatuses.length > 0 && caddyToken(`{rp.status_code} in [${proxy.retryStatuses.join(', ')}]`),
    active: activeLines(proxy),
    failDuration: time(proxy.passive?.failDuration),
    maxFails: proxy.passive ? String(proxy.passive.maxFails.value) : false,
    h2c: proxy.h2c ?? false,
    dial: directiveDuration(proxy.dial.value),
    responseHeader: time(proxy.responseHeader),
    read: time(proxy.read),
    write: time(proxy.write),
    keepalive: time(proxy.keepalive?.idle),
    perServer: proxy.keepalive ? String(proxy.keepalive.perServer.value) : false,
  };
}

/** `caddy fmt` of old versions changes white space of any alphabet inside of quotes. */
export function withoutSpaces(pattern: string): string {
  return pattern.replace(/[\s\x85]/g, (character) => `\\x{${character.charCodeAt(0).toString(16)}}`);
}

function activeLines({ active }: ReverseProxy): string[] {
  if (!active) return [];
  const counts = (name: string, { value }: Given<number>): string[] => (value === 1 ? [] : [`${name} ${value}`]);
  return [
    `health_uri ${literal(active.path.value)}`,
    `health_interval ${directiveDuration(active.interval.value)}`,
    `health_timeout ${directiveDuration(active.timeout.value)}`,
    `health_status ${active.status.value}`,
    ...counts('health_passes', active.passes),
    ...counts('health_fails', active.fails),
  ];
}

function upstreamToken(address: Address, layout: Layout): string {
  const there = layout.address(address);
  return caddyToken(there.kind === 'unix' ? `unix/${there.path}` : printAddress(layout, address));
}
