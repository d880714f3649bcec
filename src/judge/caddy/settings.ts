import type { Duration } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import { noNumber, noTime, noValue } from './arguments.ts';
import type { At } from './finding.ts';
import type { Notes, Word } from './notes.ts';
import type { CaddyDirective } from './tree.ts';
import { parseCaddyDuration } from './units.ts';

/** The values of one proxy while they are read. What cannot be read is among the reasons why its wait is not known. */
export interface Reading {
  readonly notes: Notes;
  readonly reasons: string[];
  /** What is taken for granted, printed beside the bound. */
  readonly assumptions: string[];
  /** What a topology cannot say, and what would change with it. */
  readonly unlike: { readonly at: At; readonly what: string }[];
}

/** One line of a block, with its words. */
export interface Line {
  readonly directive: CaddyDirective;
  readonly words: readonly Word[];
}

export function lineOf(directive: CaddyDirective, { notes }: Reading): Line {
  return { directive, words: notes.words(directive.args) };
}

/** A mistake that Caddy finds too. */
export function mistake({ notes, reasons }: Reading, at: At, message: string, help: string): undefined {
  notes.tell('error', 'caddy-value', at, { message, why: 'Caddy does not start with it', help });
  reasons.push(message);
}

function refused(reading: Reading, at: At, { message, help }: ReturnType<typeof noTime>): undefined {
  return mistake(reading, at, message, help);
}

/** Something that may be right, and is not understood. */
export function puzzle({ notes, reasons }: Reading, at: At, message: string, because = message): undefined {
  notes.tell('info', 'caddy-not-understood', at, {
    message,
    why: 'how long a request waits here is not known',
    help: 'the bound of the route says so, too',
  });
  reasons.push(because);
}

/** Something that has never been measured, so that nothing is said about it. */
export function unmeasured(reading: Reading, at: At, what: string): undefined {
  return puzzle(reading, at, `${what}: its waits have not been measured`);
}

/** The first word of a line. */
export function only(reading: Reading, { directive, words }: Line): Word | undefined {
  const [word] = words;
  if (!word) return refused(reading, directive.head, noValue(directive.name));
  if (word.unknown !== undefined) {
    reading.reasons.push(`\`${directive.name}\` is what the environment variable ${word.unknown} says`);
    return undefined;
  }
  return word;
}

export function time(reading: Reading, line: Line): Given<Duration> | undefined {
  const word = only(reading, line);
  if (!word) return undefined;
  const value = parseCaddyDuration(word.text);
  if (value !== undefined) return reading.notes.given(value, word.at);
  return refused(reading, word.at, noTime(word.text));
}

export function whole(reading: Reading, line: Line): Given<number> | undefined {
  const word = only(reading, line);
  if (!word) return undefined;
  if (/^[+-]?\d{1,15}$/.test(word.text)) return reading.notes.given(Number(word.text), word.at);
  return refused(reading, word.at, noNumber(word.text));
}
