import type { Place, Severity, TargetId } from '../diagnostics/diagnostic.ts';
import type { Node } from '../source/node.ts';
import type { Access } from './access.ts';
import type { Address } from './address.ts';
import type { BasicAuth } from './basic-auth.ts';
import type { Encoding } from './bodies.ts';
import type { Duration } from './duration.ts';
import type { ErrorPage } from './error-pages.ts';
import type { ForwardAuth } from './forward-auth.ts';
import type { Headers } from './headers.ts';
import type { Maintenance } from './maintenance.ts';
import type { Match } from './match.ts';
import type { Network } from './networks.ts';
import type { Pattern } from './pattern.ts';
import type { Raw } from './raw.ts';
import type { Size } from './size.ts';
import type { TlsProfile } from './tls-profiles.ts';
import type { Value } from './value.ts';
import type { Version } from './version.ts';

/**
 * A value that a finding may blame: what it is, where it was written, and whether it was written there, inherited
 * from a pool or from `defaults`, or comes from the defaults table (then `because` tells why).
 */
export interface Given<T> {
  readonly value: T;
  readonly at: Place;
  readonly origin: 'written' | 'inherited' | 'default';
  readonly because?: string;
}

/** No limit is wanted. */
export type Unlimited = 'none';
export type Limit = Duration | Unlimited;

export type Condition =
  | 'error'
  | 'timeout'
  | 'invalid_header'
  | 'http_429'
  | 'http_500'
  | 'http_502'
  | 'http_503'
  | 'http_504';

export interface Timeouts {
  readonly connect: Given<Duration>;
  readonly tls_handshake: Given<Limit>;
  readonly send: Given<Limit>;
  readonly response_header: Given<Limit>;
  readonly idle: Given<Limit>;
  /** How long an upgraded connection (websocket) may be silent. */
  readonly upgraded: Given<Duration>;
}

export interface Retry {
  readonly tries: Given<number | 'unlimited'>;
  readonly window: Given<Limit>;
  readonly interval: Given<Duration>;
  readonly on: Given<readonly Condition[]>;
  readonly non_idempotent: Given<boolean>;
}

export interface ActiveCheck {
  readonly at: Place;
  readonly path: Given<string>;
  readonly interval: Given<Duration>;
  readonly timeout: Given<Duration>;
  readonly passes: Given<number>;
  readonly fails: Given<number>;
  readonly status: Given<string>;
}

export interface Health {
  /** Absent: off. */
  readonly active?: ActiveCheck;
  readonly passive: { readonly max_fails: Given<number>; readonly fail_window: Given<Duration> };
}

export interface Keepalive {
  readonly connections: Given<number>;
  readonly idle: Given<Duration>;
}

/** How the next server is chosen, in the shape of the language. */
export type Balance =
  | 'round_robin'
  | 'least_conn'
  | 'random'
  | 'first'
  | { readonly hash: 'client_ip' | 'uri' | { readonly header: string } | { readonly cookie: string } }
  | { readonly sticky: { readonly cookie: string } };

export type Protocol = 'http' | 'https' | 'h2c' | 'grpc';

/** How the servers of an https pool are verified. */
export interface PoolTls {
  /** Absent: the host of the address. */
  readonly server_name?: Given<string>;
  /** Absent: those that the system trusts. */
  readonly ca?: Given<string>;
  readonly insecure: Given<boolean>;
}

export interface Server {
  readonly address: Given<Address>;
  /** Absent: 1. */
  readonly weight?: Given<number>;
  /** Asked when no other is left. */
  readonly backup?: Given<boolean>;
  /** Absent: up. */
  readonly state?: Given<'up' | 'drain' | 'down'>;
  /** Absent: any number. */
  readonly max_conns?: Given<number>;
  /** Of a `service:`: the container that it is, whose address depends on the machine that asks. */
  readonly container?: { readonly instance: Instance; readonly port: number };
}

