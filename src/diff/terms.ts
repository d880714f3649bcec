import { counted } from '../diagnostics/counted.ts';
import { attemptsFrom, attemptsIn, blamed, leaves, type Origin, type Term, type Wait } from '../latency/term.ts';
import { humanDuration } from '../model/duration.ts';
import { isWritten } from '../model/relations.ts';
import type { Given } from '../model/topology.ts';

/** Something that makes up a worst wait, and is another than before. */
export interface TermChange {
  /** In the reader's words: `connect`, `tries`. */
  readonly name: string;
  /** `1s`, `2`; absent: it did not count before, or does not any more. */
  readonly before?: string;
  readonly after?: string;
  /** In a few words: `connect was removed`, `tries 2 → 3`. */
  readonly short: string;
  /** The directive that it is on the target. */
  readonly directive?: string;
  /** What applies now, and where it was written; where it was removed, where it stood. */
  readonly given?: Given<unknown>;
  readonly was?: Given<unknown>;
  /** Why nothing bounds it. */
  readonly because?: string;
}

/** A worst wait, and the attempts that were asked for: a target may do with fewer, where there are fewer servers. */
export interface Waiting {
  readonly term: Term;
  readonly tries?: Given<number | string>;
}

/** Why a worst wait is another one: the leaves that make up its value, and how often they are waited for. */
export function changedTerms(before: Waiting, after: Waiting): TermChange[] {
  const terms = { before: before.term, after: after.term };
  const [old, now] = [byName(before.term), byName(after.term)];
  const names = [...new Set([...now.keys(), ...old.keys()])];
  const changes = names.flatMap((name) => {
    const [was, is] = [old.get(name) ?? [], now.get(name) ?? []];
    if (timesOf(was) === timesOf(is)) return [];
    return [changeOf(name, was, is, terms)];
  });
  const all = [...countChanges(before, after), ...changes];
  const [attemptsBefore, attemptsAfter] = [attemptsIn(before.term), attemptsIn(after.term)];
  if (all.length > 0 || attemptsBefore === attemptsAfter) return all;
  return [
    {
      name: 'attempts',
      before: String(attemptsBefore),
      after: String(attemptsAfter),
      short: `${counted(attemptsBefore, 'attempt')} → ${attemptsAfter}`,
    },
  ];
}

/** The leaves that make up the value, by their names; equal ones once. */
function byName(term: Term): Map<string, Wait[]> {
  const found = new Map<string, Wait[]>();
  for (const leaf of blamed(term)) {
    // A fault that costs nothing is no setting.
    if (leaf.time === 0) continue;
    const others = found.get(leaf.name) ?? [];
    if (!others.some((one) => one.time === leaf.time)) found.set(leaf.name, [...others, leaf]);
  }
  return found;
}

function timesOf(all: readonly Wait[]): string {
  const known = all.map(({ time }) => (time === undefined ? 'endless' : humanDuration(time)));
  return known.sort().join(' and ');
}

function changeOf(
  name: string,
  was: readonly Wait[],
  is: readonly Wait[],
  terms: { readonly before: Term; readonly after: Term },
): TermChange {
  const [old, now] = [was[0], is[0]];
  const times = {
    ...(old ? { before: timesOf(was) } : {}),
    ...(now ? { after: timesOf(is) } : {}),
  };
  const directive = (now ?? old)?.directive;
  return {
    name,
    ...times,
    short: shortOf(name, times, {
      removed: removed(old?.given, now?.given),
      written: old?.given !== undefined && isWritten(old.given),
      countedBefore: leaves(terms.before).some((leaf) => leaf.name === name),
      countsAfter: leaves(terms.after).some((leaf) => leaf.name === name),
    }),
    ...(directive ? { directive } : {}),
    ...(now?.given ? { given: now.given } : {}),
    ...(old?.given ? { was: old.given } : {}),
    ...(now?.because ? { because: now.because } : {}),
  };
}

interface Known {
  /** What applies now is written further up, or the default. */
  readonly removed: boolean;
  /** Was it written before? */
  readonly written: boolean;
  readonly countedBefore: boolean;
  readonly countsAfter: boolean;
}

function shortOf(
  name: string,
  { before, after }: { readonly before?: string; readonly after?: string },
  known: Known,
): string {
  if (before === undefined) return known.countedBefore ? `${name} ${after} counts now` : `${name} ${after} is new`;
  if (after === undefined) {
    if (known.countsAfter) return `${name} ${before} no longer counts`;
    return known.written ? `${name} was removed` : `${name} ${before} is gone`;
  }
  return known.removed ? `${name} was removed` : `${name} ${before} → ${after}`;
}

/** Was it written, and does now apply what is written further up, or the default? */
function removed(was: Given<unknown> | undefined, is: Given<unknown> | undefined): boolean {
  const rank = { written: 2, inherited: 1, default: 0 } as const;
  return was !== undefined && is !== undefined && rank[was.origin] > rank[is.origin];
}

/** Attempts come from `tries` and from the number of servers. */
function countChanges(before: Waiting, after: Waiting): TermChange[] {
  if (attemptsIn(before.term) === attemptsIn(after.term)) return [];
  const [was, is] = [attemptsFrom(before.term), attemptsFrom(after.term)];
  if (!was || !is) return [];
  const [old, now] = [before.tries ?? was.given, after.tries ?? is.given];
  return [...triesChange(old, now, is.directive), ...serversChange(was, is)];
}

function triesChange(was: Given<unknown>, is: Given<unknown>, directive: string): TermChange[] {
  const [before, after] = [String(was.value), String(is.value)];
  if (before === after) return [];
  const short = removed(was, is) ? 'tries was removed' : `tries ${before} → ${after}`;
  return [{ name: 'tries', before, after, short, directive, given: is, was }];
}

function serversChange(was: Origin, is: Origin): TermChange[] {
  const [before, after] = [was.beside, is.beside].map((text) => text.replace(/^with /, ''));
  if (before === undefined || after === undefined || before === after) return [];
  return [{ name: 'servers', before, after, short: `${before} → ${after}` }];
}
