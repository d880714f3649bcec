/** How much a finding matters: an error stops `build`, a warning should be read, an info is there to be known. */
export type Severity = 'error' | 'warning' | 'info';

/** The programs that a topology is compiled for. */
export type TargetId = 'caddy' | 'nginx' | 'compose';

/**
 * Where a value is: the file, the JSON pointer inside it, and whether the key or the value is meant.
 * Line and column are looked up at the edge (see `Source`), so that rules stay free of offsets.
 */
export interface Place {
  readonly source: string;
  readonly path: string;
  readonly part: 'key' | 'value';
}

/** A replacement of `[start, end)` (UTF-16 offsets) of one source file. */
export interface Edit {
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What was found: data first, the prose in three parts. What (`message`), the consequence (`why`), what to do (`help`). */
export interface Diagnostic {
  /** The id a person types to ignore or explain it: `schema-unknown-key`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly why?: string;
  readonly help?: string;
  readonly place: Place;
  readonly related?: readonly { readonly place: Place; readonly message: string }[];
  /** The targets that it is about; absent: all of them. */
  readonly targets?: readonly TargetId[];
  readonly fix?: { readonly title: string; readonly edits: readonly Edit[] };
}

const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** Is `severity` as bad as `threshold`, or worse? */
export function reaches(severity: Severity, threshold: Severity): boolean {
  return rank[severity] <= rank[threshold];
}
