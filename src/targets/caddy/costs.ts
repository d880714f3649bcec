import type { ServerFault } from '../../latency/bounds.ts';
import { fixedWait, sum, type Term, unbounded, wait } from '../../latency/term.ts';
import { milliseconds } from '../../model/duration.ts';
import { atLeast, type Version } from '../../model/version.ts';
import type { ReverseProxy } from './directives.ts';

/** What one attempt waits for. */
export interface Costs {
  readonly dial: Term;
  readonly header: Term;
  readonly both: Term;
  readonly write: Term;
}

export function costsOf({ dial, responseHeader, write, h2c }: ReverseProxy, version: Version): Costs {
  const one = wait('connect', dial, 'dial_timeout');
  const header = !responseHeader
    ? unbounded('response header', 'no response_header_timeout: lb_try_duration does not end a running attempt')
    : h2c && !atLeast(version, '2.11.0')
      ? unbounded(
          'response header',
          'before 2.11.0 response_header_timeout is ignored for h2c servers',
          responseHeader.at,
        )
      : wait('response header', responseHeader, 'response_header_timeout');
  const send = h2c
    ? unbounded('send', 'how h2c servers that stop reading are waited for has not been measured')
    : write
      ? wait('send', write, 'write_timeout')
      : unbounded('send', 'no write_timeout');
  return { dial: one, header, both: sum(one, header), write: send };
}

/**
 * A stream that an h2c server refuses is sent again by Go inside one attempt, and no limit of Caddy ends that: on 2.6.2
 * eight times with pauses of up to 35 s, on 2.11.4 without a pause and without end (measured for a minute).
 */
export const refusedStream = unbounded(
  'refused streams',
  'a stream that an h2c server refuses is sent again inside the attempt, and nothing limits that',
);

/** What a server of this proxy can do: a stream exists with h2c only. */
export type CaddyFault = ServerFault | 'refused_stream';

export function costOf(fault: CaddyFault, { dial, header, both, write }: Costs): Term {
  switch (fault) {
    case 'refused':
      return fixedWait('refused', milliseconds(0));
    case 'blackhole':
      return dial;
    case 'late':
      return both;
    case 'no_read':
      return write;
    case 'refused_stream':
      return refusedStream;
    default:
      return header;
  }
}
