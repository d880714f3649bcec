import type { Place } from '../../diagnostics/diagnostic.ts';
import { defaults } from '../../model/defaults.ts';
import { type Duration, milliseconds } from '../../model/duration.ts';
import { onlyPaths, type PathMatch } from '../../model/match.ts';
import { proxyRoutes } from '../../model/relations.ts';
import { isSayableSize } from '../../model/size.ts';
import type {
  Condition,
  Given,
  Health,
  Keepalive,
  Pool as ModelPool,
  ProxyRoute,
  Retry,
  Site,
  SiteTls,
  Timeouts,
  TlsWords,
  Topology,
} from '../../model/topology.ts';
import type { Version } from '../../model/version.ts';
import type { NginxLocation, NginxUpstream } from '../../targets/nginx/directives.ts';
import { peersOf } from '../../targets/nginx/peers.ts';
import type { Unsaid } from '../judged.ts';
import { modelBalance, modelServer } from './balance.ts';
import { handshakeOf } from './handshake.ts';
import { debugHeaderOf, headersOf } from './headers.ts';
import { effective, own } from './inherit.ts';
import type { Directive } from './parse.ts';
import type { ProxyWay } from './proxy.ts';
import type { Redirects } from './redirects.ts';
import { mainListener, siteName } from './routes.ts';
import { inForce, placeOf, type Server, type Spot, type World } from './servers.ts';
import { ownDefault, settingsOf } from './settings.ts';
import { parseSize } from './units.ts';

function standard<T>(value: T, at: Place, because: string = ownDefault): Given<T> {
  return { value, at, origin: 'default', because };
}

/** What a topology says of a route and its pool. */
export interface Said {
  readonly route: ProxyRoute;
  readonly unsaid: readonly Unsaid[];
}

const modelConditions = new Set<string>(
  'error timeout invalid_header http_429 http_500 http_502 http_503 http_504'.split(' '),
);

export interface Answering {
  readonly way: ProxyWay;
  readonly spot: Spot;
  readonly pass: Directive;
}

/** Pools that were made, by the upstream and what a pool says of its users. */
export type ModelPools = Map<string, ModelPool>;

export function saidOf(
  id: string,
  paths: readonly PathMatch[],
  { way, spot, pass }: Answering,
  world: World,
  pools: ModelPools,
): Said {
  const { location, pool: known } = way;
  const unsaid: Unsaid[] = [];
  const at = placeOf(world, pass);
  const place = placeOf(world, pass, pass.args[0]);
  const settings = settingsOf(spot, world, place);
  const next = settings.words('proxy_next_upstream');
  const on = location.conditions.filter((one): one is Condition => modelConditions.has(one));
  for (const lost of location.conditions.filter((one) => one === 'http_403' || one === 'http_404')) {
    unsaid.push({ place: next?.at ?? place, what: `\`proxy_next_upstream ${lost}\` tries another server` });
  }
  if (location.tls) unsaid.push({ place, what: 'https to the servers: see `protocol: https`, and `tls` beside it' });

  const timeouts: Timeouts = {
    connect: location.connect,
    tls_handshake: location.connect,
    send: location.send,
    response_header: location.read,
    idle: location.read,
    // Without that header there is no websocket.
    upgraded: location.upgraded ?? (passesUpgrades(spot) ? location.read : standard(milliseconds(3_600_000), place)),
  };
  const given = <T>(value: T): Given<T> => (next ? { value, at: next.at, origin: 'written' } : standard(value, place));
  const off = on.length === 0;
  const retry: Retry = {
    tries: off ? given(1) : triesOf(location, known?.upstream),
    window: location.window ?? standard('none', place),
    interval: standard(milliseconds(0), place, 'nginx has no pause between attempts'),
    on: given(off ? defaults.retry.on.value : on),
    non_idempotent: given(location.conditions.includes('non_idempotent')),
  };
  const pool = modelPool({ location, upstream: known?.upstream, at: known?.at ?? place, timeouts, retry }, pools);
  const headers = headersOf(spot, world, (directive, what) => unsaid.push({ place: placeOf(world, directive), what }));
  const stream = standard(false, place);
  const flush = standard(location.buffering === false ? ('immediate' as const) : ('auto' as const), place);
  const maxBody = maxBodyOf(spot, world, place);
  const words = {
    pool,
    timeouts,
    retry,
    stream,
    flush,
    ...(headers ? { headers } : {}),
    ...(maxBody ? { maxBody } : {}),
  };
  return { route: { action: 'proxy', id, at, match: onlyPaths(paths), ...words }, unsaid };
}

