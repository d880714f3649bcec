import type { Imported, Token } from './lexer.ts';

/** Tokens to be read, with those of imports put in place as they are met. Nothing is copied twice. */
export interface Stream {
  /** The token that is next, without taking it. */
  peek(): Token | undefined;
  take(): Token | undefined;
  insert(tokens: readonly Token[]): void;
  /** Counts everything that was ever put in. */
  readonly total: number;
}

export function createStream(first: readonly Token[]): Stream {
  const frames = [{ tokens: first, next: 0 }];
  let total = first.length;
  const peek = (): Token | undefined => {
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      if (frame.next < frame.tokens.length) return frame.tokens[frame.next];
      frames.pop();
    }
    return undefined;
  };
  return {
    peek,
    take() {
      const token = peek();
      const frame = frames.at(-1);
      if (token && frame) frame.next++;
      return token;
    },
    insert(tokens) {
      total += tokens.length;
      frames.push({ tokens, next: 0 });
    },
    get total() {
      return total;
    },
  };
}

/** Does a token begin another line than the one before it? Other files and other imports are other lines. */
export function onNewLine(before: Token, token: Token): boolean {
  return before.file !== token.file || before.imported !== token.imported || before.line + before.breaks < token.line;
}

/** One object for each import, however often its tokens are made. */
export function createImports(): (by: Token, snippet: string | undefined, of: Imported | undefined) => Imported {
  const known = new Map<string, Imported>();
  const numbers = new Map<Imported, number>();
  return (by, snippet, of) => {
    const key = JSON.stringify([of && numbers.get(of), by.file, by.line, snippet]);
    let imported = known.get(key);
    if (!imported) {
      imported = {
        file: by.file,
        span: by.span,
        ...(snippet === undefined ? {} : { snippet }),
        ...(of ? { by: of } : {}),
      };
      known.set(key, imported);
      numbers.set(imported, numbers.size);
    }
    return imported;
  };
}
