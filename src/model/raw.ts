import type { Place } from '../diagnostics/diagnostic.ts';
import type { Node } from '../source/node.ts';
import { find, type Layer, text } from './reader.ts';
import type { Given } from './topology.ts';

export const rawTargets = ['nginx', 'caddy'] as const;
export type RawTarget = (typeof rawTargets)[number];

/** Lines in the language of a target, as they are: at the end of what is printed for a route. */
export interface Raw {
  readonly at: Place;
  readonly nginx?: Given<string>;
  readonly caddy?: Given<string>;
  /** Why nobody can say how long a request waits with them, by target; absent: they neither wait nor answer. */
  readonly doubts?: { readonly [Target in RawTarget]?: string };
}

/** That of the route, else that of its site: one of them as a whole. */
export function rawOf(layers: readonly Layer[]): Raw | undefined {
  const raw = find<Node>(layers, 'raw', (node) => (node.kind === 'mapping' ? node : undefined));
  if (!raw) return undefined;
  const own: readonly Layer[] = [{ node: raw.value, origin: raw.origin === 'written' ? 'written' : 'inherited' }];
  const [nginx, caddy] = rawTargets.map((target) => find(own, target, text));
  return { at: raw.at, ...(nginx ? { nginx } : {}), ...(caddy ? { caddy } : {}) };
}

/** What is printed for a target, as far in as what it stands in; nothing where it is `none`. */
export function rawLines(raw: Raw | undefined, target: RawTarget, indent: string): string[] {
  const said = raw?.[target]?.value;
  if (said === undefined || said === 'none') return [];
  const lines = said.trimEnd().split('\n');
  // A text in quotes that goes over several lines has the blanks that it has.
  const whole = lines.every(
    (line) => !/<<|\\$/.test(line) && ['"', "'", '`'].every((quote) => line.split(quote).length % 2),
  );
  const inside = whole ? lines.map((line) => (line.trim() === '' ? '' : `${indent}${line}`)) : lines;
  return [`${indent}# Written by hand`, ...inside];
}
