import type { Span } from '../../source/source.ts';

/** One word of a directive, with its quotes and escapes resolved. The span has the quotes. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
  readonly span: Span;
}

/** Why the reading of a file ends before the file does. */
export interface Fault {
  readonly message: string;
  readonly help?: string;
  readonly span: Span;
  /** Where the thing began that this is about. */
  readonly began?: { readonly span: Span; readonly message: string };
}

type Read =
  /** Words and what ends them; `at` is the offset of that `;` or `{`. */
  | {
      readonly kind: 'statement';
      readonly words: readonly [Word, ...Word[]];
      readonly ends: ';' | '{';
      readonly at: number;
    }
  | { readonly kind: 'close'; readonly at: number }
  | { readonly kind: 'end' }
  | { readonly kind: 'fault'; readonly fault: Fault };

export interface Reader {
  next(): Read;
  /** After `content_by_lua_block {`: the span of the Lua code up to its `}`, which is read too. */
  lua(): Span | Fault;
  readonly comments: Span[];
}

/** nginx reads through a buffer of this many bytes, and a word, or even a comment, has to fit into it. */
const buffer = 4096;

const unescaped: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' };

/**
 * Reads a configuration as nginx does (`ngx_conf_read_token`): an unquoted word ends at white space, `;` or `{`, quotes
 * count only at the start of a word, a backslash takes the next character along, and `${` does not open a block.
 */
