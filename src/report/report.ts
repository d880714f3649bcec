import type { Place, TargetId } from '../diagnostics/diagnostic.ts';
import type { Bounds } from '../latency/bounds.ts';
import { doubtful } from '../latency/raw.ts';
import { bound } from '../latency/term.ts';
import { type Duration, humanDuration, milliseconds } from '../model/duration.ts';
import { pathsOf } from '../model/match.ts';
import { proxyRoutes } from '../model/relations.ts';
import type { Given, Limit, Pool, ProxyRoute, Route, Site, Topology } from '../model/topology.ts';
import { proxiesOf } from '../targets/caddy/directives.ts';
import { caddyBounds } from '../targets/caddy/latency.ts';
import { asHeard } from '../targets/caddy/streams.ts';
import { type Lowered, targets, titles } from '../targets/index.ts';
import { proxyLocations } from '../targets/nginx/directives.ts';
import { nginxBounds } from '../targets/nginx/latency.ts';
import { reachableRoutes } from '../targets/routes.ts';

/** One route on one target, with everything that is known about its wait. */
export interface RouteOnTarget {
  readonly target: 'caddy' | 'nginx';
  readonly version: string;
  readonly bounds: Bounds;
  /** Milliseconds of the headline; null: unbounded. */
  readonly worst: number | null;
  /** null: no budget is set. */
  readonly within: boolean | null;
}

/** One route with all that is known about its waits, whether it comes from a topology or from a hand-written file. */
export interface RouteWaits {
  /** Stable: baselines and `diff` rest on it. */
  readonly id: string;
  readonly siteName: string;
  /** As it is written; `/*`: every path. */
  readonly path: string;
  /** Who answers; absent: the proxy itself. */
  readonly upstream?: string;
  readonly budget?: Given<Limit>;
  /** Empty: nobody is asked, so nobody waits. */
  readonly targets: readonly RouteOnTarget[];
}

/** One route of a topology that asks servers. */
export interface RouteReport extends RouteWaits {
  readonly route: ProxyRoute;
  readonly site: Site;
}

/** Does a route say what a topology can say, so that rules may look at it? */
export function isReport(route: RouteWaits | RouteReport): route is RouteReport {
  return 'route' in route;
}

/** The bounds of every route on every target, in the order of the file. */
export function judge(topology: Topology, { nginx, caddy }: Lowered): RouteReport[] {
  // Routes are looked up by their id: a topology may have thousands.
  const proxies = new Map(caddy?.sites.flatMap(proxiesOf).map((one) => [one.route, asHeard(one)]));
  const locations = new Map(nginx?.servers.flatMap(proxyLocations).map((one) => [one.route, one]));
  const report = (site: Site, route: ProxyRoute): RouteReport[] => {
    const rps = site.traffic?.rps.value;
    const [proxy, location] = [proxies.get(route.id), locations.get(route.id)];
    const { budget } = route;
    const on = (target: 'caddy' | 'nginx', compiled: Bounds): RouteOnTarget => {
      const because = route.raw?.doubts?.[target];
      const bounds = because === undefined ? compiled : doubtful(compiled, because, rawPlace(route, target));
      const worst = bound(bounds.headline);
      const version = targets[target].version(topology).text;
      return { target, version, bounds, worst, within: within(worst, budget) };
    };
    const found = [
      ...(caddy && proxy ? [on('caddy', caddyBounds(proxy, caddy, rps))] : []),
      ...(nginx && location ? [on('nginx', nginxBounds(location, nginx, rps))] : []),
    ];
    // A route that no request reaches is not compiled: there is nothing to judge.
    if (found.length === 0) return [];
    const own = { id: route.id, siteName: site.id, path: pathOf(route), upstream: route.pool.name, route, site };
    return [{ ...own, ...(budget ? { budget } : {}), targets: found }];
  };
  return topology.sites.flatMap((site) => proxyRoutes(site).flatMap((route) => report(site, route)));
}

