import type { Place, TargetId } from '../diagnostics/diagnostic.ts';
import type { Bounds } from '../latency/bounds.ts';
import { doubtful } from '../latency/raw.ts';
import { alone, eitherOf, followed, preceded, type Stage } from '../latency/stages.ts';
import { bound } from '../latency/term.ts';
import { type Duration, humanDuration, milliseconds } from '../model/duration.ts';
import type { ErrorPage } from '../model/error-pages.ts';
import { pathsOf } from '../model/match.ts';
import { askingRoutes, pageRoutes, proxyRoutes } from '../model/relations.ts';
import type { Given, Limit, Pool, ProxyRoute, Route, Site, Topology } from '../model/topology.ts';
import { askingProxies, proxiesOf } from '../targets/caddy/directives.ts';
import { caddyBounds } from '../targets/caddy/latency.ts';
import { asHeard } from '../targets/caddy/streams.ts';
import { type Lowered, targets, titles } from '../targets/index.ts';
import { askingLocations } from '../targets/nginx/directives.ts';
import { nginxBounds } from '../targets/nginx/latency.ts';
import { reachableRoutes } from '../targets/routes.ts';

/** One route on one target, with everything that is known about its wait. */
export interface RouteOnTarget {
  readonly target: 'caddy' | 'nginx';
  readonly version: string;
  readonly bounds: Bounds;
  /** Who is asked before the route's own servers, with rows of their own: the bounds include what they add. */
  readonly before?: Stage;
  /** Milliseconds of the headline; null: unbounded. */
  readonly worst: number | null;
  /** null: no budget is set. */
  readonly within: boolean | null;
}

/** Does nothing end the wait for the route's own servers? What auth servers do is told of these. */
export function isEndless({ worst, before }: RouteOnTarget): boolean {
  return worst === null && !(before && bound(before.bounds.headline) === null);
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
  /** Of a route that the edge answers itself, behind an auth server, this is asking that. */
  readonly route: ProxyRoute;
  readonly site: Site;
}

/** Does a route say what a topology can say, so that rules may look at it? */
export function isReport(route: RouteWaits | RouteReport): route is RouteReport {
  return 'route' in route;
}

/** The bounds of every route that asks servers, on every target, in the order of the file. */
export function judge(topology: Topology, lowered: Lowered): RouteReport[] {
  const boundsOf = compiledBounds(lowered);
  const report = (site: Site, route: Route): RouteReport[] => {
    const auth = route.forwardAuth === 'none' ? undefined : route.forwardAuth;
    const instead = auth?.asks ?? pagesOf(route)[0]?.asks;
    const asking = route.action === 'proxy' ? route : instead && { ...instead, ...placeOf(route) };
    if (!asking) return [];
    const { budget } = route;
    const found = compiledTargets(topology).flatMap((target): RouteOnTarget[] => {
      const own = route.action === 'proxy' ? boundsOf(target, site, route) : undefined;
      const asked = auth && asAuth(boundsOf(target, site, auth.asks));
      const before: Stage | undefined = asked && { name: '`forward_auth`', bounds: asked };
      const whole = withPages(
        own ? (before ? preceded(own, before, 'auth') : own) : before && alone(before, 'auth'),
        pagesOf(route).flatMap((page): PageStage[] => {
          const bounds = boundsOf(target, site, page.asks);
          return bounds
            ? [{ name: `the page of ${page.key}`, bounds, late: page.statuses.some((one) => late.has(one)) }]
            : [];
        }),
      );
      // A route that no request reaches is not compiled: there is nothing to judge.
      if (!whole) return [];
      const because = route.raw?.doubts?.[target];
      const bounds = because === undefined ? whole : doubtful(whole, because, rawPlace(route, target));
      const worst = bound(bounds.headline);
      const version = targets[target].version(topology).text;
      return [{ target, version, bounds, ...(before ? { before } : {}), worst, within: within(worst, budget) }];
    });
    if (found.length === 0) return [];
    const answers = route.action === 'proxy' ? { upstream: route.pool.name } : {};
    const words = { id: route.id, siteName: site.id, path: pathOf(route), ...answers, route: asking, site };
    return [{ ...words, ...(budget ? { budget } : {}), targets: found }];
  };
  return topology.sites.flatMap((site) => site.routes.flatMap((route) => report(site, route)));
}

