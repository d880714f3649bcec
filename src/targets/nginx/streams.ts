import { inService } from '../../model/balance.ts';
import { add, type Duration, milliseconds } from '../../model/duration.ts';
import { speaksHttp2 } from '../../model/pool-tls.ts';
import type { Given, ProxyRoute } from '../../model/topology.ts';
import type { NginxLocation } from './directives.ts';

type Asking = Pick<NginxLocation, 'read' | 'conditions' | 'window'>;
type Passing = Asking & Pick<NginxLocation, 'upgraded' | 'buffering' | 'requestBuffering'>;

/** nginx has no unlimited wait. */
export const forever = milliseconds(86_400_000);

/**
 * How a route passes on what comes. nginx has one limit for the header and for the silence after it. So upgrades have a
 * location of their own, where it is the silence of the connection; of a stream it is the longer of the two.
 */
export function passed(route: ProxyRoute, plain: Asking): Passing {
  const { timeouts, stream, flush, pool } = route;
  const own = stream.value ? streamed(route, plain) : plain;
  return {
    ...own,
    ...(flush.value === 'immediate' ? { buffering: false } : {}),
    ...(!speaksHttp2(pool) && timeouts.upgraded.value !== own.read.value ? { upgraded: timeouts.upgraded } : {}),
  };
}

function streamed(route: ProxyRoute, { read, conditions, window }: Asking): Passing {
  const { idle } = route.timeouts;
  const pause = idle.value === 'none' ? forever : idle.value;
  const connecting = connectingOf(route);
  return {
    read: pause > read.value ? { ...idle, value: pause } : read,
    conditions: conditions.filter((condition) => condition === 'error' || condition === 'timeout'),
    window: window && window.value <= connecting.value ? window : connecting,
    requestBuffering: false,
  };
}

/**
 * nginx does not tell failures before a request was sent from those after it. What fails within the time that it takes to
 * find every server out of reach is tried again; what was passed on for longer is not.
 */
function connectingOf({ timeouts, retry, pool }: ProxyRoute): Given<Duration> {
  const { connect, tls_handshake } = timeouts;
  const handshake = pool.tls && tls_handshake.value !== 'none' ? [tls_handshake.value] : [];
  const servers = inService(pool).length;
  const attempts = retry.tries.value === 'unlimited' ? servers : Math.min(retry.tries.value, servers);
  return {
    value: milliseconds(attempts * add(connect.value, ...handshake)),
    at: connect.at,
    origin: 'default',
    because: 'a stream is tried again while servers are out of reach',
  };
}
