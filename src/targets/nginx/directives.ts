import type { Address } from '../../model/address.ts';
import type { Duration } from '../../model/duration.ts';
import type { Condition, Given, PathMatch, SiteTls } from '../../model/topology.ts';
import type { Version } from '../../model/version.ts';
import type { Listener } from '../listeners.ts';

/**
 * What nginx is told, for all sites at once. The emitter prints exactly this, and whatever wants to know how nginx
 * behaves reads exactly this. Directive names are in the comments; every time carries where it was written.
 */
export interface NginxDirectives {
  readonly version: Version;
  /** worker_processes */
  readonly workers: number | 'auto';
  readonly accessLog: 'json' | 'none';
  /** Present when a name is resolved at run time. `valid` in seconds overrides the TTL that docker's DNS sends. */
  readonly resolver?: { readonly addresses: readonly string[]; readonly valid: Duration; readonly timeout: Duration };
  readonly upstreams: readonly NginxUpstream[];
  readonly servers: readonly NginxServer[];
}

export interface NginxUpstream {
  readonly name: string;
  /** The pool that it was made from. */
  readonly pool: string;
  /** least_conn, random two; round robin needs no directive */
  readonly balance: 'round_robin' | 'least_conn' | 'random';
  readonly peers: readonly NginxPeer[];
  /** keepalive and keepalive_timeout: idle connections of the whole pool for each worker; 0: none are kept. */
  readonly keepalive: { readonly connections: number; readonly idle: Given<Duration> };
}

export interface NginxPeer {
  readonly address: Given<Address>;
  /** Followed at run time (`resolve`, since 1.27.3). */
  readonly resolve: boolean;
  /** 0: never marked. */
  readonly maxFails: Given<number>;
  readonly failTimeout: Given<Duration>;
}

export type NginxServer = ProxyServer | RedirectServer | UnknownServer;

interface NginxListener extends Listener {
  /** default_server: takes every name that no other server of the port has. */
  readonly fallback: boolean;
}

export interface ProxyServer {
  readonly kind: 'proxy';
  readonly site: string;
  readonly listener: NginxListener;
  readonly names: readonly string[];
  readonly tls: SiteTls;
  /** Answers ACME challenges (a plain-http listener of a site with an ACME certificate). */
  readonly challenges: boolean;
  readonly hsts?: Given<Duration>;
  readonly debugHeader?: string;
  readonly locations: readonly NginxLocation[];
}

export interface RedirectServer {
  readonly kind: 'redirect';
  readonly site: string;
  readonly listener: NginxListener;
  readonly names: readonly string[];
  readonly tls: SiteTls;
  readonly challenges: boolean;
  /** `https://` the requested host, or the site's own name; the port where it is not 443. Absent: no redirect, 421. */
  readonly to?: { readonly scheme: 'http' | 'https'; readonly host: string | 'requested'; readonly port?: number };
}

/** Answers names that no site has. */
export interface UnknownServer {
  readonly kind: 'unknown';
  readonly listener: NginxListener;
}

export interface NginxLocation {
  readonly route: string;
  /** Empty: every path. */
  readonly paths: readonly PathMatch[];
  /** An `upstream` block by name, or a name that is resolved for each request (no marking, no kept connections). */
  readonly pass:
    | { readonly kind: 'upstream'; readonly name: string }
    | { readonly kind: 'variable'; readonly address: Given<Address> };
  /** proxy_connect_timeout */
  readonly connect: Given<Duration>;
  /** proxy_send_timeout */
  readonly send: Given<Duration>;
  /** proxy_read_timeout: the whole header, and each pause of the body */
  readonly read: Given<Duration>;
  /** proxy_next_upstream */
  readonly conditions: readonly (Condition | 'non_idempotent')[];
  /** proxy_next_upstream_tries; 0: no limit */
  readonly tries: Given<number>;
  /** proxy_next_upstream_timeout; absent: no limit */
  readonly window?: Given<Duration>;
}
