import { add, type Duration, longer, milliseconds } from '../../model/duration.ts';
import { speaksHttp2 } from '../../model/pool-tls.ts';
import { isWritten } from '../../model/relations.ts';
import type { Given, Limit, ProxyRoute } from '../../model/topology.ts';
import type { CaddyProxyRoute, ReverseProxy } from './directives.ts';

/** The limits for what comes after the header, and whether the header waits for it. */
export function passed(route: ProxyRoute): Pick<ReverseProxy, 'read' | 'flush' | 'upgraded'> {
  const { flush, timeouts, pool } = route;
  const { upgraded } = timeouts;
  const read = readTimeout(route);
  // Nobody who said nothing needs a second proxy: without a limit a connection lives as long as both of its ends.
  const separate = !speaksHttp2(pool) && (read ? read.value !== upgraded.value : isWritten(upgraded));
  return {
    ...(read ? { read } : {}),
    ...(flush.value === 'immediate' ? { flush: { ...flush, value: milliseconds(-1) } } : {}),
    ...(separate ? { upgraded } : {}),
  };
}

/**
 * `read_timeout` runs on while a kept connection rests and while the header is awaited, so it must not be shorter
 * than both together: a healthy request would be cut (measured: 504 on the first request after a rest).
 */
function readTimeout({ timeouts, pool }: ProxyRoute): Given<Duration> | undefined {
  const idle = finite(timeouts.idle);
  const header = finite(timeouts.response_header);
  if (!idle || !header) return undefined;
  const rest = pool.keepalive.connections.value > 0 ? pool.keepalive.idle.value : milliseconds(0);
  return { ...idle, value: longer(idle.value, add(header.value, rest)) };
}

/** As its clients hear it: `encode` holds the header back until it knows whether there is enough to compress. */
export function asHeard({ proxy, encode = [] }: CaddyProxyRoute): ReverseProxy {
  if (encode.every((one) => one === 'br')) return proxy;
  const { flush, ...held } = proxy;
  return held;
}

export function finite(limit: Given<Limit>): Given<Duration> | undefined {
  return limit.value === 'none' ? undefined : { ...limit, value: limit.value };
}
