import type { ChalkInstance } from 'chalk';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../source/source.ts';

/** The findings of one input, in order. */
export interface Report {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  /** A file by its name, as CI systems call it: from the folder of the run; absent: as the source is called. */
  readonly pathOf?: (name: string) => string;
}

/** Findings → text. Pure; ends in a newline unless it is empty. */
export type Reporter = (reports: readonly Report[], chalk: ChalkInstance) => string;

/** A file (absent: that of the report) for a CI system, which knows `topology.yaml` and not `./topology.yaml`. */
export function fileOf({ pathOf, source }: Report, { name }: Pick<Source, 'name'> = source): string {
  return (pathOf?.(name) ?? name).replace(/^(?:\.\/+)+/, '');
}

/** The first and the last position of a finding; the end is the column behind it. */
export function positions({ source }: Report, { place }: Pick<Diagnostic, 'place'>) {
  const { start, end } = source.span(place);
  return { from: source.position(start), to: source.position(end) };
}

/** What, why and what to do, a line each. */
export function told({ message, why, help }: Diagnostic): string {
  return [message, ...(why ? [`why: ${why}`] : []), ...(help ? [`help: ${help}`] : [])].join('\n');
}
