/** Writing stopped half-way, exit code 2. Each file is either as it was or as it should be. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  readonly help: string;
  readonly done: readonly string[];
  readonly undone: readonly string[];

  constructor(message: string, help: string, done: readonly string[], undone: readonly string[], cause: unknown) {
    super(message, { cause });
    this.help = help;
    this.done = done;
    this.undone = undone;
  }
}
