import type { Diagnostic, Place } from '../../diagnostics/diagnostic.ts';
import { bound } from '../../latency/term.ts';
import { onlyPaths, pathsOf } from '../../model/match.ts';
import { plainTls } from '../../model/tls.ts';
import type { ProxyRoute, Site } from '../../model/topology.ts';
import type { Version } from '../../model/version.ts';
import type { RouteOnTarget, RouteReport, RouteWaits } from '../../report/report.ts';
import type { Tuning } from '../../report/tuning.ts';
import type { NginxDirectives, NginxLocation, NginxServer } from '../../targets/nginx/directives.ts';
import type { Adjusting } from '../adjust.ts';
import type { Judged, Unsaid } from '../judged.ts';
import { isHarmlessFile, isProxyParams } from './harmless.ts';
import type { NginxConfiguration } from './index.ts';
import { own } from './inherit.ts';
import { leftOf } from './left.ts';
import { type Answering, type ModelPools, saidOf, siteOf, topologyOf } from './model.ts';
import { notUnderstood } from './obstacles.ts';
import { flatten } from './parse.ts';
import type { Pools } from './proxy.ts';
import { redirectsOf } from './redirects.ts';
import { mainListener, type PathNames, pathNames, publicLocations, siteName } from './routes.ts';
import { type Location, placeOf, type Server, type World, worldOf } from './servers.ts';
import { capped, tuningOf } from './tuning.ts';
import { parseNumber } from './units.ts';
import { type Judging, judgeLocation, type Outcome } from './ways.ts';
import { write } from './writing.ts';

/** How long each route of a hand-written configuration can wait. Nothing is thrown, whatever is in the files. */
export function judgeNginx(configuration: NginxConfiguration, version: Version): Judged {
  const world = worldOf(configuration, version);
  const workers = workersOf(world);
  const pools: Pools = new Map();
  const judging: Judging = { world, pools, workers };
  const entries = world.servers.flatMap((server) => entriesOf(server, judging));
  const ids = idsOf(entries);
  const general = assumptionsOf(world);
  const modelPools: ModelPools = new Map();
  const redirects = redirectsOf(world.servers);
  const sites = new Map<Server, Site & { routes: ProxyRoute[] }>();
  const taken = new Set<string>();
  const locations = new Map<Server, NginxLocation[]>();
  const unsaid: Unsaid[] = [];
  const routed = new Set<Location>();

  const routes = entries.map((entry, index): RouteWaits | RouteReport => {
    const { location, names, outcome } = entry;
    const { server } = location;
    const id = ids[index] ?? '';
    const waits: RouteWaits = {
      id,
      siteName: siteName(server),
      path: names.shown,
      ...(outcome && outcome.upstreams.length > 0 ? { upstream: outcome.upstreams.join(', ') } : {}),
      targets: outcome ? [onTarget(outcome, version, general)] : [],
    };
    // Where something is not understood, rules would speak of what they do not know.
    const proxy = outcome && outcome.problems.length === 0 ? outcome.proxy : undefined;
    if (proxy) {
      const lowered = { ...proxy.way.location, route: id, match: onlyPaths(names.paths ?? []) };
      const list = locations.get(server) ?? [];
      list.push(lowered);
      locations.set(server, list);
    }
    for (const { directive, what } of outcome?.beside ?? []) unsaid.push({ place: placeOf(world, directive), what });
    if (!proxy || !names.paths) {
      if (proxy && location.directive)
        unsaid.push({
          place: placeOf(world, location.directive),
          what: `paths that fit a pattern: \`${names.shown}\``,
        });
      return waits;
    }
    let site = sites.get(server);
    if (!site) {
      const found = siteOf(server, world, redirects);
      site = found.site;
      unsaid.push(...found.unsaid);
      if (taken.has(site.id)) {
        unsaid.push({ place: site.at, what: `another server of \`${site.id}\`` });
        return waits;
      }
      taken.add(site.id);
      sites.set(server, site);
    }
    const said = saidOf(id, names.paths, proxy, world, modelPools);
    unsaid.push(...said.unsaid, ...otherPaths(location, world));
    routed.add(location);
    site.routes.push(said.route);
    return { ...waits, upstream: said.route.pool.name, route: said.route, site };
  });

  const lowered: NginxDirectives = {
    version,
    workers,
    accessLog: 'none',
    upstreams: [...pools.values()].map(({ upstream }) => upstream),
    servers: world.servers.map((server) => loweredServer(server, locations.get(server) ?? [], world)),
  };
  for (const site of sites.values()) site.routes.sort((a, b) => rank(a) - rank(b));
  const told = new Set(entries.flatMap(({ outcome }) => outcome?.beside.map(({ directive }) => directive) ?? []));
  unsaid.push(...leftOf(world, { routed, told, redirects }));
  return {
    target: 'nginx',
    version,
    routes,
    topology: topologyOf(world, version, workers, [...sites.values()]),
    lowered: { nginx: lowered },
    adjusting: adjustingOf(entries, ids, routes, { judging, general }),
    diagnostics: [...configuration.diagnostics, ...infos(world, entries)],
    unsaid: once(
      [...unsaid, ...[...pools.values()].flatMap((pool) => pool.unsaid)],
      ({ place, what }) => `${keyOf(place)} ${what}`,
    ),
    sources: new Map(
      [...configuration.files.values(), configuration.main].map(({ path, source }) => [path, source] as const),
    ),
  };
}

