import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source, Span } from './source.ts';

interface Ignore {
  readonly rule: string;
  /** All rules of the same comment. */
  readonly rules: readonly Word[];
  /** The line that it speaks of. */
  readonly line: number;
  readonly reason: string;
  readonly start: number;
  readonly end: number;
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Judging {
  /** Is there such a rule? */
  isKnown(rule: string): boolean;
  /** Were the rules asked? */
  readonly isJudged: boolean;
}

/**
 * Applies `# proxywright-ignore rule-id -- reason` comments: on the line of a finding, or alone on the lines above it.
 * Mistakes that leave nothing to build (`yaml-*`, `schema-*`, errors of `reference-*`) cannot be ignored; while there
 * are some, the rules were not asked, and nobody can say which comments are of no use. `comments`: where the language of
 * the file has some, in order.
 */
export function applyIgnores(
  diagnostics: readonly Diagnostic[],
  source: Source,
  comments: Iterable<Span>,
  { isKnown, isJudged }: Judging,
): Diagnostic[] {
  const ignores = readIgnores(source, comments);
  if (ignores.length === 0) return [...diagnostics];
  const used = new Set<Ignore>();
  const kept = diagnostics.filter((diagnostic) => {
    if (isFatal(diagnostic)) return true;
    const { line } = source.position(source.span(diagnostic.place).start);
    const matching = ignores.filter((ignore) => ignore.rule === diagnostic.rule && ignore.line === line);
    for (const ignore of matching) used.add(ignore);
    return matching.length === 0;
  });
  const unused = ignores.filter((ignore) => !used.has(ignore) && (isJudged || !isKnown(ignore.rule)));
  const about = (ignore: Ignore, rule: string, message: string, help: string): Diagnostic => ({
    rule,
    severity: 'warning',
    message,
    help,
    place: source.place(ignore.start, ignore.end),
  });
  return [
    ...kept,
    ...ignores
      .filter(({ reason }) => reason === '')
      .map((ignore) =>
        about(ignore, 'ignore-reason', `\`${ignore.rule}\` is ignored without a reason`, 'write it behind `--`'),
      ),
    ...unused.map((ignore) => {
      if (!isKnown(ignore.rule)) {
        // Perhaps misspelt: then its reason is still worth something, and removing it is up to a person.
        return about(ignore, 'ignore-unused', `there is no rule \`${ignore.rule}\``, 'remove the comment');
      }
      const comment = ignores.filter(({ start }) => start === ignore.start);
      const useless = comment.every((other) => unused.includes(other) && isKnown(other.rule));
      const title = useless ? 'remove the comment' : `remove \`${ignore.rule}\` from the comment`;
      const span = useless ? withoutComment(ignore, source) : withoutWord(ignore);
      const fix = { title, edits: [{ source: source.name, text: '', ...span }] };
      return { ...about(ignore, 'ignore-unused', `nothing here is found by \`${ignore.rule}\``, title), fix };
    }),
  ];
}

/** Nothing can be built from a file with such a mistake, whatever its author thinks of it. */
export function isFatal({ rule, severity }: Diagnostic): boolean {
  return (
    /^(?:yaml-|schema-|(?:nginx|caddy)-syntax$)/.test(rule) || (severity === 'error' && rule.startsWith('reference-'))
  );
}

function readIgnores(source: Source, comments: Iterable<Span>): Ignore[] {
  const list: Ignore[] = [];
  if (!source.text.includes('proxywright-ignore')) return list;
  // Comments that stand above one another speak of the same line.
  let spoken = { from: 0, to: 0 };
  const next = (line: number): number => {
    if (line < spoken.from || line >= spoken.to) spoken = { from: line, to: nextLine(source, line) };
    return spoken.to;
  };
  for (const { start, end } of comments) {
    const comment = source.text.slice(start, end).replace(/\r$/, '');
    const [, text] = /^#\s*proxywright-ignore\s+([^\r\n]*)/.exec(comment) ?? [];
    if (text === undefined) continue;
    const [words = '', ...reason] = text.split('--');
    const { line, column } = source.position(start);
    const before = source.line(line).slice(0, column - 1);
    const from = start + comment.indexOf(words, comment.indexOf('proxywright-ignore') + 'proxywright-ignore'.length);
    const rules = [...words.matchAll(/[^\s,]+/g)].map(({ 0: word, index }) => {
      return { text: word, start: from + index, end: from + index + word.length };
    });
    for (const { text: rule } of rules) {
      list.push({
        rule,
        rules,
        line: before.trim() === '' ? next(line) : line,
        reason: reason.join('--').trim(),
        start,
        end: start + comment.length,
      });
    }
  }
  return list;
}

/** A comment that stands alone goes with its line, one behind a value with the space before it. */
function withoutComment({ start, end }: Ignore, { text }: Source): Span {
  const lead = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const from = start - lead;
  const alone = from === 0 || text[from - 1] === '\n';
  const lineBreak = /^\r?\n/.exec(text.slice(end, end + 2))?.[0].length ?? 0;
  return { start: from, end: alone ? end + lineBreak : end };
}

/** With the comma between it and the next one, or the one before where it is the last. */
function withoutWord({ rule, rules }: Ignore): Span {
  const index = rules.findIndex(({ text }) => text === rule);
  const [before, word, after] = [rules[index - 1], rules[index], rules[index + 1]];
  const start = word?.start ?? 0;
  if (after) return { start, end: after.start };
  return { start: before?.end ?? start, end: word?.end ?? start };
}

function nextLine(source: Source, from: number): number {
  let line = from + 1;
  while (line < source.lines && /^\s*(?:#.*)?$/.test(source.line(line))) line++;
  return line;
}
