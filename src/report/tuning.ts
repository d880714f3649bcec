import { type Duration, humanDuration } from '../model/duration.ts';
import { attemptsOf } from '../model/relations.ts';
import type { Given, Limit, ProxyRoute, Topology } from '../model/topology.ts';
import { lower } from '../targets/index.ts';
import { judge, type RouteOnTarget, type RouteReport } from './report.ts';

/** What decides how long a request waits, in the order in which it is told: the words of a topology for it. */
export const settings = ['tries', 'connect', 'response_header', 'window'] as const;
export type Setting = (typeof settings)[number];

export type Value = number | 'unlimited' | Limit;

/** The values of one route, as numbers. */
export interface Values {
  readonly tries: number | 'unlimited';
  readonly connect: number;
  readonly response_header: Limit;
  readonly window: Limit;
}

/** A route whose values may be changed, whatever language they are written in. */
export interface Tuning {
  /** How long it waits now, on each of its targets. */
  readonly targets: readonly RouteOnTarget[];
  readonly now: { readonly [Name in Setting]: Given<Values[Name]> };
  /** Of one request, at most: `Infinity` where the window alone decides. */
  readonly attempts: number;
  readonly servers: number;
  /** The pause between attempts: a window that is not longer lets none start. */
  readonly interval: Duration;
  /** Absent: no failure takes a server out of rotation. */
  readonly marking?: { readonly maxFails: number; readonly window: Duration };
  /** How long it would wait with other values. */
  judged(values: Values): readonly RouteOnTarget[];
  /** How a setting is called where it is written: `proxy_read_timeout`. */
  word(setting: Setting): string;
  /** A value as a reader of that language knows it. */
  shown(setting: Setting, value: Value): string;
}

/** Where a route of a topology takes a setting from. */
export function givenOf({ timeouts, retry }: ProxyRoute, setting: Setting): Given<Value> {
  return setting === 'tries' || setting === 'window' ? retry[setting] : timeouts[setting];
}

export function valuesOf({ now }: Tuning): Values {
  return {
    tries: now.tries.value,
    connect: now.connect.value,
    response_header: now.response_header.value,
    window: now.window.value,
  };
}

/** A route of a topology. */
export function tuningOf(topology: Topology, { route, site, targets }: RouteReport): Tuning {
  const { timeouts, retry, pool } = route;
  const { max_fails, fail_window } = pool.health.passive;
  const marks = pool.servers.length > 1 && max_fails.value > 0;
  return {
    targets,
    now: {
      tries: retry.tries,
      connect: timeouts.connect,
      response_header: timeouts.response_header,
      window: retry.window,
    },
    attempts: attemptsOf(route),
    servers: pool.servers.length,
    interval: retry.interval.value,
    ...(marks ? { marking: { maxFails: max_fails.value, window: fail_window.value } } : {}),
    judged(values) {
      const changed = { ...site, routes: [withValues(route, values)] };
      const auth = route.forwardAuth;
      const pools = auth && auth !== 'none' ? [pool, auth.asks.pool] : [pool];
      const alone = { ...topology, sites: [changed], pools };
      return judge(alone, lower(alone))[0]?.targets ?? [];
    },
    word: (setting) => setting,
    shown: (setting, value) =>
      typeof value === 'number' && setting !== 'tries' ? humanDuration(value as Duration) : String(value),
  };
}

function withValues(route: ProxyRoute, { tries, connect, response_header, window }: Values): ProxyRoute {
  const { timeouts, retry } = route;
  return {
    ...route,
    timeouts: {
      ...timeouts,
      connect: { ...timeouts.connect, value: connect as Duration },
      response_header: { ...timeouts.response_header, value: response_header },
    },
    retry: { ...retry, tries: { ...retry.tries, value: tries }, window: { ...retry.window, value: window } },
  };
}
