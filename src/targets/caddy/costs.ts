import type { Place } from '../../diagnostics/diagnostic.ts';
import type { ServerFault } from '../../latency/bounds.ts';
import { evaluate, fixedWait, sum, type Term, times, unbounded, wait } from '../../latency/term.ts';
import { type Duration, milliseconds } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import { atLeast, type Version } from '../../model/version.ts';
import type { ReverseProxy } from './directives.ts';

/** What one attempt waits for. */
export interface Costs {
  readonly dial: Term;
  /** Until a connection can be used. */
  readonly connecting: Term;
  /** Absent: no TLS. */
  readonly handshake?: Term;
  /** Until the header is there as a whole. */
  readonly header: Term;
  /** Until a server that is silent is given up. */
  readonly silence: Term;
  /** Connecting, in every sense, and then silence. */
  readonly late: Term;
  /** Of a connection that was reused. */
  readonly reused: Term;
  /** The worst of all. */
  readonly both: Term;
  readonly write: Term;
}

export function costsOf(proxy: ReverseProxy, version: Version): Costs {
  const { dial, write, tls, queueAt, lookup } = proxy;
  const one = wait('connect', dial, 'dial_timeout');
  const header = headerOf(proxy, version);
  const silence = silenceOf(proxy, header);
  const handshake = tls && handshakeOf(tls.handshake, dial.at);
  const rested = restedOf(proxy, header);
  const send = speaksHttp2(proxy)
    ? unbounded('send', 'how servers of HTTP/2 that stop reading are waited for has not been measured')
    : write
      ? wait('send', write, 'write_timeout')
      : unbounded('send', 'no write_timeout');
  const connecting = handshake ? [one, handshake] : [one];
  return {
    dial: one,
    connecting: sum(...connecting),
    ...(handshake ? { handshake } : {}),
    header,
    silence,
    late: sum(...connecting, silence),
    reused: rested ? sum(rested, ...connecting, silence) : silence,
    both: sum(
      ...(lookup ? [times(lookup.value, 'DNS lookups', lookupTime)] : []),
      ...(queueAt ? [queueOf(queueAt.at)] : []),
      ...(rested ? [rested] : []),
      ...connecting,
      header,
    ),
    write: send,
  };
}

/** With streams, which a server may refuse. What was written by hand may also speak it by the choice of a server. */
export function speaksHttp2({ h2c, tls }: ReverseProxy): boolean {
  return h2c === true || tls?.http2 === true;
}

function headerOf({ responseHeader, h2c }: ReverseProxy, version: Version): Term {
  if (!responseHeader)
    return unbounded('response header', 'no response_header_timeout: lb_try_duration does not end a running attempt');
  return h2c && !atLeast(version, '2.11.0')
    ? unbounded(
        'response header',
        'before 2.11.0 response_header_timeout is ignored for h2c servers',
        responseHeader.at,
      )
    : wait('response header', responseHeader, 'response_header_timeout');
}

/** read_timeout ends a silence too; what it does not end is a header that comes a byte at a time. */
function silenceOf({ read }: ReverseProxy, header: Term): Term {
  return read && read.value < evaluate(header) ? wait('read', read, 'read_timeout') : header;
}

/** Without tls_timeout nothing ends a handshake: it is in neither of the limits around it. */
function handshakeOf(handshake: Given<Duration> | undefined, at: Place): Term {
  return handshake
    ? wait('tls handshake', handshake, 'tls_timeout')
    : unbounded(
        'tls handshake',
        'no tls_timeout: dial_timeout and response_header_timeout leave the handshake out',
        at,
      );
}

/**
 * read_timeout runs on while a connection rests: when it ends in the middle of a request, Go sends that again on a new one
 * (measured: 2.5s with 2s). Where it is longer than a rest and a header together that cannot be.
 */
function restedOf({ read, keepalive }: ReverseProxy, header: Term): Term | undefined {
  if (!read || !keepalive || read.value >= evaluate(header) + keepalive.idle.value) return undefined;
  const silence = evaluate(header);
  return read.value <= silence
    ? wait('reused connection', read, 'read_timeout')
    : fixedWait('reused connection', milliseconds(silence));
}

/** Two tries of 5 s at one DNS server, as resolv.conf has it unless told (measured on both versions). */
const lookupTime = fixedWait('DNS lookup', milliseconds(10_000));

function queueOf(at: Place): Term {
  return unbounded('queue', 'max_conns_per_host: for a connection of others to become free there is no limit', at);
}

/**
 * A stream that a server refuses is sent again by Go inside one attempt, and no limit of Caddy ends that: on 2.6.2
 * eight times with pauses of up to 35 s, on 2.11.4 without a pause and without end (measured for a minute).
 */
export const refusedStream = unbounded(
  'refused streams',
  'a stream that a server of HTTP/2 refuses is sent again inside the attempt, and nothing limits that',
);

/** What a server of this proxy can do: a stream exists with h2c only, a handshake with TLS only. */
export type CaddyFault = ServerFault | 'tls_stall' | 'refused_stream';

export function costOf(fault: CaddyFault, costs: Costs): Term {
  switch (fault) {
    case 'refused':
      return fixedWait('refused', milliseconds(0));
    case 'blackhole':
      return costs.dial;
    case 'late':
      return costs.late;
    case 'vanished':
      return costs.reused;
    case 'tls_stall':
      return costs.handshake ?? fixedWait('no handshake', milliseconds(0));
    case 'header_drip':
      return costs.header;
    case 'no_read':
      return costs.write;
    case 'refused_stream':
      return refusedStream;
    default:
      return costs.silence;
  }
}
