import { equation } from '../latency/term.ts';
import type { Given } from '../model/topology.ts';
import { findingData } from '../reporters/json.ts';
import { type Difference, isFailed } from './compare.ts';
import { type Finding, isBroken, type Side, sourceOf } from './side.ts';
import type { TermChange } from './terms.ts';
import { verdictOf } from './verdict.ts';
import type { Cell, RouteDiff, Wait } from './waits.ts';

/** The difference as data: the contract of `diff --format json`, and of `schemas/diff.schema.json`. */
export function diffData(difference: Difference) {
  const { base, head, routes, findings, output } = difference;
  return {
    version: 1,
    verdict: verdictOf(difference),
    failed: isFailed(difference),
    base: sideData(base),
    head: sideData(head),
    routes: routes.map((route) => routeData(route, difference)),
    findings: {
      new: findings.fresh.map(dataOf),
      gone: findings.gone.map(dataOf),
      changed: findings.changed.map(({ before, after }) => ({ before: dataOf(before), after: dataOf(after) })),
    },
    output:
      output?.map(({ path, target, change, added, removed, patch }) => ({
        path,
        target,
        change,
        added_lines: added,
        removed_lines: removed,
        patch: patch === '' ? null : patch,
      })) ?? null,
  };
}

function sideData(side: Side) {
  return { name: side.name, files: side.files.map(({ source }) => source.name), has_mistakes: isBroken(side) };
}

function dataOf({ report, diagnostic }: Finding) {
  return findingData(report, diagnostic);
}

function routeData({ id, change, cells }: RouteDiff, difference: Difference) {
  return { id, change, targets: cells.map((cell) => cellData(cell, difference)) };
}

function cellData({ target, before, after, budget, terms, isChanged }: Cell, { base, head }: Difference) {
  return {
    target,
    changed: isChanged,
    before: before ? waitData(before) : null,
    after: after ? waitData(after) : null,
    budget: budget ?? null,
    terms: terms.map((term) => termData(term, base, head)),
  };
}

function waitData({ version, worst, bounds, budget, within }: Wait) {
  return {
    target_version: version,
    worst_wait_ms: worst,
    equation: equation(bounds.headline),
    budget_ms: budget && budget.value !== 'none' ? budget.value : null,
    within_budget: within,
  };
}

function termData({ name, before, after, short, directive, was, given }: TermChange, base: Side, head: Side) {
  return {
    name,
    before: before ?? null,
    after: after ?? null,
    text: short,
    directive: directive ?? null,
    was: was ? placeData(was, base) : null,
    is: given ? placeData(given, head) : null,
  };
}

/** Null lines: nobody wrote it. */
function placeData({ at, origin }: Given<unknown>, side: Side) {
  const source = sourceOf(side, at);
  const line = origin === 'default' ? null : source.position(source.span(at).start).line;
  return { origin, file: source.name, line };
}