/** Without the directive nginx takes 1 MB. */
function maxBodyOf(spot: Spot, world: World, at: Place): Given<number> | undefined {
  const directive = effective(spot.scopes, 'client_max_body_size')[0];
  if (!directive) return standard(1024 * 1024, at);
  const value = parseSize(directive.args[0]?.text ?? '', 'offset');
  return value && isSayableSize(value) ? { value, at: placeOf(world, directive), origin: 'written' } : undefined;
}

function passesUpgrades({ scopes }: Spot): boolean {
  return effective(scopes, 'proxy_set_header').some(({ args }) => args[0]?.text.toLowerCase() === 'upgrade');
}

/** Without a limit every server is tried once; of names nobody knows how many there are. */
export function triesOf({ tries }: NginxLocation, upstream: NginxUpstream | undefined): Given<number | 'unlimited'> {
  if (tries.value > 0) return tries;
  const { asked } = upstream ? peersOf(upstream) : { asked: Number.POSITIVE_INFINITY };
  return { ...tries, value: Number.isFinite(asked) ? Math.max(1, asked) : 'unlimited' };
}

interface PoolOfRoute {
  readonly location: NginxLocation;
  readonly upstream: NginxUpstream | undefined;
  readonly at: Place;
  readonly timeouts: Timeouts;
  readonly retry: Retry;
}

function modelPool({ location, upstream, at, timeouts, retry }: PoolOfRoute, pools: ModelPools): ModelPool {
  const { pass } = location;
  const reuse = location.reuse ?? true;
  const name = upstream?.name ?? (pass.kind === 'variable' ? String(pass.address.at.path) : pass.name);
  const key = `${name} ${reuse}`;
  const before = pools.get(key);
  if (before) return before;
  const used = upstream?.peers.filter(({ down }) => !down) ?? [];
  const servers = pass.kind === 'variable' ? [{ address: pass.address }] : (upstream?.peers.map(modelServer) ?? []);
  const marking = used.find(({ maxFails }) => maxFails.value > 0) ?? used[0];
  const health: Health = {
    passive: {
      max_fails: marking?.maxFails ?? standard(0, at, 'a name that is looked up for each request has no memory'),
      fail_window: marking?.failTimeout ?? standard(milliseconds(10_000), at),
    },
  };
  const connections = reuse ? (upstream?.keepalive.connections ?? 0) : 0;
  const keepalive: Keepalive = {
    connections: standard(Math.ceil(connections / Math.max(1, used.length)), at),
    idle: upstream?.keepalive.idle ?? standard(milliseconds(60_000) as Duration, at),
  };
  const pool: ModelPool = {
    name: pass.kind === 'variable' ? `${pools.size + 1}` : name,
    anonymous: upstream === undefined,
    at,
    servers,
    balance: standard((upstream && modelBalance(upstream)) ?? 'round_robin', at),
    protocol: standard('http', at),
    hostHeader: standard('client', at),
    keepalive,
    timeouts,
    retry,
    health,
  };
  pools.set(key, pool);
  return pool;
}

