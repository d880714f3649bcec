import type { Given, Limit } from '../model/topology.ts';
import type { RouteOnTarget, RouteReport, RouteWaits } from '../report/report.ts';
import { changedTerms, type TermChange, type Waiting } from './terms.ts';

/** One route on one target of one side. */
export interface Wait extends RouteOnTarget {
  readonly budget?: Given<Limit>;
  /** Attempts as the topology asks for them. */
  readonly tries?: Given<number | string>;
}

/** The same route on the same target, before and after. Absent: it is not there. */
export interface Cell {
  readonly target: 'caddy' | 'nginx';
  readonly before?: Wait;
  readonly after?: Wait;
  readonly terms: readonly TermChange[];
  /** What has become of its budget: exceeded now and not before, or kept now and not before. */
  readonly budget?: 'exceeded' | 'kept';
  readonly isChanged: boolean;
}

export interface RouteDiff {
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed' | 'same';
  readonly cells: readonly Cell[];
}

/** Routes are the same by their ids; those that are gone come last. */
export function compareRoutes(base: readonly RouteWaits[], head: readonly RouteWaits[]): RouteDiff[] {
  const before = new Map(base.map((route) => [route.id, route]));
  const ids = new Set(head.map(({ id }) => id));
  return [
    ...head.map((route) => compareRoute(before.get(route.id), route)),
    ...base.filter(({ id }) => !ids.has(id)).map((route) => compareRoute(route, undefined)),
  ];
}

function compareRoute(old: RouteWaits | undefined, now: RouteWaits | undefined): RouteDiff {
  const targets = (['caddy', 'nginx'] as const).filter((target) =>
    [old, now].some((route) => route?.targets.some((one) => one.target === target)),
  );
  const cells = targets.map((target) => cellOf(target, waitOn(target, old), waitOn(target, now)));
  const isSame = cells.every(({ isChanged }) => !isChanged);
  const change = !old ? 'added' : !now ? 'removed' : isSame ? 'same' : 'changed';
  return { id: (now ?? old)?.id ?? '', change, cells };
}

function waitOn(target: 'caddy' | 'nginx', route: RouteWaits | RouteReport | undefined): Wait | undefined {
  const found = route?.targets.find((one) => one.target === target);
  if (!found) return undefined;
  return {
    ...found,
    ...(route?.budget ? { budget: route.budget } : {}),
    ...(route && 'route' in route ? { tries: route.route.retry.tries } : {}),
  };
}

function cellOf(target: 'caddy' | 'nginx', before: Wait | undefined, after: Wait | undefined): Cell {
  const terms = before && after ? termsOf(before, after) : [];
  const budget = budgetOf(before, after);
  const isSame = before?.worst === after?.worst && before?.budget?.value === after?.budget?.value;
  return {
    target,
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
    terms,
    ...(budget ? { budget } : {}),
    isChanged: !isSame || terms.length > 0 || budget !== undefined || !before !== !after,
  };
}

/** Where nothing of it is another than before, its version waits otherwise. */
function termsOf(before: Wait, after: Wait): TermChange[] {
  const terms = changedTerms(waitingOf(before), waitingOf(after));
  const [old, now] = [before.version, after.version];
  if (terms.length > 0 || old === now || before.worst === after.worst) return terms;
  return [{ name: `${after.target} version`, before: old, after: now, short: `${after.target} ${old} → ${now}` }];
}

function waitingOf({ bounds, tries }: Wait): Waiting {
  return { term: bounds.headline, ...(tries ? { tries } : {}) };
}

function budgetOf(before: Wait | undefined, after: Wait | undefined): Cell['budget'] {
  const [wasOver, isOver] = [before?.within === false, after?.within === false];
  if (wasOver === isOver || !after) return undefined;
  return isOver ? 'exceeded' : 'kept';
}
