import type { Diagnostic, Place } from './diagnostic.ts';

/** The JSON pointer of a place; `null` for a comment or a syntax error, which none names. */
export function pointerOf({ path }: Place): string | null {
  return path.startsWith('#') ? null : path;
}

/** What a finding is, wherever its line has moved to. */
export interface Identity {
  readonly rule: string;
  /** With `*` for positions in lists: a server put before another one makes no new finding of the old. */
  readonly pointer: string | null;
  readonly message: string;
}

export function identityOf({ rule, place, message }: Diagnostic): Identity {
  return { rule, pointer: pointerOf(place)?.replace(/\/\d+(?=\/|$)/g, '/*') ?? null, message };
}

/** 16 hexadecimal digits for each finding of a file: different from one another, and the same when lines move. */
export function fingerprints(file: string, diagnostics: readonly Diagnostic[]): string[] {
  const seen = new Map<string, number>();
  return diagnostics.map((diagnostic) => {
    const { rule, pointer, message } = identityOf(diagnostic);
    const text = JSON.stringify([file, rule, pointer, message]);
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    return fnv1a(before === 0 ? text : `${text} ${before + 1}`);
  });
}

/** FNV-1a with 64 bits: a name, not a protection; a cryptographic hash would need the machine. */
export function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}
