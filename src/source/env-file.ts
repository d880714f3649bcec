import { filled, template, type Variables } from './variables.ts';

/** Why a file of variables cannot be read. The text of the line is not told: it may hold a secret. */
export interface EnvProblem {
  readonly line: number;
  readonly problem: string;
  readonly help: string;
}

/**
 * `NAME=value` lines, read as docker compose reads them: `export`, comments, quotes over several lines, and variables in
 * what has no single quotes. `known`: what variables in it may name beside those above them.
 */
export function readEnvFile(text: string, known: Variables): Map<string, string> | EnvProblem {
  const values = new Map<string, string>();
  const all = new Map(known);
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const pattern = /[ \t]*(?:export[ \t]+)?([^\n=:#]*?)[ \t]*(?:[=:][ \t]*|(?=\n|#|$))/y;
  let at = 0;
  while (at < source.length) {
    pattern.lastIndex = at;
    const [head = '', name = ''] = pattern.exec(source) ?? [];
    const start = at + head.length;
    const isNamed = /[=:][ \t]*$/.test(head);
    const value = isNamed ? valueAt(source, start) : { text: '', end: start };
    if ('problem' in value) return { line: lineOf(source, start), ...value };
    if (/\s/.test(name)) {
      return { line: lineOf(source, start), problem: 'a name holds no spaces', help: 'write NAME=value' };
    }
    if (isNamed && name !== '') {
      const replaced = value.literal ? value.text : withVariables(value.text, all);
      if (typeof replaced !== 'string') return { line: lineOf(source, start), ...replaced };
      values.set(name, replaced);
      all.set(name, replaced);
    }
    const next = source.indexOf('\n', value.end);
    at = next < 0 ? source.length : next + 1;
  }
  return values;
}

function lineOf(source: string, at: number): number {
  return source.slice(0, at).split('\n').length;
}

interface Value {
  readonly text: string;
  /** In single quotes: nothing is replaced. */
  readonly literal?: boolean;
  readonly end: number;
}

function valueAt(source: string, start: number): Value | Omit<EnvProblem, 'line'> {
  const [quote] = /^["']/.exec(source.slice(start, start + 1)) ?? [];
  if (quote === undefined) {
    const newline = source.indexOf('\n', start);
    const end = newline < 0 ? source.length : newline;
    return { text: source.slice(start, end).replace(/ #.*$/, '').trimEnd(), end };
  }
  const inner = quote === '"' ? /"([^"\\]*(?:\\[\s\S][^"\\]*)*)"/y : /'([^'\\]*(?:\\[\s\S][^'\\]*)*)'/y;
  inner.lastIndex = start;
  const [whole, text = ''] = inner.exec(source) ?? [];
  if (whole === undefined) return { problem: 'a quote is not closed', help: `write ${quote} behind the value` };
  const end = start + whole.length;
  if (quote === "'") return { text: text.replaceAll("\\'", "'"), literal: true, end };
  return { text: text.replace(/\\([\s\S])/g, (both, one) => escapes[one] ?? both), end };
}

/** A dollar is doubled, so that it stands for itself. */
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$$' };

function withVariables(text: string, known: Variables): string | Omit<EnvProblem, 'line'> {
  const help = 'write a value that holds a `$` in single quotes';
  const parts = template(text, { operators: 'all', bare: true });
  if ('problem' in parts) return { problem: parts.problem, help };
  const value = filled(parts, known);
  if (typeof value === 'string') return value;
  return { problem: `\`${value.unset}\` is not set`, help: `set it above, or with --allow-env; ${help}` };
}
