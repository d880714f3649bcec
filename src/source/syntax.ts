import type { YAMLError } from 'yaml';
import type { Span } from './source.ts';

/** A YAML mistake in our words: the traps that people really fall into get a message of their own. */
export interface SyntaxExplanation {
  readonly rule: string;
  readonly message: string;
  readonly help: string;
  readonly span: Span;
}

export function explainSyntax(problem: YAMLError, text: string): SyntaxExplanation {
  const [start, end] = problem.pos;
  const span = { start, end };
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', start);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);

  const star = /\*\.[^\s:,\]}]*/.exec(line);
  if (star && (problem.code === 'BAD_ALIAS' || problem.code === 'UNEXPECTED_TOKEN')) {
    return {
      rule: 'yaml-alias',
      message: `\`${star[0]}\` without quotes is a YAML alias`,
      help: `put it in quotes: "${star[0]}"`,
      span: { start: lineStart + star.index, end: lineStart + star.index + star[0].length },
    };
  }
  const bracket = /(?<!["'\w])\[(?=[0-9a-fA-F.]{0,45}:)[0-9a-fA-F:.]{1,45}\](?::\d+)?/.exec(line);
  if (bracket) {
    return {
      rule: 'yaml-syntax',
      message: `\`${bracket[0]}\` without quotes is a YAML list`,
      help: `put the address in quotes: "${bracket[0]}"`,
      span: { start: lineStart + bracket.index, end: lineStart + bracket.index + bracket[0].length },
    };
  }
  switch (problem.code) {
    case 'TAB_AS_INDENT':
      return { rule: 'yaml-tab', message: 'a tab is used to indent', help: 'YAML is indented with spaces', span };
    case 'TAG_RESOLVE_FAILED':
      return { rule: 'yaml-tag', message: problem.message, help: 'the language has no tags: remove it', span };
    case 'NON_STRING_KEY':
      return { rule: 'yaml-key', message: 'a key is not a plain word', help: 'put the key in quotes', span };
    case 'BAD_SCALAR_START':
      return { rule: 'yaml-syntax', message: plain(problem.message), help: 'put the value in quotes', span };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        rule: 'yaml-syntax',
        message: 'a second `key:` on one line, or a line indented too far',
        help: 'put a value that holds `: ` in quotes, or start a new line with the right indentation',
        span,
      };
    default:
      return {
        rule: 'yaml-syntax',
        message: plain(problem.message),
        help: 'mend the YAML here; everything below may be misread until then',
        span,
      };
  }
}

function plain(message: string): string {
  const text = message.replace(/ at line \d+, column \d+:?[\s\S]*$/, '').trim();
  return text.charAt(0).toLowerCase() + text.slice(1);
}
