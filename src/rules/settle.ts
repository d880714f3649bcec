import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Topology } from '../model/topology.ts';
import { applyIgnores, isFatal } from '../source/ignore.ts';
import type { Source, Span } from '../source/source.ts';
import { catalogue, rules } from './index.ts';

/** One file with its findings, in order. */
export interface Settled {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The findings of files that were read together, each in the file that its place is in: severities as they are wanted,
 * ignore comments, one total order, no finding twice. `files`: each with the places of its comments.
 */
export function settle(
  diagnostics: readonly Diagnostic[],
  files: ReadonlyMap<Source, Iterable<Span>>,
  severities: Topology['severities'] = new Map(),
): Settled[] {
  const isJudged = !diagnostics.some(isFatal);
  const found = new Map<string, Diagnostic[]>();
  for (const one of diagnostics) {
    const own = found.get(one.place.source) ?? [];
    own.push(one);
    found.set(one.place.source, own);
  }
  return [...files].map(([source, comments]) => {
    return { source, diagnostics: settleFile(found.get(source.name) ?? [], source, comments, severities, isJudged) };
  });
}

function settleFile(
  diagnostics: readonly Diagnostic[],
  source: Source,
  comments: Iterable<Span>,
  severities: Topology['severities'],
  isJudged: boolean,
): Diagnostic[] {
  const set = diagnostics.flatMap((diagnostic): Diagnostic[] => {
    const wanted = isFatal(diagnostic) ? undefined : severities.get(diagnostic.rule)?.severity;
    if (wanted === 'off') return [];
    return [wanted ? { ...diagnostic, severity: wanted } : diagnostic];
  });
  const kept = applyIgnores(set, source, comments, { isKnown: (rule) => catalogue.has(rule), isJudged });
  const seen = new Set<string>();
  return kept
    .filter((diagnostic) => {
      const { rule, message, place, targets } = diagnostic;
      // A value that many routes inherit, or behind an alias, is judged at each use: it is still one mistake.
      const said = linting.has(rule) ? [] : [message, targets];
      const key = JSON.stringify([rule, source.span(place), ...said]);
      return !seen.has(key) && seen.add(key);
    })
    .map((diagnostic) => ({ diagnostic, start: source.span(diagnostic.place).start }))
    .sort(
      (a, b) =>
        a.start - b.start ||
        compare(a.diagnostic.rule, b.diagnostic.rule) ||
        compare(a.diagnostic.message, b.diagnostic.message),
    )
    .map(({ diagnostic }) => diagnostic);
}

/** The rules of the linter say one thing of a place. */
const linting = new Set(rules.map(({ id }) => id));

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
