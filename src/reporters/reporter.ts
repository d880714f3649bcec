import type { ChalkInstance } from 'chalk';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source } from '../source/source.ts';

/** The findings of one input, in order. */
export interface Report {
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
}

/** Findings → text. Pure; ends in a newline unless it is empty. */
export type Reporter = (reports: readonly Report[], chalk: ChalkInstance) => string;
