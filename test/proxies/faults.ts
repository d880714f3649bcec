import type { IncomingHttpHeaders } from 'node:http';
import { freePort } from '../../src/cli/ports.ts';
import { type Blackhole, startBlackhole } from './blackhole.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';

/** What an upstream does that speaks TCP: the faults that a Node server can show. All times are milliseconds. */
export type ServerFault =
  /** Answers 200 with JSON (`Echo`), `afterMs` after the request. */
  | { readonly kind: 'ok'; readonly afterMs?: number }
  /** Takes the connection and the request and never answers. */
  | { readonly kind: 'silent' }
  /** Closes without an answer, `afterMs` after the request; with `reset` by RST, otherwise by FIN. */
  | { readonly kind: 'close'; readonly afterMs?: number; readonly reset?: boolean }
  /** Answers with this status, `afterMs` after the request. */
  | { readonly kind: 'error_status'; readonly status?: number; readonly afterMs?: number }
  /** Sends one byte of a header field every `everyMs`, for ever. */
  | { readonly kind: 'header_drip'; readonly everyMs?: number }
  /** Never reads the request body. A body under about 5 MB still fits the kernel's buffers and seems to be sent. */
  | { readonly kind: 'no_read' }
  /** Sends a whole header and 10 bytes of the body, then nothing. */
  | { readonly kind: 'body_stall'; readonly chunked?: boolean };

export type Fault =
  | ServerFault
  /** Nobody listens. */
  | { readonly kind: 'refused' }
  /** No SYN is ever answered. */
  | { readonly kind: 'blackhole' }
  /**
   * Like `silent`, but the SYN is answered late: at the client's first retransmission that comes `afterMs` or more after
   * its SYN, so about 1.03 s (`afterMs` below 1000) or 3.1 s later. Clients that arrive while another one is let in
   * may be let in at once.
   */
  | { readonly kind: 'late'; readonly afterMs?: number };

/** A request that reached an upstream. Of a late connection only method and URL are known. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** `performance.now()` at the moment it arrived. */
  readonly at: number;
}

/** The JSON body of an `ok` answer. */
export interface Echo {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** An upstream on loopback whose behaviour can be changed at any time; its address stays. */
export interface Upstream {
  readonly id: string;
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Tries that came here: requests; with `blackhole` and `late` clients whose SYN was dropped; none with `refused`. */
  attempts(): number;
  /** Connections taken by a Node server, also those without a request. */
  connections(): number;
  seen(): readonly Seen[];
  /**
   * Switches to another behaviour. Open connections are cut, unless `keepConnections` is set and both behaviours are a
   * server's: then an idle connection of the proxy's pool stays, and its next request meets the new behaviour.
   */
  become(fault: Fault, options?: { readonly keepConnections?: boolean }): Promise<void>;
  stop(): Promise<void>;
  /** The process that holds a blackhole, so that a test can see it end. */
  childPid(): number | undefined;
}

/** Starts an upstream on a port of its own; `id` is what an `ok` answer calls itself. */
export async function startFault(fault: Fault, options: { readonly id?: string } = {}): Promise<Upstream> {
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const { id = address } = options;
  const requests: Seen[] = [];
  const count = { attempts: 0, connections: 0 };
  let server: FaultServer | undefined;
  let blackhole: Blackhole | undefined;

  const stop = async (): Promise<void> => {
    await Promise.all([server?.stop(), blackhole?.stop()]);
    server = undefined;
    blackhole = undefined;
  };
  const become: Upstream['become'] = async (next, { keepConnections = false } = {}) => {
    if (keepConnections && server !== undefined && isServerFault(next)) return server.become(next);
    await stop();
    if (next.kind === 'refused') return;
    if (isServerFault(next)) {
      server = await startFaultServer(port, id, next, {
        connection: () => count.connections++,
        request: (seen) => {
          count.attempts++;
          requests.push(seen);
        },
      });
      return;
    }
    const events = {
      syn: () => count.attempts++,
      request: (seen: Pick<Seen, 'method' | 'url'>) => requests.push({ ...seen, headers: {}, at: performance.now() }),
    };
    blackhole = await startBlackhole(port, events, next.kind === 'late' ? (next.afterMs ?? 100) : undefined);
  };

  await become(fault);
  return {
    id,
    port,
    address,
    attempts: () => count.attempts,
    connections: () => count.connections,
    seen: () => requests,
    become,
    stop,
    childPid: () => blackhole?.pid,
  };
}

function isServerFault(fault: Fault): fault is ServerFault {
  return fault.kind !== 'refused' && fault.kind !== 'blackhole' && fault.kind !== 'late';
}