export function createReader(text: string): Reader {
  const total = bytes(text, 0, text.length);
  const comments: Span[] = [];
  let at = 0;
  // Offsets in bytes: of `at`, of where the current word began, and of the end of what is in the buffer.
  let here = 0;
  let kept = 0;
  let filled = 0;

  /** Takes one character; false when the buffer is full of one word. */
  const take = (): boolean => {
    const size = width(text.charCodeAt(at));
    while (here + size > filled && filled < total) {
      if (filled - kept >= buffer) return false;
      filled = Math.min(kept + buffer, total);
    }
    here += size;
    at++;
    return true;
  };

  const next = (): Read => {
    const words: Word[] = [];
    let state: 'between' | 'word' | 'after quote' | 'comment' = 'between';
    let quote = '';
    let start = at;
    let dollar = false;
    let escaped = false;
    kept = here;

    const statement = (ends: ';' | '{', offset: number): Read => {
      const [first, ...rest] = words;
      if (!first) return unexpected(ends, offset);
      return { kind: 'statement', words: [first, ...rest], ends, at: offset };
    };
    const finish = (end: number): void => {
      const quoted = quote !== '';
      const raw = text.slice(quoted ? start + 1 : start, end);
      words.push({
        text: raw.replace(/\\(["'\\trn])/g, (_, character: string) => unescaped[character] ?? character),
        quoted,
        span: { start, end: quoted ? end + 1 : end },
      });
    };

    for (;;) {
      if (at >= text.length) {
        if (state === 'comment') comments.push({ start, end: at });
        if (words.length > 0 || state === 'word')
          return { kind: 'fault', fault: unfinished(words, start, state === 'word' ? quote : '', at) };
        return { kind: 'end' };
      }
      const offset = at;
      const character = text[at] ?? '';
      if (!take()) return { kind: 'fault', fault: tooLong(text, state, start, quote) };

      if (state === 'comment') {
        if (character === '\n') {
          comments.push({ start, end: text[offset - 1] === '\r' ? offset - 1 : offset });
          state = 'between';
        }
        continue;
      }
      if (escaped) {
        escaped = false;
        continue;
      }

      if (state === 'after quote') {
        if (isSpace(character)) {
          state = 'between';
          continue;
        }
        if (character === ';' || character === '{') return statement(character, offset);
        // `if ($a = "b")`: the bracket is a word of its own.
        if (character !== ')') return unexpected(character, offset, words.at(-1));
        state = 'between';
      }

      if (state === 'between') {
        start = offset;
        kept = here - width(character.charCodeAt(0));
        if (isSpace(character)) continue;
        if (character === ';' || character === '{') return statement(character, offset);
        if (character === '}')
          return words.length > 0 ? missingSemicolon(words, offset) : { kind: 'close', at: offset };
        if (character === '#') {
          state = 'comment';
          continue;
        }
        state = 'word';
        quote = character === '"' || character === "'" ? character : '';
        if (quote) kept = here;
        escaped = character === '\\';
        dollar = character === '$';
        continue;
      }

      if (character === '{' && dollar) continue;
      dollar = character === '$';
      if (character === '\\') escaped = true;
      else if (dollar) continue;
      else if (quote) {
        if (character === quote) {
          finish(offset);
          state = 'after quote';
        }
      } else if (isSpace(character) || character === ';' || character === '{') {
        finish(offset);
        if (character === ';' || character === '{') return statement(character, offset);
        state = 'between';
      }
    }
  };

  return {
    next,
    comments,
    lua() {
      const start = at;
      const end = luaEnd(text, start);
      if (end === undefined) {
        return {
          message: 'the Lua block is never closed',
          help: 'its braces must be balanced outside of Lua’s own strings and comments',
          span: { start: text.length, end: text.length },
          began: { span: { start: start - 1, end: start }, message: 'it is opened here' },
        };
      }
      here += bytes(text, start, end + 1);
      filled = Math.max(filled, here);
      at = end + 1;
      return { start, end };
    },
  };
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}

/** Bytes of UTF-8; half of a surrogate pair counts half of its four. */
function width(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800 || (code >= 0xd800 && code < 0xe000)) return 2;
  return 3;
}

function bytes(text: string, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += width(text.charCodeAt(at));
  return sum;
}

function unexpected(character: string, at: number, quoted?: Word): Read {
  const help = quoted
    ? 'a quoted word ends at its closing quote: put a space after it, or a backslash before a quote inside it'
    : character === ';' || character === '{'
      ? 'there is no directive before it'
      : undefined;
  return {
    kind: 'fault',
    fault: { message: `unexpected "${character}"`, ...(help ? { help } : {}), span: { start: at, end: at + 1 } },
  };
}

function missingSemicolon(words: readonly Word[], at: number): Read {
  const last = words.at(-1);
  return {
    kind: 'fault',
    fault: {
      message: 'unexpected "}"',
      help: `end the directive "${short(words[0])}" before it with a ";"`,
      span: { start: at, end: at + 1 },
      ...(last ? { began: { span: last.span, message: 'a ";" is missing after this' } } : {}),
    },
  };
}

function unfinished(words: readonly Word[], start: number, quote: string, end: number): Fault {
  const first = words[0];
  const span = { start: end, end };
  if (quote) {
    return {
      message: 'unexpected end of file: a quote is never closed',
      help: `write the closing ${quote}`,
      span,
      began: { span: { start, end: start + 1 }, message: 'the quote is opened here' },
    };
  }
  return {
    message: 'unexpected end of file, expecting ";" or "}"',
    help: 'end the last directive with a ";"',
    span,
    began: { span: first?.span ?? { start, end }, message: 'this directive is not ended' },
  };
}

function tooLong(text: string, state: string, start: number, quote: string): Fault {
  const span = { start, end: start + 1 };
  if (state === 'comment') {
    return {
      message: `the comment "${text.slice(start, start + 10)}…" is too long`,
      help: `nginx reads ${buffer} bytes at a time, and a comment has to fit: break it into several lines`,
      span,
    };
  }
  if (quote) {
    return {
      message: `the word is too long, probably the closing ${quote} is missing`,
      help: `nginx reads ${buffer} bytes at a time, and a word has to fit`,
      span,
    };
  }
  return {
    message: `the word "${text.slice(start, start + 10)}…" is too long`,
    help: `nginx reads ${buffer} bytes at a time, and a word has to fit`,
    span,
  };
}

function short(word: Word | undefined): string {
  const text = word?.text ?? '';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** The `}` that closes a block of Lua: braces count outside of strings, long brackets and comments. */
function luaEnd(text: string, start: number): number | undefined {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '{') depth++;
    else if (character === '}') {
      if (--depth === 0) return at;
    } else if (character === '"' || character === "'") at = luaString(text, at);
    else if (character === '[') at = luaBracket(text, at) ?? at;
    else if (character === '-' && text[at + 1] === '-') {
      const long = text[at + 2] === '[' ? luaBracket(text, at + 2) : undefined;
      const line = long === undefined ? text.indexOf('\n', at) : long;
      at = line < 0 ? text.length : line;
    }
  }
  return undefined;
}

/** The offset of the closing quote; a string that is not closed on its line is closed there, as its author sees it. */
function luaString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[start] || text[at] === '\n') return at;
  }
  return text.length;
}

/** The last offset of `[[…]]` or `[==[…]==]`; nothing when no such bracket opens here. */
function luaBracket(text: string, start: number): number | undefined {
  // Nobody writes more equals signs; without a limit a search could take the square of the length.
  const level = /\[(={0,99})\[/y;
  level.lastIndex = start;
  const found = level.exec(text);
  if (!found) return undefined;
  const end = text.indexOf(`]${found[1]}]`, level.lastIndex);
  return end < 0 ? text.length : end + (found[1]?.length ?? 0) + 1;
}
