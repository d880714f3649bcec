import { Chalk } from 'chalk';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { markdownCode, markdownSentence } from '../diagnostics/markdown.ts';
import { summary } from './pretty.ts';
import { fileOf, positions, type Report, type Reporter } from './reporter.ts';

/** For a pull request: the verdict, one table, and the reasons folded away. */
export const markdown: Reporter = (reports) => {
  const all = reports.flatMap(({ diagnostics }) => diagnostics);
  if (all.length === 0) return '**✅ no findings**\n';
  const worst =
    signs[(['error', 'warning', 'info'] as const).find((one) => all.some((d) => d.severity === one)) ?? 'info'];
  const rows = reports.flatMap((report) => report.diagnostics.map((one) => row(one, report)));
  const parts = [
    `**${worst} ${summary(all, new Chalk({ level: 0 }))}**`,
    ['| | where | finding | rule |', '|---|---|---|---|', ...rows].join('\n'),
    ...explained(reports),
  ];
  return `${parts.join('\n\n')}\n`;
};

const signs = { error: '❌', warning: '⚠️', info: 'ℹ️' } as const;

function row(diagnostic: Diagnostic, report: Report): string {
  const sign = `${signs[diagnostic.severity]} ${diagnostic.severity}`;
  return `| ${sign} | ${where(diagnostic, report)} | ${markdownSentence(diagnostic.message)} | ${markdownCode(diagnostic.rule)} |`;
}

function where(diagnostic: Diagnostic, report: Report): string {
  return markdownCode(`${fileOf(report)}:${positions(report, diagnostic).from.line}`);
}

function explained(reports: readonly Report[]): string[] {
  const items = reports.flatMap((report) =>
    report.diagnostics
      .filter(({ why, help }) => why || help)
      .map((one) =>
        [
          `- ${where(one, report)} ${markdownSentence(one.message)}`,
          ...(one.why ? [`  - why: ${markdownSentence(one.why)}`] : []),
          ...(one.help ? [`  - help: ${markdownSentence(one.help)}`] : []),
        ].join('\n'),
      ),
  );
  if (items.length === 0) return [];
  return [`<details><summary>Why, and what to do</summary>\n\n${items.join('\n')}\n\n</details>`];
}
