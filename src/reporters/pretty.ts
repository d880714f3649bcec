import type { ChalkInstance } from 'chalk';
import { counted } from '../diagnostics/counted.ts';
import type { Diagnostic, Place, Severity } from '../diagnostics/diagnostic.ts';
import { visible } from '../diagnostics/visible.ts';
import type { Source } from '../source/source.ts';
import type { Report, Reporter } from './reporter.ts';

/** For people: `file:line:column: severity message [rule]`, the line with what is meant underlined, why, what to do. */
export const pretty: Reporter = (reports, chalk) => {
  const blocks = reports.flatMap(({ source, diagnostics }) => diagnostics.map((one) => block(one, source, chalk)));
  const all = reports.flatMap(({ diagnostics }) => diagnostics);
  return blocks.length === 0 ? '' : `${blocks.join('\n')}\n${summary(all, chalk)}${fixable(all)}\n`;
};

function fixable(all: readonly Diagnostic[]): string {
  const number = all.filter(({ fix }) => fix).length;
  return number === 0 ? '' : `; ${counted(number, 'finding')} can be fixed with \`lint --fix\``;
}

/** The findings without the closing line that counts them. */
export function prettyBlocks({ source, diagnostics }: Report, chalk: ChalkInstance): string {
  return diagnostics.map((one) => `${block(one, source, chalk)}\n`).join('');
}

function block(diagnostic: Diagnostic, source: Source, chalk: ChalkInstance): string {
  const { severity, message, rule, why, help, related = [] } = diagnostic;
  const lines = [
    `${where(source, diagnostic.place)}: ${paint(severity, chalk)(severity)} ${chalk.bold(visible(message))} ${chalk.dim(`[${rule}]`)}`,
    ...frame(source, diagnostic.place, paint(severity, chalk), chalk),
  ];
  if (why) lines.push(`  ${chalk.dim('why:')}  ${visible(why)}`);
  if (help) lines.push(`  ${chalk.dim('help:')} ${visible(help)}`);
  for (const other of related) {
    const there = source.of(other.place);
    lines.push(`  ${chalk.dim('see:')}  ${where(there, other.place)}: ${visible(other.message)}`);
    lines.push(...frame(there, other.place, chalk.cyan, chalk));
  }
  return `${lines.join('\n')}\n`;
}

function where(source: Source, place: Place): string {
  const { line, column } = source.position(source.span(place).start);
  return `${visible(source.name)}:${line}:${column}`;
}

function paint(severity: Severity, chalk: ChalkInstance) {
  return { error: chalk.red, warning: chalk.yellow, info: chalk.cyan }[severity];
}

const widest = 160;

/** The line before, the line itself and a line of marks. Nothing for an empty file. */
function frame(source: Source, place: Place, mark: ChalkInstance, chalk: ChalkInstance): string[] {
  const { start, end } = source.span(place);
  const { line, column } = source.position(start);
  const text = withoutHashes(source.line(line));
  if (source.text === '') return [];
  const number = (value: number): string => chalk.dim(`${String(value).padStart(5)} |`);
  const last = source.position(Math.max(start, end - 1));
  const until = last.line === line ? last.column : text.trimEnd().length;
  const before =
    line > 1 && source.line(line - 1).trim() !== ''
      ? [`${number(line - 1)} ${shown(withoutHashes(source.line(line - 1)))}`]
      : [];
  const lead = shown(text.slice(0, column - 1));
  const marked = shown(text.slice(column - 1, Math.max(until, column)));
  const gap = ' '.repeat(Math.min(width(lead), widest));
  return [
    ...before.map((one) => one.trimEnd()),
    `${number(line)} ${shown(text)}`.trimEnd(),
    `${chalk.dim('      |')} ${gap}${mark('^'.repeat(Math.max(1, Math.min(width(marked), widest - gap.length))))}`,
  ];
}

/** Logs of CI are read by many: who has the hash of a password can guess it at leisure. Columns stay what they are. */
function withoutHashes(text: string): string {
  return text.replace(
    /(\$2[aby]\$\d\d\$)([./A-Za-z0-9]{53})/g,
    (_, head: string, rest: string) => head + '…'.repeat(rest.length),
  );
}

/** A source line as a terminal can show it: tabs as spaces, control characters visible, not endless. */
function shown(text: string): string {
  const line = visible(text.replaceAll('\t', '  '));
  return line.length > widest ? `${line.slice(0, widest)}…` : line;
}

/** Columns that a text takes: wide characters (CJK, emoji) take two, marks that combine none. */
function width(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}

export function summary(all: readonly Diagnostic[], chalk: ChalkInstance): string {
  const count = (severity: Severity, one: string, many: string): string[] => {
    const number = all.filter((diagnostic) => diagnostic.severity === severity).length;
    return number === 0 ? [] : [paint(severity, chalk)(`${number} ${number === 1 ? one : many}`)];
  };
  return [
    ...count('error', 'error', 'errors'),
    ...count('warning', 'warning', 'warnings'),
    ...count('info', 'note', 'notes'),
  ].join(', ');
}
