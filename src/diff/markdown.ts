import { counted } from '../diagnostics/counted.ts';
import type { Severity } from '../diagnostics/diagnostic.ts';
import { fenced, markdownCode, markdownSentence } from '../diagnostics/markdown.ts';
import { equation } from '../latency/term.ts';
import { type Difference, isFailed, isNothing } from './compare.ts';
import type { OutputChange } from './output.ts';
import { type Finding, lineOf, type Side } from './side.ts';
import { growth, shown, verdictOf } from './verdict.ts';
import type { Cell, RouteDiff } from './waits.ts';
import { budgetText, restText, termText } from './words.ts';

/** For a comment on a pull request: the verdict, what waits otherwise, what is found; everything else folded away. */
export function markdownDiff(difference: Difference): string {
  const { findings, output = [], base, head } = difference;
  const sign = isFailed(difference) ? '❌' : findings.fresh.length > 0 ? '⚠️' : '✅';
  const verdict = `**${sign} ${markdownSentence(verdictOf(difference))}**`;
  if (isNothing(difference)) return `${verdict}\n`;
  const parts = [
    verdict,
    ...table(difference),
    ...newFindings(findings.fresh, head),
    ...equations(difference),
    ...foldedFindings((count) => `${count} ${count.startsWith('1 ') ? 'is' : 'are'} gone`, findings.gone, base),
    ...foldedFindings(
      (count) => `${count} still there, but not as before`,
      findings.changed.map(({ after }) => after),
      head,
    ),
    ...files(output),
  ];
  return `${parts.join('\n\n')}\n`;
}

function table(difference: Difference): string[] {
  const changed = difference.routes.filter(({ change }) => change !== 'same');
  const rows = changed.flatMap((route) => {
    if (route.cells.length === 0) return [`| ${markdownCode(route.id)} | | ${ends(route)} | | | |`];
    return route.cells.filter(({ isChanged }) => isChanged).map((cell) => row(route, cell, difference));
  });
  const rest = restText(difference);
  const below = rest && changed.length > 0 ? [rest] : [];
  if (rows.length === 0) return below;
  return [
    ['| route | target | before | after | budget | why |', '|---|---|---:|---:|---|---|', ...rows].join('\n'),
    ...below,
  ];
}

/** A route that asks nobody. */
function ends({ change }: RouteDiff): string {
  return change === 'added' ? 'new |' : '| gone';
}

function row({ id }: RouteDiff, cell: Cell, difference: Difference): string {
  const { target, before, after, terms } = cell;
  const arrow = growth(cell) > 0 ? '🔺 ' : growth(cell) < 0 ? '🔻 ' : '';
  const why = terms.map((term) => markdownSentence(termText(term, difference))).join('<br>');
  return [
    `| ${markdownCode(id)}`,
    `${target} ${after?.version ?? before?.version}`,
    before ? shown(before) : 'new',
    after ? `${arrow}**${shown(after)}**` : 'gone',
    `${after?.within === false ? '❌ ' : ''}${budgetText(cell)}`,
    `${why} |`,
  ].join(' | ');
}

const signs: Readonly<Record<Severity, string>> = { error: '❌', warning: '⚠️', info: 'ℹ️' };

function newFindings(findings: readonly Finding[], head: Side): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ diagnostic: { place, severity, message, rule } }) =>
    [
      `| ${signs[severity]} ${severity}`,
      markdownCode(lineOf(head, place)),
      markdownSentence(message),
      `${markdownCode(rule)} |`,
    ].join(' | '),
  );
  const reasons = findings.flatMap(({ diagnostic: { place, message, why, help } }) => {
    if (!why && !help) return [];
    return [
      [
        `- ${markdownCode(lineOf(head, place))} ${markdownSentence(message)}`,
        ...(why ? [`  - why: ${markdownSentence(why)}`] : []),
        ...(help ? [`  - help: ${markdownSentence(help)}`] : []),
      ].join('\n'),
    ];
  });
  return [
    `**${counted(findings.length, 'new finding')}**`,
    ['| | where | finding | rule |', '|---|---|---|---|', ...rows].join('\n'),
    ...(reasons.length > 0 ? [folded('Why, and what to do', reasons.join('\n'))] : []),
  ];
}

/** What the waits are made of, before and after. */
function equations({ routes }: Difference): string[] {
  const lines = routes.flatMap(({ id, cells }) =>
    cells
      .filter(({ isChanged }) => isChanged)
      .map(({ target, before, after }) =>
        [
          `- ${markdownCode(id)} on ${target}`,
          ...(before ? [`  - before: ${markdownSentence(equation(before.bounds.headline))}`] : []),
          ...(after ? [`  - after: ${markdownSentence(equation(after.bounds.headline))}`] : []),
        ].join('\n'),
      ),
  );
  return lines.length > 0 ? [folded('What the waits are made of', lines.join('\n'))] : [];
}

function foldedFindings(title: (count: string) => string, findings: readonly Finding[], side: Side): string[] {
  if (findings.length === 0) return [];
  const lines = findings.map(
    ({ diagnostic: { place, severity, message, rule } }) =>
      `- ${signs[severity]} ${markdownCode(lineOf(side, place))} ${markdownSentence(message)} ${markdownCode(rule)}`,
  );
  return [folded(title(counted(findings.length, 'finding')), lines.join('\n'))];
}

/** A comment has room for 65 536 characters. */
const mostPatch = 20_000;

function files(output: readonly OutputChange[]): string[] {
  if (output.length === 0) return [];
  const words = { added: 'new', removed: 'gone', changed: 'changed' } as const;
  const rows = output.map(
    ({ path, change, added, removed }) => `| ${words[change]} | ${markdownCode(path)} | +${added} −${removed} |`,
  );
  const patch = output.map((one) => one.patch).join('');
  const cut = patch.length > mostPatch ? patch.lastIndexOf('\n', mostPatch) + 1 : patch.length;
  const rest = patch.slice(cut).split('\n').length - 1;
  const hidden = output.filter((one) => one.patch === '').map(({ path }) => markdownCode(path));
  const sum = (key: 'added' | 'removed'): number => output.reduce((total, one) => total + one[key], 0);
  const body = [
    ['| | file | lines |', '|---|---|---:|', ...rows].join('\n'),
    ...(patch === '' ? [] : [fenced('diff', patch.slice(0, cut))]),
    ...(rest > 0 ? [`… and ${counted(rest, 'line')} more`] : []),
    ...(hidden.length > 0 ? [`Only what is hidden differs in ${hidden.join(', ')}.`] : []),
  ];
  const title = `A build writes ${counted(output.length, 'file')} otherwise (+${sum('added')} −${sum('removed')})`;
  return [folded(title, body.join('\n\n'))];
}

function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}
