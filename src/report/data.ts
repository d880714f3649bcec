import type { Bounds, FailWindow, FaultRow } from '../latency/bounds.ts';
import { bound, equation } from '../latency/term.ts';
import { differenceOf } from './difference.ts';
import type { RouteOnTarget, RouteWaits } from './report.ts';
import { restartOf } from './restart.ts';

/** The shape of `schemas/report.schema.json`: times in milliseconds, null for what is unbounded or unknown. */
export type ReportData = ReturnType<typeof reportData>;

/** The report as data: the contract of `report --format json`. */
export function reportData(file: string, reports: readonly RouteWaits[]) {
  return { version: 1, file, routes: reports.map(routeData) };
}

function routeData(report: RouteWaits) {
  const { id, siteName, path, upstream = null, budget, targets } = report;
  return {
    id,
    site: siteName,
    path,
    upstream,
    budget_ms: budget && budget.value !== 'none' ? budget.value : null,
    targets: targets.map(targetData),
    difference: differenceOf(report) ?? null,
  };
}

function targetData({ target, version, bounds, before, worst, within }: RouteOnTarget) {
  const { clientFirstByte, staleReuse } = bounds;
  return {
    target,
    target_version: version,
    worst_wait_ms: worst,
    equation: equation(bounds.headline),
    within_budget: within,
    client_first_byte_ms: clientFirstByte.wait ? bound(clientFirstByte.wait) : null,
    client_first_byte_because: clientFirstByte.because,
    body_bounded: bounds.bodyBounded,
    retry_amplification: bounds.amplification ?? null,
    faults: bounds.rows.map(rowData),
    ...(before ? { forward_auth: beforeData(before.bounds) } : {}),
    stale_reuse: {
      worst_wait_ms: bound(staleReuse.wait),
      resends: staleReuse.resends,
      condition: staleReuse.condition,
    },
    name_change_ms: bounds.nameChange?.within ?? null,
    name_change_because: bounds.nameChange?.because ?? null,
    fail_window: bounds.failWindow.map(windowData),
    restart: restartData(bounds),
    assumptions: bounds.assumptions,
  };
}

/** What the worst wait holds beside the route's own servers. */
function beforeData({ headline, rows, failWindow }: Bounds) {
  return {
    worst_wait_ms: bound(headline),
    equation: equation(headline),
    faults: rows.map(rowData),
    fail_window: failWindow.map(windowData),
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

function restartData(bounds: Bounds) {
  const restart = restartOf(bounds);
  if (!restart) return null;
  const { gap, cut, back } = restart;
  return { get_gap_ms: gap.GET, post_gap_ms: gap.POST, loses_get: cut.GET, loses_post: cut.POST, back_after_ms: back };
}

function windowData(window: FailWindow) {
  return {
    fault: window.fault,
    detection_ms: window.detection ?? null,
    first_hit_requests: window.firstHitRequests ?? null,
    probe_every_ms: window.probeEvery ?? null,
    probe_requests: window.probeRequests ?? null,
    slow_share: window.slowShare ?? null,
    recovery_ms: window.recovery,
    all_marked_ms: window.allMarked,
  };
}