interface Entry {
  readonly location: Location;
  readonly names: PathNames;
  /** Nothing: nginx answers by itself. */
  readonly outcome?: Outcome;
  /** Everybody who is asked on the way. */
  readonly asked: readonly Answering[];
}

function entriesOf(server: Server, judging: Judging): Entry[] {
  const locations = publicLocations(server);
  return locations.flatMap((location): Entry[] => {
    const asked: Answering[] = [];
    const record = (one: Answering): NginxLocation => {
      asked.push(one);
      return one.way.location;
    };
    const outcome = judgeLocation(location, { ...judging, adjusted: record });
    // What is left over by the locations is told where somebody is asked for it, or where it is all there is.
    if (location.match === 'rest' && !outcome && locations.length > 1) return [];
    return [{ location, names: pathNames(location, judging.world), ...(outcome ? { outcome } : {}), asked }];
  });
}

/** Those that ask somebody have the plain ids: a redirect of the same name must not take them. */
function idsOf(entries: readonly Entry[]): string[] {
  const taken = new Map<string, number>();
  const ids: string[] = [];
  const give = (waiting: boolean): void => {
    for (const [index, { location, names, outcome }] of entries.entries()) {
      if ((outcome !== undefined) !== waiting) continue;
      const base = siteName(location.server) + names.id;
      let count = (taken.get(base) ?? 0) + 1;
      let id = count === 1 ? base : `${base}#${count}`;
      // A path may itself end in `#2`.
      while (count > 1 && taken.has(id)) id = `${base}#${++count}`;
      taken.set(base, count);
      if (id !== base) taken.set(id, 1);
      ids[index] = id;
    }
  };
  give(true);
  give(false);
  return ids;
}

function onTarget({ bounds }: Outcome, version: Version, general: readonly string[]): RouteOnTarget {
  const assumptions = [...new Set([...bounds.assumptions, ...general])];
  return {
    target: 'nginx',
    version: version.text,
    bounds: {
      ...bounds,
      // A delay alone asks nobody; a report has no room for none.
      ...(bounds.amplification === 0 ? { amplification: 1 } : {}),
      assumptions,
    },
    worst: bound(bounds.headline),
    within: null,
  };
}

function adjustingOf(
  entries: readonly Entry[],
  ids: readonly string[],
  routes: readonly RouteWaits[],
  { judging, general }: { readonly judging: Judging; readonly general: readonly string[] },
): Adjusting {
  const { world } = judging;
  const tunings = entries.flatMap(({ location, asked, outcome }, index): [string, Tuning][] => {
    const tuning = tuningOf(asked, routes[index]?.targets ?? [], (values) => {
      const adjusted = ({ way }: Answering): NginxLocation => capped(way.location, values);
      const other = judgeLocation(location, { ...judging, adjusted });
      return other ? [onTarget(other, world.version, general)] : [];
    });
    return tuning && outcome?.problems.length === 0 ? [[ids[index] ?? '', tuning]] : [];
  });
  const all = entries.flatMap(({ asked }, index) => asked.map((answering) => ({ route: ids[index] ?? '', answering })));
  return { tunings: new Map(tunings), write: (wishes) => write(wishes, all, world) };
}

/** One worker is what nginx starts without the directive; what the main file of a fragment says is not known. */
function workersOf({ configuration, fragment }: World): number | 'auto' {
  if (fragment) return 'auto';
  const text = own(configuration.main.directives, 'worker_processes')?.[0]?.args[0]?.text;
  return text === undefined ? 1 : (parseNumber(text) ?? 'auto');
}

function assumptionsOf(world: World): string[] {
  const { configuration, fragment } = world;
  const params = configuration.unresolved.some(({ pattern }) => isProxyParams(pattern));
  return [
    ...(fragment ? ['the file that includes this one says nothing of waiting: nginx’s own defaults are taken'] : []),
    ...(params ? ['`proxy_params` is that of the package: it sets headers only'] : []),
    ...(mirrors(world) ? ['the next request over the same connection of a client waits for `mirror` as well'] : []),
  ];
}

