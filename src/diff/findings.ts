import type { Diagnostic } from '../diagnostics/diagnostic.ts';
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
  const before = findingsOf(base).filter((one) => !isBroken(head) || !isFatal(one.diagnostic));
  const fresh = without(findingsOf(head), before);
  const gone = isBroken(head) ? [] : without(before, findingsOf(head));
  const changed = pairs(gone, fresh);
  return {
    fresh: fresh.filter((one) => !changed.some(({ after }) => after === one)),
    gone: gone.filter((one) => !changed.some((pair) => pair.before === one)),
    changed,
  };
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

/** What was found before and is found still, in order: each has one counterpart. */
function pairs(gone: readonly Finding[], fresh: readonly Finding[]): FindingsDiff['changed'] {
  const left = [...gone];
  return fresh.flatMap((after) => {
    if (isFatal(after.diagnostic)) return [];
    const index = left.findIndex((before) => isStill(before.diagnostic, after.diagnostic));
    const [before] = index < 0 ? [] : left.splice(index, 1);
    return before ? [{ before, after }] : [];
  });
}

/**
 * The same rule at the same key with another number, or with the same words further up or down, where the value stands
 * now. Hand-written files have no keys, and one line says nothing of another.
 */
function isStill(before: Diagnostic, after: Diagnostic): boolean {
  if (before.rule !== after.rule || before.severity !== after.severity) return false;
  const [was, is] = [identityOf(before), identityOf(after)];
  if (was.pointer === null || is.pointer === null) return false;
  if (was.pointer === is.pointer) return true;
  const isBelow = was.pointer.startsWith(`${is.pointer}/`) || is.pointer.startsWith(`${was.pointer}/`);
  return isBelow && was.message === is.message;
}
