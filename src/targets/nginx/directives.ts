import type { Address } from '../../model/address.ts';
import type { Duration } from '../../model/duration.ts';
import type { ErrorPage } from '../../model/error-pages.ts';
import type { Headers } from '../../model/headers.ts';
import type { Match } from '../../model/match.ts';
import type { Size } from '../../model/size.ts';
import type { Condition, Given, SiteTls } from '../../model/topology.ts';
import type { Value } from '../../model/value.ts';
import type { Version } from '../../model/version.ts';
import type { Listener } from '../listeners.ts';
import type { Trust } from '../trust.ts';
import type { NginxHandshake } from './tls.ts';

/**
 * What nginx is told, for all sites at once. The emitter prints exactly this, and whatever wants to know how nginx
 * behaves reads exactly this. Directive names are in the comments; every time carries where it was written. What only
 * files written by hand say is optional, and absent in what is compiled from a topology.
 */
export interface NginxDirectives {
  readonly version: Version;
  /** worker_processes */
  readonly workers: number | 'auto';
  readonly accessLog: 'json' | 'none';
  /** Present when a name is resolved at run time. `valid` in seconds overrides the TTL that docker's DNS sends. */
  readonly resolver?: { readonly addresses: readonly string[]; readonly valid: Duration; readonly timeout: Duration };
  /** set_real_ip_from; absent: nobody. */
  readonly trust?: Trust;
  readonly upstreams: readonly NginxUpstream[];
  readonly servers: readonly NginxServer[];
  /** The other edge machines, which may have what a challenge asks for. */
  readonly challengePeers?: readonly Address[];
  /** With TLS, requests for another name than that of the handshake are refused: some site asks for client certificates. */
  readonly strictNames?: boolean;
}

export interface NginxUpstream {
  readonly name: string;
  /** The pool that it was made from. */
  readonly pool: string;
  /** Those of other pools, which are printed as this one: they differ only in where they were written. */
  readonly also?: readonly NginxUpstream[];
  /** least_conn, random; round robin needs no directive */
  readonly balance: 'round_robin' | 'least_conn' | 'random' | 'hash';
  /** hash: the variable. */
  readonly hash?: string;
  /** sticky cookie */
  readonly sticky?: string;
  readonly peers: readonly NginxPeer[];
  /** keepalive and keepalive_timeout: idle connections of the whole pool for each worker; 0: none are kept. */
  readonly keepalive: { readonly connections: number; readonly idle: Given<Duration> };
  /** No `zone`: each worker has a memory of its own. */
  readonly perWorker?: boolean;
}

export interface NginxPeer {
  readonly address: Given<Address>;
  /** Followed at run time (`resolve`, since 1.27.3). */
  readonly resolve: boolean;
  /** 0: never marked. */
  readonly maxFails: Given<number>;
  readonly failTimeout: Given<Duration>;
  /** Addresses of this line: two of `localhost`. Absent: one, or as many as DNS has for a name. */
  readonly addresses?: number | 'unknown';
  readonly weight?: Given<number>;
  /** max_conns: who comes when so many are there goes to another, or is refused at once. */
  readonly maxConns?: Given<number>;
  /** Asked when no other is left. */
  readonly backup?: boolean;
  /** Asked by clients only that a cookie binds to it. */
  readonly drain?: boolean;
  /** Never asked. */
  readonly down?: boolean;
}

export type NginxServer = ProxyServer | RedirectServer | UnknownServer;

interface NginxListener extends Listener {
  /** default_server: takes every name that no other server of the port has. */
  readonly fallback: boolean;
  /** A second `listen … quic`, of the UDP port: HTTP/3. */
  readonly quic?: boolean;
}

export interface ProxyServer {
  readonly kind: 'proxy';
  readonly site: string;
  readonly listener: NginxListener;
  readonly names: readonly string[];
  readonly tls: SiteTls;
  /** Answers ACME challenges (a plain-http listener of a site with an ACME certificate). */
  readonly challenges: boolean;
  /** Strict-Transport-Security */
  readonly hsts?: string;
  readonly handshake?: NginxHandshake;
  readonly debugHeader?: string;
  /** add_header, proxy_hide_header and proxy_set_header beside those that every server has */
  readonly headers?: Headers;
  /** error_page for what no route takes */
  readonly errorPages?: readonly ErrorPage[];
  readonly locations: readonly NginxRoute[];
  /** The servers of error pages, each once. */
  readonly pages: readonly NginxLocation[];
  /** Variables that are the site's own. */
  readonly maps: readonly NginxMap[];
  /** The variable (without its `$`) that holds the location of a request. Absent: its path alone chooses. */
  readonly dispatch?: string;
}

