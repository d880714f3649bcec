import type { Address } from '../../model/address.ts';
import { type Duration, directiveDuration } from '../../model/duration.ts';
import { pageValues } from '../../model/error-pages.ts';
import type { Headers } from '../../model/headers.ts';
import { type Match, takesAll } from '../../model/match.ts';
import type { Given, ProxyRoute } from '../../model/topology.ts';
import type { Value } from '../../model/value.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { challengeHeader, challengeLimits } from '../edges.ts';
import { madeBy, type OutputFile } from '../files.ts';
import { onlyHost } from '../headers.ts';
import { type Layout, printAddress } from '../layout.ts';
import { render, type View } from '../render.ts';
import { subjectHeader } from '../tls.ts';
import type { Trust } from '../trust.ts';
import { bodyLines } from './bodies.ts';
import { speaksHttp2 } from './costs.ts';
import {
  type CaddyDirectives,
  type CaddyPage,
  type CaddyProxySite,
  type CaddyRoute,
  type CaddySite,
  proxiesOf,
  type ReverseProxy,
} from './directives.ts';
import { errorMark, errorPageLines } from './error-pages.ts';
import { authLines, errorStatus, pageHeaders, unaskedLines, withheldLines } from './forward-auth.ts';
import { gateLines } from './gate.ts';
import { answerHeaders, downHeaders, errorLines, upHeaders, withoutVia } from './headers.ts';
import { matcherLines } from './matchers.ts';
import { poolView } from './pool-view.ts';
import { type RouteSpot, routeLines, servesFiles, typeRows } from './routes.ts';
import { caLines, makesAnyName, tlsLines } from './tls.ts';
import { caddyToken, literal } from './tokens.ts';
import { caddyHelpers } from './values.ts';

