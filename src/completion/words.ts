/** A command line as shells complete it: what may stand where. */
export interface CommandLine {
  readonly program: string;
  readonly options: readonly OptionWords[];
  readonly commands: readonly CommandWords[];
}

export interface CommandWords {
  readonly name: string;
  readonly description: string;
  /** With those that every command has. */
  readonly options: readonly OptionWords[];
  /** What its first argument may be; empty: a file. */
  readonly words: readonly string[];
}

export interface OptionWords {
  /** `-o`, `--output`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent: it takes no value. */
  readonly value?: { readonly isFile: boolean; readonly words: readonly string[] };
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];
