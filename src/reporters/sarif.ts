import type { Diagnostic, Edit, Severity } from '../diagnostics/diagnostic.ts';
import { fingerprints } from '../diagnostics/identity.ts';
import { visible } from '../diagnostics/visible.ts';
import { catalogue, rules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import type { Source, Span } from '../source/source.ts';
import { version } from '../version.ts';
import { fileOf, type Report, type Reporter, told } from './reporter.ts';

/** SARIF 2.1.0 (OASIS), as GitHub code scanning takes it: one run, only the rules that found something. */
export const sarif: Reporter = (reports) => {
  const all = reports.flatMap(({ diagnostics }) => diagnostics);
  const ids = [...catalogue.keys()].filter((id) => all.some(({ rule }) => rule === id));
  const driver = {
    name: 'proxywright',
    version,
    semanticVersion: version,
    rules: ids.map((id) => descriptor(id, all)),
  };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    results: reports.flatMap((report) => results(report, ids)),
  };
  const $schema = 'https://json.schemastore.org/sarif-2.1.0.json';
  return `${JSON.stringify({ $schema, version: '2.1.0', runs: [run] }, null, 2)}\n`;
};

const levels = { error: 'error', warning: 'warning', info: 'note' } as const;
const problems = { error: 'error', warning: 'warning', info: 'recommendation' } as const;

/** What the early stages find has no severity of its own: then it is that of the worst finding. */
function descriptor(id: string, all: readonly Diagnostic[]) {
  const rule = rules.find((one) => one.id === id);
  const summary = catalogue.get(id) ?? id;
  const found = all.filter((diagnostic) => diagnostic.rule === id);
  const bySeverity = (['error', 'warning'] as const).find((one) => found.some(({ severity }) => severity === one));
  const severity: Severity = rule?.severity ?? bySeverity ?? 'info';
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: rule?.why ?? summary },
    help: { text: rule?.help ?? summary, markdown: page(summary, rule) },
    defaultConfiguration: { level: levels[severity] },
    properties: { 'problem.severity': problems[severity] },
  };
}

/** Our own words: nothing of a user is in them. */
function page(summary: string, rule: Rule | undefined): string {
  if (!rule) return `**${summary}**`;
  const example = `It fires for\n\n\`\`\`yaml\n${rule.examples.fires.trimEnd()}\n\`\`\``;
  return [`**${summary}**`, `Why: ${rule.why}`, `What to do: ${rule.help}`, example].join('\n\n');
}

function results(report: Report, ids: readonly string[]) {
  const { source, diagnostics } = report;
  const uri = uriOf(fileOf(report));
  const prints = fingerprints(uri, diagnostics);
  const location = (place: Diagnostic['place']) => {
    const there = source.of(place);
    return {
      artifactLocation: { uri: uriOf(fileOf(report, there)) },
      region: region(there, there.span(place)),
    };
  };
  return diagnostics.map((diagnostic, index) => {
    const { rule, severity, place, related = [], fix } = diagnostic;
    return {
      ruleId: rule,
      ruleIndex: ids.indexOf(rule),
      level: levels[severity],
      message: { text: textOf(told(diagnostic)) },
      locations: [{ physicalLocation: location(place) }],
      ...(related.length > 0
        ? {
            relatedLocations: related.map((other, id) => ({
              id,
              message: { text: textOf(other.message) },
              physicalLocation: location(other.place),
            })),
          }
        : {}),
      partialFingerprints: { 'proxywright/v1': prints[index] },
      ...(fix ? { fixes: [fixOf(fix, report)] } : {}),
    };
  });
}

function fixOf({ title, edits }: NonNullable<Diagnostic['fix']>, report: Report) {
  const files = new Set(edits.map((edit) => report.source.of(edit)));
  const artifactChanges = [...files].map((source) => ({
    artifactLocation: { uri: uriOf(fileOf(report, source)) },
    replacements: edits
      .filter((edit) => edit.source === source.name)
      .map((edit: Edit) => ({ deletedRegion: region(source, edit), insertedContent: { text: edit.text } })),
  }));
  return { description: { text: textOf(title) }, artifactChanges };
}

function region(source: Source, { start, end }: Span) {
  const from = source.position(start);
  const to = source.position(end);
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}

/** In a message `[text](target)` is a link: nothing that a user wrote may become one. */
function textOf(text: string): string {
  return visible(text).replaceAll('](', '] (');
}

/** A relative reference, or a `file:` URI of an absolute path; `:` would make a scheme of what stands before it. */
function uriOf(path: string): string {
  const encoded = path
    .split('/')
    .map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')))
    .join('/');
  if (/^[A-Za-z]%3A\//.test(encoded)) return `file:///${encoded.replace('%3A', ':')}`;
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}
