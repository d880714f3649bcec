import { formatPatch, structuredPatch } from 'diff';
import { visible } from '../diagnostics/visible.ts';
import type { Change } from './change.ts';
import type { Plan } from './output.ts';
import type { Refusal } from './refusal.ts';

/** Beyond this many changed lines the shortest diff is slow to find and nobody reads it: all old, then all new lines. */
const mostEdits = 2000;

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

/** From what is on disk to what this build has, with control characters escaped: it is meant for a terminal. */
export function patchOf({ path, kind, before = '', after = '' }: Change): string {
  if (before === after) return '';
  const from = kind === 'create' ? '/dev/null' : `a/${path}`;
  const to = kind === 'delete' ? '/dev/null' : `b/${path}`;
  const patch =
    before === '' || after === ''
      ? undefined
      : structuredPatch(from, to, before, after, undefined, undefined, { context: 3, maxEditLength: mostEdits });
  const header = { includeIndex: false, includeUnderline: false, includeFileHeaders: true };
  return visible(formatPatch(patch ?? wholePatch(from, to, before, after), header));
}

/** A diff that needs no search: everything old goes, everything new comes. */
function wholePatch(oldFileName: string, newFileName: string, before: string, after: string) {
  const [removed, added] = [linesOf(before), linesOf(after)];
  const lines = [...marked('-', before, removed), ...marked('+', after, added)];
  const hunk = { oldStart: 1, oldLines: removed.length, newStart: 1, newLines: added.length, lines };
  return { oldFileName, newFileName, oldHeader: undefined, newHeader: undefined, hunks: [hunk] };
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function marked(sign: string, text: string, lines: readonly string[]): string[] {
  const end = text === '' || text.endsWith('\n') ? [] : ['\\ No newline at end of file'];
  return [...lines.map((line) => sign + line), ...end];
}
