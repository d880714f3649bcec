import { type Duration, formatDuration } from './duration.ts';
import type { Given, Health, Keepalive, Retry, Timeouts } from './topology.ts';

/** A value as it is shown, with what is known about it. */
export class Told {
  readonly given: Given<unknown>;
  readonly shown: unknown;

  constructor(given: Given<unknown>, shown: unknown) {
    this.given = given;
    this.shown = shown;
  }
}

export type Tree = { [key: string]: unknown };

const times = new Set([
  'connect',
  'tls_handshake',
  'send',
  'response_header',
  'idle',
  'upgraded',
  'window',
  'interval',
  'timeout',
  'fail_window',
]);

/** A map of given values, those that are times in the form that people write. */
export function timed(map: Timeouts | Retry | Keepalive | Health['passive'] | Record<string, Given<unknown>>): Tree {
  return Object.fromEntries(
    Object.entries(map as Record<string, Given<unknown>>).map(([key, given]) => [
      key,
      times.has(key) ? told(given as Given<Duration | 'none'>, limit) : told(given),
    ]),
  );
}

export function limit(value: Duration | 'none'): string {
  return value === 'none' ? 'none' : formatDuration(value);
}

export function told<T>(given: Given<T>, show: (value: T) => unknown = (value) => value): Told {
  return new Told(given, show(given.value));
}

export function eachTold(map: Record<string, Given<unknown>>): Tree {
  return Object.fromEntries(Object.entries(map).map(([key, given]) => [key, told(given)]));
}
