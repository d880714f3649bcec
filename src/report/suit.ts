import { add, type Duration, milliseconds, subtract } from '../model/duration.ts';
import { attemptsOf } from '../model/relations.ts';
import type { ActiveCheck, ProxyRoute, Topology } from '../model/topology.ts';
import type { RouteReport } from './report.ts';
import { longestBelow, shortestAbove } from './steps.ts';
import { tuningOf, type Values, valuesOf } from './tuning.ts';

/** Values for one line of the file that are right for all routes that take them from there; nothing: none is. */
type Sharing<User> = readonly [User, ...User[]];

/** Checks that follow one another faster are a mistake of their own. */
export const shortInterval = milliseconds(1000);
/** Lost SYNs are sent again after 1, 3 and 7 seconds: what has not answered by now will not. */
export const longConnect = milliseconds(10_000);

/** A route whose servers are checked. */
export interface Checked {
  readonly active: ActiveCheck;
  readonly route: ProxyRoute;
}

export function checked(reports: readonly RouteReport[]): Checked[] {
  return reports.flatMap(({ route }) => {
    const { active } = route.pool.health;
    return active ? [{ active, route }] : [];
  });
}

/** The longest limit of a check that is over before the next one begins, and before a request is given up. */
export function suitingTimeout(group: Sharing<Checked>): Duration | undefined {
  if (group.some(({ active }) => active.interval.value < shortInterval)) return undefined;
  const limits = group.flatMap(({ active, route: { timeouts } }) => {
    return [active.interval.value, timeouts.response_header.value].filter((limit) => limit !== 'none');
  });
  return longestBelow(milliseconds(Math.min(...limits)));
}

/** The targets on which no second attempt follows a connection that is given up, though others could be asked. */
export function withoutRetry({ route, targets }: RouteReport): ('caddy' | 'nginx')[] {
  const { window, interval } = route.retry;
  if (window.value === 'none' || attemptsOf(route) < 2) return [];
  // Caddy looks at the clock before the pause, nginx has none.
  const until = { caddy: subtract(window.value, interval.value), nginx: window.value };
  return targets.map(({ target }) => target).filter((target) => route.timeouts.connect.value >= until[target]);
}

/**
 * The shortest window that lets a second attempt start. It makes waits longer: only where every route lacks that attempt
 * and has a budget with time for it.
 */
export function suitingWindow(group: Sharing<RouteReport>, topology: Topology): Duration | undefined {
  const needed = group.map(({ route: { timeouts, retry } }) => add(timeouts.connect.value, retry.interval.value));
  const window = shortestAbove(milliseconds(Math.max(...needed)));
  if (window === undefined) return undefined;
  const suits = (report: RouteReport): boolean =>
    typeof report.budget?.value === 'number' &&
    report.route.timeouts.connect.value <= longConnect &&
    // Attempts without a number become more with a longer window.
    report.route.retry.tries.value !== 'unlimited' &&
    withoutRetry(report).length > 0 &&
    fitsWith(topology, report, { window });
  return group.every(suits) ? window : undefined;
}

/** Does a connect limit keep every budget, and leave time for another attempt in every window? */
export function suitsConnect(connect: Duration, group: Sharing<RouteReport>, topology: Topology): boolean {
  return group.every((report) => {
    const { window, interval } = report.route.retry;
    if (window.value !== 'none' && window.value <= add(connect, interval.value)) return false;
    return fitsWith(topology, report, { connect });
  });
}

/** Is a route within its budget with other values of some words? One without a budget is. */
function fitsWith(topology: Topology, report: RouteReport, values: Partial<Values>): boolean {
  const { budget } = report;
  if (!budget || budget.value === 'none') return true;
  const limit = budget.value;
  const tuning = tuningOf(topology, report);
  return tuning.judged({ ...valuesOf(tuning), ...values }).every(({ worst }) => worst !== null && worst <= limit);
}
