import type { Place } from '../../diagnostics/diagnostic.ts';
import { defaults } from '../../model/defaults.ts';
import { add, type Duration, longer, milliseconds } from '../../model/duration.ts';
import { onlyPaths, type PathMatch } from '../../model/match.ts';
import { proxyRoutes } from '../../model/relations.ts';
import type {
  Balance,
  Condition,
  Given,
  Pool,
  ProxyRoute,
  Retry,
  Server,
  Site,
  Timeouts,
  Topology,
} from '../../model/topology.ts';
import type { ReverseProxy } from '../../targets/caddy/directives.ts';
import type { At } from './finding.ts';
import { headersOf, hostHeaderOf } from './headers.ts';
import { largestBody } from './left.ts';
import type { Notes } from './notes.ts';
import type { ReadProxy } from './proxy.ts';
import type { Options } from './site.ts';
import type { CaddyDirective } from './tree.ts';

/** Why no topology says what this proxy does, or nothing when one does, but for what is left aside. */
export function unsayable({ proxy, reasons }: ReadProxy): string | undefined {
  if (reasons.length > 0) return reasons[0];
  if (proxy.lookup) return '`dynamic`: servers that DNS tells for each request';
  if (proxy.tls) return 'servers that speak TLS: see `protocol: https`';
  if (proxy.h2c) return 'servers that speak h2c';
  if (proxy.queueAt) return '`max_conns_per_host`: requests that queue for a connection';
  if (proxy.servers.length === 0) return 'no server';
  if (proxy.tryInterval && !proxy.retries && !proxy.tryDuration) return 'attempts without an end';
  return undefined;
}

export interface Said {
  readonly id: string;
  readonly poolName: string;
  readonly paths: readonly PathMatch[];
  readonly read: ReadProxy;
  /** The directives for all requests in the blocks around it. */
  readonly around: readonly CaddyDirective[];
}

/** A proxy in the words of the model. What a topology would say otherwise is among what is unsaid. */
export function routeOf({ id, poolName, paths, read, around }: Said, notes: Notes): ProxyRoute {
  const { proxy, directive, unlike } = read;
  const at = notes.place(directive.head);
  for (const one of unlike) notes.leave(one.at, one.what);
  const timeouts = timeoutsOf(proxy, directive.head, notes);
  const retry = retryOf(proxy, directive.head, notes);
  const { active, passive, keepalive } = proxy;
  const balance = balanceOf(proxy, directive.head, notes);
  if (passive && proxy.servers.length === 1) {
    notes.leave(directive.head, 'a pool of one server that is taken out when it fails');
  }
  if (passive && passive.failDuration.value % 1000 !== 0) {
    notes.leave(directive.head, '`fail_duration` that is no whole number of seconds');
  }
  const pool: Pool = {
    name: poolName,
    anonymous: true,
    at,
    servers: serversOf(proxy),
    balance: { value: balance, at, origin: 'written' },
    protocol: notes.own('http', directive.head),
    hostHeader: hostHeaderOf(directive, notes),
    keepalive: {
      connections: keepalive?.perServer ?? { value: 0, at, origin: 'written' },
      idle: keepalive?.idle ?? notes.own(milliseconds(0), directive.head),
    },
    timeouts,
    retry,
    health: {
      ...(active ? { active: { at: active.path.at, ...active } } : {}),
      passive: {
        max_fails: passive?.maxFails ?? notes.own(0, directive.head),
        fail_window: passive?.failDuration ?? notes.own(milliseconds(0), directive.head),
      },
    },
  };
  const stream = notes.own(false, directive.head);
  const immediate = proxy.flush !== undefined && proxy.flush.value < 0;
  const flush = notes.own<ProxyRoute['flush']['value']>(immediate ? 'immediate' : 'auto', directive.head);
  const headers = headersOf(
    directive,
    around.filter(({ name }) => name === 'header'),
    notes,
  );
  const bodies = around.findLast((one) => one.name === 'request_body' && largestBody(one) !== undefined);
  const largest = bodies && largestBody(bodies);
  const words = {
    pool,
    timeouts,
    retry,
    stream,
    flush,
    ...(headers ? { headers } : {}),
    ...(bodies && largest !== undefined ? { maxBody: notes.given(largest, bodies.head) } : {}),
  };
  return { action: 'proxy', id, at, match: onlyPaths(paths), ...words };
}

function timeoutsOf(proxy: ReverseProxy, head: At, notes: Notes): Timeouts {
  const { read, responseHeader, keepalive } = proxy;
  const none = (given: Given<Duration> | undefined) => given ?? notes.own('none' as const, head);
  const least = add(responseHeader?.value ?? milliseconds(0), keepalive?.idle.value ?? milliseconds(0));
  if (read && (!responseHeader || longer(read.value, least) !== read.value)) {
    notes.leave(head, '`read_timeout` that ends while a connection rests or a header is awaited');
  }
  return {
    connect: proxy.dial,
    tls_handshake: notes.own('none' as const, head),
    send: none(proxy.write),
    response_header: none(responseHeader),
    idle: none(read),
    upgraded: proxy.upgraded ?? notes.own(milliseconds(3_600_000), head),
  };
}

