import type { Place } from '../diagnostics/diagnostic.ts';
import type { Node } from '../source/node.ts';
import { defaults } from './defaults.ts';
import { type Duration, parseDuration } from './duration.ts';
import {
  boolean,
  duration,
  type Findings,
  find,
  type Layer,
  limit,
  number,
  type Parse,
  read,
  text,
  under,
} from './reader.ts';
import type { ActiveCheck, Condition, Health, Keepalive, Limit, Retry, Timeouts } from './topology.ts';

/** `timeouts retry health` merge key by key: each function takes the maps of all layers, nearest first. */
export function timeouts(layers: readonly Layer[], at: Place, found: Findings): Timeouts {
  const maps = under(layers, 'timeouts');
  const table = defaults.timeouts;
  const one = <T extends Limit>(key: keyof typeof table, parse: Parse<T>) =>
    read<T>(maps, key, parse, { ...table[key], value: fixed(table[key].value) as T }, at);
  return {
    connect: one('connect', duration(found)),
    tls_handshake: one('tls_handshake', limit(found)),
    send: one('send', limit(found)),
    response_header: one('response_header', limit(found)),
    idle: one('idle', limit(found)),
    upgraded: one('upgraded', duration(found)),
  };
}

export function retry(layers: readonly Layer[], at: Place, found: Findings): Retry {
  const maps = under(layers, 'retry');
  const table = defaults.retry;
  const result: Retry = {
    tries: read(maps, 'tries', (node) => (text(node) === 'unlimited' ? 'unlimited' : number(node)), table.tries, at),
    window: read(maps, 'window', limit(found), { ...table.window, value: fixed(table.window.value) }, at),
    interval: read(maps, 'interval', duration(found), { ...table.interval, value: time(table.interval.value) }, at),
    on: read(maps, 'on', conditions, table.on, at),
    non_idempotent: read<boolean>(maps, 'non_idempotent', boolean, table.non_idempotent, at),
  };
  const { tries, window, interval } = result;
  if (tries.value === 'unlimited' && window.value === 'none') {
    found.add('error', 'reference-retry', tries.at, '`tries: unlimited` has no end', {
      why: 'a request would be tried again for as long as every server is dead',
      help: 'write a `window`, such as 3s, beside it',
    });
  }
  // A window of zero is a mistake that the schema has reported.
  if (window.value !== 'none' && window.value > 0 && interval.value >= window.value) {
    found.add('error', 'reference-retry', interval.at, 'the pause between attempts is as long as the whole window', {
      why: 'no second attempt could start',
      help: 'make `interval` shorter than `window`',
      related: [{ place: window.at, message: 'the window' }],
    });
  }
  return result;
}

export function health(layers: readonly Layer[], at: Place, found: Findings): Health {
  const maps = under(layers, 'health');
  const passive = under(maps, 'passive');
  const check = active(under(maps, 'active'), found);
  return {
    ...(check ? { active: check } : {}),
    passive: {
      max_fails: read<number>(passive, 'max_fails', number, defaults.health.passive.max_fails, at),
      fail_window: timeOf(passive, 'fail_window', defaults.health.passive.fail_window, at, found),
    },
  };
}

function active(layers: readonly Layer[], found: Findings): ActiveCheck | undefined {
  const path = find(layers, 'path', text);
  if (!path) return undefined;
  const table = defaults.health.active;
  return {
    at: path.at,
    path,
    interval: timeOf(layers, 'interval', table.interval, path.at, found),
    timeout: timeOf(layers, 'timeout', table.timeout, path.at, found),
    passes: read<number>(layers, 'passes', number, table.passes, path.at),
    fails: read<number>(layers, 'fails', number, table.fails, path.at),
    status: read<string>(layers, 'status', text, table.status, path.at),
  };
}

export function keepalive(layers: readonly Layer[], at: Place, found: Findings): Keepalive {
  const maps = under(layers, 'keepalive');
  return {
    connections: read<number>(maps, 'connections', number, defaults.keepalive.connections, at),
    idle: timeOf(maps, 'idle', defaults.keepalive.idle, at, found),
  };
}

function timeOf(
  layers: readonly Layer[],
  key: string,
  fallback: { readonly value: string; readonly because: string },
  at: Place,
  found: Findings,
) {
  return read(layers, key, duration(found), { ...fallback, value: time(fallback.value) }, at);
}

const conditions: Parse<readonly Condition[]> = (node: Node) =>
  node.kind === 'sequence' ? (node.items.map(text).filter(Boolean) as Condition[]) : undefined;

/** A duration of the defaults table, which a test proves well-formed. */
function time(written: string): Duration {
  return parseDuration(written) as Duration;
}

function fixed(written: string): Limit {
  return written === 'none' ? 'none' : time(written);
}
