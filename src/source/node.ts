import type { Place } from '../diagnostics/diagnostic.ts';

/**
 * What was written, with the place of every value. Later stages read this tree and never the YAML library's,
 * so that short forms can be rewritten (canonical.ts) while every value still knows where it came from.
 */
export type Node = Scalar | Sequence | Mapping;

export interface Scalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As it stands in the file, where variables made another value of it. */
  readonly written?: string;
  readonly at: Place;
}

export interface Sequence {
  readonly kind: 'sequence';
  readonly items: readonly Node[];
  readonly at: Place;
}

export interface Mapping {
  readonly kind: 'mapping';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly at: Place;
}

export interface Entry {
  readonly keyAt: Place;
  readonly value: Node;
}

/** Plain data for the schema validator. Maps get null prototypes, so that `__proto__` is a key like any other. */
export function toData(node: Node): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'sequence') return node.items.map(toData);
  const data: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of node.entries) data[key] = toData(entry.value);
  return data;
}

export function entry(node: Node | undefined, key: string): Entry | undefined {
  return node?.kind === 'mapping' ? node.entries.get(key) : undefined;
}

export function get(node: Node | undefined, key: string): Node | undefined {
  return entry(node, key)?.value;
}
