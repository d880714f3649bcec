import type { Access } from '../../model/access.ts';
import type { Address } from '../../model/address.ts';
import type { BasicAuth } from '../../model/basic-auth.ts';
import type { Encoding } from '../../model/bodies.ts';
import type { Duration } from '../../model/duration.ts';
import type { ErrorPage } from '../../model/error-pages.ts';
import type { Headers } from '../../model/headers.ts';
import type { Maintenance } from '../../model/maintenance.ts';
import type { Match } from '../../model/match.ts';
import type { Size } from '../../model/size.ts';
import type { Given, Rewrite, SiteTls } from '../../model/topology.ts';
import type { Value } from '../../model/value.ts';
import type { Version } from '../../model/version.ts';
import type { Listener } from '../listeners.ts';
import type { Trust } from '../trust.ts';

/**
 * What Caddy is told, for all sites at once (it counts failures by server address over all of them). The emitter
 * prints exactly this, and whatever wants to know how Caddy behaves reads exactly this.
 */
export interface CaddyDirectives {
  readonly version: Version;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly accessLog: 'json' | 'none';
  readonly acme: { readonly email?: string; readonly ca?: string; readonly hasRoot: boolean };
  /** Some certificate comes from Caddy's own CA. */
  readonly ownCa: boolean;
  /** strict_sni_host: requests for another name than that of the handshake are refused, as some site asks for client certificates. */
  readonly strictNames: boolean;
  /** protocols … h3 */
  readonly http3: boolean;
  /**
   * trusted_proxies; absent: nobody. `knowsClient`: the whole server is told, and walks X-Forwarded-For from the right.
   * Before that was there Caddy would believe the leftmost address, which anybody can write: only what is sent on follows.
   */
  readonly trust?: Trust & { readonly knowsClient: boolean };
  /** Headers of requests with a `_` are removed: `X_Forwarded_For` is X-Forwarded-For to many applications. */
  readonly dropsUnderscored?: true;
  /** The other edge machines, which may have what a challenge asks for; then none is answered within a handshake. */
  readonly challengePeers?: readonly Address[];
  readonly sites: readonly CaddySite[];
}

export type CaddySite = CaddyProxySite | CaddyRedirectSite | CaddyUnknownSite;

export interface CaddyProxySite {
  readonly kind: 'proxy';
  readonly site: string;
  readonly listener: Listener;
  /** Empty: every name that no other site has. */
  readonly names: readonly string[];
  readonly tls: SiteTls;
  /** Strict-Transport-Security */
  readonly hsts?: string;
  readonly debugHeader?: string;
  /** header, where no route answers */
  readonly headers?: Headers;
  /** handle_errors, where no route answers */
  readonly errorPages?: readonly ErrorPage[];
  readonly routes: readonly CaddyRoute[];
  /** reverse_proxy of error pages */
  readonly pages: readonly CaddyPage[];
}

/** Servers that are asked for the page of an error. */
export interface CaddyPage {
  /** What asks them. */
  readonly route: string;
  readonly proxy: ReverseProxy;
  /** Headers of a client that only an auth server may say to them. */
  readonly withheld: readonly string[];
}

export interface CaddyRedirectSite {
  readonly kind: 'redirect';
  readonly site: string;
  readonly listener: Listener;
  readonly names: readonly string[];
  readonly tls: SiteTls;
  /** Strict-Transport-Security */
  readonly hsts?: string;
  readonly to: { readonly scheme: 'http' | 'https'; readonly host: string | 'requested'; readonly port?: number };
}

export interface CaddyUnknownSite {
  readonly kind: 'unknown';
  readonly listener: Listener;
}

/** One route of a site: `handle`, and what it does with a request. */
export type CaddyRoute = CaddyProxyRoute | CaddyAnswerRoute | CaddyFilesRoute;

interface CaddyRouteBase {
  readonly route: string;
  readonly match: Match;
  /** header, header_up, header_down */
  readonly headers?: Headers;
  /** request_body { max_size }; absent: any size */
  readonly maxBody?: Size;
  /** error 403 */
  readonly access?: Access;
  /** error 503 */
  readonly maintenance?: Maintenance;
  /** basic_auth */
  readonly basicAuth?: BasicAuth;
  /** A reverse_proxy that asks before the request goes on. */
  readonly auth?: CaddyAuth;
  /** encode */
  readonly encode?: readonly Encoding[];
  /** Lines that are printed as they are, in the order that Caddy gives them. */
  readonly raw?: readonly string[];
  /** handle_errors */
  readonly errorPages?: readonly ErrorPage[];
}

export interface CaddyProxyRoute extends CaddyRouteBase {
  readonly action: 'proxy';
  readonly rewrite?: Rewrite;
  /** Request headers of clients that are dropped: header_up */
  readonly withheld?: readonly string[];
  readonly proxy: ReverseProxy;
}

/** `respond`; `redir` where there is a place to go to. */
export interface CaddyAnswerRoute extends CaddyRouteBase {
  readonly action: 'answer';
  readonly status: number;
  readonly to?: Value;
  readonly body?: Value;
  /** Content-Type of the body. */
  readonly type?: string;
}

