import { add, type Duration, directiveDuration, milliseconds, subtract } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import type { RouteOnTarget } from '../../report/report.ts';
import type { Setting, Tuning, Values } from '../../report/tuning.ts';
import type { ReverseProxy } from '../../targets/caddy/directives.ts';
import { ownDefault } from './notes.ts';

/** What each setting is in Caddy; the two limits stand in `transport http`. */
export const directives: Readonly<Record<Setting, string>> = {
  tries: 'lb_retries',
  connect: 'dial_timeout',
  response_header: 'response_header_timeout',
  window: 'lb_try_duration',
};

const pauseByDefault = milliseconds(250);

/** The pause between attempts, once there is a window: one that is not written is 250ms then. */
function pauseOf({ tryInterval }: ReverseProxy): Duration {
  return tryInterval && tryInterval.value > 0 ? tryInterval.value : pauseByDefault;
}

function attemptsOf({ retries, tryInterval }: ReverseProxy): number {
  return retries ? retries.value + 1 : tryInterval ? Number.POSITIVE_INFINITY : 1;
}

/** A proxy with no value above these. */
export function capped(proxy: ReverseProxy, { tries, connect, response_header, window }: Values): ReverseProxy {
  const { retries, tryDuration, tryInterval, ...once } = proxy;
  const { dial, responseHeader } = proxy;
  const below = <T extends Given<Duration>>(given: T, limit: number): T =>
    given.value <= limit ? given : { ...given, value: milliseconds(limit) };
  const limits = {
    dial: below(dial, connect),
    ...(response_header === 'none'
      ? {}
      : {
          responseHeader: below(responseHeader ?? { ...dial, value: milliseconds(response_header) }, response_header),
        }),
  };
  const most = Math.min(attemptsOf(proxy), tries === 'unlimited' ? Number.POSITIVE_INFINITY : tries);
  if (most <= 1) return { ...once, ...limits, retryMethods: [], retryStatuses: [] };
  const pause = pauseOf(proxy);
  const shorter = window === 'none' || exceeds(proxy, 'window', window) === false ? undefined : window;
  return {
    ...proxy,
    ...limits,
    ...(Number.isFinite(most) ? { retries: { ...(retries ?? dial), value: most - 1 } } : {}),
    ...(shorter === undefined
      ? {}
      : {
          tryDuration: { ...(tryDuration ?? dial), value: subtract(milliseconds(shorter), pause) },
          tryInterval: { ...(tryInterval ?? dial), value: pause },
        }),
  };
}

/** Is a setting above a value there? */
export function exceeds(proxy: ReverseProxy, setting: Setting, to: number): boolean {
  return amount(givenOf(proxy)[setting].value) > to;
}

function amount(value: number | string): number {
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY;
}

function givenOf(proxy: ReverseProxy): Tuning['now'] {
  const { dial, responseHeader, retries, tryDuration } = proxy;
  const attempts = attemptsOf(proxy);
  const standard = <T>(value: T): Given<T> => ({ value, at: dial.at, origin: 'default', because: ownDefault });
  return {
    tries: retries
      ? { ...retries, value: attempts }
      : standard(Number.isFinite(attempts) ? attempts : ('unlimited' as const)),
    connect: dial,
    response_header: responseHeader ?? standard('none' as const),
    window: tryDuration ? { ...tryDuration, value: add(tryDuration.value, pauseOf(proxy)) } : standard('none' as const),
  };
}

/** All that a route asks, as one thing that can be tuned: the largest values count. Nothing where it asks nobody. */
export function tuningOf(
  asked: readonly ReverseProxy[],
  targets: readonly RouteOnTarget[],
  judged: Tuning['judged'],
): Tuning | undefined {
  if (asked.length === 0) return undefined;
  const given = asked.map(givenOf);
  const most = <Name extends Setting>(name: Name): Tuning['now'][Name] =>
    given.map((one) => one[name]).reduce((one, other) => (amount(other.value) > amount(one.value) ? other : one));
  const interval = milliseconds(Math.max(...asked.map(pauseOf)));
  const marking = asked.find(({ passive, servers }) => passive && servers.length > 1)?.passive;
  return {
    targets,
    now: {
      tries: most('tries'),
      connect: most('connect'),
      response_header: most('response_header'),
      window: most('window'),
    },
    attempts: amount(most('tries').value),
    servers: Math.max(1, ...asked.map(({ servers }) => servers.length)),
    interval,
    ...(marking ? { marking: { maxFails: marking.maxFails.value, window: marking.failDuration.value } } : {}),
    judged,
    word: (setting) => directives[setting],
    shown: (setting, value) => (typeof value === 'number' ? valueText(setting, value, interval) : 'no limit'),
  };
}

/** A value as Caddy reads it: it counts what comes after the first attempt, and the window ends before the last pause. */
export function valueText(setting: Setting, to: number, pause: Duration): string {
  if (setting === 'tries') return String(to - 1);
  const time = milliseconds(to);
  return directiveDuration(setting === 'window' ? subtract(time, pause) : time);
}

/** The same, as it is written for one proxy. */
export function writtenFor(proxy: ReverseProxy, setting: Setting, to: number): string {
  return valueText(setting, to, pauseOf(proxy));
}
