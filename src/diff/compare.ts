import { reaches, type Severity } from '../diagnostics/diagnostic.ts';
import { compareFindings, type FindingsDiff } from './findings.ts';
import { compareOutput, type OutputChange } from './output.ts';
import { isBroken, type Side } from './side.ts';
import { type Cell, compareRoutes, type RouteDiff } from './waits.ts';

/** All that is different between two inputs. */
export interface Difference {
  readonly base: Side;
  readonly head: Side;
  /** Every route of either side, also those that wait as before. Empty while one side has mistakes. */
  readonly routes: readonly RouteDiff[];
  readonly findings: FindingsDiff;
  /** Absent: there is nothing to compare, because one of the two has no build. */
  readonly output?: readonly OutputChange[];
  /** From this severity on a new finding is a reason to fail. */
  readonly failOn: Severity | 'never';
}

export function compareSides(base: Side, head: Side, failOn: Severity | 'never'): Difference {
  const output = compareOutput(base, head);
  return {
    base,
    head,
    routes: compareWaits(base, head),
    findings: compareFindings(base, head),
    ...(output ? { output } : {}),
    failOn,
  };
}

/** What a broken side would wait is not known: that is not the same as nothing. */
export function compareWaits(base: Side, head: Side): RouteDiff[] {
  return isBroken(base) || isBroken(head) ? [] : compareRoutes(base.routes, head.routes);
}

/** Routes on targets that exceed their budget, and did not before. */
export function exceeded({ routes }: Difference): { readonly id: string; readonly cell: Cell }[] {
  return routes.flatMap(({ id, cells }) =>
    cells.filter(({ budget }) => budget === 'exceeded').map((cell) => ({ id, cell })),
  );
}

/** Is there something new that must not be? What cannot be judged any more is. */
export function isFailed(difference: Difference): boolean {
  const { failOn, findings, head } = difference;
  if (isBroken(head)) return true;
  if (failOn === 'never') return false;
  return (
    exceeded(difference).length > 0 || findings.fresh.some(({ diagnostic }) => reaches(diagnostic.severity, failOn))
  );
}

export function isNothing({ base, head, routes, findings, output = [] }: Difference): boolean {
  const found = findings.fresh.length + findings.gone.length + findings.changed.length;
  return (
    !isBroken(base) && !isBroken(head) && found + output.length === 0 && routes.every(({ change }) => change === 'same')
  );
}
