import { add } from '../model/duration.ts';
import { attemptsOf, isWritten } from '../model/relations.ts';
import type { Given, ProxyRoute } from '../model/topology.ts';
import type { Capability } from './capability.ts';
import type { Use } from './portability.ts';

/** What a route asks of passing on what comes after the header. */
export function passingUses(route: ProxyRoute): Use[] {
  const { timeouts, pool, stream } = route;
  const { idle, response_header, upgraded } = timeouts;
  const found: Use[] = [];
  const use = (capability: Capability, given: Given<unknown>, what: string): void => {
    found.push({ capability, at: given.at, what });
  };
  const header = response_header.value === 'none' ? undefined : response_header.value;
  const pause = idle.value === 'none' ? Number.POSITIVE_INFINITY : idle.value;
  if (stream.value) {
    if (idle.value === 'none') use('timeouts.none', idle, '`idle: none` of a stream');
    if (header !== undefined && pause > header) use('stream.header', stream, 'the `response_header` of a stream');
    if (attemptsOf(route) > 1) use('stream.retry', stream, 'a stream that is never sent twice');
  } else if (header !== undefined) {
    if (idle.value === 'none') use('timeouts.idle.none', response_header, 'an unlimited pause inside the body');
    else if (pause > header) use('timeouts.idle.longer', idle, '`idle`');
  }
  if (header !== undefined) {
    if (pause < header) use('timeouts.idle.shorter', idle, '`idle`');
    if (pause < add(header, pool.keepalive.idle.value)) use('timeouts.idle.rest', idle, '`idle`');
  }
  if (isWritten(upgraded)) use('timeouts.upgraded', upgraded, '`upgraded`');
  return found;
}
