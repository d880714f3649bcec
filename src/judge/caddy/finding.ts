import type { Diagnostic, Place } from '../../diagnostics/diagnostic.ts';
import { createSource, type Source } from '../../source/source.ts';
import type { Imported, Token } from './lexer.ts';

type Sources = ReadonlyMap<string, Source>;

/** Something that is written, with the import that brought it. */
export type At = Pick<Token, 'file' | 'span'> & { readonly imported?: Imported };

export type Related = readonly { readonly at: At; readonly message: string }[];

interface Finding {
  readonly rule: string;
  readonly at: At;
  readonly message: string;
  readonly why: string;
  readonly help: string;
  readonly more?: Related;
}

/** An error, which also tells where it was imported. */
export function finding(sources: Sources, { rule, at, message, why, help, more = [] }: Finding): Diagnostic {
  const imported: Related = at.imported ? [{ at: at.imported, message: 'it is imported here' }] : [];
  const related = [...more, ...imported].map((one) => ({ place: placeOf(sources, one.at), message: one.message }));
  return {
    rule,
    severity: 'error',
    message,
    why,
    help,
    place: placeOf(sources, at),
    targets: ['caddy'],
    ...(related.length > 0 ? { related } : {}),
  };
}

export function placeOf(sources: Sources, { file, span }: At): Place {
  return (sources.get(file) ?? createSource(file, '')).place(span.start, span.end);
}
