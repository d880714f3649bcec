import type { Node } from '../source/node.ts';
import { defaults } from './defaults.ts';
import { parseDuration } from './duration.ts';
import { boolean, type Findings, read, word, written } from './reader.ts';
import type { Limit, ProxyRoute, Timeouts } from './topology.ts';

type Passing = Pick<ProxyRoute, 'stream' | 'flush'>;

/** How what a server says comes to the client. */
export function passingOf(item: Node, found: Findings): Passing {
  const layers = [written(item)];
  const stream = read<boolean>(layers, 'stream', boolean, defaults.route.stream, item.at);
  const fallback = stream.value ? defaults.stream.flush : defaults.route.flush;
  const flush = read<'auto' | 'immediate'>(layers, 'flush', word('auto', 'immediate'), fallback, stream.at);
  if (stream.value && flush.value === 'auto') {
    found.add('error', 'reference-action', flush.at, '`flush: auto` does not go with `stream: true`', {
      why: 'a stream is passed on as it comes, its header too',
      help: 'remove it',
      related: [{ place: stream.at, message: 'the stream' }],
    });
  }
  return { stream, flush };
}

/** A stream may pause for longer than what is said of its pool: only the route itself says otherwise. */
export function withPauses(timeouts: Timeouts, { stream }: Passing): Timeouts {
  if (!stream.value || timeouts.idle.origin === 'written') return timeouts;
  const { value, because } = defaults.stream.idle;
  return { ...timeouts, idle: { value: parseDuration(value) as Limit, at: stream.at, origin: 'default', because } };
}
