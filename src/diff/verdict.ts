import { counted } from '../diagnostics/counted.ts';
import { reaches, type TargetId } from '../diagnostics/diagnostic.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { titles } from '../targets/index.ts';
import { type Difference, exceeded } from './compare.ts';
import { type Finding, isBroken, type Side } from './side.ts';
import type { Cell, RouteDiff, Wait } from './waits.ts';

/** What matters most, in one sentence: what a reviewer must know even if nothing else is read. */
export function verdictOf(difference: Difference): string {
  const { base, head, findings, failOn, routes, output = [] } = difference;
  if (isBroken(head)) return `${quote(head.name)} has mistakes: ${errorsOf(head)}, and how long it waits is not known`;
  const over = exceeded(difference);
  if (over.length > 0) return sentences(over);
  const failing = findings.fresh.filter(({ diagnostic }) => failOn !== 'never' && reaches(diagnostic.severity, failOn));
  if (failing.length > 0) return findingsSentence('new', failing);
  if (isBroken(base)) return `${quote(base.name)} had mistakes (${errorsOf(base)}): there is nothing to compare with`;
  const cells = routes.flatMap(({ id, cells: all }) => all.map((cell) => ({ id, cell })));
  const both = cells.filter(({ cell }) => cell.before && cell.after);
  const longer = both.filter(({ cell }) => growth(cell) > 0);
  if (longer.length > 0) return sentences(longer);
  if (findings.fresh.length > 0) return findingsSentence('new', findings.fresh);
  const shorter = both.filter(({ cell }) => growth(cell) < 0);
  if (shorter.length > 0) return sentences(shorter);
  const [comes, ...others] = routes.flatMap(comesOrGoes);
  if (comes) return others.length > 0 ? `${comes}; and ${counted(others.length, 'other route')}` : comes;
  const alike = both.filter(({ cell }) => cell.isChanged);
  if (alike.length > 0) return sentences(alike);
  if (findings.gone.length > 0) return findingsSentence('gone', findings.gone);
  if (findings.changed.length > 0)
    return `${counted(findings.changed.length, 'finding')} still there, but not as before`;
  if (output.length > 0) {
    const files = output.length === 1 ? '1 output file differs' : `${output.length} output files differ`;
    return `${files}, and every request waits as long as before`;
  }
  return 'nothing new: every route waits as long as before, and no finding and no output file differs';
}

/** A name inside a sentence. */
function quote(text: string): string {
  return `\`${text}\``;
}

function errorsOf({ files }: Side): string {
  const all = files.flatMap(({ diagnostics }) => diagnostics);
  return counted(all.filter(({ severity }) => severity === 'error').length, 'error');
}

/** Milliseconds that a wait is longer than before. */
export function growth({ before, after }: Cell): number {
  const [old, now] = [before, after].map((wait) => wait?.worst ?? Number.POSITIVE_INFINITY);
  if (old === undefined || now === undefined || old === now) return 0;
  return now - old;
}

interface Named {
  readonly id: string;
  readonly cell: Cell;
}

/** Each route that waits otherwise, in a sentence of its own. */
export function changedWaits({ routes }: Pick<Difference, 'routes'>): string[] {
  return routes.flatMap((route) => {
    const changed = route.cells.filter(({ before, after, isChanged }) => before && after && isChanged);
    const said = new Map<string, TargetId[]>();
    for (const cell of changed) said.set(predicate(cell), [...(said.get(predicate(cell)) ?? []), cell.target]);
    return [...comesOrGoes(route), ...[...said].map(([what, ids]) => `${quote(route.id)} on ${titles(ids)}: ${what}`)];
  });
}

/** The route that changes most, on all targets where it changes alike; then how many others there are. */
function sentences(all: readonly Named[]): string {
  const [first] = [...all].sort((a, b) => Math.abs(growth(b.cell)) - Math.abs(growth(a.cell)));
  if (!first) return '';
  const said = predicate(first.cell);
  const alike = all.filter(({ id, cell }) => id === first.id && predicate(cell) === said);
  const where = titles(alike.map(({ cell }) => cell.target));
  const rest = all.filter((one) => !alike.includes(one));
  const here = rest.filter(({ id }) => id === first.id).map(({ cell }) => `${arrow(cell)} on ${titles([cell.target])}`);
  const others = new Set(rest.map(({ id }) => id).filter((id) => id !== first.id));
  const more = others.size > 0 ? [`and ${counted(others.size, 'other route')}`] : [];
  return [`${quote(first.id)} on ${where}: ${said}`, ...here, ...more].join('; ');
}

/** `4s → 2m 4s, over its 6s budget, because connect was removed` */
function predicate(cell: Cell): string {
  const { terms } = cell;
  const reasons = reasonsOf(terms.map(({ short }) => short));
  const why = growth(cell) === 0 ? reasons && `, but ${reasons}` : reasons && `, because ${reasons}`;
  return `${arrow(cell)}${budgetPhrase(cell)}${why}`;
}

function arrow({ before, after }: Cell): string {
  return before && after && before.worst !== after.worst ? `${shown(before)} → ${shown(after)}` : shown(after);
}

function reasonsOf(all: readonly string[]): string {
  if (all.length <= 2) return all.join(' and ');
  return `${all.slice(0, 2).join(', ')} and ${all.length - 2} more`;
}

function budgetPhrase({ before, after }: Cell): string {
  const budget = after?.budget?.value;
  const old = before?.budget?.value;
  const differs = before !== undefined && old !== budget;
  const was = differs ? ` (was ${limit(old)})` : '';
  if (budget === undefined || budget === 'none') return differs ? `, with no budget any more${was}` : '';
  return `, ${after?.within ? 'within' : 'over'} its ${limit(budget)} budget${was}`;
}

export function limit(value: Duration | 'none' | undefined): string {
  return value === undefined ? 'not set' : value === 'none' ? 'none' : humanDuration(value);
}

export function shown(wait: Wait | undefined): string {
  if (!wait) return 'not there';
  return wait.worst === null ? 'unbounded' : humanDuration(wait.worst as Duration);
}

/** Routes that are new or gone, and those that are on other targets than before. */
function comesOrGoes({ id, change, cells }: RouteDiff): string[] {
  if (change === 'removed') return [`${quote(id)} is gone`];
  if (change === 'added') {
    const waits = cells.map((cell) => `${predicate(cell)} on ${titles([cell.target])}`);
    return [`${quote(id)} is new${waits.length > 0 ? `: ${waits.join(', ')}` : ''}`];
  }
  const moved = cells.filter(({ before, after }) => !before !== !after);
  const parts = moved.map(({ target, after }) =>
    after ? `also on ${titles([target])}: ${shown(after)}` : `not on ${titles([target])} any more`,
  );
  return parts.length > 0 ? [`${quote(id)} is ${parts.join(', and ')}`] : [];
}

function findingsSentence(word: 'new' | 'gone', all: readonly Finding[]): string {
  const [first] = all;
  const words = { error: 'error', warning: 'warning', info: 'note' } as const;
  const severities = [...new Set(all.map(({ diagnostic }) => diagnostic.severity))];
  const [only, second] = severities;
  const kind = only && !second ? words[only] : 'finding';
  const is = word === 'gone' ? (all.length === 1 ? 'is gone' : 'are gone') : '';
  const head = is ? `${counted(all.length, kind)} ${is}` : counted(all.length, `new ${kind}`);
  return `${head}${all.length > 1 ? ', the first' : ''}: ${first?.diagnostic.message}`;
}