/** Servers that do the same. An anonymous pool is named after its first use, for readers of the generated files. */
export interface Pool {
  readonly name: string;
  readonly anonymous: boolean;
  readonly at: Place;
  readonly servers: readonly Server[];
  readonly balance: Given<Balance>;
  readonly protocol: Given<Protocol>;
  /** Of https pools. */
  readonly tls?: PoolTls;
  /** `client`, `server` or a name. */
  readonly hostHeader: Given<string>;
  readonly keepalive: Keepalive;
  readonly timeouts: Timeouts;
  readonly retry: Retry;
  readonly health: Health;
}

/** What every route has, whatever it does with a request. */
export interface RouteBase {
  /** Stable: site + the route's name or path. Reports, baselines and `diff` rest on it. */
  readonly id: string;
  readonly at: Place;
  readonly name?: string;
  readonly match: Match;
  readonly budget?: Given<Limit>;
  /** The site's and the general ones, with the route's own. */
  readonly headers?: Headers;
  /** Longer bodies of requests are answered 413; absent: there is no limit. */
  readonly maxBody?: Given<Size>;
  /** By the address of the client, before everything else. */
  readonly access?: Access;
  /** Then some are told to come again later. */
  readonly maintenance?: Maintenance;
  /** Then who has no name and password. */
  readonly basicAuth?: BasicAuth;
  /** Who is asked before the action whether a request may pass; `none`: nobody, and somebody has said so. */
  readonly forwardAuth?: ForwardAuth | 'none';
  /** What answers are compressed with, what is liked best first; absent: nothing is. */
  readonly compress?: Given<readonly Encoding[]>;
  readonly raw?: Raw;
  /** Of the edge’s own errors; what servers answer stays as it is. */
  readonly errorPages?: readonly ErrorPage[];
}

/** Asks the servers of a pool. */
export interface ProxyRoute extends RouteBase {
  readonly action: 'proxy';
  readonly pool: Pool;
  /** The pool's values with the route's overrides. */
  readonly timeouts: Timeouts;
  readonly retry: Retry;
  /** Passed on as it comes, both ways. */
  readonly stream: Given<boolean>;
  /** `immediate`: the header goes on before there is anything of the body. */
  readonly flush: Given<'auto' | 'immediate'>;
  readonly rewrite?: Rewrite;
}

/** A fixed answer. */
export interface RespondRoute extends RouteBase {
  readonly action: 'respond';
  readonly status: Given<number>;
  readonly body?: Given<Value>;
  readonly type: Given<string>;
}

export interface RedirectRoute extends RouteBase {
  readonly action: 'redirect';
  readonly to: Given<Value>;
  readonly status: Given<number>;
}

/** A folder beside the topology, and what is made of paths that are no file. */
export interface FilesRoute extends RouteBase {
  readonly action: 'files';
  readonly root: Given<string>;
  readonly index: Given<string>;
  readonly fallback?: Given<string>;
  readonly browse: Given<boolean>;
  readonly cache?: Given<Cache>;
  readonly rewrite?: Rewrite;
}

/** How long browsers keep a file; `immutable`: a year, `none`: they ask again each time. */
export type Cache = Duration | 'immutable' | 'none';

export type Route = ProxyRoute | RespondRoute | RedirectRoute | FilesRoute;

/** What becomes of the path before the action; the query stays, unless `to` has one of its own. */
export type Rewrite =
  | { readonly kind: 'strip_prefix' | 'add_prefix'; readonly prefix: Given<string> }
  | { readonly kind: 'fixed'; readonly to: Given<string> }
  /** The whole path is `to` where the pattern meets it; the numbers are those of groups. */
  | { readonly kind: 'pattern'; readonly pattern: Given<Pattern>; readonly to: Given<readonly (string | number)[]> };

/** `Strict-Transport-Security`: browsers that have seen it ask over https only. */
export interface Hsts {
  readonly at: Place;
  readonly max_age: Given<Duration>;
  readonly include_subdomains: Given<boolean>;
  readonly preload: Given<boolean>;
}