/** The locations of a server that ask the servers of a pool. */
export function proxyLocations(server: NginxServer): readonly NginxLocation[] {
  return server.kind === 'proxy' ? server.locations.filter((location) => location.action === 'proxy') : [];
}

/** The same, those that ask before a request may go on, and those that are asked for the page of an error. */
export function askingLocations(server: NginxServer): readonly NginxLocation[] {
  const routes = server.kind === 'proxy' ? server.locations : [];
  const auths = routes.flatMap(({ auth }) => (auth ? [auth.location] : []));
  return [...proxyLocations(server), ...new Set(auths), ...(server.kind === 'proxy' ? server.pages : [])];
}

/** One for each pool, also those that are printed as one. */
export function upstreamsOfPools({ upstreams }: Pick<NginxDirectives, 'upstreams'>): NginxUpstream[] {
  return upstreams.flatMap((upstream) => [upstream, ...(upstream.also ?? [])]);
}

/** `map` or `geo`: a variable (without its `$`) that has the value of the first row whose key meets the source. */
export interface NginxMap {
  readonly kind: 'map' | 'geo';
  readonly source: string;
  readonly variable: string;
  readonly fallback: string;
  /** The key is a regular expression, or for `geo` a range; variables in values are filled in. */
  readonly rows: readonly { readonly key: string; readonly value: string }[];
}

/** What becomes of a path, as nginx writes it. Variables are filled in. */
export interface NginxPath {
  /** What is sent on, with the query; empty: the path of `path`, encoded anew. */
  readonly uri: string;
  /** The decoded path: of the file that is served, or of a request that spelt its path oddly. */
  readonly path: string;
}

export interface RedirectServer {
  readonly kind: 'redirect';
  readonly site: string;
  readonly listener: NginxListener;
  readonly names: readonly string[];
  readonly tls: SiteTls;
  readonly challenges: boolean;
  /** Strict-Transport-Security */
  readonly hsts?: string;
  readonly handshake?: NginxHandshake;
  /** `https://` the requested host, or the site's own name; the port where it is not 443. Absent: no redirect, 421. */
  readonly to?: { readonly scheme: 'http' | 'https'; readonly host: string | 'requested'; readonly port?: number };
}

/** Answers names that no site has. */
export interface UnknownServer {
  readonly kind: 'unknown';
  readonly listener: NginxListener;
  readonly handshake?: NginxHandshake;
}

/** One route of a site: a location, and what it does with a request. */
export type NginxRoute = NginxLocation | NginxAnswer | NginxFiles;

interface NginxRouteBase {
  readonly route: string;
  /** Instead of the server's. */
  readonly headers?: Headers;
  readonly match: Match;
  /** client_max_body_size; absent: any size */
  readonly maxBody?: Size;
  /** 403 for some */
  readonly access?: NginxAccess;
  /** Another location, which answers 503 */
  readonly maintenance?: NginxMaintenance;
  /** auth_basic, auth_basic_user_file */
  readonly basicAuth?: NginxBasicAuth;
  /** auth_request */
  readonly auth?: NginxAuth;
  /** gzip on */
  readonly gzip?: true;
  /** Lines that are printed as they are. */
  readonly raw?: readonly string[];
  /** error_page */
  readonly errorPages?: readonly ErrorPage[];
}

/** Variables that are 1 for the clients of a list. */
export interface NginxAccess {
  readonly denied?: string;
  readonly allowed?: string;
}

export interface NginxMaintenance {
  readonly status: number;
  readonly page?: Given<string>;
  /** Retry-After, in seconds */
  readonly retryAfter?: number;
  /** The variable that is 1 for clients who see the site as it is; with a flag, what its path ends with for them. */
  readonly allowed?: string;
  /** Only while this file exists. */
  readonly flag?: string;
}

