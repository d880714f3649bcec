import type { ChalkInstance } from 'chalk';
import { fenced } from '../diagnostics/markdown.ts';
import { patchOf } from '../diff/patch.ts';
import type { RouteFit } from '../report/fit.ts';
import { fitText } from '../report/fit-text.ts';

/** What would bring routes within their budgets, and the files with the first proposal of each. */
export interface Fitted {
  readonly routes: readonly RouteFit[];
  /** A unified diff that `git apply` and `patch -p1` take; empty: nothing need or can be changed. */
  readonly patch: string;
  /** Why there is no patch, or not for all, although there are proposals. */
  readonly problem: string | undefined;
}

/** The new texts of files → a patch. */
export function patchText(texts: ReadonlyMap<string, string>, before: (name: string) => string): string {
  const patches = [...texts].map(([name, after]) =>
    patchOf({ path: name.replace(/^\/+/, ''), before: before(name), after }),
  );
  return patches.join('');
}

/** Behind a report: all proposals, then the patch. */
export function fittedInText({ routes, patch, problem }: Fitted, chalk: ChalkInstance): string {
  const shown = patch && `\n${title}\n\n${patch}`;
  return `\n${fitText(routes, chalk)}\n${shown}${byHand({ patch, problem })}`;
}

/** The proposals are part of the Markdown report itself. */
export function patchInMarkdown({ patch, problem }: Fitted): string {
  return (patch && `\n${title}\n\n${fenced('diff', patch)}\n`) + byHand({ patch, problem });
}

const title = 'The first of each as a patch:';

function byHand({ patch, problem }: Omit<Fitted, 'routes'>): string {
  if (problem === undefined) return '';
  return patch === ''
    ? `\nThere is no patch: ${problem}. Change the file by hand.\n`
    : `\nNot in the patch: ${problem}. Change that by hand.\n`;
}

export function fittedData({ routes, patch, problem }: Fitted) {
  return {
    fit: routes.map(({ report, budget, proposals }) => ({
      route: report.id,
      budget_ms: budget,
      proposals: proposals.map(({ changes, targets, costs }) => ({
        changes: changes.map(({ setting, from, to, text }) => ({ setting, from: from.value, to, text })),
        worst_wait_ms: Object.fromEntries(targets.map(({ target, worst }) => [target, worst])),
        costs,
      })),
    })),
    patch: patch || null,
    patch_problem: problem ?? null,
  };
}
