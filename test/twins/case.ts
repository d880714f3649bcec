import type { KnownDifference } from './known.ts';

/**
 * Twin tests: one topology, compiled for the oldest and the newest nginx and Caddy, must answer the same requests alike,
 * and a server behind it must see the same. To add a case, write one in `cases/` and list it in `cases/index.ts`:
 *
 * - `sites` is what stands below `sites:` in a topology; take names that no other case has. All cases with the same
 *   `edge` share one start of the four programs. Servers are `echo:3000` and `other:3000`; nobody listens on `dead:3000` to `dead:3003`.
 * - A request is made by `get`, `raw` or `http2` of `requests.ts`. `status` is what the programs must answer, and
 *   `seen` the request line that a server must see (`null`: no server is asked): equal is not yet right.
 * - `?give=NAME` makes the server answer as `server.ts` lists.
 * - A difference is allowed where `differences` names it with an entry of `known.ts`, what it is about, and the programs
 *   that differ from the others. `otherwise` names those that do another thing altogether, and what they do. One that
 *   does not occur any more fails the test.
 */
export interface TwinCase {
  readonly name: string;
  readonly sites: string;
  /** What is in each folder that `files` names: path → text. */
  readonly contents?: Readonly<Record<string, string>>;
  readonly edge?: string;
  readonly requests: readonly TwinRequest[];
}

export const twins = ['nginx old', 'nginx new', 'caddy old', 'caddy new'] as const;
export type Twin = (typeof twins)[number];

/** `status`, `share`, `interim`, `body`, `header NAME`; what the server saw: `line`, `seen NAME` (a header), `content`, `server`. */
export type Aspect = string;

export interface Difference {
  readonly known: KnownDifference;
  readonly what: Aspect;
  /** Those that are not like the others; the others are equal. */
  readonly on: readonly Twin[];
}

/** Nothing else of these programs is compared with the others. */
export interface Otherwise {
  readonly known: KnownDifference;
  readonly on: readonly Twin[];
  readonly status: number;
  readonly seen: string | null;
}

export interface TwinRequest {
  readonly name: string;
  readonly message: Message;
  readonly status: number;
  readonly seen?: string | null;
  /** Further aspects as they must be; `null`: not there. */
  readonly also?: Readonly<Record<Aspect, string | null>>;
  /**
   * It is sent eight times, with the cookies of the first answer: how many of them each server gets, the most first. Which
   * server that is, and what it answers, is not compared.
   */
  readonly share?: string;
  readonly differences?: readonly Difference[];
  readonly otherwise?: Otherwise;
}

export type Message = RawMessage | Http2Message;

export interface RawMessage {
  readonly kind: 'raw';
  /** As they are sent, one character a byte; must make the other side close the connection. */
  readonly bytes: string;
  /** Sent when the first bytes of an answer are there. */
  readonly later?: string;
  /** The silence before `later`, in milliseconds. */
  readonly silence?: number;
  /** The name of the handshake; absent: plain http. */
  readonly servername?: string;
  /** The newest version of TLS that the client knows. */
  readonly newest?: 'TLSv1.2' | 'TLSv1.3';
}

export interface Http2Message {
  readonly kind: 'http2';
  readonly servername: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}
