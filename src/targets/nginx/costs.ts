import type { ServerFault } from '../../latency/bounds.ts';
import { evaluate, fixedWait, sum, type Term, wait, worst } from '../../latency/term.ts';
import { milliseconds } from '../../model/duration.ts';
import type { NginxLocation } from './directives.ts';

/** What one attempt waits for. */
export interface Costs {
  readonly connect: Term;
  readonly read: Term;
  /** A connection accepted at the last moment, then silence. */
  readonly both: Term;
  readonly send: Term;
  /** The earliest that a send ends, in milliseconds: as many attempts fit into a window. */
  readonly sendAtLeast: number;
}

/** What a server of nginx can do: without TLS there is no handshake, without HTTP/2 no stream. */
export type NginxFault = ServerFault | 'tls_stall' | 'refused_stream';

/** A timer that would move by less than this is left where it is: NGX_TIMER_LAZY_DELAY. */
const lazyDelay = 300;
/** Milliseconds that a large body may take to fill the buffers of the kernel. */
const filling = 50;

export function costsOf({ connect, handshake, read, send, requestBuffering }: NginxLocation): Costs {
  const directive = 'proxy_connect_timeout';
  // Connecting and the handshake share one timer.
  const one = handshake
    ? sum(wait('connect', connect, directive), wait('tls handshake', handshake, directive))
    : wait('connect', connect, directive);
  const connecting = connect.value + (handshake?.value ?? 0);
  const header = wait('response header', read, 'proxy_read_timeout');
  const write = wait('send', send, 'proxy_send_timeout');
  const both = sum(one, header);
  // Connecting and sending share one timer. Sending begins up to `filling` later, and moves the end of the timer only when
  // that makes a difference of `lazyDelay`: else the limit of the connection stays in force.
  const more = send.value - connecting;
  if (more >= lazyDelay || more <= -lazyDelay - filling) {
    return { connect: one, read: header, both, send: write, sendAtLeast: send.value };
  }
  // A body that is passed on as it comes is sent in parts, and any of them may move the end.
  const certain = requestBuffering !== false && more > -lazyDelay && more < lazyDelay - filling;
  return {
    connect: one,
    read: header,
    both,
    send: certain ? one : worst(write, one),
    sendAtLeast: certain ? connecting : Math.min(connecting, send.value),
  };
}

export function costOf(fault: NginxFault, { connect, read, both, send }: Costs): Term {
  switch (fault) {
    case 'refused_stream':
    case 'refused':
      return fixedWait('refused', milliseconds(0));
    // The handshake goes on under the timer of the connection (ngx_http_upstream_ssl_init_connection).
    case 'tls_stall':
    case 'blackhole':
      return connect;
    case 'late':
      return both;
    case 'no_read':
      return send;
    default:
      return read;
  }
}

export function millisecondsOf(costs: Costs, fault: NginxFault): number {
  return fault === 'no_read' ? costs.sendAtLeast : evaluate(costOf(fault, costs));
}