/** The site of a server, without its routes. */
export function siteOf(
  server: Server,
  world: World,
  redirects: Redirects,
): { readonly site: Site & { routes: ProxyRoute[] }; readonly unsaid: readonly Unsaid[] } {
  const { names, listeners, directive } = server;
  const main = mainListener(listeners);
  const [first, ...others] = names.filter(({ text }) => text !== '_' && text !== '');
  const namesAt = directive && own(server.block, 'server_name')?.[0];
  const at =
    namesAt && first
      ? placeOf(world, namesAt, first)
      : directive
        ? placeOf(world, directive, directive.head)
        : world.configuration.main.source.place(0, 1);
  const id = siteName(server);
  const port = main.port === (main.tls ? 443 : 80) ? {} : { port: main.port };
  const name = id.replace(/:\d+$/, '');
  const redirected = names.some(({ text }) => redirects.plain.has(text));
  const from = first ? (redirects.from.get(first.text.toLowerCase()) ?? []) : [];
  const served = main.tls && listeners.some(({ tls }) => !tls);
  const handshake = main.tls ? handshakeOf(server, world, at) : undefined;
  const site: Site & { routes: ProxyRoute[] } = {
    id,
    ...(name === 'default' ? {} : { name }),
    at,
    ...port,
    aliases: others.map(({ text, span }) => ({
      value: text,
      at: namesAt ? sourcePlace(world, namesAt, span) : at,
      origin: 'written',
    })),
    redirectFrom: from.map(({ name: word, server: other }) => ({
      value: word.text,
      at: other.directive ? sourcePlace(world, other.directive, word.span) : at,
      origin: 'written',
    })),
    tls: tlsOf(server, world, handshake?.words, at),
    http: standard(served ? 'serve' : redirected ? 'redirect' : 'none', at, 'what the servers of port 80 do'),
    routes: [],
  };
  return { site, unsaid: handshake?.unsaid ?? [] };
}

function sourcePlace(world: World, directive: Directive, span: { start: number; end: number }): Place {
  const file = world.configuration.files.get(directive.file) ?? world.configuration.main;
  return file.source.place(span.start, span.end);
}

function tlsOf(server: Server, world: World, words: TlsWords | undefined, at: Place): Given<SiteTls> {
  if (!words) return { value: { mode: 'none' }, at, origin: 'written' };
  const spot: Spot = { server, scopes: server.scopes };
  const file = (name: string): Given<string> | undefined => {
    const directive = effective(spot.scopes, name)[0];
    const word = directive?.args[0];
    return directive && word && { value: word.text, at: placeOf(world, directive, word), origin: 'written' };
  };
  const certificate = file('ssl_certificate');
  const key = file('ssl_certificate_key');
  const files: SiteTls =
    certificate && key ? { mode: 'files', certificate, key, ...words } : { mode: 'internal', ...words };
  const mode: SiteTls = inForce(spot, 'acme_certificate') ? { mode: 'acme', ...words } : files;
  return { value: mode, at: certificate?.at ?? at, origin: 'written' };
}

function http3Of(world: World, at: Place): Given<boolean> {
  const quic = world.servers
    .flatMap(({ listeners }) => listeners)
    .find(({ directive }) => directive?.args.some(({ text }) => text === 'quic'))?.directive;
  if (!quic) return standard(false, at);
  return { value: true, at: placeOf(world, quic), origin: 'written' };
}

/** The topology around the sites: nginx alone, with its own values where a topology has defaults. */
export function topologyOf(world: World, version: Version, workers: number | 'auto', sites: readonly Site[]): Topology {
  const { source } = world.configuration.main;
  const at = source.place(0, 1);
  const { edge, acme } = defaults;
  const debug = debugHeaderOf(world);
  const name = debug?.args[0];
  return {
    source: source.name,
    targets: { nginx: { version: standard(version, at), workers: standard(workers, at) } },
    targetIds: ['nginx'],
    edge: {
      proxy: standard('nginx', at),
      http_port: standard(80, at, edge.http_port.because),
      https_port: standard(443, at, edge.https_port.because),
      access_log: standard('none', at),
      http3: http3Of(world, at),
      ...(debug && name
        ? { debug_header: { value: name.text, at: placeOf(world, debug, name), origin: 'written' as const } }
        : {}),
      resolver: standard(edge.resolver.value, at, edge.resolver.because),
      trusted_proxies: standard(edge.trusted_proxies.value, at, edge.trusted_proxies.because),
    },
    acme: { ca: standard<string>(acme.ca.value, at, acme.ca.because) },
    machines: [],
    services: [],
    pools: [...new Set(sites.flatMap(proxyRoutes).map(({ pool }) => pool))],
    sites,
    asksClients: false,
    severities: new Map(),
  };
}
