import type { Place } from '../diagnostics/diagnostic.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { isWritten, sharing } from '../model/relations.ts';
import type { Given } from '../model/topology.ts';

/**
 * A bound as an expression, not a number: the number, the sentence, the timeline and the "what to change" hint all come
 * from the same tree, so they cannot disagree. Every leaf knows where its time was written and its directive.
 */
export type Term =
  | Wait
  | { readonly kind: 'sum'; readonly terms: readonly Term[] }
  | { readonly kind: 'times'; readonly count: number; readonly of: string; readonly term: Term; readonly from?: Origin }
  | { readonly kind: 'worst'; readonly terms: readonly Term[] }
  | { readonly kind: 'least'; readonly terms: readonly Term[] };

/** What decides how often something is waited for. */
export interface Origin {
  readonly given: Given<number | string>;
  /** The directive that it is on the target: `lb_retries + 1`. */
  readonly directive: string;
  /** What else decides: `with 2 servers`. */
  readonly beside: string;
}

export interface Wait {
  readonly kind: 'wait';
  /** In the reader's words: `connect`, `response header`, `pause`. */
  readonly name: string;
  /** Absent: nothing bounds it, and `because` says why. */
  readonly time?: Duration;
  readonly because?: string;
  /** Where the time was written, or what the default applies to. Absent for times that are the program's own. */
  readonly given?: Given<unknown>;
  /** The directive that it is on the target: `proxy_connect_timeout`. */
  readonly directive?: string;
}

export function wait(name: string, given: Given<Duration>, directive: string): Wait {
  return { kind: 'wait', name, time: given.value, given, directive };
}

/** A time that follows from how the program works, not from a setting. */
export function fixedWait(name: string, time: Duration): Wait {
  return { kind: 'wait', name, time };
}

export function unbounded(name: string, because: string, at?: Place): Wait {
  const given: Given<unknown> | undefined = at && { value: undefined, at, origin: 'default' };
  return { kind: 'wait', name, because, ...(given ? { given } : {}) };
}

export function sum(...terms: readonly Term[]): Term {
  const [only, second] = terms;
  return only && !second ? only : { kind: 'sum', terms };
}

export function times(count: number, of: string, term: Term, from?: Origin): Term {
  return { kind: 'times', count, of, term, ...(from ? { from } : {}) };
}

export function worst(...terms: readonly Term[]): Term {
  const [only, second] = terms;
  return only && !second ? only : { kind: 'worst', terms };
}

export function least(...terms: readonly Term[]): Term {
  const [only, second] = terms;
  return only && !second ? only : { kind: 'least', terms };
}

/** The same waits of something else that is asked for the same request: `auth connect`. */
export function labelled(term: Term, label: string): Term {
  const inner = (one: Term): Term => labelled(one, label);
  switch (term.kind) {
    case 'wait':
      return { ...term, name: `${label} ${term.name}` };
    case 'times':
      return { kind: 'times', count: term.count, of: `${label} ${term.of}`, term: inner(term.term) };
    default:
      return { ...term, terms: term.terms.map(inner) };
  }
}

/** Milliseconds; `Infinity` when nothing bounds it. */
export function evaluate(term: Term): number {
  switch (term.kind) {
    case 'wait':
      return term.time ?? Number.POSITIVE_INFINITY;
    case 'sum':
      return term.terms.reduce((total, one) => total + evaluate(one), 0);
    case 'times':
      // Nothing times an endless wait is nothing, not NaN.
      return term.count === 0 ? 0 : term.count * evaluate(term.term);
    case 'worst':
      return Math.max(0, ...term.terms.map(evaluate));
    case 'least':
      return Math.min(...term.terms.map(evaluate));
  }
}

/** The number as the report gives it: milliseconds, null for what nothing bounds. */
export function bound(term: Term): number | null {
  const value = evaluate(term);
  return Number.isFinite(value) ? Math.ceil(value) : null;
}

/** `2 attempts × (1s connect + 5s response header) = 12s` */
export function equation(term: Term): string {
  const value = bound(term);
  if (value === null) {
    const reasons = leaves(term).flatMap(({ because }) => because ?? []);
    return `${print(term)} = unbounded: ${[...new Set(reasons)].join('; ')}`;
  }
  return `${print(term)} = ${humanDuration(value as Duration)}`;
}

/** The expression without its value. */
export function print(term: Term, inside = false): string {
  const group = (text: string): string => (inside ? `(${text})` : text);
  switch (term.kind) {
    case 'wait':
      return `${term.time === undefined ? 'endless' : humanDuration(term.time)} ${term.name}`;
    case 'sum':
      return group(term.terms.map((one) => print(one)).join(' + '));
    case 'times':
      if (term.count === 1) return print(term.term, inside);
      // "4 pauses × 250ms": the name need not be said twice.
      if (term.term.kind === 'wait' && term.term.time !== undefined && term.of === `${term.term.name}s`) {
        return `${term.count} ${term.of} × ${humanDuration(term.term.time)}`;
      }
      return `${term.count} ${term.of} × ${print(term.term, true)}`;
    case 'worst':
      return `max(${term.terms.map((one) => print(one)).join(', ')})`;
    case 'least':
      return `min(${term.terms.map((one) => print(one)).join(', ')})`;
  }
}

/** What decides the number of attempts. */
export function attemptsFrom(term: Term): Origin | undefined {
  if (term.kind === 'wait') return undefined;
  if (term.kind === 'times') return term.from ?? attemptsFrom(term.term);
  for (const one of term.terms) {
    const from = attemptsFrom(one);
    if (from) return from;
  }
  return undefined;
}

/** The attempts in the branch that makes the value. */
export function attemptsIn(term: Term): number {
  switch (term.kind) {
    case 'wait':
      return 1;
    case 'times':
      return term.of === 'attempts' ? term.count : attemptsIn(term.term);
    case 'sum':
      return Math.max(...term.terms.map(attemptsIn));
    default: {
      const value = evaluate(term);
      const branch = term.terms.find((one) => evaluate(one) === value);
      return branch ? attemptsIn(branch) : 1;
    }
  }
}

/** Every leaf, in order of writing. */
export function leaves(term: Term): Wait[] {
  if (term.kind === 'wait') return [term];
  return 'term' in term ? leaves(term.term) : term.terms.flatMap(leaves);
}

/** The leaves that make up the value: of a `worst` the largest branch, of a `least` the smallest. */
export function blamed(term: Term): Wait[] {
  switch (term.kind) {
    case 'wait':
      return [term];
    case 'times':
      return term.count === 0 ? [] : blamed(term.term);
    case 'sum':
      return term.terms.flatMap(blamed);
    case 'worst':
    case 'least': {
      const value = evaluate(term);
      const branch = term.terms.find((one) => evaluate(one) === value);
      return branch ? blamed(branch) : [];
    }
  }
}

/** The times that somebody wrote and that make up the values: each place once, with what it adds. */
export function culprits(...terms: readonly Term[]): { readonly place: Place; readonly message: string }[] {
  const found = terms.flatMap(blamed).flatMap(({ name, time, given }) => {
    if (!given || time === undefined || !isWritten(given)) return [];
    return [{ place: given.at, message: `${humanDuration(time)} ${name}` }];
  });
  return sharing(found, ({ place }) => place).map(([first]) => first);
}