/** Statuses of errors that come when the servers of a route, or those that are asked before, have failed. */
const late: ReadonlySet<number> = new Set([500, 502, 503, 504]);

interface PageStage extends Stage {
  readonly late: boolean;
}

type AskedPage = Extract<ErrorPage, { action: 'proxy' }>;

/** The pages of a route that other servers are asked for. */
function pagesOf({ errorPages = [] }: Route): AskedPage[] {
  return errorPages.filter((page): page is AskedPage => page.action === 'proxy' && page.statuses.length > 0);
}

/** A request has one error: of several pages the worst one counts, of those that come late and of the others. */
function withPages(own: Bounds | undefined, pages: readonly PageStage[]): Bounds | undefined {
  return [true, false].reduce((whole, isLate) => {
    const [first, ...others] = pages.filter((page) => page.late === isLate);
    if (!first) return whole;
    const stage = others.length > 0 ? { name: 'the pages of errors', bounds: eitherOf([first, ...others]) } : first;
    return followed(whole, stage, { late: isLate });
  }, own);
}

/** What every route has of itself, where something else of it is another route's. */
function placeOf({ id, at, match, name, budget }: Route): Pick<Route, 'id' | 'at' | 'match' | 'name' | 'budget'> {
  return { id, at, match, ...(name === undefined ? {} : { name }), ...(budget ? { budget } : {}) };
}

/** Asking auth servers and those of error pages, each as if it were a route: what is said of their pools is said of those of any other. */
export function judgeAuths(topology: Topology, lowered: Lowered): RouteReport[] {
  if (topology.sites.every((site) => askingRoutes(site).length === proxyRoutes(site).length)) return [];
  const boundsOf = compiledBounds(lowered);
  return topology.sites.flatMap((site) => {
    const pages = pageRoutes(site);
    return askingRoutes(site).flatMap((route): RouteReport[] => {
      if (site.routes.includes(route)) return [];
      const found = compiledTargets(topology).flatMap((target): RouteOnTarget[] => {
        const asked = boundsOf(target, site, route);
        const bounds = pages.includes(route) ? asked : asAuth(asked);
        const version = targets[target].version(topology).text;
        return bounds ? [{ target, version, bounds, worst: bound(bounds.headline), within: null }] : [];
      });
      if (found.length === 0) return [];
      return [{ id: route.id, siteName: site.id, path: '/*', upstream: route.pool.name, route, site, targets: found }];
    });
  });
}

/** What is asked is a GET, and whatever goes wrong with it is a 500. */
function asAuth(bounds: Bounds | undefined): Bounds | undefined {
  if (!bounds) return undefined;
  const gets = bounds.rows.filter(({ method }) => method === 'GET');
  return { ...bounds, rows: gets.map((row) => ({ ...row, status: row.status === 200 ? 200 : 500 })) };
}

function compiledTargets({ targets: { caddy, nginx } }: Topology): ('caddy' | 'nginx')[] {
  return [...(caddy ? (['caddy'] as const) : []), ...(nginx ? (['nginx'] as const) : [])];
}

/** The bounds of what asks servers, a route or asking an auth server, by its id: a topology may have thousands. */
function compiledBounds({ nginx, caddy }: Lowered) {
  const heard = new Map(caddy?.sites.flatMap(proxiesOf).map((one) => [one.route, asHeard(one)]));
  const proxies = new Map(
    caddy?.sites.flatMap(askingProxies).map(({ route, proxy }) => [route, heard.get(route) ?? proxy]),
  );
  const locations = new Map(nginx?.servers.flatMap(askingLocations).map((one) => [one.route, one]));
  return (target: 'caddy' | 'nginx', { traffic }: Site, { id }: ProxyRoute): Bounds | undefined => {
    const rps = traffic?.rps.value;
    const [proxy, location] = [proxies.get(id), locations.get(id)];
    if (target === 'caddy') return caddy && proxy && caddyBounds(proxy, caddy, rps);
    return nginx && location && nginxBounds(location, nginx, rps);
  };
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
function rawPlace({ raw, at }: Route, target: 'caddy' | 'nginx'): Place {
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
