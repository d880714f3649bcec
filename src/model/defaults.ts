import type { Network } from './networks.ts';
import type { TlsProfile } from './tls-profiles.ts';
import type { Condition } from './topology.ts';

/** What applies where nothing is written, each with its reason. The only place for such values. */
interface Default<T> {
  readonly value: T;
  readonly because: string;
}

const given = <T>(value: T, because: string): Default<T> => ({ value, because });

export const defaults = {
  timeouts: {
    connect: given('1s', 'a server on the same network answers a SYN in milliseconds; nginx alone would wait 60s'),
    tls_handshake: given('2s', 'two round trips and a signature; Caddy alone would wait for ever'),
    send: given('30s', 'the longest pause of a server that still reads'),
    response_header: given('30s', 'slow pages exist; say less where a person waits'),
    idle: given('none', 'a download may pause for as long as it likes'),
    upgraded: given('1h', 'a websocket that is silent for longer has been forgotten by both ends'),
  },
  route: {
    stream: given(false, 'most answers are whole within seconds'),
    flush: given('auto' as const, 'the header goes with the first bytes of the body'),
  },
  /** Of a stream, instead of those above. */
  stream: {
    idle: given('1h', 'a stream says something once in an hour, or nobody is there any more'),
    flush: given('immediate' as const, 'a stream is passed on as it comes'),
  },
  retry: {
    tries: given<number | 'unlimited'>(
      2,
      'one dead server must not lose a request, and one retry doubles the load at most',
    ),
    window: given('none', 'tries already bound the wait'),
    interval: given('0s', 'another server is asked: there is nothing to wait for'),
    on: given<readonly Condition[]>(
      ['error', 'timeout'],
      'what tells that a server is dead, not that a page is broken',
    ),
    non_idempotent: given(false, 'a payment sent twice is worse than an error'),
  },
  health: {
    passive: {
      max_fails: given(3, 'one slow page must not take a server out'),
      fail_window: given('10s', 'nginx and most guides use it'),
    },
    active: {
      interval: given('5s', 'a dead server is found in seconds'),
      timeout: given('2s', 'a health page that needs longer is not healthy'),
      passes: given(1, 'a server that answers is back'),
      fails: given(1, 'the next check brings it back'),
      status: given('2xx', 'a redirect is no sign of health'),
    },
  },
  keepalive: {
    connections: given(16, 'enough for a busy site on one machine'),
    idle: given('4s', 'Node closes an idle connection after 5s: the proxy must be first'),
  },
  balance: given('round_robin' as const, 'equal shares'),
  protocol: given('http' as const, 'servers behind an edge seldom speak TLS'),
  server_tls: { insecure: given(false, 'a server that anybody could stand in for is no server') },
  server: {
    weight: given(1, 'equal shares'),
    backup: given(false, 'every server works'),
    state: given('up' as const, 'it is there to be asked'),
  },
  host_header: given('client', 'the application makes its links and cookies for the name that the client sees'),
  tls: {
    mode: given('acme', 'trusted by every browser'),
    profile: given<TlsProfile>('intermediate', 'every browser since 2016 has TLS 1.2, and nothing weaker is offered'),
    hsts: {
      include_subdomains: given(false, 'other machines may serve names below this one over plain http'),
      preload: given(false, 'a name is in the browsers for years'),
    },
    client: { mode: given<'require' | 'optional'>('require', 'a CA is named to keep others out') },
  },
  http: given('redirect' as const, 'nobody stays on plain http by accident'),
  respond: {
    status: given(200, 'the request was answered'),
    type: given('text/plain; charset=utf-8', 'a text'),
  },
  basic_auth: { realm: given('restricted', 'what most servers say') },
  maintenance: { status: given(503, 'come again later') },
  error_pages: { redirect: { status: given(302, 'no error is one for ever') } },
  redirect: { status: given(308, 'permanent; the method and the body of a request are kept') },
  files: {
    index: given('index.html', 'both proxies take it'),
    browse: given(false, 'names of files may be secrets'),
  },
  edge: {
    http_port: given(80, 'the port of http'),
    https_port: given(443, 'the port of https'),
    access_log: given('json' as const, 'machines read logs'),
    http3: given(false, 'it needs UDP ports, which many firewalls do not let in'),
    trusted_proxies: given([] as readonly Network[], 'whoever connects is the client'),
    resolver: given(['127.0.0.11'] as readonly string[], 'docker’s own DNS server'),
  },
  acme: { ca: given('production', 'certificates that browsers trust') },
  targets: {
    caddy: { version: given('2.11', 'the current release') },
    nginx: {
      version: given('1.30', 'the current stable release'),
      workers: given<number | 'auto'>('auto', 'one for each core'),
    },
  },
} as const;
