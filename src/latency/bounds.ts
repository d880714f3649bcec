import type { Term } from './term.ts';

/** What a server does, in the words of the published table. */
export const faults = [
  'refused',
  'blackhole',
  'vanished',
  'silent',
  'late',
  'close',
  'error_status',
  'header_drip',
  'tls_stall',
  'no_read',
  'refused_stream',
  'all_marked',
] as const;
export type Fault = (typeof faults)[number];

/** The faults of one server that plain http pools can meet: the rows that both targets have. */
export type ServerFault = Exclude<Fault, 'tls_stall' | 'refused_stream' | 'all_marked'>;

/** GET stands for what may be sent again, POST for what may not. */
export type Method = 'GET' | 'POST';

/** `one`: the server that makes it worst, while the others answer at once; `all`: every server alike. */
export type Failing = 'one' | 'all';

export interface FaultRow {
  readonly fault: Fault;
  readonly failing: Failing;
  readonly method: Method;
  /** How often a server is asked. */
  readonly attempts: number;
  /** What the client gets in the end. */
  readonly status: number;
  readonly wait: Term;
}

/**
 * Who pays while a server stays dead. Times in milliseconds; what depends on the request rate is absent without one.
 * All are upper bounds but `probeEvery`, the shortest gap.
 */
export interface FailWindow {
  readonly fault: Fault;
  /** Until the server is out of rotation, from its first victim on. */
  readonly detection?: number;
  readonly firstHitRequests?: number;
  readonly probeEvery?: number;
  readonly probeRequests?: number;
  /** Of all requests, in the long run. */
  readonly slowShare?: number;
  /** How long a server that is back stays unused. */
  readonly recovery: number;
  /** How long errors come at once after every server was marked. */
  readonly allMarked: number;
}

/** When a server's name has another address in DNS: how long requests may still go to the old one. */
export interface NameChange {
  /** Milliseconds; absent: until somebody reloads, or nobody knows. */
  readonly within?: number;
  readonly because: string;
}

/** All that is known about the wait of one route on one target. */
export interface Bounds {
  /** The supremum over all rows but `no_read`, in any mixture and order over the attempts. */
  readonly headline: Term;
  readonly rows: readonly FaultRow[];
  /** With sends again after the servers closed reused connections late. */
  readonly staleReuse: { readonly wait: Term; readonly resends: number; readonly condition: string };
  /** Absent `wait`: nothing bounds what the client sees. */
  readonly clientFirstByte: { readonly wait?: Term; readonly because: string };
  /** Is the time until the last byte bounded? */
  readonly bodyBounded: boolean;
  /** Requests to the servers for one of a client, at most; absent: as many as fit into the window. */
  readonly amplification?: number;
  /** How long a request goes on asking a server that refuses connections; absent: it asks once. */
  readonly retriesFor?: number;
  /** One server is named: a restart takes all the addresses that its name may have. */
  readonly lone?: true;
  readonly failWindow: readonly FailWindow[];
  /** Absent: all servers are addresses. */
  readonly nameChange?: NameChange | undefined;
  readonly assumptions: readonly string[];
}
