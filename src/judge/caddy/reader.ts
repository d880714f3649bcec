import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Version } from '../../model/version.ts';
import type { Files } from '../../source/paths.ts';
import type { Source } from '../../source/source.ts';
import { type At, finding, type Related } from './finding.ts';
import type { Lexed, Token } from './lexer.ts';
import type { CaddyBlock, Unresolved } from './parse.ts';
import { type createImports, onNewLine, type Stream } from './stream.ts';

/** Tokens with all imports put in place; a Caddyfile beyond this is made to be a burden, or by accident. */
export const mostTokens = 100_000;

export interface Work {
  readonly files: Files;
  readonly root: string;
  readonly version: Version;
  readonly stream: Stream;
  readonly sources: Map<string, Source>;
  readonly lexed: Map<string, Lexed>;
  readonly snippets: Map<string, readonly Token[]>;
  readonly graph: Map<string, Set<string>>;
  readonly imports: ReturnType<typeof createImports>;
  readonly unresolved: Unresolved[];
  readonly diagnostics: Diagnostic[];
  readonly blocks: CaddyBlock[];
  /** The token that was read last; those of an `import` itself do not count, since others take their place. */
  last: Token | undefined;
  /** Of the site that is being read. */
  site: Token | undefined;
}

/** Ends the reading at a mistake, as Caddy does; it never leaves this file. */
export class Stop extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

export const stops = 'Caddy stops reading here, and does not start';

export function stop(work: Work, at: At, message: string, help: string, more: Related = []): Stop {
  return new Stop(finding(work.sources, { rule: 'caddy-syntax', at, message, why: stops, help, more }));
}

export function take(work: Work): Token | undefined {
  const token = work.stream.take();
  if (token) work.last = token;
  return token;
}

/** Is the next token on another line than the last one? Before the first there is none. */
export function newLine({ last, stream }: Work): boolean {
  const next = stream.peek();
  return !last || !next || onNewLine(last, next);
}

export function neverClosed(work: Work, brace: Token): Stop {
  const more = [{ at: brace, message: 'the block that is never closed begins here' }];
  const unclosed = [...work.lexed].find(([, one]) => one.unclosed);
  if (unclosed?.[1].unclosed) {
    const at = { file: unclosed[0], span: unclosed[1].unclosed };
    return stop(work, work.last ?? brace, 'the file ends in a quote that is never closed', 'close the quote', [
      { at, message: 'the quote is opened here' },
      ...more,
    ]);
  }
  return stop(work, work.last ?? brace, 'the file ends inside of a block', 'write its `}`', more);
}