function mirrors({ servers, http }: World): boolean {
  const has = (block: Parameters<typeof own>[0]): boolean => own(block, 'mirror')?.[0]?.args[0]?.text !== undefined;
  return [
    ...http,
    ...servers.flatMap(({ block, locations }) => [block, ...locations.all.map(({ scopes }) => scopes.at(-1) ?? [])]),
  ].some(has);
}

function loweredServer(server: Server, locations: readonly NginxLocation[], world: World): NginxServer {
  const { port, tls } = mainListener(server.listeners);
  const at = server.directive ? placeOf(world, server.directive) : world.configuration.main.source.place(0, 1);
  return {
    kind: 'proxy',
    site: siteName(server),
    listener: { port, tls, fallback: server.names.length === 0 },
    names: server.names.map(({ text }) => text),
    tls: tls ? { mode: 'internal', ...plainTls(at) } : { mode: 'none' },
    challenges: false,
    pages: [],
    maps: [],
    locations,
  };
}

/** A prefix of a topology ends with a whole part of a path; one of nginx begins a text. */
function otherPaths({ match, path, directive }: Location, world: World): Unsaid[] {
  if (!directive || path === '/' || (match !== 'prefix' && match !== 'priority')) return [];
  const place = placeOf(world, directive);
  const what = path.endsWith('/')
    ? `\`location ${path}\` does not take \`${path.slice(0, -1)}\` itself: nginx redirects it`
    : `\`location ${path}\` also takes paths such as \`${path}x\``;
  return [{ place, what }];
}

/** As nginx looks for a location: exact, then the longest prefix. */
function rank({ match }: ProxyRoute): number {
  const [first] = pathsOf(match);
  if (!first) return Number.MAX_SAFE_INTEGER;
  return first.kind === 'exact' ? -1 : 100_000 - first.path.length;
}

const onlyHttp = 'only requests of http have a worst wait here';

/** What was not understood, each place once. */
function infos(world: World, entries: readonly Entry[]): Diagnostic[] {
  const { configuration } = world;
  const info = (rule: string, place: Place, message: string, why: string): Diagnostic => ({
    rule,
    severity: 'info',
    message,
    why,
    place,
    targets: ['nginx'],
  });
  const unjudged = configuration.context === 'main' ? [...flatten(configuration.main.directives)] : [];
  const found: Diagnostic[] = [
    ...[...notUnderstood(configuration)].map((directive) =>
      info(
        'nginx-not-understood',
        placeOf(world, directive, directive.head),
        `\`${directive.name}\` is not understood`,
        'routes that it may make wait, or answer, have no bound',
      ),
    ),
    ...configuration.unresolved
      .filter(({ pattern }) => !isHarmlessFile(pattern))
      .map(({ place, pattern }) =>
        info(
          'nginx-unresolved',
          place,
          `\`include ${pattern}\` is not followed: no such file is at hand`,
          'what is in it is not judged; routes on which it may have a say have no bound',
        ),
      ),
    ...(configuration.context.startsWith('stream')
      ? [
          info(
            'nginx-not-judged',
            configuration.main.source.place(0, 1),
            'the file belongs into `stream`, and is not judged',
            onlyHttp,
          ),
        ]
      : []),
    ...unjudged
      .filter(({ name, block }) => block && (name === 'stream' || name === 'mail'))
      .map((directive) =>
        info(
          'nginx-not-judged',
          placeOf(world, directive, directive.head),
          `\`${directive.name}\` is no part of http, and is not judged`,
          onlyHttp,
        ),
      ),
    ...entries
      .flatMap(({ outcome }) => outcome?.problems ?? [])
      .filter(({ name }) => name !== 'include' && name !== 'syntax')
      .map(({ name, because, place }) =>
        info(rules[name] ?? 'nginx-not-understood', place, because, 'without it there is no bound'),
      ),
  ];
  return once(found, ({ place }) => keyOf(place));
}

/** Which kind of not knowing it is, by the directive. */
const rules: Readonly<Record<string, string>> = {
  proxy_pass: 'nginx-unresolved',
  limit_req: 'nginx-unresolved',
  fastcgi_pass: 'nginx-not-measured',
  grpc_pass: 'nginx-not-measured',
  uwsgi_pass: 'nginx-not-measured',
  scgi_pass: 'nginx-not-measured',
  memcached_pass: 'nginx-not-measured',
  proxy_http_version: 'nginx-not-measured',
};

function keyOf({ source, path }: Place): string {
  return `${source} ${path}`;
}

function once<T>(list: readonly T[], key: (one: T) => string): T[] {
  const seen = new Map<string, T>();
  for (const one of list) if (!seen.has(key(one))) seen.set(key(one), one);
  return [...seen.values()];
}