/** `file_server` */
export interface CaddyFilesRoute extends CaddyRouteBase {
  readonly action: 'files';
  readonly root: string;
  readonly index: string;
  readonly fallback?: string;
  readonly browse: boolean;
  /** Cache-Control */
  readonly cache?: string;
  readonly rewrite?: Rewrite;
}

/** Servers that are asked whether a request may pass. */
export interface CaddyAuth {
  /** The id of what it asks, as if that were a route. */
  readonly route: string;
  readonly proxy: ReverseProxy;
  /** What is asked, with its query. */
  readonly path: string;
  /** Headers of their answer that go on with the request. */
  readonly copied: readonly string[];
}

/** The routes of a site that ask the servers of a pool. */
export function proxiesOf(site: CaddySite): readonly CaddyProxyRoute[] {
  return site.kind === 'proxy' ? site.routes.filter((route) => route.action === 'proxy') : [];
}

/** The same, those that ask before a request may go on, and those that are asked for the page of an error. */
export function askingProxies(site: CaddySite): readonly Pick<CaddyProxyRoute, 'route' | 'proxy'>[] {
  if (site.kind !== 'proxy') return [];
  return [...proxiesOf(site), ...site.routes.flatMap(({ auth }) => auth ?? []), ...site.pages];
}

/** One `reverse_proxy`. Absent limits are not written: Caddy then has none. */
export interface ReverseProxy {
  readonly pool: string;
  /** Each once. Empty: DNS tells them (`lookup`). */
  readonly servers: readonly Given<Address>[];
  /** `dynamic`: names are looked up before every attempt, outside of dial_timeout. */
  readonly lookup?: Given<number>;
  /** lb_policy */
  readonly balance: CaddyPolicy;
  /** Its words, where the name alone is not all of it. */
  readonly policy?: readonly string[];
  /** A cookie that the policy gets as a header. */
  readonly hashedCookie?: string;
  /**
   * lb_retries: attempts after the first; absent: the window alone decides, or none without a window. With an interval and
   * neither of them nothing ends the attempts.
   */
  readonly retries?: Given<number>;
  /** lb_try_duration: no attempt starts later than this plus the interval. */
  readonly tryDuration?: Given<Duration>;
  /** lb_try_interval, always written: left out it is 250ms with a duration and 0 without. */
  readonly tryInterval?: Given<Duration>;
  /** lb_retry_match: the methods that are sent again after a server may have seen the request. Dial errors always are. */
  readonly retryMethods: readonly string[];
  /** Statuses that are tried again (since 2.11.3), for the same methods unless there are `retryStatusMethods`. */
  readonly retryStatuses: readonly number[];
  readonly retryStatusMethods?: readonly string[];
  /** request_buffers: a body that was read is there for the next attempt, since 2.11.2. */
  readonly keepsBody?: true;
  readonly active?: {
    readonly path: Given<string>;
    readonly interval: Given<Duration>;
    readonly timeout: Given<Duration>;
    readonly status: Given<string>;
    /** Since 2.8; 1 before. */
    readonly passes: Given<number>;
    readonly fails: Given<number>;
  };
  /** fail_duration and max_fails; absent: no marking. */
  readonly passive?: { readonly failDuration: Given<Duration>; readonly maxFails: Given<number> };
  /** unhealthy_request_count: a server with so many requests counts as out of rotation. */
  readonly fullAt?: Given<number>;
  /** The servers speak HTTP/2 without TLS (`h2c://`). */
  readonly h2c?: boolean;
  /** The servers speak TLS. */
  readonly tls?: CaddyPoolTls;
  /** header_up Host; absent: Caddy's own choice. */
  readonly host?: string;
  /** max_conns_per_host: whoever comes when so many are open waits in a queue, for which there is no limit. */
  readonly queueAt?: Given<number>;
  /** dial_timeout */
  readonly dial: Given<Duration>;
  /** response_header_timeout */
  readonly responseHeader?: Given<Duration>;
  /** read_timeout: each read, also of a connection that rests */
  readonly read?: Given<Duration>;
  /** write_timeout */
  readonly write?: Given<Duration>;
  /** keepalive and keepalive_idle_conns_per_host; absent: keepalive off */
  readonly keepalive?: { readonly idle: Given<Duration>; readonly perServer: Given<number> };
  /** flush_interval: so long may a part of the response wait, the header too. Negative: not at all. */
  readonly flush?: Given<Duration>;
  /** read_timeout of a second one beside it, for upgrades (websockets) alone; absent: there is none. */
  readonly upgraded?: Given<Duration>;
}

/** tls… of the transport; what was written by hand has the limit only. */
export interface CaddyPoolTls {
  /** tls_timeout */
  readonly handshake?: Given<Duration>;
  /** versions 1.1: no HTTP/2, even when a server offers it. */
  readonly http1?: true;
  /** versions 2: nothing but HTTP/2. */
  readonly http2?: true;
  /** tls_server_name */
  readonly name?: string;
  /** tls_trust_pool, before tls_trusted_ca_certs */
  readonly ca?: string;
  /** tls_insecure_skip_verify */
  readonly insecure?: true;
}

/** In the words of Caddy, but for those that always pick the same server for the same client or request: `hash`. */
export type CaddyPolicy = 'round_robin' | 'least_conn' | 'random' | 'first' | 'hash' | 'weighted_round_robin';
