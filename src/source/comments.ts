import { Lexer } from 'yaml';
import type { Source, Span } from './source.ts';

/** Where a YAML text has comments, in order. */
export function* yamlComments({ text }: Source): Generator<Span> {
  let offset = 0;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    // The lexer marks what follows with control characters that are not in the text.
    if (token === '\x1f') scalar = true;
    if (/^[\x02\x18\x1f]$/.test(token)) continue;
    if (!scalar && token.startsWith('#')) yield { start: offset, end: offset + token.length };
    scalar = false;
    offset += token.length;
  }
}
