import type { ChalkInstance } from 'chalk';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../source/source.ts';

/** The findings of one input, in order. */
export interface Report {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  /** Where the file is from the folder of the run, as CI systems name it; absent: as the source is called. */
  readonly path?: string;
}

/** Findings → text. Pure; ends in a newline unless it is empty. */
export type Reporter = (reports: readonly Report[], chalk: ChalkInstance) => string;

/** The file of a report for a CI system, which knows `topology.yaml` and not `./topology.yaml`. */
export function fileOf({ path, source }: Report): string {
  return (path ?? source.name).replace(/^(?:\.\/+)+/, '');
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
