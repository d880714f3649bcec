import type { ChalkInstance } from 'chalk';
import { visible } from '../diagnostics/visible.ts';
import { bound, equation } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { differenceOf } from './difference.ts';
import { jitterNotes, type Proposal } from './fit.ts';
import { proposalText } from './fit-text.ts';
import { nameNotes } from './name-change.ts';
import type { RouteOnTarget, RouteWaits } from './report.ts';
import { restartOf, restartText } from './restart.ts';

/**
 * For a terminal: the verdict, then a line for each route and target, then what is over its budget, why, and the
 * smallest change that fits (if `advice` knows one). `beside`: more lines of what stands beside the numbers.
 */
export function textReport<Report extends RouteWaits>(
  reports: readonly Report[],
  chalk: ChalkInstance,
  advice: (report: Report) => Proposal | undefined,
  beside: readonly string[] = [],
): string {
  const blocks = [verdict(reports, chalk), table(reports, chalk)];
  const over = reports.filter(({ targets }) => targets.some(({ within }) => within === false));
  if (over.length > 0) blocks.push(over.map((report) => overBudget(report, advice(report), chalk)).join('\n'));
  const notes = [...differenceNotes(reports), ...staleNotes(reports), ...nameNotes(reports), ...beside.map(visible)];
  if (notes.length > 0) blocks.push(['Beside these numbers:', ...notes.map((line) => `  ${line}`)].join('\n'));
  const restarts = restartNotes(reports);
  if (restarts.length > 0) blocks.push(['A restart of one server:', ...restarts.map((line) => `  ${line}`)].join('\n'));
  const assumptions = [
    ...new Set(
      reports.flatMap(({ targets }) =>
        targets.flatMap(({ bounds }) => [
          ...bounds.assumptions,
          ...(bounds.clientFirstByte.wait ? [] : [bounds.clientFirstByte.because]),
        ]),
      ),
    ),
  ];
  blocks.push(
    ['What the numbers take for granted:', ...assumptions.map((line) => `  - ${line}`)]
      .map((line) => chalk.dim(line))
      .join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}

/** One sentence: is everything within its budget? */
export function verdictOf(reports: readonly RouteWaits[]): { readonly text: string; readonly good: boolean } {
  const cells = reports.flatMap(({ targets }) => targets);
  const over = reports.filter(({ targets }) => targets.some(({ within }) => within === false));
  const free = reports.filter(({ budget }) => !budget);
  const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
  if (cells.length === 0) return { text: 'no route has an upstream: nobody waits', good: true };
  if (over.length > 0) {
    return {
      text: `${over.length} of ${count(reports.length, 'route', 'routes')} can wait longer than the budget allows`,
      good: false,
    };
  }
  const unset = free.length > 0 ? `; ${count(free.length, 'route has', 'routes have')} no budget` : '';
  const rest = reports.length - free.length;
  const text =
    rest > 0
      ? `${count(rest, 'route is within its budget', 'routes are within their budgets')}${unset}`
      : unset.slice(2);
  return { text, good: true };
}

function verdict(reports: readonly RouteWaits[], chalk: ChalkInstance): string {
  const { text, good } = verdictOf(reports);
  return (good ? chalk.green : chalk.red).bold(text);
}

function table(reports: readonly RouteWaits[], chalk: ChalkInstance): string {
  const rows = reports.flatMap((report) =>
    report.targets.map((one, index) => ({
      route: index === 0 ? visible(report.id) : '',
      target: `${one.target} ${one.version}`,
      worst: worstOf(one),
      good: one.within !== false,
      bar: bar(report, one),
    })),
  );
  const width = (key: 'route' | 'target' | 'worst', title: string): number =>
    Math.max(title.length, ...rows.map((row) => row[key].length));
  const widths = [width('route', 'route'), width('target', 'target'), width('worst', 'worst wait')] as const;
  const line = (route: string, target: string, worst: string, rest: string): string =>
    `${route.padEnd(widths[0])}  ${target.padEnd(widths[1])}  ${worst}  ${rest}`.trimEnd();
  return [
    chalk.dim(line('route', 'target', 'worst wait'.padStart(widths[2]), 'budget')),
    ...rows.map(({ route, target, worst, good, bar: drawn }) => {
      const shown = worst.padStart(widths[2]);
      return line(route, target, good ? chalk.bold(shown) : chalk.red.bold(shown), drawn);
    }),
  ].join('\n');
}

function worstOf({ worst }: RouteOnTarget): string {
  return worst === null ? 'unbounded' : humanDuration(worst as Duration);
}

const barWidth = 20;

/** `[#############-------] 12s`; an arrow where it does not fit. */
function bar({ budget }: RouteWaits, { worst }: RouteOnTarget): string {
  if (!budget) return 'not set';
  if (budget.value === 'none') return 'none: unlimited on purpose';
  const used = worst === null ? Number.POSITIVE_INFINITY : worst / budget.value;
  const marks = '#'.repeat(Math.min(barWidth, Math.max(1, Math.round(used * barWidth))));
  const rest = used > 1 ? '>' : '-'.repeat(barWidth - marks.length);
  return `[${marks}${rest}]${used > 1 ? '' : ' '} ${humanDuration(budget.value)}`;
}

function overBudget(report: RouteWaits, proposal: Proposal | undefined, chalk: ChalkInstance): string {
  const { id, budget, targets } = report;
  const limit = budget && budget.value !== 'none' ? budget.value : undefined;
  const lines = targets
    .filter(({ within }) => within === false)
    .flatMap((one) => {
      const excess =
        limit !== undefined && one.worst !== null ? `, ${humanDuration((one.worst - limit) as Duration)} too long` : '';
      const wait = one.worst === null ? 'for ever' : worstOf(one);
      return [
        `${chalk.red('over budget')} ${chalk.bold(visible(id))} on ${one.target} can wait ${wait}${excess}`,
        `  ${equation(one.bounds.headline)}`,
      ];
    });
  if (proposal) {
    lines.push(...jitterNotes([proposal]).map((note) => `  ${note}`));
    lines.push(
      `  ${chalk.green('fits with')} ${proposalText(proposal)}`,
      ...proposal.costs.map((cost) => `  but ${cost}`),
    );
  }
  return lines.join('\n');
}

/** Why targets do not agree. */
function differenceNotes(reports: readonly RouteWaits[]): string[] {
  return reports.flatMap((report) => {
    const difference = differenceOf(report);
    return difference === undefined ? [] : [`${visible(report.id)}: ${difference}`];
  });
}

/** What a deploy costs, target by target where they differ. */
function restartNotes(reports: readonly RouteWaits[]): string[] {
  return reports.flatMap(({ id, targets: list }) => {
    const said = new Map<string, string[]>();
    for (const { target, bounds } of list) {
      const restart = restartOf(bounds);
      if (!restart) continue;
      const text = restartText(restart);
      said.set(text, [...(said.get(text) ?? []), target]);
    }
    return [...said].map(([text, targets]) => `${visible(id)} on ${targets.join(' and ')}: ${text}`);
  });
}

/** Beside the headline, never hidden: what reused connections can add. */
function staleNotes(reports: readonly RouteWaits[]): string[] {
  return reports.flatMap(({ id, targets }) =>
    targets.flatMap(({ target, bounds }) => {
      const stale = bound(bounds.staleReuse.wait);
      if (bounds.staleReuse.resends === 0 || stale === null) return [];
      return [
        `${visible(id)} on ${target}: up to ${humanDuration(stale as Duration)} if ${bounds.staleReuse.condition}`,
      ];
    }),
  );
}
