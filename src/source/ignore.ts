import { Lexer } from 'yaml';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from './source.ts';

interface Ignore {
  readonly rule: string;
  /** The line that it speaks of. */
  readonly line: number;
  readonly reason: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Applies `# proxywright-ignore rule-id -- reason` comments: on the line of a finding, or alone on the lines above it.
 * Mistakes that leave nothing to build (`yaml-*`, `schema-*`, errors of `reference-*`) cannot be ignored.
 */
export function applyIgnores(
  diagnostics: readonly Diagnostic[],
  source: Source,
  isKnown: (rule: string) => boolean,
  at: (start: number, end: number) => Diagnostic['place'],
): Diagnostic[] {
  const ignores = readIgnores(source);
  if (ignores.length === 0) return [...diagnostics];
  const used = new Set<Ignore>();
  const kept = diagnostics.filter((diagnostic) => {
    if (isFatal(diagnostic)) return true;
    const { line } = source.position(source.span(diagnostic.place).start);
    const matching = ignores.filter((ignore) => ignore.rule === diagnostic.rule && ignore.line === line);
    for (const ignore of matching) used.add(ignore);
    return matching.length === 0;
  });
  const about = (ignore: Ignore, rule: string, message: string, help: string): Diagnostic => ({
    rule,
    severity: 'warning',
    message,
    help,
    place: at(ignore.start, ignore.end),
  });
  return [
    ...kept,
    ...ignores
      .filter(({ reason }) => reason === '')
      .map((ignore) =>
        about(ignore, 'ignore-reason', `\`${ignore.rule}\` is ignored without a reason`, 'write it behind `--`'),
      ),
    ...ignores
      .filter((ignore) => !used.has(ignore))
      .map((ignore) => {
        const known = isKnown(ignore.rule);
        const message = known ? `nothing here is found by \`${ignore.rule}\`` : `there is no rule \`${ignore.rule}\``;
        return about(ignore, 'ignore-unused', message, 'remove the comment');
      }),
  ];
}

/** Nothing can be built from a file with such a mistake, whatever its author thinks of it. */
export function isFatal({ rule, severity }: Diagnostic): boolean {
  return /^(?:yaml|schema)-/.test(rule) || (severity === 'error' && rule.startsWith('reference-'));
}

function readIgnores(source: Source): Ignore[] {
  const list: Ignore[] = [];
  if (!source.text.includes('proxywright-ignore')) return list;
  let offset = 0;
  let scalar = false;
  // Comments that stand above one another speak of the same line.
  let spoken = { from: 0, to: 0 };
  const next = (line: number): number => {
    if (line < spoken.from || line >= spoken.to) spoken = { from: line, to: nextLine(source, line) };
    return spoken.to;
  };
  for (const token of new Lexer().lex(source.text)) {
    // The lexer marks what follows with control characters that are not in the text.
    if (token === '\x1f') scalar = true;
    if (/^[\x02\x18\x1f]$/.test(token)) continue;
    const found = scalar ? null : /^#\s*proxywright-ignore\s+([^\r\n]*)/.exec(token);
    if (found) {
      const [words = '', ...reason] = (found[1] ?? '').split('--');
      const { line, column } = source.position(offset);
      const alone =
        source
          .line(line)
          .slice(0, column - 1)
          .trim() === '';
      const end = offset + token.length;
      for (const rule of words.split(/[\s,]+/).filter(Boolean)) {
        list.push({
          rule,
          line: alone ? next(line) : line,
          reason: reason.join('--').trim(),
          start: offset,
          end,
        });
      }
    }
    scalar = false;
    offset += token.length;
  }
  return list;
}

function nextLine(source: Source, from: number): number {
  let line = from + 1;
  while (line < source.lines && /^\s*(?:#.*)?$/.test(source.line(line))) line++;
  return line;
}
