import type { Reporter } from './reporter.ts';

/** For programs: `{ version: 1, findings: [...] }`, every key always there. */
export const json: Reporter = (reports) => {
  const findings = reports.flatMap(({ source, diagnostics }) =>
    diagnostics.map((diagnostic) => {
      const { start, end } = source.span(diagnostic.place);
      const from = source.position(start);
      const to = source.position(end);
      return {
        rule: diagnostic.rule,
        severity: diagnostic.severity,
        message: diagnostic.message,
        why: diagnostic.why ?? null,
        help: diagnostic.help ?? null,
        url: null,
        file: source.name,
        line: from.line,
        column: from.column,
        end_line: to.line,
        end_column: to.column,
        pointer: diagnostic.place.path.startsWith('#') ? null : diagnostic.place.path,
        targets: diagnostic.targets ?? [],
        fixable: diagnostic.fix !== undefined,
      };
    }),
  );
  return `${JSON.stringify({ version: 1, findings }, null, 2)}\n`;
};
