import fc from 'fast-check';

export type Words = Readonly<Record<string, unknown>>;

export const pick = fc.constantFrom;
export const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** A map of which each key may be missing. */
export const loose = (keys: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Words> =>
  fc.record(keys, { requiredKeys: [] });

/** A number → one of the values of a list; nothing when there are none. */
export function at<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(list.length, 1)];
}

export const withoutNothing = (words: Words): Record<string, unknown> =>
  Object.fromEntries(Object.entries(words).filter(([, one]) => one !== undefined));

export function hasWords(words: object): boolean {
  return Object.keys(words).length > 0;
}

export const time = pick('250ms', '1s', '1.5s', '90s', '1m30s', '0.5h', '365d');
export const limit = fc.oneof(time, fc.constant('none'));
export const wholeSeconds = pick('1s', '10s', '1m', '1h30m', '180d');

/** What must hold in all of a topology, because words of several places are merged key by key. */
export interface World {
  /** Windows and pauses of milliseconds. */
  readonly tiny: boolean;
  /** Some `tries: unlimited`: then every `retry` has a window. */
  readonly unlimited: boolean;
  /** Maps that several places share: in the text, anchors and aliases. */
  readonly shared: readonly Words[];
  /** Routes choose by the path alone, and ask servers with the path as it came. */
  readonly plain: boolean;
}