function retryOf(proxy: ReverseProxy, head: At, notes: Notes): Retry {
  const { retries, tryDuration, tryInterval, servers } = proxy;
  const unlimited = tryDuration && !retries;
  const tries: Given<number | 'unlimited'> = retries
    ? { ...retries, value: retries.value + 1 }
    : unlimited
      ? { ...tryDuration, value: 'unlimited' }
      : notes.own(1, head);
  if (retries && retries.value >= servers.length) {
    notes.leave(head, 'more attempts than servers: the same server is asked again');
  }
  const pause = tryInterval ?? notes.own(milliseconds(0), head);
  const window = tryDuration
    ? { ...tryDuration, value: add(tryDuration.value, pause.value) }
    : notes.own('none' as const, head);
  if (tryInterval && proxy.retryMethods.join() !== 'GET,HEAD,OPTIONS') {
    const methods = proxy.retryMethods.join(', ') || 'no method';
    notes.leave(head, `only ${methods} are tried again once a server may have seen them`);
  }
  const on: Condition[] = ['error', 'timeout'];
  for (const status of [429, 500, 502, 503, 504] as const) {
    if (proxy.retryStatuses.includes(status)) on.push(`http_${status}`);
  }
  return {
    tries,
    window,
    interval: pause,
    on: notes.own(on, head),
    non_idempotent: notes.own(proxy.retryMethods.includes('POST'), head),
  };
}

function balanceOf({ balance, policy = [], servers }: ReverseProxy, head: At, notes: Notes): Balance {
  const weighs = balance === 'weighted_round_robin';
  if (balance !== 'hash' && !weighs) return balance;
  if (weighs && policy.length === servers.length + 1) return 'round_robin';
  const said = keyOf(policy);
  if (said) return said;
  if (servers.length > 1) notes.leave(head, '`lb_policy`: how servers are chosen');
  return 'round_robin';
}

function keyOf([name, word = '', more]: readonly string[]): Balance | undefined {
  if (name === 'ip_hash' || name === 'client_ip_hash') return { hash: 'client_ip' };
  if (name === 'uri_hash') return { hash: 'uri' };
  if (more !== undefined) return undefined;
  if (name === 'header' && /^[A-Za-z0-9-]{1,100}$/.test(word)) return { hash: { header: word } };
  return name === 'cookie' && /^\w{1,100}$/.test(word) ? { sticky: { cookie: word } } : undefined;
}

function serversOf({ servers, balance, policy = [], fullAt }: ReverseProxy): Server[] {
  const weights = balance === 'weighted_round_robin' ? policy.slice(1).map(Number) : [];
  return servers.map((address, index) => {
    const weight = weights[index] ?? 1;
    const given = <T>(value: T) => ({ value, at: address.at, origin: 'written' }) as const;
    return {
      address,
      ...(weight > 1 ? { weight: given(weight) } : {}),
      // A weight of nothing leaves a server out.
      ...(weight === 0 ? { state: given('down' as const) } : {}),
      ...(fullAt ? { max_conns: fullAt } : {}),
    };
  });
}

/** What is around the sites. */
export function topologyOf(
  source: string,
  sites: readonly Site[],
  options: Options,
  notes: Notes,
  at: Place,
): Topology {
  const given = <T>(value: T, because: string): Given<T> => ({ value, at, origin: 'default', because });
  const { email, http, https, http3 } = options;
  return {
    source,
    targets: { caddy: { version: given(notes.version, 'the version that it is judged for') } },
    targetIds: ['caddy'],
    edge: {
      proxy: given('caddy' as const, 'it is a Caddyfile'),
      http_port: given(http, 'Caddy’s `http_port`'),
      https_port: given(https, 'Caddy’s `https_port`'),
      access_log: given('none' as const, 'logs are no part of it'),
      http3: http3 ? notes.given(true, http3) : given(false, 'no `h3` among its protocols'),
      resolver: given(defaults.edge.resolver.value, defaults.edge.resolver.because),
      trusted_proxies: given(defaults.edge.trusted_proxies.value, defaults.edge.trusted_proxies.because),
    },
    acme: {
      ...(email ? { email: notes.given(email.text, email) } : {}),
      ca: given(defaults.acme.ca.value, defaults.acme.ca.because),
    },
    machines: [],
    services: [],
    pools: [...new Set(sites.flatMap(proxyRoutes).map(({ pool }) => pool))],
    sites,
    asksClients: false,
    severities: new Map(),
  };
}