/** Prints the directives as one Caddyfile, in the form that `caddy fmt` leaves as it is. */
export function emitCaddy(directives: CaddyDirectives, layout: Layout): OutputFile[] {
  const view: View = {
    madeBy,
    globals: globals(directives, layout),
    strictNames: directives.strictNames,
    http3: directives.http3,
    // Whoever has recorded the early data of a client can send it again.
    earlyData: directives.http3 && atLeast(directives.version, '2.11'),
    trust: directives.trust?.knowsClient ? trustView(directives.trust) : false,
    types: directives.sites.some((site) => site.kind === 'proxy' && servesFiles(site.routes)) ? typeRows() : [],
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
  const tls = tlsLines(site, directives, layout);
  const proxy = site.kind === 'proxy';
  const debugHeader = (proxy && site.debugHeader) || false;
  const alternative = directives.http3 && site.listener.tls;
  const place = { version: directives.version, ...onlyHost(proxy ? site.names : []) };
  const asked = (headers: Headers | undefined, withheld: readonly string[]): View => ({
    debugHeader,
    hsts,
    alternative,
    ...trusted(directives),
    upHeaders: [...withheld, ...upHeaders(headers, place), ...withoutVia(headers, directives.version).up],
    downHeaders: downHeaders(headers, place),
  });
  const hsts = site.kind !== 'unknown' && site.hsts !== undefined && caddyToken(site.hsts);
  const pageLines =
    ({ pages, site: name }: CaddyProxySite) =>
    (asks: ProxyRoute, headers: Headers | undefined) => {
      const { proxy, withheld } = pages.find(({ route }) => route === asks.id) as CaddyPage;
      const spot = { site: name, number: 0, version: directives.version, layout, trust: directives.trust };
      const { answer: nameless } = withoutVia(headers, directives.version);
      return [...nameless, ...reverseProxy(proxy, { ...asked(headers, pageHeaders(withheld)), asksGet: true }, spot)];
    };
  return {
    comment: commentOf(site),
    names: names(site, directives, layout),
    bind: layout.bind === '' ? false : layout.bind,
    tls: tls.length === 1 ? (tls[0] ?? false) : false,
    tlsBlock: tls.length > 1 ? tls : [],
    logTo: directives.accessLog === 'json' && logWriter(layout),
    answer: answer(site),
    challenge: challengeLines(site, directives, layout),
    proxy,
    subject: proxy && directives.strictNames ? subject(site) : false,
    hsts,
    logFields: proxy ? logFields(directives) : [],
    dropsUnderscored: directives.dropsUnderscored ?? false,
    upgrades: proxiesOf(site).some(({ proxy }) => !speaksHttp2(proxy)),
    routes: proxy
      ? site.routes.map((route, index) => {
          const spot = {
            site: site.site,
            number: index + 1,
            version: directives.version,
            layout,
            trust: directives.trust,
          };
          const { answer: nameless } = withoutVia(route.headers, directives.version);
          const answered = [...answerHeaders(route.headers, place), ...(route.action === 'proxy' ? nameless : [])];
          return routeView(route, answered, asked(route.headers, withheldLines(route)), spot);
        })
      : [],
    errors: proxy
      ? [
          ...unaskedLines(site),
          ...errorLines(site),
          ...errorPageLines(site, { ...place, layout, asked: pageLines(site) }),
        ]
      : [],
    errorStatus: proxy ? errorStatus(site).short : false,
    remembers: proxy
      ? [...caddyHelpers(valuesOf(site)), ...(servesFiles(site.routes) ? ['import edge_types'] : [])]
      : [],
    openHeaders: proxy ? [...answerHeaders(site.headers, place), ...errorMark(site.errorPages, 'site')] : [],
    openError: proxy && (site.errorPages ?? []).length > 0,
    open: proxy && !site.routes.some(({ match }) => takesAll(match)),
  };
}

function valuesOf({ headers, errorPages, routes }: CaddyProxySite): Value[] {
  const all = [headers, ...routes.map((route) => route.headers)];
  const changes = all.flatMap((one) => [...(one?.request ?? []), ...(one?.response ?? [])]);
  const said = routes.flatMap((route) => (route.action === 'answer' ? [route.to, route.body] : []));
  const pages = [{ errorPages }, ...routes].flatMap((one) => pageValues(one.errorPages));
  return [...changes.map(({ given }) => given.value), ...said.filter((value) => value !== undefined), ...pages];
}

/** Whose certificate was shown. No client may say so itself, by whatever site it comes. */
function subject({ tls }: CaddyProxySite): { readonly header: string; readonly told: boolean } {
  return { header: subjectHeader, told: tls.mode !== 'none' && tls.client !== undefined };
}

/** What each proxy says of the client: its address, and whom it believes where the server does not know it. */
function trusted({ trust }: CaddyDirectives): View {
  return {
    client: trust?.knowsClient ? '{client_ip}' : '{remote_host}',
    trust: trust && !trust.knowsClient ? trustView(trust) : false,
  };
}

function trustView({ ranges, note }: Trust): View {
  return { ranges: ranges.join(' '), note: note ?? false };
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

/** On plain http: challenges that Caddy itself knows nothing of are asked of another edge machine. */
function challengeLines(
  { listener }: CaddySite,
  { challengePeers, httpPort }: CaddyDirectives,
  layout: Layout,
): string[] {
  const [peer] = challengePeers ?? [];
  if (!peer || listener.tls || listener.port !== httpPort) return [];
  return [
    '# The CA may ask any edge machine: what this one has not asked for is fetched from the other, and not passed on again.',
    '@challenge {',
    '\tpath /.well-known/acme-challenge/*',
    `\tnot header ${challengeHeader} *`,
    '}',
    `reverse_proxy @challenge ${upstreamToken(peer, layout)} {`,
    `\theader_up ${challengeHeader} 1`,
    '\ttransport http {',
    `\t\tdial_timeout ${challengeLimits.connect}`,
    `\t\tresponse_header_timeout ${challengeLimits.answer}`,
    '\t}',
    '}',
  ];
}

/** 308 keeps the method and the body of a request. */
function answer(site: CaddySite): string | false {
  if (site.kind === 'proxy') return false;
  if (site.kind === 'unknown') return 'respond 421';
  const { scheme, host, port } = site.to;
  return `redir * ${scheme}://${host === 'requested' ? '{host}' : host}${port === undefined ? '' : `:${port}`}{uri} 308`;
}

/** `asked`: what a reverse_proxy says of the headers of its servers' answers, and of what they are sent. */
function routeView(route: CaddyRoute, answered: readonly string[], asked: View, spot: RouteSpot): View {
  const { auth } = route;
  const steps = [
    ...errorMark(route.errorPages, `route${spot.number}`),
    ...gateLines(route, spot),
    ...(auth ? authLines(auth, spot, (view) => reverseProxy(auth.proxy, { ...asked, ...view }, spot)) : []),
    ...bodyLines(route, spot.number),
    ...routeLines(route, spot),
  ];
  const proxies = route.action === 'proxy' ? proxyLines(route.proxy, asked, spot) : [];
  const all = [...answered, ...steps, ...proxies.flat()];
  // In a handle the order of directives is Caddy's own.
  const inOrder = (steps.length > 0 && all.length > 1) || proxies.length > 1 || route.raw !== undefined;
  return {
    ...matcherView(`@route${spot.number}`, route.match, spot.version),
    raw: route.raw ?? [],
    lines: inOrder ? ['route {', ...all.map((line) => (line === '' ? '' : `\t${line}`)), '}'] : all,
  };
}

/** The lines of a reverse_proxy, and of the one for upgrades before it. */
function proxyLines(proxy: ReverseProxy, asked: View, spot: RouteSpot): string[][] {
  const { upgraded, ...rest } = proxy;
  const plain = reverseProxy(rest, asked, spot);
  if (!upgraded) return [plain];
  const matcher = `@upgrade${spot.number}`;
  const lines = reverseProxy({ ...rest, read: upgraded }, { ...asked, matcher }, spot);
  return [['# Upgrades have a limit of their own for silence.', `${matcher} header Upgrade *`, ...lines], plain];
}

function reverseProxy(proxy: ReverseProxy, asked: View, { layout, version }: RouteSpot): string[] {
  const time = (given: Given<Duration> | undefined): string | false => (given ? directiveDuration(given.value) : false);
  const view: View = {
    pool: proxy.pool,
    servers: proxy.servers.map(({ value }) => upstreamToken(value, layout)).join(' '),
    retries: proxy.retries ? String(proxy.retries.value) : false,
    tryDuration: time(proxy.tryDuration),
    tryInterval: time(proxy.tryInterval),
    retryMethods: proxy.retryMethods.join(' ') || false,
    neverAgain: proxy.tryInterval !== undefined && proxy.retryMethods.length === 0,
    retryStatuses:
      proxy.retryStatuses.length > 0 && caddyToken(`{rp.status_code} in [${proxy.retryStatuses.join(', ')}]`),
    active: activeLines(proxy),
    failDuration: time(proxy.passive?.failDuration),
    maxFails: proxy.passive ? String(proxy.passive.maxFails.value) : false,
    h2c: proxy.h2c ?? false,
    http2: speaksHttp2(proxy),
    dial: directiveDuration(proxy.dial.value),
    responseHeader: time(proxy.responseHeader),
    read: time(proxy.read),
    flush: proxy.flush !== undefined && proxy.flush.value < 0,
    write: time(proxy.write),
    keepalive: time(proxy.keepalive?.idle),
    asksGet: false,
    question: false,
    answers: [],
    perServer: proxy.keepalive ? String(proxy.keepalive.perServer.value) : false,
    // Last: V8 is slow to add keys to a copy.
    ...asked,
    ...poolView(proxy, version, layout),
  };
  return render('caddy/reverse_proxy', view).trimEnd().split('\n');
}

/** A matcher of one line stands on the line of its name. */
function matcherView(name: string, match: Match, version: Version): View {
  const lines = takesAll(match) ? [] : matcherLines(match, version);
  const [only = '', second] = lines;
  const short = second === undefined && only !== '';
  return { matcher: lines.length > 0 && name, short: short && only, conditions: short ? [] : lines };
}

function activeLines({ active, host }: ReverseProxy): string[] {
  if (!active) return [];
  // What is taken from a request is not there: checks then name the server.
  const named = host !== undefined && !host.startsWith('{');
  const counts = (name: string, { value }: Given<number>): string[] => (value === 1 ? [] : [`${name} ${value}`]);
  return [
    `health_uri ${literal(active.path.value)}`,
    `health_interval ${directiveDuration(active.interval.value)}`,
    `health_timeout ${directiveDuration(active.timeout.value)}`,
    `health_status ${active.status.value}`,
    ...(named ? ['health_headers {', `\tHost ${caddyToken(host)}`, '}'] : []),
    ...counts('health_passes', active.passes),
    ...counts('health_fails', active.fails),
  ];
}

function upstreamToken(address: Address, layout: Layout): string {
  const there = layout.address(address);
  return caddyToken(there.kind === 'unix' ? `unix/${there.path}` : printAddress(layout, address));
}