export interface NginxBasicAuth {
  /** A text, or a variable (with its `$`) that is `off` for what is open. */
  readonly realm: string;
  /** The name of the file of the users, and its lines. */
  readonly file: string;
  readonly users: readonly string[];
  /** Some paths are open: the path is kept before it is replaced. */
  readonly asksPath?: true;
}

/** Servers that are asked whether a request may pass. */
export interface NginxAuth {
  /** The location that asks them, which no client can name: `auth1/`. */
  readonly name: string;
  readonly location: NginxLocation;
  /** What is asked, with its query. */
  readonly path: string;
  /** Headers of their answer that go on with the request. */
  readonly copied: readonly string[];
}

/** proxy_ssl_…; empty in what was written by hand. */
export interface NginxPoolTls {
  /** proxy_ssl_name */
  readonly name?: string;
  readonly verification?: 'off' | 'system' | { readonly ca: string };
}

/** A location that answers itself: return. */
export interface NginxAnswer extends NginxRouteBase {
  readonly action: 'answer';
  readonly status: number;
  /** The text, or for a redirect where to. Absent: nothing. */
  readonly text?: Value;
  /** The variables (without `$`) of what the groups of the pattern of the route matched, still encoded. */
  readonly captures: readonly string[];
  /** default_type; absent: a redirect, or nothing to have a type. */
  readonly type?: string;
}

/** A location that serves a folder: root and try_files, or index and autoindex. */
export interface NginxFiles extends NginxRouteBase {
  readonly action: 'files';
  readonly root: string;
  readonly index: string;
  readonly fallback?: string;
  /** autoindex */
  readonly browse: boolean;
  /** Cache-Control */
  readonly cache?: string;
  readonly rewritten?: NginxPath;
}

/** A location that asks servers: proxy_pass. */
export interface NginxLocation extends NginxRouteBase {
  readonly action: 'proxy';
  /** Absent: the path is sent on as it came. */
  readonly rewritten?: NginxPath;
  /** An `upstream` block by name, or a name that is resolved for each request (no marking, no kept connections). */
  readonly pass:
    | { readonly kind: 'upstream'; readonly name: string }
    | { readonly kind: 'variable'; readonly address: Given<Address> };
  /** proxy_connect_timeout, which with https is for the handshake as well */
  readonly connect: Given<Duration>;
  /** What is added to it for the handshake. */
  readonly handshake?: Given<Duration>;
  /** proxy_send_timeout */
  readonly send: Given<Duration>;
  /** proxy_read_timeout: the whole header, and each pause of the body */
  readonly read: Given<Duration>;
  /** The same for upgrades (websockets), which have a location of their own; absent: there is none. */
  readonly upgraded?: Given<Duration>;
  /** proxy_next_upstream; none: off */
  readonly conditions: readonly (Condition | 'http_403' | 'http_404' | 'non_idempotent')[];
  /** proxy_next_upstream_tries; 0: no limit */
  readonly tries: Given<number>;
  /** proxy_next_upstream_timeout; absent: no limit */
  readonly window?: Given<Duration>;
  /** `grpc`: grpc_pass, and each directive begins with `grpc_`; `http2`: proxy_http_version 2. Absent: HTTP/1.1. */
  readonly speaks?: 'grpc' | 'http2';
  /** Request headers of clients that are dropped. */
  readonly withheld?: readonly string[];
  /** The servers speak https. */
  readonly tls?: NginxPoolTls;
  /** The Host that they see; absent: as the client wrote it. */
  readonly host?: string;
  /** False: proxy_http_version or the Connection header make each connection serve one request. */
  readonly reuse?: boolean;
  /** resolver_timeout, where a name is resolved for each request */
  readonly lookup?: Given<Duration>;
  /** False: proxy_buffering off */
  readonly buffering?: boolean;
  /** False: proxy_request_buffering off */
  readonly requestBuffering?: boolean;
  /** proxy_ignore_client_abort on */
  readonly ignoresAbort?: boolean;
  /** X-Accel-Redirect of a server is followed: it is not among proxy_ignore_headers. */
  readonly accelRedirect?: boolean;
}
