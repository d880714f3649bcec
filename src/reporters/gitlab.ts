import { fingerprints } from '../diagnostics/identity.ts';
import { visible } from '../diagnostics/visible.ts';
import { fileOf, positions, type Report, type Reporter } from './reporter.ts';

/** For the code quality widget of GitLab. */
export const gitlab: Reporter = (reports) => `${JSON.stringify(reports.flatMap(issues), null, 2)}\n`;

const severities = { error: 'major', warning: 'minor', info: 'info' } as const;

function issues(report: Report) {
  const file = fileOf(report);
  const prints = fingerprints(file, report.diagnostics);
  return report.diagnostics.map((diagnostic, index) => ({
    description: visible(diagnostic.message),
    check_name: diagnostic.rule,
    fingerprint: prints[index],
    severity: severities[diagnostic.severity],
    location: { path: file, lines: { begin: positions(report, diagnostic).from.line } },
  }));
}
