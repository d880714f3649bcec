import { patchOf } from '../diff/patch.ts';
import type { Change } from './change.ts';
import type { Plan } from './output.ts';
import type { Refusal } from './refusal.ts';

/** The refusals under which `--check` cannot tell whether there is drift: exit code 2 instead of a diff. */
export function checkRefusals(plan: Plan): readonly Refusal[] {
  return plan.refusals.filter(({ kind }) => kind === 'unusable');
}

/**
 * What a build would change, as a unified diff with a line of prose before each file; `''`: nothing. The manifest
 * is shown only when nothing else differs: its hashes would repeat every other difference, less legibly.
 */
export function driftDiff(plan: Plan): string {
  const changed = plan.changes.filter(({ kind }) => kind !== 'unchanged');
  const shown = changed.length === 0 && plan.manifest.kind !== 'unchanged' ? [plan.manifest] : changed;
  return shown.map((change) => `${headline(change)}\n${patchOf(change)}`).join('');
}

function headline({ path, kind, executable, inTheWay }: Change): string {
  if (inTheWay === 'foreign') return `${path}: not written by proxywright, differs from this build`;
  const edited = inTheWay === 'edited' ? ', changed by hand' : '';
  switch (kind) {
    case 'create':
      return `${path}: lacking, a build would create it`;
    case 'delete':
      return `${path}: stale${edited}, a build would delete it`;
    case 'mode':
      return `${path}: ${executable ? 'not executable' : 'executable'}, a build would change that`;
    default:
      return `${path}: differs from this build${edited}`;
  }
}
