import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { pointerOf } from '../diagnostics/identity.ts';
import { positions, type Report, type Reporter } from './reporter.ts';

/** For programs: `{ version: 1, findings: [...] }`, every key always there. */
export const json: Reporter = (reports) => {
  const findings = reports.flatMap((report) => report.diagnostics.map((one) => findingData(report, one)));
  return `${JSON.stringify({ version: 1, findings }, null, 2)}\n`;
};

/** One finding as data: the contract of `lint --format json`. */
export function findingData(report: Report, diagnostic: Diagnostic) {
  const { from, to } = positions(report, diagnostic);
  return {
    rule: diagnostic.rule,
    severity: diagnostic.severity,
    message: diagnostic.message,
    why: diagnostic.why ?? null,
    help: diagnostic.help ?? null,
    url: null,
    file: report.source.name,
    line: from.line,
    column: from.column,
    end_line: to.line,
    end_column: to.column,
    pointer: pointerOf(diagnostic.place),
    targets: diagnostic.targets ?? [],
    fixable: diagnostic.fix !== undefined,
  };
}
