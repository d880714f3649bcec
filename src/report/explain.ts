import type { ChalkInstance } from 'chalk';
import type { Place } from '../diagnostics/diagnostic.ts';
import { visible } from '../diagnostics/visible.ts';
import type { Bounds } from '../latency/bounds.ts';
import { attemptsFrom, blamed, bound, equation, evaluate, type Term, type Wait } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import type { Given } from '../model/topology.ts';
import type { Source } from '../source/source.ts';
import type { RouteOnTarget, RouteWaits } from './report.ts';

/** The worst wait of one route, step by step as it passes, and the lines of the topology that make it. */
export function explainRoute({ id, targets }: RouteWaits, sourceOf: SourceOf, chalk: ChalkInstance): string {
  if (targets.length === 0)
    return `${chalk.bold(visible(id))} is answered by the edge itself: nobody waits for a server\n`;
  return targets.map((one) => explainTarget(id, one, sourceOf, chalk)).join('\n');
}

/** The file that a place is in. */
export type SourceOf = (place: Place) => Source;

function explainTarget(
  id: string,
  { target, version, worst, bounds, before }: RouteOnTarget,
  sourceOf: SourceOf,
  chalk: ChalkInstance,
): string {
  const wait = worst === null ? 'for ever' : `${humanDuration(worst as Duration)} at worst`;
  const lines = [
    chalk.bold(`${visible(id)} on ${target} ${version} can wait ${wait}`),
    `  ${equation(bounds.headline)}`,
    '',
    ...timeline(bounds.headline, chalk),
    '',
    '  What makes it, and where it is written:',
    ...attemptsLine(bounds.headline, sourceOf),
    ...origins(bounds.headline, sourceOf),
    '',
    '  Under each fault, for a GET while every server fails:',
    ...faultLines(bounds, chalk),
    ...(before && bounds.rows !== before.bounds.rows
      ? ['', '  Under each fault of the auth servers:', ...faultLines(before.bounds, chalk)]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function faultLines({ rows }: Bounds, chalk: ChalkInstance): string[] {
  return rows
    .filter(({ failing, method, fault }) => failing === 'all' && (method === 'GET' || fault === 'no_read'))
    .map(
      ({ fault, wait: term, status }) =>
        `    ${fault.padEnd(13)}${shown(bound(term)).padStart(10)}  then ${status}  ${chalk.dim(equation(term))}`,
    );
}

function shown(value: number | null): string {
  return value === null ? 'unbounded' : humanDuration(value as Duration);
}

interface Step {
  readonly from: number;
  readonly wait: Wait;
}

/** More steps than a person reads say nothing more. */
const mostSteps = 12;
const barWidth = 40;

/** The waits one after the other, in the branch that makes the value. */
function timeline(term: Term, chalk: ChalkInstance): string[] {
  const total = evaluate(term);
  const steps: Step[] = [];
  let now = 0;
  const pass = (one: Term): void => {
    if (one.kind === 'wait') {
      if (one.time !== 0) steps.push({ from: now, wait: one });
      now += one.time ?? 0;
    } else if (one.kind === 'times') {
      for (let i = 0; i < one.count && steps.length <= mostSteps; i++) pass(one.term);
    } else if (one.kind === 'sum') {
      for (const inner of one.terms) pass(inner);
    } else {
      const branch = one.terms.find((inner) => evaluate(inner) === evaluate(one));
      if (branch) pass(branch);
    }
  };
  pass(term);
  const scale = Number.isFinite(total) && total > 0 ? barWidth / total : 0;
  const rows = steps.slice(0, mostSteps).map(({ from, wait }) => {
    const length = wait.time === undefined ? barWidth : Math.max(1, Math.round(wait.time * scale));
    const bar = `${' '.repeat(Math.min(barWidth - 1, Math.round(from * scale)))}${'#'.repeat(length)}`.slice(
      0,
      barWidth,
    );
    const time = wait.time === undefined ? 'endless' : humanDuration(wait.time);
    return `  ${humanDuration(from as Duration).padStart(8)}  ${chalk.cyan(bar.padEnd(barWidth))}  ${time} ${wait.name}`;
  });
  if (steps.length > mostSteps) rows.push('            …');
  const end = Number.isFinite(total) ? humanDuration(total as Duration) : 'never';
  return [...rows, `  ${end.padStart(8)}  the client gets an error`];
}

/** How many attempts there are at most, and which line says so. */
function attemptsLine(term: Term, sourceOf: SourceOf): string[] {
  const from = attemptsFrom(term);
  if (!from) return [];
  const { given, directive, beside } = from;
  return [
    `    ${'tries'.padEnd(widthOf(term))}${String(given.value).padStart(9)}  ${directive.padEnd(34)}${whereOf(given, sourceOf)}, ${beside}`,
  ];
}

function whereOf(given: Given<unknown>, sourceOf: SourceOf): string {
  if (given.origin === 'default') return `default: ${given.because ?? 'unset'}`;
  const source = sourceOf(given.at);
  const { line, column } = source.position(source.span(given.at).start);
  return `${visible(source.name)}:${line}:${column}`;
}

/** Of the names of its waits. */
function widthOf(term: Term): number {
  return Math.max(16, ...blamed(term).map(({ name }) => name.length + 1));
}

/** Each time once: its directive on the target, and the line of the topology or the reason of the default. */
function origins(term: Term, sourceOf: SourceOf): string[] {
  const seen = new Set<string>();
  const width = widthOf(term);
  return blamed(term).flatMap(({ name, time, because, given, directive }) => {
    // An error page has limits of its own, with the same names.
    const key = `${name} ${given?.origin === 'default' ? given.because : given?.at.path}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const value = time === undefined ? 'endless' : humanDuration(time);
    const where = given ? whereOf(given, sourceOf) : (because ?? 'how the proxy works');
    return [`    ${name.padEnd(width)}${value.padStart(9)}  ${(directive ?? '').padEnd(34)}${where}`.trimEnd()];
  });
}
