import { atLeast, type Version } from '../../model/version.ts';
import type { Span } from '../../source/source.ts';

/** How a token is written: bare, in quotes, in backticks, or as a heredoc. */
export type Quote = '' | '"' | '`' | '<';

/** `{$NAME}` or `{$NAME:fallback}`, which Caddy replaces before it reads anything. It is left as it is written here. */
export interface EnvReference {
  readonly name: string;
  readonly fallback?: string;
}

/** Where a token was brought by an `import`, and by which. Two tokens from one import have the same object. */
export interface Imported {
  readonly file: string;
  readonly span: Span;
  /** The snippet's name, where it is one. */
  readonly snippet?: string;
  /** The import by which this import came. */
  readonly by?: Imported;
}

export interface Token {
  /** Without quotes and escapes; environment variables as they are written. */
  readonly text: string;
  readonly quote: Quote;
  readonly file: string;
  readonly span: Span;
  /** The line as Caddy counts, which decides what is one directive: lines joined by a backslash are one. */
  readonly line: number;
  /** Line breaks of the text itself. */
  readonly breaks: number;
  readonly env: readonly EnvReference[];
  readonly imported?: Imported;
  /** The snippet that it is written in. */
  readonly snippet?: string;
}

/** Why a file cannot be read on, and where. */
export interface Fault {
  readonly message: string;
  readonly help: string;
  readonly span: Span;
}

export interface Lexed {
  readonly tokens: readonly Token[];
  readonly comments: readonly Span[];
  readonly fault?: Fault;
  /** A quote that is never closed: Caddy reads on to the end of the file, and complains of something else. */
  readonly unclosed?: Span;
}

/** What Go calls white space; JavaScript's `\s` is not the same. */
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const longestMarker = 100;

/**
 * Splits a Caddyfile into tokens as Caddy does (caddyfile/lexer.go): white space ends a token; `"…"` knows only the
 * escape `\"`, backticks none; `#` begins a comment only where a token could begin; a backslash at the end of a line joins
 * the next one, even in a comment; `<<NAME` begins a heredoc (since 2.7).
 */
export function lex(file: string, text: string, version: Version): Lexed {
  const heredocs = atLeast(version, '2.7');
  const tokens: Token[] = [];
  const comments: Span[] = [];
  const variable = variables(text);
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  let skipped = 0;

  // Of the token that is being read.
  let [value, start, ended, began] = ['', at, at, line];
  let env: EnvReference[] = [];
  let quote: Quote = '';
  let escaped = false;
  let [angled, plain] = [false, false];
  let comment = -1;
  const make = (end: number, written: Quote): void => {
    tokens.push({
      text: value,
      quote: written,
      file,
      span: { start, end },
      line: began,
      breaks: breaks(value, written),
      env,
    });
    [value, env, quote, escaped, angled, plain] = ['', [], '', false, false, false];
  };

  while (at < text.length) {
    const here = at;
    const found = variable(at);
    // An environment variable is one piece, whatever its name or fallback has in it.
    const piece = found ? text.slice(at, found.end) : (text[at] ?? '');
    at += piece.length;

    if (comment >= 0) {
      // A backslash counts in a comment too, and waits there for the end of the line.
      if (piece === '\\' && !escaped) escaped = true;
      if (piece !== '\n') continue;
      comments.push({ start: comment, end: text[here - 1] === '\r' ? here - 1 : here });
    } else if (quote === '' && heredocs && !plain && angled) {
      if (piece === ' ') make(ended, '');
      else if (piece === '\r') continue;
      else if (piece !== '\n') {
        value += piece;
        ended = at;
        if (found) env.push(found.reference);
      } else {
        const marker = value.slice(2);
        const fault = wrongMarker(marker, { start, end: here });
        if (fault) return { tokens, comments, fault };
        const heredoc = readHeredoc(text, at, marker);
        if (heredoc === 'open') {
          if (at === text.length) return { tokens, comments };
          return { tokens, comments, fault: openHeredoc(marker, { start, end: here }) };
        }
        if ('mismatch' in heredoc) return { tokens, comments, fault: misaligned(marker, heredoc.mismatch) };
        line += skipped + 1 + heredoc.lines;
        skipped = 0;
        value = heredoc.value;
        env = references(text, at, heredoc.end, variable);
        at = heredoc.end;
        make(at, '<');
      }
      continue;
    }

    if (comment < 0 && piece === '\\' && !escaped && quote !== '`') {
      escaped = true;
      continue;
    }
    if (quote === '"' || quote === '`') {
      if (quote === '"' && escaped) {
        if (piece !== '"') value += '\\';
        escaped = false;
      } else if (piece === quote) {
        make(at, quote);
        continue;
      }
      if (piece === '\n') {
        line += 1 + skipped;
        skipped = 0;
      }
      value += piece;
      if (found) env.push(found.reference);
      continue;
    }
    if (space.test(piece) && !found) {
      if (piece === '\r') continue;
      if (piece === '\n') {
        if (escaped) {
          skipped++;
          escaped = false;
        } else {
          line += 1 + skipped;
          skipped = 0;
        }
        comment = -1;
      }
      if (value !== '') make(ended, '');
      continue;
    }
    if (piece === '#' && value === '') {
      comment = here;
      continue;
    }
    if (value === '') {
      start = escaped && text[here - 1] === '\\' ? here - 1 : here;
      began = line;
      if (piece === '"' || piece === '`') {
        quote = piece;
        continue;
      }
    }
    if (escaped) {
      if (piece === '<' && heredocs) plain = true;
      else value += '\\';
      escaped = false;
    }
    value += piece;
    ended = at;
    if (found) env.push(found.reference);
    if (value.length === 2) angled = value === '<<';
  }
  if (comment >= 0) comments.push({ start: comment, end: text.length });
  const unclosed = quote === '' ? {} : { unclosed: { start, end: start + 1 } };
  if (value !== '') make(quote === '' ? ended : text.length, '');
  return { tokens, comments, ...unclosed };
}

