import { type Duration, directiveDuration, milliseconds } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import type { RouteOnTarget } from '../../report/report.ts';
import type { Setting, Tuning, Values } from '../../report/tuning.ts';
import type { NginxLocation } from '../../targets/nginx/directives.ts';
import { peersOf } from '../../targets/nginx/peers.ts';
import { type Answering, triesOf } from './model.ts';
import { ownDefault } from './settings.ts';

/** What each setting is in nginx. All of them are inherited from the blocks around a location. */
export const directives: Readonly<Record<Setting, string>> = {
  tries: 'proxy_next_upstream_tries',
  connect: 'proxy_connect_timeout',
  response_header: 'proxy_read_timeout',
  window: 'proxy_next_upstream_timeout',
};

/** The values of a location with none above these. */
export function capped(location: NginxLocation, { tries, connect, response_header, window }: Values): NginxLocation {
  const below = (given: Given<Duration>, limit: number | 'none'): Given<Duration> =>
    limit === 'none' || given.value <= limit ? given : { ...given, value: milliseconds(limit) };
  const own = location.tries.value;
  const fewer = tries !== 'unlimited' && (own === 0 || own > tries) ? { ...location.tries, value: tries } : undefined;
  const limited = window === 'none' ? undefined : (location.window ?? { ...location.read, value: window });
  return {
    ...location,
    connect: below(location.connect, connect),
    read: below(location.read, response_header),
    ...(fewer ? { tries: fewer } : {}),
    ...(limited ? { window: below(limited, window) } : {}),
  };
}

/** Is a setting above a value there? */
export function exceeds(asked: Answering, setting: Setting, to: number): boolean {
  return amount(givenOf(asked)[setting].value) > to;
}

function amount(value: number | string): number {
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY;
}

function givenOf({ way: { location, pool } }: Answering): Tuning['now'] {
  const isOff = location.conditions.every((one) => one === 'non_idempotent');
  return {
    tries: isOff ? { ...location.tries, value: 1 } : triesOf(location, pool?.upstream),
    connect: location.connect,
    response_header: location.read,
    window: location.window ?? { value: 'none', at: location.read.at, origin: 'default', because: ownDefault },
  };
}

/** All that a route asks, as one thing that can be tuned: the largest values count. Nothing where it asks nobody. */
export function tuningOf(
  asked: readonly Answering[],
  targets: readonly RouteOnTarget[],
  judged: Tuning['judged'],
): Tuning | undefined {
  if (asked.length === 0) return undefined;
  const given = asked.map(givenOf);
  const most = <Name extends Setting>(name: Name): Tuning['now'][Name] =>
    given.map((one) => one[name]).reduce((one, other) => (amount(other.value) > amount(one.value) ? other : one));
  const peers = asked.flatMap(({ way: { pool } }) => (pool ? peersOf(pool.upstream) : []));
  const mostPeers = Math.max(1, ...peers.map((one) => one.asked));
  const tries = most('tries');
  const [marking] = peers.flatMap((one) => one.marking ?? []);
  return {
    targets,
    now: { tries, connect: most('connect'), response_header: most('response_header'), window: most('window') },
    attempts: Math.min(amount(tries.value), mostPeers),
    servers: Math.max(1, ...peers.map(({ spoken }) => spoken)),
    interval: milliseconds(0),
    ...(marking ? { marking: { maxFails: marking.fails, window: marking.longest } } : {}),
    judged,
    word: (setting) => directives[setting],
    shown: (setting, value) =>
      typeof value !== 'number'
        ? 'no limit'
        : setting === 'tries'
          ? String(value)
          : directiveDuration(value as Duration),
  };
}
