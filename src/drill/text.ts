import type { ChalkInstance } from 'chalk';
import { counted } from '../diagnostics/counted.ts';
import { visible } from '../diagnostics/visible.ts';
import { type Duration, humanDuration, milliseconds } from '../model/duration.ts';
import type { Drilled, Outcome } from './outcome.ts';
import type { Omitted, Plan } from './plan.ts';

/** For a terminal: the verdict, a table for each route and target, what was not drilled, and what is taken for granted. */
export function drillText(plans: readonly Plan[], outcomes: readonly Outcome[], chalk: ChalkInstance): string {
  const blocks = [verdict(plans, outcomes, chalk), ...outcomes.map((one) => table(one, chalk))];
  const omitted = notDrilled(outcomes);
  if (omitted.length > 0) blocks.push(['Not drilled:', ...omitted].join('\n'));
  blocks.push(
    ['What a drill takes for granted:', ...assumptions(plans).map((line) => `  - ${line}`)]
      .map((line) => chalk.dim(line))
      .join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}

/** `caddy 2.11.4 and nginx 1.30.6` */
export function programsOf(plans: readonly Plan[]): string {
  return plans.map(({ program, installed }) => `${program} ${installed.text}`).join(' and ');
}

function verdict(plans: readonly Plan[], outcomes: readonly Outcome[], chalk: ChalkInstance): string {
  const all = outcomes.flatMap(({ drilled }) => drilled);
  const above = all.filter((one) => one.above);
  const routes = new Set(outcomes.map(({ route }) => route.report.route)).size;
  const over = new Set(outcomes.filter(({ within }) => within === false).map(({ route }) => route.report.route)).size;
  const done = `${counted(all.length, 'fault')} of ${counted(routes, 'route')} drilled on ${programsOf(plans)}`;
  const found =
    above.length > 0
      ? `${counted(above.length, 'request')} waited longer than predicted`
      : 'no request waited longer than predicted';
  const budget = over > 0 ? `; ${counted(over, 'route')} waited longer than the budget allows` : '';
  return (above.length + over > 0 ? chalk.red : chalk.green).bold(`${done}: ${found}${budget}`);
}

function table({ plan, route, drilled, worst, within }: Outcome, chalk: ChalkInstance): string {
  const { program, installed, compiledFor } = plan;
  const compiled = installed.text === compiledFor.text ? '' : ` (compiled for ${compiledFor.text})`;
  const { budget } = route.report;
  const longest = worst === undefined ? 'nothing was measured' : `longest wait ${time(worst)}`;
  const headline = route.headline === null ? 'no bound' : `${time(route.headline)} at worst`;
  const allowed = !budget ? '' : budget.value === 'none' ? '; no budget on purpose' : `; budget ${time(budget.value)}`;
  const summary = `  ${longest}, predicted ${headline}${allowed}`;
  const titles = ['fault', 'failing', 'method', 'predicted', 'measured', 'attempts', 'status'];
  const rows = drilled.map((one) => [cells(one), one] as const);
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...rows.map(([texts]) => texts[index]?.length ?? 0)),
  );
  // Words to the left, numbers to the right.
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => (index < 3 ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0)))
      .join('  ');
  return [
    chalk.bold(`${visible(route.report.route.id)} on ${program} ${installed.text}`) + chalk.dim(compiled),
    within === false ? chalk.red(summary) : summary,
    `  ${chalk.dim(line(titles))}`,
    ...rows.map(([texts, one]) => {
      const text = `  ${line(texts)}${notes(one)}`;
      return one.above || one.over ? chalk.red(text) : text;
    }),
  ].join('\n');
}

function cells({ planned: { cell, predicted }, measured: { ms, attempts, status } }: Drilled): string[] {
  const { fault, failing, method } = cell;
  return [fault, failing, method, time(predicted), time(ms), String(attempts ?? '-'), String(status)];
}

/** Behind the row: what is above, and what else came out differently. */
function notes({ planned: { row, predicted }, measured: { ms, attempts, status }, above, over }: Drilled): string {
  const list = [
    ...(above ? [`${time(ms - predicted)} too long`] : []),
    ...(over ? ['over the budget'] : []),
    ...(attempts !== undefined && attempts !== row.attempts ? [`predicted ${counted(row.attempts, 'attempt')}`] : []),
    ...(status !== row.status ? [`predicted status ${row.status}`] : []),
  ];
  return list.length > 0 ? `  ${list.join(', ')}` : '';
}

function time(ms: number): string {
  return humanDuration(milliseconds(ms) as Duration);
}

/** Rows with the same reason on one line. */
function notDrilled(outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ plan, route, omitted }) => {
    const groups = new Map<string, Omitted[]>();
    for (const one of omitted) groups.set(one.because, [...(groups.get(one.because) ?? []), one]);
    if (groups.size === 0) return [];
    return [
      `  ${visible(route.report.route.id)} on ${plan.program}`,
      ...[...groups].map(([because, list]) => `    ${rowNames(list)}: ${visible(because)}`),
    ];
  });
}

/** `late (one GET, all GET), no_read (one POST)` */
function rowNames(list: readonly Omitted[]): string {
  const faults = [...new Set(list.map(({ row }) => row.fault))];
  return faults
    .map((fault) => {
      const own = list.filter(({ row }) => row.fault === fault);
      return `${fault} (${own.map(({ row }) => `${row.failing} ${row.method}`).join(', ')})`;
    })
    .join(', ');
}

function assumptions(plans: readonly Plan[]): string[] {
  return [
    'the servers are stand-ins on 127.0.0.0/8, one for each address or name: DNS and the network add their own delays',
    'clients speak plain http to the proxy: a handshake is not part of the wait',
    ...(plans.some(({ program }) => program === 'nginx') ? ['nginx runs with one worker'] : []),
    'a request may take 60ms and 20ms an attempt (ten at most) longer than predicted: that is this machine, not the proxy',
    'what took longer was measured again, alone, up to twice: the last time counts',
  ];
}
