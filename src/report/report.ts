import type { Bounds, FaultRow } from '../latency/bounds.ts';
import { bound, equation } from '../latency/term.ts';
import type { Duration } from '../model/duration.ts';
import type { Given, Limit, Route, Site, Topology } from '../model/topology.ts';
import { caddyBounds } from '../targets/caddy/latency.ts';
import { type Lowered, targets } from '../targets/index.ts';
import { nginxBounds } from '../targets/nginx/latency.ts';

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

export interface RouteReport {
  readonly route: Route;
  readonly site: Site;
  readonly budget?: Given<Limit>;
  readonly targets: readonly RouteOnTarget[];
}

/** The bounds of every route on every target, in the order of the file. */
export function judge(topology: Topology, { nginx, caddy }: Lowered): RouteReport[] {
  return topology.sites.flatMap((site) =>
    site.routes.flatMap((route): RouteReport[] => {
      const rps = site.traffic?.rps.value;
      const found: { target: 'caddy' | 'nginx'; bounds: Bounds }[] = [];
      const proxy = caddy?.sites
        .flatMap((one) => (one.kind === 'proxy' && one.site === site.id ? one.routes : []))
        .find((one) => one.route === route.id);
      if (caddy && proxy) found.push({ target: 'caddy', bounds: caddyBounds(proxy.proxy, caddy, rps) });
      const location = nginx?.servers
        .flatMap((one) => (one.kind === 'proxy' && one.site === site.id ? one.locations : []))
        .find((one) => one.route === route.id);
      if (nginx && location) found.push({ target: 'nginx', bounds: nginxBounds(location, nginx, rps) });
      // A route that no request reaches is not compiled: there is nothing to judge.
      if (found.length === 0) return [];
      const budget = route.budget;
      return [
        {
          route,
          site,
          ...(budget ? { budget } : {}),
          targets: found.map(({ target, bounds }) => {
            const worst = bound(bounds.headline);
            return {
              target,
              version: targets[target].version(topology).text,
              bounds,
              worst,
              within: within(worst, budget),
            };
          }),
        },
      ];
    }),
  );
}

/** The same routes, as if each had this budget. */
export function withBudget(reports: readonly RouteReport[], value: Duration): RouteReport[] {
  return reports.map((report) => {
    const budget: Given<Limit> = { value, at: report.budget?.at ?? report.route.at, origin: 'written' };
    return { ...report, budget, targets: report.targets.map((one) => ({ ...one, within: within(one.worst, budget) })) };
  });
}

function within(worst: number | null, budget: Given<Limit> | undefined): boolean | null {
  if (!budget) return null;
  if (budget.value === 'none') return true;
  return worst !== null && worst <= budget.value;
}

/** The report as data: the contract of `report --format json`. */
export function reportData(file: string, reports: readonly RouteReport[]) {
  return {
    version: 1,
    file,
    routes: reports.map(({ route, site, budget, targets: list }) => ({
      id: route.id,
      site: site.id,
      path: pathOf(route),
      upstream: route.pool.name,
      budget_ms: budget && budget.value !== 'none' ? budget.value : null,
      targets: list.map(({ target, version, bounds, worst, within: fits }) => ({
        target,
        target_version: version,
        worst_wait_ms: worst,
        equation: equation(bounds.headline),
        within_budget: fits,
        client_first_byte_ms: bounds.clientFirstByte.wait ? bound(bounds.clientFirstByte.wait) : null,
        client_first_byte_because: bounds.clientFirstByte.because,
        body_bounded: bounds.bodyBounded,
        retry_amplification: bounds.amplification ?? null,
        faults: bounds.rows.map(rowData),
        stale_reuse: {
          worst_wait_ms: bound(bounds.staleReuse.wait),
          resends: bounds.staleReuse.resends,
          condition: bounds.staleReuse.condition,
        },
        fail_window: bounds.failWindow.map((window) => ({
          fault: window.fault,
          detection_ms: window.detection ?? null,
          first_hit_requests: window.firstHitRequests ?? null,
          probe_every_ms: window.probeEvery ?? null,
          probe_requests: window.probeRequests ?? null,
          slow_share: window.slowShare ?? null,
          recovery_ms: window.recovery,
          all_marked_ms: window.allMarked,
        })),
        assumptions: bounds.assumptions,
      })),
    })),
  };
}

function rowData(row: FaultRow) {
  return {
    fault: row.fault,
    failing: row.failing,
    method: row.method,
    worst_wait_ms: bound(row.wait),
    attempts: Number.isFinite(row.attempts) ? row.attempts : null,
    status: row.status,
    equation: equation(row.wait),
  };
}

/** The first path of a route as it is written; everything else is `/*`. */
export function pathOf({ paths }: Route): string {
  const [first] = paths;
  if (!first) return '/*';
  return first.kind === 'exact' ? first.path : `${first.path}/*`;
}
