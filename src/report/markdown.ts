import { markdownCode, markdownText } from '../diagnostics/markdown.ts';
import type { Bounds } from '../latency/bounds.ts';
import { bound, equation } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { differenceOf } from './difference.ts';
import { jitterNotes, type RouteFit } from './fit.ts';
import { isOpen, nothingText, proposalText, waitsText } from './fit-text.ts';
import { nameChangeText } from './name-change.ts';
import type { RouteOnTarget, RouteWaits } from './report.ts';
import { restartOf, restartText } from './restart.ts';
import { verdictOf } from './text.ts';

/** For a pull request: the verdict, one table, and the details folded away. */
export function markdownReport(reports: readonly RouteWaits[], fits: readonly RouteFit[] = []): string {
  const { text, good } = verdictOf(reports);
  const rows = reports.flatMap((report) => report.targets.map((one) => row(report, one)));
  const parts = [
    `**${good ? '✅' : '❌'} ${text}**`,
    ['| route | target | worst wait | budget | |', '|---|---|---:|---:|---|', ...rows].join('\n'),
    ...fitted(fits),
    ...reports.map(details),
  ];
  return `${parts.join('\n\n')}\n`;
}

function row(report: RouteWaits, one: RouteOnTarget): string {
  const { budget } = report;
  const limit = !budget ? 'not set' : budget.value === 'none' ? 'none' : humanDuration(budget.value);
  const mark = one.within === null ? '' : one.within ? '✅' : '❌';
  return `| ${markdownCode(report.id)} | ${one.target} ${one.version} | ${duration(one.worst)} | ${limit} | ${mark} |`;
}

/** What would bring routes within their budgets. */
function fitted(fits: readonly RouteFit[]): string[] {
  const open = fits.filter(isOpen);
  return [
    ...jitterNotes(open.flatMap(({ proposals }) => proposals)),
    ...open.map((fit) => {
      const { report, budget, proposals } = fit;
      const name = `${markdownCode(report.id)} within ${humanDuration(budget)}`;
      if (proposals.length === 0) return `${name}: ${markdownText(nothingText(fit))}`;
      const list = proposals.map((one, index) => {
        const costs = one.costs.map((cost) => `\n   - but ${cost}`);
        return `${index + 1}. ${markdownText(proposalText(one))} (${waitsText(one)})${costs.join('')}`;
      });
      return `${name}:\n\n${list.join('\n')}`;
    }),
  ];
}

function details(report: RouteWaits): string {
  const { id, targets } = report;
  const difference = differenceOf(report);
  const blocks = targets.map(({ target, bounds }) => {
    const stale = bound(bounds.staleReuse.wait);
    const rows = bounds.rows
      .filter(({ method, failing }) => method === 'GET' || failing === 'all')
      .map((one) => `| ${one.fault} | ${one.failing} | ${one.method} | ${duration(bound(one.wait))} | ${one.status} |`);
    return [
      `**${target}**: ${markdownText(equation(bounds.headline))}`,
      ['| fault | failing | method | wait | status |', '|---|---|---|---:|---:|', ...rows].join('\n'),
      [
        ...(bounds.staleReuse.resends > 0 ? [`- up to ${duration(stale)} if ${bounds.staleReuse.condition}`] : []),
        ...restartLine(bounds),
        `- ${bounds.clientFirstByte.because}`,
        ...(bounds.nameChange ? [`- ${nameChangeText(bounds.nameChange)}`] : []),
        ...bounds.assumptions.map((line) => `- ${line}`),
      ].join('\n'),
    ].join('\n\n');
  });
  return `<details><summary>${markdownCode(id)}: every fault, and what the numbers take for granted</summary>\n\n${[...(difference ? [difference] : []), ...blocks].join('\n\n')}\n\n</details>`;
}

function restartLine(bounds: Bounds): string[] {
  const restart = restartOf(bounds);
  return restart ? [`- a restart of one server: ${markdownText(restartText(restart))}`] : [];
}

function duration(value: number | null): string {
  return value === null ? 'unbounded' : humanDuration(value as Duration);
}
