import type { Place } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import { type Duration, milliseconds } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import { own } from './inherit.ts';
import type { Directive } from './parse.ts';
import { inForce, placeOf, type Spot, type World } from './servers.ts';
import { parseFlag, parseNumber, parseTime } from './units.ts';

/** Why there is no bound, and where. */
export interface Problem {
  /** What waits: `proxy_read_timeout`. */
  readonly name: string;
  readonly because: string;
  readonly place: Place;
}

/** Reads what is in force in one block. What cannot be read is among `problems`. */
export interface Settings {
  readonly problems: Problem[];
  /** `fallback` in milliseconds is what nginx takes where nothing is written. */
  time(name: string, fallback: number): Given<Duration>;
  number(name: string, fallback: number): Given<number>;
  flag(name: string, fallback: boolean): boolean;
  /** The words of a list; nothing where it is not written. */
  words(name: string): Given<readonly string[]> | undefined;
}

export const ownDefault = 'nginx’s own default';

/** Defaults stand at `at`. */
export function settingsOf(spot: Spot, world: World, at: Place): Settings {
  return reading((name) => inForce(spot, name), world, at);
}

/** The same for a block that inherits nothing: an `upstream`. */
export function settingsIn(block: readonly Directive[], world: World, at: Place): Settings {
  return reading((name) => own(block, name)?.at(-1), world, at);
}

function reading(find: (name: string) => Directive | undefined, world: World, at: Place): Settings {
  const problems: Problem[] = [];
  const read = <T>(name: string, fallback: T, parse: (text: string) => T | undefined, what: string): Given<T> => {
    const directive = find(name);
    const word = directive?.args[0];
    const standard: Given<T> = { value: fallback, at, origin: 'default', because: ownDefault };
    if (!directive || !word) return standard;
    const value = parse(word.text);
    const place = placeOf(world, directive, word);
    if (value !== undefined) return { value, at: place, origin: 'written' };
    problems.push({ name, because: `${quoted(word.text)} is no ${what}`, place });
    return standard;
  };
  return {
    problems,
    time: (name, fallback) => read(name, milliseconds(fallback), (text) => parseTime(text, 'msec'), 'time'),
    number: (name, fallback) => read(name, fallback, parseNumber, 'number'),
    flag: (name, fallback) => read(name, fallback, parseFlag, '`on` or `off`').value,
    words(name) {
      const directive = find(name);
      if (!directive) return undefined;
      const [first] = directive.args;
      const value = directive.args.map(({ text }) => text.toLowerCase());
      return { value, at: placeOf(world, directive, first, directive.args.at(-1)), origin: 'written' };
    },
  };
}
