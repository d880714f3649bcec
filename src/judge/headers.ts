import type { Place } from '../diagnostics/diagnostic.ts';
import { type HeaderChange, type Headers, refusedHeader } from '../model/headers.ts';
import { findings } from '../model/reader.ts';
import { formatValue, type Part, parts, type Value } from '../model/value.ts';

/** A change of one header as a file says it, and the directive that does. */
export interface Told {
  readonly kind: HeaderChange['kind'];
  readonly name: string;
  readonly at: Place;
  /** Nothing: it names what a topology has no word for. Empty where the header is removed. */
  readonly value: readonly Part[] | undefined;
}

/** What a topology sends to every server by itself, and says by other words. */
export const ownRequestHeaders: ReadonlySet<string> = new Set(
  `host connection upgrade x-real-ip x-client-subject x-forwarded-for x-forwarded-proto x-forwarded-host early-data`.split(
    /\s+/,
  ),
);

/** The change in the words of a topology, or nothing where it would refuse it. */
export function sayableChange({ kind, name, at, value }: Told, direction: keyof Headers): HeaderChange | undefined {
  if (!value || !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name) || refusedHeader(name, direction, kind)) return undefined;
  if (kind === 'remove') return { kind, name, given: { value: [], at, origin: 'written' } };
  const text = formatValue(joined(value));
  if (!/^[!-~](?:[ -~]{0,7998}[!-~])?$/.test(text)) return undefined;
  // Whatever a reader of topologies would not take, or would take for something else.
  const read = parts(text, at, findings(), { server: direction === 'response' });
  return read && { kind, name, given: { value: read, at, origin: 'written' } };
}

/** Two texts are never neighbours, and none is empty. */
function joined(list: readonly Part[]): Value {
  const value: Part[] = [];
  for (const part of list) {
    const before = value.at(-1);
    if (typeof part === 'string' && typeof before === 'string') value[value.length - 1] = before + part;
    else if (part !== '') value.push(part);
  }
  return value;
}

/** Each name once, in the order of a topology: of several the last one counts. */
export function inOrder(changes: readonly HeaderChange[]): HeaderChange[] {
  const each = new Map(changes.map((change) => [change.name.toLowerCase(), change]));
  return [...each.values()].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}
