import type { Limit } from '../model/topology.ts';
import type { Measurement } from './measure.ts';
import { isAbove, type Omitted, type Plan, type Planned, type RoutePlan } from './plan.ts';
import type { Results } from './run.ts';
import { allowance } from './staging.ts';

/** A row that was measured. */
export interface Drilled {
  readonly planned: Planned;
  readonly measured: Measurement;
  /** Longer than predicted. */
  readonly above: boolean;
  /** Longer than the route's budget. A large body is not part of it, nor of the headline. */
  readonly over: boolean;
}

/** What a drill found out about one route on one target. */
export interface Outcome {
  readonly plan: Plan;
  readonly route: RoutePlan;
  readonly drilled: readonly Drilled[];
  readonly omitted: readonly Omitted[];
  /** Of the rows that the headline is about; absent: none was measured. Milliseconds. */
  readonly worst?: number;
  /** null: no budget is set. */
  readonly within: boolean | null;
}

/** The results by target and route, in the order of the plans. */
export function outcomesOf(plans: readonly Plan[], results: Results): Outcome[] {
  return plans.flatMap((plan) =>
    plan.routes.map((route): Outcome => {
      const drilled: Drilled[] = [];
      const omitted = [...route.omitted];
      for (const planned of route.planned) {
        const measured = results.get(planned);
        const budget = route.report.budget?.value;
        if (measured) {
          drilled.push({
            planned,
            measured,
            above: isAbove(measured, planned),
            over: isOver(measured, planned, budget),
          });
        } else omitted.push({ row: planned.row, because: 'its servers could not be brought out of rotation in time' });
      }
      const counted = drilled.filter(({ planned }) => isCounted(planned));
      const worst = counted.length > 0 ? Math.max(...counted.map(({ measured }) => measured.ms)) : undefined;
      return {
        plan,
        route,
        drilled,
        omitted,
        ...(worst === undefined ? {} : { worst }),
        within: route.report.budget ? !drilled.some(({ over }) => over) : null,
      };
    }),
  );
}

function isCounted({ cell }: Planned): boolean {
  return cell.fault !== 'no_read';
}

/** As with the bounds, what the machine itself costs does not count. */
function isOver({ ms }: Measurement, planned: Planned, budget: Limit | undefined): boolean {
  if (budget === undefined || budget === 'none' || !isCounted(planned)) return false;
  return ms > budget + allowance(planned.row.attempts);
}

/** Did every request end within its bound and its route's budget? */
export function isGood({ drilled, within: fits }: Outcome): boolean {
  return fits !== false && !drilled.some(({ above }) => above);
}

/** The outcome as data: what `drill --format json` prints. Times in whole milliseconds. */
export function drillData(file: string, outcomes: readonly Outcome[]) {
  const ids = [...new Set(outcomes.map(({ route }) => route.report.route.id))];
  return {
    version: 1,
    file,
    routes: ids.map((id) => ({
      id,
      targets: outcomes.filter(({ route }) => route.report.route.id === id).map(targetData),
    })),
  };
}

function targetData({ plan, route, drilled, omitted, worst, within: fits }: Outcome) {
  return {
    target: plan.program,
    target_version: plan.compiledFor.text,
    installed_version: plan.installed.text,
    predicted_worst_wait_ms: route.headline,
    measured_worst_wait_ms: worst === undefined ? null : Math.round(worst),
    within_budget: fits,
    faults: drilled.map(({ planned: { cell, row, predicted }, measured, above }) => ({
      fault: cell.fault,
      failing: cell.failing,
      method: cell.method,
      predicted_ms: Math.ceil(predicted),
      measured_ms: Math.round(measured.ms),
      attempts: measured.attempts ?? null,
      predicted_attempts: row.attempts,
      status: typeof measured.status === 'number' ? measured.status : null,
      predicted_status: row.status,
      verdict: above ? 'above' : 'within',
    })),
    not_drilled: omitted.map(({ row: { fault, failing, method }, because }) => ({ fault, failing, method, because })),
  };
}
