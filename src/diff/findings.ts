import { identityOf } from '../diagnostics/identity.ts';
import { isFatal } from '../source/ignore.ts';
import { type Finding, findingsOf, isBroken, type Side } from './side.ts';

export interface FindingsDiff {
  readonly fresh: readonly Finding[];
  readonly gone: readonly Finding[];
  /** Still there, with another number or in another line. */
  readonly changed: readonly { readonly before: Finding; readonly after: Finding }[];
}

/**
 * What is found on one side only. A finding is the same by rule, key and message, as in a baseline, and by its severity:
 * a warning that has become an error is news. Its file does not count, because files are renamed.
 */
export function compareFindings(base: Side, head: Side): FindingsDiff {
  // Mistakes that leave nothing to judge always are news, and until they are mended nobody has looked for the others.
  const broken = isBroken(head);
  const before = findingsOf(base).filter((one) => !broken || !isFatal(one.diagnostic));
  const fresh = without(findingsOf(head), before);
  const gone = broken ? [] : without(before, findingsOf(head));
  const changed = pairs(gone, fresh);
  const known = new Set(changed.flatMap(({ before: one, after: other }) => [one, other]));
  return { fresh: fresh.filter((one) => !known.has(one)), gone: gone.filter((one) => !known.has(one)), changed };
}

/** Equal ones are counted: one more is one more. */
function without(all: readonly Finding[], known: readonly Finding[]): Finding[] {
  const left = new Map<string, number>();
  for (const one of known) left.set(keyOf(one), (left.get(keyOf(one)) ?? 0) + 1);
  return all.filter((one) => {
    const count = left.get(keyOf(one)) ?? 0;
    left.set(keyOf(one), count - 1);
    return count <= 0;
  });
}

function keyOf({ diagnostic }: Finding): string {
  return JSON.stringify([diagnostic.severity, identityOf(diagnostic)]);
}

/**
 * What was found before and is found still: the same rule at the same key with another number, or with the same words
 * further up or down, where the value stands now. Each has one counterpart. Hand-written files have no keys, and one line
 * says nothing of another.
 */
function pairs(gone: readonly Finding[], fresh: readonly Finding[]): FindingsDiff['changed'] {
  const left = new Set(gone);
  const there = grouped(gone, spotOf);
  const said = grouped(gone, wordsOf);
  return fresh.flatMap((after) => {
    if (isFatal(after.diagnostic)) return [];
    const isFree = (one: Finding): boolean => left.has(one);
    const before =
      there.get(spotOf(after))?.find(isFree) ??
      said.get(wordsOf(after))?.find((one) => isFree(one) && isAbove(pointerOf(one), pointerOf(after)));
    if (!before || pointerOf(after) === null) return [];
    left.delete(before);
    return [{ before, after }];
  });
}

function grouped(findings: readonly Finding[], keyOf: (one: Finding) => string): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const one of findings) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}

function pointerOf({ diagnostic }: Finding): string | null {
  return identityOf(diagnostic).pointer;
}

function spotOf(finding: Finding): string {
  const { severity, rule } = finding.diagnostic;
  return `${severity} ${rule} ${pointerOf(finding)}`;
}

function wordsOf({ diagnostic: { severity, rule, message } }: Finding): string {
  return `${severity} ${rule} ${message}`;
}

/** Is one of two keys above the other? */
function isAbove(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && (one.startsWith(`${other}/`) || other.startsWith(`${one}/`));
}
