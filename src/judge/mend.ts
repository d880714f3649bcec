import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import { isReport } from '../report/report.ts';
import type { Mender } from '../source/mend.ts';
import type { Span } from '../source/source.ts';
import type { Judged } from './judged.ts';

/** A number that stands for itself, in quotes or not: no variable, no argument of an import, no word of another kind. */
const plain = /^(["'`]?)\d+(?:\.\d+)?(?:ms|[smhd])?\1$/;

/**
 * Fixes of rules as edits of hand-written files: those that put one time or number for another, and the one that takes a
 * word of `proxy_next_upstream` out. Whoever gave the value by a variable or an argument has it changed by nobody.
 */
export function menderOf({ routes, sources }: Judged): Mender {
  const isWhole = routes.every((route) => route.targets.length === 0 || isReport(route));
  const fix = (at: Place, title: (before: string) => string, edit: Edit): Diagnostic['fix'] | undefined => {
    const source = sources.get(at.source);
    if (!source) return undefined;
    const span = source.span(at);
    const before = source.text.slice(span.start, span.end);
    const found = edit(before, span);
    return found ? { title: title(before), edits: [{ source: at.source, ...found }] } : undefined;
  };
  return (mend) => {
    if ('write' in mend) {
      const { write, value } = mend;
      // A number of attempts is right for the servers that rules have seen: other routes may have more.
      if (!isWhole && /^\d+$/.test(value)) return undefined;
      return fix(
        write,
        (before) => `write \`${value}\` instead of \`${before}\``,
        (before, span) => (plain.test(before) ? { ...span, text: value } : undefined),
      );
    }
    if ('rename' in mend) return undefined;
    return fix(
      mend.remove,
      () => 'remove `non_idempotent`',
      (before, { start }) => {
        const found = /[ \t]+non_idempotent\b|\bnon_idempotent[ \t]+/i.exec(before);
        return found && { start: start + found.index, end: start + found.index + found[0].length, text: '' };
      },
    );
  };
}

type Edit = (before: string, span: Span) => (Span & { readonly text: string }) | null | undefined;
