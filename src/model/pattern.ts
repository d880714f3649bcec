/**
 * A regular expression that PCRE (nginx) and RE2 (Caddy) read alike, in the spellings that the targets need. Matched
 * against a path that is decoded, unless it says otherwise.
 */
export interface Pattern {
  /** As written, with `\z` for `$`: PCRE's `$` would also match before a trailing newline (`%0A`). */
  readonly source: string;
  /**
   * The same for the request target as it was received, query included: nothing but the end of the path meets the `?`.
   * What it captures is still encoded, so that it may be sent on.
   */
  readonly raw: string;
  readonly captures: number;
}

/** Why a regular expression cannot be used, and what to do about it. */
export interface PatternProblem {
  readonly problem: string;
  readonly help: string;
}

const longest = 1000;

/** Reads what both engines have; everything else is refused with its reason. */
export function parsePattern(text: string): Pattern | PatternProblem {
  if (text.length > longest) return refuse('it is longer than 1000 characters', 'make it several routes');
  const stray = /[^\x20-\x7e]/.exec(text);
  if (stray) return refuse('only ASCII characters mean the same to both', 'match the part around them, or use `.`');
  const reader = new Reader(text);
  const problem = reader.read();
  return problem ?? { source: reader.source, raw: reader.raw, captures: reader.captures };
}

function refuse(problem: string, help: string): PatternProblem {
  return { problem, help };
}

/** `\d` and what is like it. Their opposites would meet the `?` that begins the query. */
const classes = 'dDwWsS';

class Reader {
  source = '';
  raw = '';
  captures = 0;
  private at = 0;
  private depth = 0;
  /** Is there something that a quantifier may repeat? */
  private atom = false;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  read(): PatternProblem | undefined {
    while (this.at < this.text.length) {
      const problem = this.next();
      if (problem) return problem;
    }
    if (this.captures > 9)
      return refuse('it has more than 9 groups', 'write `(?:` where nothing is taken from a group');
    return this.depth > 0 ? refuse('a `(` is not closed', 'close it, or write `\\(`') : undefined;
  }

  private next(): PatternProblem | undefined {
    const rest = this.text.slice(this.at);
    const [character = ''] = rest;
    if (character === '\\') return this.escape(rest);
    if (character === '[') return this.set(rest);
    if (character === '(') return this.open(rest);
    if (character === ')') return this.close();
    if ('*+?{'.includes(character)) return this.repeat(rest);
    if (character === '|') return this.take('|', '|', '|', false);
    if (character === '^') return this.take('^', '^', '^', false);
    if (character === '$') return this.take('$', '\\z', '(?:\\?|\\z)', false);
    if (character === '.') return this.take('.', '.', '[^?\\n]', true);
    const plain = spelt(character);
    return this.take(character, plain, plain, true);
  }

  private take(written: string, source: string, raw: string, atom: boolean): undefined {
    this.at += written.length;
    this.source += source;
    this.raw += raw;
    this.atom = atom;
    return undefined;
  }

