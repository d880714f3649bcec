import type { Criterion, PathMatch } from '../model/match.ts';

const special = /[\\^$.*+?()[\]|]/g;
/** What means something to a configuration language: to Caddy's placeholders, or to `caddy fmt` even inside quotes. */
const quoting = /[ "#'`{}]/g;

/** A text that stands for itself. */
export function literal(text: string): string {
  return text.replace(special, '\\$&').replace(quoting, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
}

/**
 * One regular expression for the paths of a route, the same text for PCRE and Go's RE2. `\z` instead of `$`, which
 * would also match before a trailing newline (`%0A`).
 */
export function pathPattern(paths: readonly PathMatch[]): string {
  const alternatives = paths.map(({ kind, path }) => `${literal(path)}${kind === 'exact' ? '\\z' : '(?:/|\\z)'}`);
  return alternatives.length === 1 ? `^${alternatives[0]}` : `^(?:${alternatives.join('|')})`;
}

/** GET or POST; GET alone does not include HEAD. */
export function methodPattern({ methods }: Extract<Criterion, { kind: 'method' }>): string {
  return `^(?:${methods.map(({ value }) => value).join('|')})\\z`;
}

/** Compared with the host in lower case and without its port. A `*` is one label, as in certificates. */
export function hostPattern({ hosts }: Extract<Criterion, { kind: 'host' }>): string {
  const names = hosts.map(({ value }) => literal(value).replace(/^\\\*/, '[^.]+'));
  return `^(?:${names.join('|')})\\z`;
}

/** One value of a header is that text; a header may hold several, after commas. */
export function headerPattern(value: string | boolean): string {
  return typeof value === 'string' ? `(?:^|, ?)${literal(value)}(?:,|\\z)` : '.';
}

/** Compared with the query as it was received: each character may have been sent encoded. */
export function queryPattern(name: string, value: string | boolean): string {
  const key = encodable(name);
  if (typeof value !== 'string') return `(?:^|&)${key}(?:[=&]|\\z)`;
  return value === '' ? `(?:^|&)${key}=?(?:&|\\z)` : `(?:^|&)${key}=${encodable(value)}(?:&|\\z)`;
}

function encodable(text: string): string {
  return [...new TextEncoder().encode(text)].map(byte).join('');
}

function byte(code: number): string {
  const hex = code.toString(16).padStart(2, '0');
  const encoded = `%${hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`;
  const character = String.fromCharCode(code);
  if (character === ' ') return `(?:\\+|${encoded})`;
  // What separates parameters, or is not ASCII, is never sent as it is.
  return code > 0x7e || '&=+%#'.includes(character) ? encoded : `(?:${literal(character)}|${encoded})`;
}
