import type { ChalkInstance } from 'chalk';
import { visible } from '../diagnostics/visible.ts';
import { prettyBlocks } from '../reporters/pretty.ts';
import { type Difference, isFailed, isNothing } from './compare.ts';
import type { OutputChange } from './output.ts';
import { type Finding, lineOf, type Side } from './side.ts';
import { growth, shown, verdictOf } from './verdict.ts';
import type { Cell, RouteDiff } from './waits.ts';
import { budgetText, restText, termText } from './words.ts';

/** For a terminal: the verdict, then what waits otherwise and why, what is found, and which files a build would change. */
export function textDiff(difference: Difference, chalk: ChalkInstance): string {
  const { findings, output = [], base, head } = difference;
  const verdict = visible(verdictOf(difference));
  if (isNothing(difference)) return `${verdict}\n`;
  const paint = isFailed(difference) ? chalk.red.bold : chalk.bold;
  const blocks = [
    paint(verdict),
    ...waits(difference, chalk),
    ...found('New findings:', findings.fresh, head, chalk),
    ...listed('Gone:', findings.gone, base, chalk),
    ...listed(
      'Still there, but not as before:',
      findings.changed.map(({ after }) => after),
      head,
      chalk,
    ),
    ...(output.length > 0 ? [files(output, chalk)] : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const titles = ['route', 'target', 'before', 'after'] as const;
type Row = readonly [string, string, string, string];

function waits(difference: Difference, chalk: ChalkInstance): string[] {
  const changed = difference.routes.filter(({ change }) => change !== 'same');
  const rows = changed.flatMap((route) =>
    route.cells.filter(({ isChanged }) => isChanged).map((cell, index) => ({ cell, row: rowOf(route, cell, index) })),
  );
  const rest = restText(difference);
  const blocks = rest ? [chalk.dim(rest)] : [];
  if (rows.length === 0) return changed.length > 0 ? [...changed.map(withoutWaits), ...blocks] : [];
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map(({ row }) => row[column]?.length ?? 0)),
  );
  const line = ([route, target, before, after]: Row, budget: string, paint = (text: string) => text): string => {
    const [first = 0, second = 0, third = 0, fourth = 0] = widths;
    const numbers = `${before.padStart(third)}  ${paint(after.padStart(fourth))}`;
    return `${route.padEnd(first)}  ${target.padEnd(second)}  ${numbers}  ${budget}`.trimEnd();
  };
  const lines = rows.flatMap(({ cell, row }) => [
    line(row, budgetText(cell), paintOf(cell, chalk)),
    ...cell.terms.map((term) => `  ${chalk.dim(visible(termText(term, difference)))}`),
  ]);
  return [[chalk.dim(line(titles, 'budget')), ...lines].join('\n'), ...blocks];
}

/** A route that asks nobody has no line of its own in the table. */
function withoutWaits({ id, change }: RouteDiff): string {
  return visible(`${id} is ${change === 'added' ? 'new' : 'gone'}: the proxy answers itself`);
}

function rowOf({ id }: RouteDiff, cell: Cell, index: number): Row {
  const { target, before, after } = cell;
  const version = after?.version ?? before?.version;
  return [
    index === 0 ? visible(id) : '',
    `${target} ${version}`,
    before ? shown(before) : 'new',
    after ? shown(after) : 'gone',
  ];
}

function paintOf(cell: Cell, chalk: ChalkInstance): (text: string) => string {
  if (cell.after?.within === false) return chalk.red.bold;
  const more = growth(cell);
  return more > 0 ? chalk.yellow : more < 0 ? chalk.green : (text) => text;
}

/** Under the names that the files have on their side. */
function found(title: string, findings: readonly Finding[], side: Side, chalk: ChalkInstance): string[] {
  if (findings.length === 0) return [];
  const blocks = findings.map(({ report: { source }, diagnostic }) =>
    prettyBlocks(
      { source: { ...source, name: `${side.prefix}${source.name}` }, diagnostics: [diagnostic] },
      chalk,
    ).trimEnd(),
  );
  return [title, ...blocks];
}

/** One line each. */
function listed(title: string, findings: readonly Finding[], side: Side, chalk: ChalkInstance): string[] {
  if (findings.length === 0) return [];
  const lines = findings.map(
    ({ diagnostic: { place, severity, message, rule } }) =>
      `  ${visible(lineOf(side, place))}: ${severity} ${visible(message)} ${chalk.dim(`[${rule}]`)}`,
  );
  return [[title, ...lines].join('\n')];
}

function files(output: readonly OutputChange[], chalk: ChalkInstance): string {
  const words = { added: 'new', removed: 'gone', changed: 'changed' } as const;
  const width = Math.max(...output.map(({ path }) => path.length));
  const lines = output.map(({ path, change, added, removed, patch }) => {
    const hidden = patch === '' ? '  only in what is hidden: `--show-secrets` shows it' : '';
    return `  ${words[change].padEnd(8)}${visible(path).padEnd(width)}  ${chalk.green(`+${added}`)} ${chalk.red(`-${removed}`)}${hidden}`;
  });
  return ['A build writes otherwise:', ...lines].join('\n');
}