  private escape(rest: string): PatternProblem | undefined {
    const [written = ''] = /^\\(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]{1,2}\}|[\s\S]|$)/.exec(rest) ?? [];
    const letter = written[1] ?? '';
    if (written === '\\z') return this.take(written, '\\z', '(?:\\?|\\z)', false);
    if (letter === 'A' || letter === 'b' || letter === 'B') return this.take(written, written, written, false);
    if ('DWS'.includes(letter) && letter !== '') {
      return this.take(written, written, `[^?\\${letter.toLowerCase()}]`, true);
    }
    if (classes.includes(letter) && letter !== '') return this.take(written, written, written, true);
    if (isPlainEscape(written)) {
      const plain = quoting.test(letter) ? spelt(letter) : written;
      return this.take(written, plain, plain, true);
    }
    if (/[1-9]/.test(letter)) return refuse('RE2, which Caddy uses, has no back-references', 'write out what repeats');
    return refuse(`\`${written}\` does not mean the same to both`, 'a letter needs no backslash');
  }

  private set(rest: string): PatternProblem | undefined {
    const found = /^\[\^?\]?(?:\[:\^?[a-z]+:\]|\\x[0-9A-Fa-f]{2}|\\x\{[0-9A-Fa-f]{1,2}\}|\\[\s\S]|[^\]\\])*\]/.exec(
      rest,
    );
    if (!found) return refuse('a `[` is not closed', 'close it, or write `\\[`');
    const [written] = found;
    const negated = written.startsWith('[^');
    const inside = written.slice(negated ? 2 : 1, -1);
    if (inside === '') return refuse('a set has nothing in it', 'write what may stand there');
    for (const [one] of inside.matchAll(/\\(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]{1,2}\}|[\s\S])/g)) {
      if (isPlainEscape(one) || classes.includes(one.slice(1))) continue;
      return refuse(`\`${one}\` in a set does not mean the same to both`, 'a letter needs no backslash');
    }
    if (/\[[.=]/.test(inside)) return refuse('`[.` and `[=` in a set do not mean the same to both', 'write `\\[`');
    for (const [range, from = '', to = ''] of inside.matchAll(/([A-Za-z0-9])-([A-Za-z0-9])/g)) {
      if (from > to) return refuse(`\`${range}\` begins behind its end`, `write ${to}-${from}`);
    }
    const plain = spelt(inside.replace(/\\([ "#'`{}])/g, '$1'));
    return this.take(written, `[${negated ? '^' : ''}${plain}]`, negated ? `[^${plain}?]` : `[${plain}]`, true);
  }

  private open(rest: string): PatternProblem | undefined {
    const [special = ''] = /^\((?:\?(?:[is]{0,2}(?:-[is]{1,2})?:|[is]{1,2}\)|P?<[A-Za-z]|.{0,2})|\*)?/.exec(rest) ?? [];
    if (special === '(*') return refuse('RE2, which Caddy uses, has no verbs', 'write `\\*` for a star');
    if (/^\(\?P?<[A-Za-z]/.test(special)) return refuse('a group has no name here', 'its number is its name: {1}');
    if (special.endsWith(')') && special.startsWith('(?')) {
      // Flags for the rest of the group.
      return this.take(special, special, special, false);
    }
    if (special.startsWith('(?') && !special.endsWith(':')) {
      return refuse(`RE2, which Caddy uses, has no \`${special}\``, 'look-around and atomic groups cannot be used');
    }
    this.depth++;
    if (special === '(') this.captures++;
    return this.take(special, special, special, false);
  }

  private close(): PatternProblem | undefined {
    if (this.depth === 0) return refuse('a `)` closes nothing', 'open it, or write `\\)`');
    this.depth--;
    return this.take(')', ')', ')', true);
  }

  private repeat(rest: string): PatternProblem | undefined {
    const [written] = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(rest) ?? [];
    if (written === undefined) return refuse('a `{` repeats nothing', 'write `\\{`, or {2}, {2,} or {2,5}');
    if (!this.atom)
      return refuse(`\`${written}\` has nothing to repeat`, `write \`\\${written[0]}\` for the character`);
    if (rest[written.length] === '+') {
      return refuse('RE2, which Caddy uses, has no possessive quantifiers', `write \`${written}\` alone`);
    }
    const counts = [...written.matchAll(/\d+/g)].map(([digits]) => Number(digits));
    const [least = 0, most = least] = counts;
    if (Math.max(...counts, 0) > longest || most < least) return refuse(`\`${written}\` is no count`, 'at most 1000');
    return this.take(written, written, written, false);
  }
}

/** What means something to a configuration language, also inside of quotes. */
const quoting = /[ "#'`{}]/;

function spelt(text: string): string {
  return text.replace(/[ "#'`{}]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
}

/** A character that cannot stand for itself, or one that is told by its number. */
function isPlainEscape(written: string): boolean {
  return /^\\(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]{1,2}\}|[nrtf]|[!-/:-@[-`{-~])$/.test(written);
}