/** Clients show a certificate that this CA has issued. */
export interface ClientCertificates {
  readonly at: Place;
  readonly ca: Given<string>;
  readonly mode: Given<'require' | 'optional'>;
}

/** What a handshake is besides the certificate. */
export interface TlsWords {
  readonly profile: Given<TlsProfile>;
  readonly hsts?: Hsts;
  readonly client?: ClientCertificates;
}

export type SiteTls =
  | { readonly mode: 'none' }
  | ({ readonly mode: 'acme' | 'internal' } & TlsWords)
  | ({ readonly mode: 'files'; readonly certificate: Given<string>; readonly key: Given<string> } & TlsWords);

export interface Site {
  /** As written: `bustamam.tech`, `a.example:8443`, `*.example.com`, `default`. */
  readonly id: string;
  /** Absent for the `default` site: every name that no other site has. */
  readonly name?: string;
  readonly at: Place;
  readonly port?: number;
  readonly aliases: readonly Given<string>[];
  readonly redirectFrom: readonly Given<string>[];
  readonly tls: Given<SiteTls>;
  readonly http: Given<'redirect' | 'serve' | 'none'>;
  readonly routes: readonly Route[];
  /** Of what no route answers. */
  readonly headers?: Headers;
  readonly errorPages?: readonly ErrorPage[];
  readonly traffic?: { readonly rps: Given<number> };
}

export interface Machine {
  readonly name: string;
  readonly at: Place;
  readonly address: Given<string>;
  readonly edge: boolean;
}

export interface Instance {
  /** The compose service's name, unique on its machine: `web`, or `web-2` for a second one there. */
  readonly name: string;
  readonly at: Place;
  /** Absent without `machines`: the only machine there is. */
  readonly machine?: Machine;
  readonly publish?: Given<number>;
  readonly environment: ReadonlyMap<string, Given<string>>;
}

export interface Service {
  readonly name: string;
  readonly at: Place;
  readonly image: Given<string>;
  readonly port: Given<number>;
  readonly instances: readonly Instance[];
  /** Further words of its containers, as compose has them. */
  readonly container: ReadonlyMap<string, Given<Node>>;
}

export interface Edge {
  readonly proxy: Given<'caddy' | 'nginx'>;
  readonly http_port: Given<number>;
  readonly https_port: Given<number>;
  readonly debug_header?: Given<string>;
  readonly access_log: Given<'json' | 'none'>;
  readonly http3: Given<boolean>;
  readonly resolver: Given<readonly string[]>;
  /** Whose X-Forwarded-* is believed. */
  readonly trusted_proxies: Given<readonly Network[]>;
}

export interface Acme {
  readonly email?: Given<string>;
  readonly ca: Given<string>;
  readonly ca_root?: Given<string>;
}

export interface Targets {
  readonly caddy?: { readonly version: Given<Version> };
  readonly nginx?: { readonly version: Given<Version>; readonly workers: Given<number | 'auto'> };
  readonly compose?: Record<string, never>;
}

/** The whole file, fully resolved and frozen: no short form, no missing value, every reference followed. */
export interface Topology {
  readonly source: string;
  readonly targets: Targets;
  /** In the order of output: caddy, nginx, compose. */
  readonly targetIds: readonly TargetId[];
  readonly edge: Edge;
  readonly acme: Acme;
  readonly machines: readonly Machine[];
  /** The edge machine that the servers are seen from; absent without `machines`. */
  readonly here?: Machine;
  readonly services: readonly Service[];
  readonly pools: readonly Pool[];
  readonly sites: readonly Site[];
  /**
   * Some site asks clients for certificates. Then the name of a handshake and the Host of its requests must be the same on
   * all: else a request for that site could come in by the handshake of another. And its servers believe the edge, which
   * tells them whose certificate it was: no client may say so itself.
   */
  readonly asksClients: boolean;
  readonly severities: ReadonlyMap<string, { readonly severity: Severity | 'off'; readonly at: Place }>;
}
