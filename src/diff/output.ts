import type { TargetId } from '../diagnostics/diagnostic.ts';
import { patchAndCount, patchOf } from './patch.ts';
import type { BuiltFile, Side } from './side.ts';

/** A file of the output that a build would write otherwise. */
export interface OutputChange {
  readonly path: string;
  readonly target: TargetId;
  readonly change: 'added' | 'removed' | 'changed';
  readonly added: number;
  readonly removed: number;
  /** As it may be shown; empty: only what is hidden differs. */
  readonly patch: string;
}

/** Absent: one of the two has no build. */
export function compareOutput(base: Side, head: Side): OutputChange[] | undefined {
  if (!base.output || !head.output) return undefined;
  const before = new Map(base.output.map((file) => [file.path, file]));
  const after = new Map(head.output.map((file) => [file.path, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => (a < b ? -1 : 1));
  return paths.flatMap((path) => changeOf(before.get(path), after.get(path)));
}

function changeOf(before: BuiltFile | undefined, after: BuiltFile | undefined): OutputChange[] {
  const file = after ?? before;
  if (!file || before?.text === after?.text) return [];
  const { path, target } = file;
  const texts = (key: 'text' | 'shown') => ({
    path,
    ...(before ? { before: before[key] } : {}),
    ...(after ? { after: after[key] } : {}),
  });
  const change = !before ? 'added' : !after ? 'removed' : 'changed';
  const whole = patchAndCount(texts('text'));
  const hides = [before, after].some((one) => one && one.text !== one.shown);
  return [{ path, target, change, ...whole, ...(hides ? { patch: patchOf(texts('shown')) } : {}) }];
}
