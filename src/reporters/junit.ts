import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { visible } from '../diagnostics/visible.ts';
import { fileOf, positions, type Report, type Reporter, told } from './reporter.ts';

/** For whatever shows test results: a suite for each file, a case for each finding; notes do not fail. */
export const junit: Reporter = (reports) => {
  const suites = reports.flatMap(suite);
  const counts = `tests="${sum(reports, cases)}" failures="${sum(reports, failures)}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="proxywright lint" ${counts}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
};

function suite(report: Report): string[] {
  const file = xml(fileOf(report));
  const counts = `tests="${cases(report)}" failures="${failures(report)}" errors="0"`;
  const inside =
    report.diagnostics.length === 0
      ? [`    <testcase classname="${file}" name="no findings"/>`]
      : report.diagnostics.flatMap((one) => testcase(one, report));
  return [`  <testsuite name="${file}" ${counts}>`, ...inside, '  </testsuite>'];
}

function testcase(diagnostic: Diagnostic, report: Report): string[] {
  const { rule, severity, message } = diagnostic;
  const { line, column } = positions(report, diagnostic).from;
  const file = xml(fileOf(report));
  const body = `${file}:${line}:${column}: ${severity} ${told(diagnostic).split('\n').map(xml).join('\n')}`;
  return [
    `    <testcase classname="${file}" name="${xml(`${rule}: ${message}`)}" file="${file}" line="${line}">`,
    severity === 'info'
      ? `      <system-out>${body}</system-out>`
      : `      <failure type="${severity}" message="${xml(message)}">${body}</failure>`,
    '    </testcase>',
  ];
}

/** A file without findings is a case that passed. */
function cases({ diagnostics }: Report): number {
  return Math.max(1, diagnostics.length);
}

function failures({ diagnostics }: Report): number {
  return diagnostics.filter(({ severity }) => severity !== 'info').length;
}

function sum(reports: readonly Report[], count: (report: Report) => number): number {
  return reports.reduce((total, report) => total + count(report), 0);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** XML 1.0 has no way to write most control characters, not even as entities: they are made visible first. */
function xml(text: string): string {
  return visible(text).replace(/[&<>"'\n\t]/g, (character) => entities[character] ?? '');
}
