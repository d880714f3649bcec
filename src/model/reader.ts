import type { Diagnostic, Place, Severity } from '../diagnostics/diagnostic.ts';
import { get, type Node } from '../source/node.ts';
import { type Duration, longest, parseDuration } from './duration.ts';
import type { Given, Limit } from './topology.ts';

/** Collects what the stages after the schema find. */
export interface Findings {
  add(severity: Severity, rule: string, place: Place, message: string, more?: Partial<Diagnostic>): void;
  readonly list: readonly Diagnostic[];
}

export function findings(): Findings {
  const list: Diagnostic[] = [];
  return {
    list,
    add(severity, rule, place, message, more = {}) {
      list.push({ rule, severity, message, place, ...more });
    },
  };
}

/** Where a value may be written, nearest first. */
export interface Layer {
  readonly node: Node | undefined;
  readonly origin: 'written' | 'inherited';
}

export function written(node: Node | undefined): Layer {
  return { node, origin: 'written' };
}

/** The same layers as something further down sees them. */
export function inherited(layers: readonly Layer[]): Layer[] {
  return layers.map(({ node }) => ({ node, origin: 'inherited' }));
}

/** The layers of one key of each layer. */
export function under(layers: readonly Layer[], key: string): Layer[] {
  return layers.map(({ node, origin }) => ({ node: get(node, key), origin }));
}

/** Reads one kind of value. Nothing: the schema or this parser has already said what is wrong with it. */
export type Parse<T> = (node: Node) => T | undefined;

/** The nearest written value of a key. */
export function find<T>(layers: readonly Layer[], key: string, parse: Parse<T>): Given<T> | undefined {
  for (const { node, origin } of layers) {
    const found = get(node, key);
    const value = found && parse(found);
    if (found && value !== undefined) return { value, at: found.at, origin };
  }
  return undefined;
}

/** The nearest written value of a key, or the table's; `at` is what the default applies to. */
export function read<T>(
  layers: readonly Layer[],
  key: string,
  parse: Parse<T>,
  fallback: { readonly value: T; readonly because: string },
  at: Place,
): Given<T> {
  return find(layers, key, parse) ?? { value: fallback.value, at, origin: 'default', because: fallback.because };
}

export const text: Parse<string> = (node) =>
  node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;

export const number: Parse<number> = (node) =>
  node.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined;

export const boolean: Parse<boolean> = (node) =>
  node.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined;

export function word<T extends string>(...words: readonly T[]): Parse<T> {
  return (node) => words.find((candidate) => node.kind === 'scalar' && node.value === candidate);
}

/** A duration of the schema's form; only its size can still be wrong. */
export function duration(found: Findings): Parse<Duration> {
  return (node) => {
    const written = text(node);
    if (written === undefined) return undefined;
    const value = parseDuration(written);
    if (value === undefined && /\d/.test(written)) {
      found.add('error', 'schema-duration', node.at, `"${written}" is longer than any wait that makes sense`, {
        help: `the longest is ${longest / 86_400_000}d`,
      });
    }
    return value;
  };
}

export function limit(found: Findings): Parse<Limit> {
  return (node) => (text(node) === 'none' ? 'none' : duration(found)(node));
}