/** Line breaks inside of a token; a heredoc has two more around its text. */
export function breaks(text: string, quote: Quote): number {
  let count = quote === '<' ? 2 : 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Puts something in place of the environment variables of a word. */
export function replaceVariables(text: string, change: (variable: string) => string): string {
  const end = text.lastIndexOf('}') + 1;
  // Up to the last brace every `{$` has an end: looking for one is never in vain.
  return text.slice(0, end).replace(/\{\$[^}]+\}/g, change) + text.slice(end);
}

type Variable = (at: number) => { end: number; reference: EnvReference } | undefined;

/** Finds the environment variable that begins at an offset: `{$`, at least one character, and the next `}`. */
function variables(text: string): Variable {
  const last = text.lastIndexOf('}');
  return (at) => {
    if (text[at] !== '{' || text[at + 1] !== '$' || at > last) return undefined;
    const end = text.indexOf('}', at + 2);
    if (end <= at + 2) return undefined;
    const [name = '', ...rest] = text.slice(at + 2, end).split(':');
    return { end: end + 1, reference: rest.length > 0 ? { name, fallback: rest.join(':') } : { name } };
  };
}

function references(text: string, start: number, end: number, variable: Variable): EnvReference[] {
  const found: EnvReference[] = [];
  for (let at = text.indexOf('{$', start), next = 0; at >= 0 && at < end; at = text.indexOf('{$', next)) {
    const one = variable(at);
    if (one) found.push(one.reference);
    next = one?.end ?? at + 2;
  }
  return found;
}

function wrongMarker(marker: string, span: Span): Fault | undefined {
  const help = 'a heredoc is `<<NAME`, its lines, and NAME again; `\\<<` writes the signs themselves';
  if (marker === '') return { message: 'the heredoc has no name', help, span };
  if (marker.startsWith('<')) return { message: 'a heredoc begins with two `<`, not more', help, span };
  if (!/^[A-Za-z0-9_-]+$/.test(marker)) {
    return { message: 'the name of a heredoc has only letters, digits, `-` and `_`', help, span };
  }
  if (marker.length > longestMarker) return { message: 'the name of the heredoc is too long', help, span };
  return undefined;
}

function openHeredoc(marker: string, span: Span): Fault {
  const help = `end it with a line that has only ${marker}`;
  return { message: `the heredoc ${marker} is never closed`, help, span };
}

function misaligned(marker: string, span: Span): Fault {
  return {
    message: `this line of the heredoc is not indented like its closing ${marker}`,
    help: `what is before the closing ${marker} is taken off every line, and must be there`,
    span,
  };
}

interface Heredoc {
  readonly value: string;
  readonly end: number;
  readonly lines: number;
}

/** The text from an offset up to the marker, wherever that comes first, without the closing line's indentation. */
function readHeredoc(text: string, start: number, marker: string): Heredoc | { mismatch: Span } | 'open' {
  const close = text.indexOf(marker, start);
  if (close < 0) return 'open';
  const lines = text.slice(start, close).split('\n');
  const padding = lines.pop() ?? '';
  const kept: string[] = [];
  let at = start;
  for (const line of lines) {
    if (line === '' || line === '\r') kept.push('');
    else if (line.startsWith(padding)) kept.push(line.slice(padding.length).replaceAll('\r', ''));
    else return { mismatch: { start: at, end: at + line.length } };
    at += line.length + 1;
  }
  return { value: kept.join('\n'), end: close + marker.length, lines: lines.length };
}
