import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { visible } from '../diagnostics/visible.ts';
import { fileOf, positions, type Report, type Reporter, told } from './reporter.ts';

/** For the log of a GitHub workflow: commands that put each finding beside its line. */
export const github: Reporter = (reports) =>
  reports.flatMap((report) => report.diagnostics.map((one) => `${command(one, report)}\n`)).join('');

const commands = { error: 'error', warning: 'warning', info: 'notice' } as const;

function command(diagnostic: Diagnostic, report: Report): string {
  const { rule, severity } = diagnostic;
  const { from, to } = positions(report, diagnostic);
  const properties = {
    file: fileOf(report),
    line: from.line,
    endLine: to.line,
    col: from.column,
    // GitHub drops an annotation that has columns on more than one line.
    ...(to.line === from.line ? { endColumn: to.column } : {}),
    title: rule,
  };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${commands[severity]} ${listed.join(',')}::${data(told(diagnostic))}`;
}

function data(text: string): string {
  return visible(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