/** The reports of several edge machines as one: on each target that of the machine where a route can wait longest. */
export function longest([first = [], ...others]: readonly (readonly RouteReport[])[]): readonly RouteReport[] {
  if (others.length === 0) return first;
  return first.map((report, index) => {
    const all = [report, ...others.flatMap((reports) => reports[index] ?? [])];
    const targets = report.targets.map((own) =>
      all
        .flatMap((one) => one.targets.find(({ target }) => target === own.target) ?? [])
        .reduce((one, other) => ((other.worst ?? Infinity) > (one.worst ?? Infinity) ? other : one)),
    );
    return { ...report, targets };
  });
}

/** Where a route says something in the language of a target. */
function rawPlace({ raw, at }: ProxyRoute, target: 'caddy' | 'nginx'): Place {
  return raw?.[target]?.at ?? raw?.at ?? at;
}

/** Every route that requests reach, in the order of the file: also those that the edge answers itself. */
export function listed({ sites }: Topology, reports: readonly RouteReport[]): RouteWaits[] {
  const known = new Map(reports.map((report) => [report.route.id, report]));
  return sites.flatMap((site) =>
    reachableRoutes(site).flatMap((route): RouteWaits[] => {
      const report = known.get(route.id);
      if (report) return [report];
      const { id, budget } = route;
      return [{ id, siteName: site.id, path: pathOf(route), ...(budget ? { budget } : {}), targets: [] }];
    }),
  );
}

/** The first path of a route as it is written; everything else is `/*`. */
function pathOf({ match }: Route): string {
  const [first] = pathsOf(match);
  if (!first) return '/*';
  return first.kind === 'exact' ? first.path : `${first.path}/*`;
}

/** The same routes, as if each had this budget. */
export function withBudget<Report extends RouteWaits>(
  reports: readonly Report[],
  value: Duration,
  at: (report: Report) => Place,
): Report[] {
  return reports.map((report) => {
    const budget: Given<Limit> = { value, at: report.budget?.at ?? at(report), origin: 'written' };
    return { ...report, budget, targets: report.targets.map((one) => ({ ...one, within: within(one.worst, budget) })) };
  });
}

/** A pool and every route that sends requests to it. */
export interface PoolUse {
  readonly pool: Pool;
  readonly routes: readonly [RouteReport, ...RouteReport[]];
}

/** The pools that requests reach, each with its routes, in the order of the routes. */
export function poolUses(reports: readonly RouteReport[]): PoolUse[] {
  const uses = new Map<Pool, [RouteReport, ...RouteReport[]]>();
  for (const report of reports) {
    const routes = uses.get(report.route.pool);
    if (routes) routes.push(report);
    else uses.set(report.route.pool, [report]);
  }
  return [...uses].map(([pool, routes]) => ({ pool, routes }));
}

/** `12s on Caddy and nginx`, `36s on Caddy, 12s on nginx`, `for ever on Caddy`. */
export function waitsInWords(list: readonly RouteOnTarget[]): string {
  const waits = new Map<string, TargetId[]>();
  for (const { target, worst } of list) {
    const wait = worst === null ? 'for ever' : humanDuration(milliseconds(worst));
    waits.set(wait, [...(waits.get(wait) ?? []), target]);
  }
  return [...waits].map(([wait, ids]) => `${wait} on ${titles(ids)}`).join(', ');
}

/** What clients get once every server was marked, and how long: `503 for up to 10s on Caddy, 502 for up to 11s on nginx`. */
export function outageInWords(list: readonly RouteOnTarget[]): string {
  const parts = list.map(({ target, bounds }) => {
    const status = bounds.rows.find(({ fault }) => fault === 'all_marked')?.status;
    const longest = milliseconds(Math.max(0, ...bounds.failWindow.map(({ allMarked }) => allMarked)));
    return `${status} for up to ${humanDuration(longest)} on ${titles([target])}`;
  });
  return parts.join(', ');
}

function within(worst: number | null, budget: Given<Limit> | undefined): boolean | null {
  if (!budget) return null;
  if (budget.value === 'none') return true;
  return worst !== null && worst <= budget.value;
}
