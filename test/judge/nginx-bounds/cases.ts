import type { Fault, Method } from '../../../src/latency/bounds.ts';

/** What a stand-in of the measurement does. `slow`: a good answer after that many milliseconds. */
type StandIn =
  | 'silent'
  | { readonly blackhole: number }
  | { readonly slow: number }
  | { readonly close: number }
  | { readonly error_status: number };

/** How the worst of a route is brought about. Servers that are not named are good ones. */
export interface Trial {
  readonly servers: Readonly<Record<string, StandIn>>;
  readonly path: string;
  /** The first one unless told. */
  readonly route?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The row that is measured; absent: the headline. */
  readonly row?: Fault;
  readonly method?: Method;
  readonly status: number;
  /** Requests at the same time, of which the slowest counts. */
  readonly crowd?: number;
}

export interface Expected {
  /** Milliseconds of the headline. */
  readonly ms: number | null;
  /** Without its value. */
  readonly equation?: string;
  /** Why there is no bound. */
  readonly because?: string;
  /** Fault, failing, method → milliseconds, attempts. */
  readonly rows?: Readonly<Record<string, readonly [ms: number, attempts: number] | undefined>>;
  /** Milliseconds, and how often a request is sent again. */
  readonly stale?: readonly [ms: number, resends: number];
  readonly firstByte?: number;
  /** Parts of assumptions that are printed, or with a `!` before them that are not. */
  readonly assumes?: readonly string[];
}

export interface Case {
  /** A sentence. */
  readonly name: string;
  readonly text: string;
  /** 1.30 unless told. */
  readonly version?: string;
  /** Each route that has a bound, or has none for a reason. */
  readonly routes: Readonly<Record<string, Expected>>;
  /** Routes that ask nobody. */
  readonly alone?: readonly string[];
  /** Parts of findings, as `line:column rule: message`. */
  readonly findings?: readonly string[];
  readonly unsaid?: readonly string[];
  readonly trial?: Trial;
}

/** Short waits, and of each attempt nine tenths for the header: a silent server reaches most of the headline. */
const quick = 'proxy_connect_timeout 40ms; proxy_read_timeout 400ms;';
const each = '(40ms connect + 400ms response header)';
const one = '40ms connect + 400ms response header';
const two = 'upstream web { server 10.0.0.2:3000; server 10.0.0.3:3000; }';
const three = 'upstream web { server 10.0.0.2:3000; server 10.0.0.3:3000; server 10.0.0.4:3000; }';
const silentTwo = { '10.0.0.2:3000': 'silent', '10.0.0.3:3000': 'silent' } as const;
const silentThree = { ...silentTwo, '10.0.0.4:3000': 'silent' } as const;

function site(inside: string, before = ''): string {
  return `${before}\nserver {\n  listen 80;\n  server_name a.example;\n  ${inside}\n}\n`;
}

/** One location for every path. */
function all(inside: string, before = two): string {
  return site(`location / { proxy_pass http://web; ${quick} ${inside} }`, before);
}

const silent = (status = 504): Trial => ({ servers: silentTwo, path: '/', status });

export const cases: readonly Case[] = [
  {
    name: 'the settings of the article: two attempts of six seconds',
    text: `upstream pages {
  server 192.0.2.10:3000 max_fails=1 fail_timeout=10s;
  server 192.0.2.11:3000 max_fails=1 fail_timeout=10s;
}
server {
  listen 443 ssl;
  server_name www.example.org;
  location / {
    proxy_connect_timeout 1s;
    proxy_read_timeout 5s;
    proxy_next_upstream error timeout;
    proxy_next_upstream_tries 2;
    proxy_pass http://pages;
  }
}
`,
    routes: {
      'www.example.org/': {
        ms: 12_000,
        equation: '2 attempts × (1s connect + 5s response header)',
        rows: { 'blackhole all GET': [2_000, 2], 'silent all POST': [5_000, 1], 'all_marked all GET': [0, 0] },
        assumes: ['the file that includes this one'],
      },
    },
  },
  {
    name: 'with nothing written two servers make four minutes',
    text: site('location / { proxy_pass http://web; }', two),
    routes: { 'a.example/': { ms: 240_000, equation: '2 attempts × (1m connect + 1m response header)' } },
  },
  {
    name: 'every address is tried once unless tries are limited',
    text: all('', three),
    routes: { 'a.example/': { ms: 1_320, equation: `3 attempts × ${each}`, rows: { 'silent all GET': [1_200, 3] } } },
    trial: { servers: silentThree, path: '/', status: 504 },
  },
  {
    name: 'tries count the first one',
    text: all('proxy_next_upstream_tries 2;', three),
    routes: { 'a.example/': { ms: 880, equation: `2 attempts × ${each}` } },
    trial: { servers: silentThree, path: '/', status: 504 },
  },
  {
    name: 'more tries than servers change nothing, and 0 is no limit',
    text: site(
      `location / { proxy_pass http://web; ${quick} proxy_next_upstream_tries 9; }
  location /0 { proxy_pass http://web; ${quick} proxy_next_upstream_tries 0; proxy_next_upstream_timeout 0; }`,
      two,
    ),
    routes: { 'a.example/': { ms: 880 }, 'a.example/0': { ms: 880, equation: `2 attempts × ${each}` } },
  },
  {
    name: 'a backup is one more attempt',
    text: all('', 'upstream web { server 10.0.0.2:3000; server 10.0.0.3:3000 backup; }'),
    routes: { 'a.example/': { ms: 880, equation: `2 attempts × ${each}` } },
    trial: silent(),
  },
  {
    name: 'few tries never reach the backup',
    text: all(
      'proxy_next_upstream_tries 2;',
      'upstream web { server 10.0.0.2:3000; server 10.0.0.3:3000; server 10.0.0.4:3000 backup; }',
    ),
    routes: { 'a.example/': { ms: 880 } },
    trial: silent(),
  },
  {
    name: 'a server that is down is no attempt',
    text: all('', 'upstream web { server 10.0.0.2:3000; server 10.0.0.3:3000; server 10.0.0.9:3000 down; }'),
    routes: { 'a.example/': { ms: 880, equation: `2 attempts × ${each}` } },
    trial: silent(),
  },
  {
    name: 'a lone server is asked once, and never marked',
    text: all('', 'upstream web { server 10.0.0.2:3000; }'),
    routes: { 'a.example/': { ms: 440, equation: one, rows: { 'all_marked all GET': undefined } } },
    trial: { servers: { '10.0.0.2:3000': 'silent' }, path: '/', status: 504 },
  },
  {
    name: 'a lone server with one that is down beside it is marked',
    text: all('', 'upstream web { server 10.0.0.2:3000; server 10.0.0.9:3000 down; }'),
    routes: { 'a.example/': { ms: 440, rows: { 'all_marked all GET': [0, 0] } } },
  },
  {
    name: 'nobody is left when all servers are down',
    text: all('', 'upstream web { server 10.0.0.2:3000 down; server 10.0.0.3:3000 down; }'),
    routes: { 'a.example/': { ms: 0, rows: { 'silent all GET': undefined } } },
    trial: { servers: {}, path: '/', status: 502 },
  },
  {
    name: 'weights and methods of balancing change no number of attempts',
    text: all('', 'upstream web { ip_hash; server 10.0.0.2:3000 weight=9; server 10.0.0.3:3000 max_conns=5; }'),
    routes: { 'a.example/': { ms: 880 } },
    unsaid: ['`ip_hash` looks at three quarters of an IPv4 address only'],
    trial: silent(),
  },
  {
    name: 'an address is a lone server: asked once, never marked',
    text: site(`location / { proxy_pass http://10.0.0.2:3000/app/; ${quick} }`),
    routes: { 'a.example/': { ms: 440, equation: one, rows: { 'all_marked all GET': undefined } } },
    trial: { servers: { '10.0.0.2:3000': 'silent' }, path: '/', status: 504 },
  },
  {
    name: 'localhost is two servers',
    text: site(`location / { proxy_pass http://localhost:3000; ${quick} }`),
    routes: {
      'a.example/': { ms: 880, equation: `2 attempts × ${each}`, assumes: ['`localhost` has two addresses'] },
    },
  },
  {
    name: 'a name has any number of addresses, and nothing limits the tries',
    text: site(`location / { proxy_pass http://app:3000; ${quick} }`),
    routes: { 'a.example/': { ms: null, because: 'a name may have any number of addresses' } },
  },
  {
    name: 'a name with limited tries has a bound',
    text: site(
      `location / { proxy_pass http://app:3000; ${quick} proxy_next_upstream_tries 2; }
  location /w { proxy_pass http://app:3000; ${quick} proxy_next_upstream_timeout 1s; }
  location /off { proxy_pass http://app:3000; ${quick} proxy_next_upstream off; }`,
    ),
    routes: {
      'a.example/': { ms: 880 },
      'a.example/w': { ms: 1_440, equation: `1s window + ${one}` },
      'a.example/off': { ms: 440, equation: one },
    },
  },
  {
    name: 'the window is no deadline',
    text: all('proxy_next_upstream_timeout 410ms;', three),
    routes: {
      'a.example/': {
        ms: 850,
        equation: `min(3 attempts × ${each}, 410ms window + ${one})`,
        rows: { 'silent all GET': [800, 2] },
      },
    },
    trial: { servers: silentThree, path: '/', status: 504 },
  },
  {
    name: 'the window is not looked at where one server is asked',
    text: all('proxy_next_upstream_timeout 100ms;', 'upstream web { server 10.0.0.2:3000; }'),
    routes: { 'a.example/': { ms: 440, equation: one } },
  },
  {
    name: 'off asks one server, whatever stands beside it',
    text: all('proxy_next_upstream error timeout off;'),
    routes: { 'a.example/': { ms: 440, equation: one } },
    trial: silent(),
  },
  {
    name: 'non_idempotent alone tries nothing again',
    text: all('proxy_next_upstream non_idempotent;'),
    routes: { 'a.example/': { ms: 440 } },
  },
  {
    name: 'a POST that a server has is not sent again',
    text: all(''),
    routes: { 'a.example/': { ms: 880, rows: { 'silent all POST': [400, 1], 'blackhole all POST': [80, 2] } } },
    trial: { ...silent(), row: 'silent', method: 'POST' },
  },
  {
    name: 'non_idempotent sends a POST again',
    text: all('proxy_next_upstream error timeout non_idempotent;'),
    routes: { 'a.example/': { ms: 880, rows: { 'silent all POST': [800, 2] } } },
    trial: { ...silent(), row: 'silent', method: 'POST' },
  },
  {
    name: 'a dead machine costs the limit for connecting',
    text: site('location / { proxy_pass http://web; proxy_connect_timeout 300ms; proxy_read_timeout 50ms; }', two),
    routes: { 'a.example/': { ms: 700, rows: { 'blackhole all GET': [600, 2] } } },
    trial: {
      servers: { '10.0.0.2:3000': { blackhole: 300 }, '10.0.0.3:3000': { blackhole: 300 } },
      path: '/',
      row: 'blackhole',
      status: 504,
    },
  },
  {
    name: 'a status is tried again where the list has it, and the last one is passed on',
    text: all('proxy_next_upstream error http_503 http_404;'),
    routes: { 'a.example/': { ms: 880, rows: { 'error_status all GET': [800, 2], 'silent all GET': [400, 1] } } },
    unsaid: ['`proxy_next_upstream http_404` tries another server'],
    trial: {
      servers: { '10.0.0.2:3000': { error_status: 385 }, '10.0.0.3:3000': { error_status: 385 } },
      path: '/',
      row: 'error_status',
      status: 503,
    },
  },
  {
    name: 'without timeout in the list a silent server is the last',
    text: all('proxy_next_upstream error;'),
    routes: { 'a.example/': { ms: 880, rows: { 'silent all GET': [400, 1], 'close all GET': [800, 2] } } },
    trial: {
      servers: { '10.0.0.2:3000': { close: 385 }, '10.0.0.3:3000': { close: 385 } },
      path: '/',
      row: 'close',
      status: 502,
    },
  },
  {
    name: 'a handshake that stalls costs the limit for connecting',
    text: site(
      'location / { proxy_pass https://10.0.0.2:3000; proxy_connect_timeout 400ms; proxy_read_timeout 40ms; }',
    ),
    routes: { 'a.example/': { ms: 440, rows: { 'tls_stall all GET': [400, 1] } } },
    unsaid: ['https to the servers'],
    trial: { servers: { '10.0.0.2:3000': 'silent' }, path: '/', row: 'tls_stall', status: 504 },
  },
  {
    name: 'zero is at once, not for ever',
    text: site('location / { proxy_pass http://web; proxy_connect_timeout 40ms; proxy_read_timeout 0; }', two),
    routes: { 'a.example/': { ms: 80, rows: { 'silent all GET': [0, 2] } } },
    trial: { ...silent(), row: 'silent' },
  },
  {
    name: 'times without a unit are seconds, and units may be joined',
    text: site('location / { proxy_pass http://10.0.0.2; proxy_connect_timeout 2; proxy_read_timeout "1m 30s"; }'),
    routes: { 'a.example/': { ms: 92_000, equation: '2s connect + 1m 30s response header' } },
  },
  {
    name: 'timeouts are inherited, and lists are replaced',
    text: `proxy_read_timeout 9s;\nproxy_next_upstream off;\n${site(
      `${quick} location / { proxy_pass http://web; } location /l { proxy_pass http://web; proxy_next_upstream timeout; }`,
      two,
    )}`,
    routes: { 'a.example/': { ms: 440 }, 'a.example/l': { ms: 880, rows: { 'close all GET': [400, 1] } } },
    trial: { servers: silentTwo, path: '/l', route: 'a.example/l', status: 504 },
  },
  {
    name: 'proxy_pass is not inherited by nested locations, their timeouts are',
    text: site(
      `location / { proxy_pass http://web; ${quick} location /in/ { root /srv; } location /deep/ { proxy_pass http://10.0.0.9:1; } }`,
      two,
    ),
    routes: { 'a.example/': { ms: 880 }, 'a.example/deep/': { ms: 440 } },
    alone: ['a.example/in/'],
  },
  {
    name: 'before 1.29.7 no connection is kept unless the file asks for all three things',
    version: '1.22.1',
    text: site(
      `location / { proxy_pass http://web; ${quick} }
  location /kept { proxy_pass http://web; ${quick} proxy_http_version 1.1; proxy_set_header Connection ""; }
  location /closed { proxy_pass http://web; ${quick} proxy_http_version 1.1; }`,
      'upstream web { server 10.0.0.2:3000; keepalive 4; }',
    ),
    routes: {
      'a.example/': { ms: 440, stale: [440, 0], rows: { 'vanished all GET': undefined } },
      'a.example/kept': { ms: 440, stale: [2_040, 4], rows: { 'vanished all GET': [400, 1] } },
      'a.example/closed': { ms: 440, stale: [440, 0] },
    },
  },
  {
    name: 'from 1.29.7 on 32 connections are kept by default',
    text: site(
      `location / { proxy_pass http://web; ${quick} }
  location /closed { proxy_pass http://web; ${quick} proxy_set_header Connection close; }
  location /old { proxy_pass http://web; ${quick} proxy_http_version 1.0; }
  location /address { proxy_pass http://10.0.0.2:3000; ${quick} }`,
      'upstream web { server 10.0.0.2:3000; }',
    ),
    routes: {
      'a.example/': { ms: 440, stale: [13_240, 32] },
      'a.example/closed': { ms: 440, stale: [440, 0] },
      'a.example/old': { ms: 440, stale: [440, 0] },
      'a.example/address': { ms: 440, stale: [440, 0] },
    },
  },
  {
    name: 'tries do not limit what is sent again after stale connections',
    text: all('proxy_next_upstream_tries 1;', three),
    routes: { 'a.example/': { ms: 440, stale: [1_240, 2] } },
  },
  {
    name: 'a Connection header from a map may keep connections',
    version: '1.22.1',
    text: site(
      `location / { proxy_pass http://web; ${quick} proxy_http_version 1.1; proxy_set_header Connection $up; }`,
      'map $http_upgrade $up { default upgrade; "" close; }\nupstream web { server 10.0.0.2:3000; keepalive 2; }',
    ),
    routes: { 'a.example/': { ms: 440, stale: [1_240, 2] } },
  },
  {
    name: 'an upstream in a variable is known when set says it',
    text: site(`set $pool web; location / { proxy_pass http://$pool$request_uri; ${quick} }`, two),
    routes: { 'a.example/': { ms: 880 } },
    trial: silent(),
  },
  {
    name: 'of the values of a map the worst counts',
    text: site(
      `location / { proxy_pass http://$pool; ${quick} }`,
      `map $http_x_pool $pool { default web; "~^b" 10.0.0.4:3000; c web; }\n${two}`,
    ),
    routes: { 'a.example/': { ms: 880, assumes: ['one of 2 ways, and the worst counts: web'] } },
    unsaid: ['chooses among several upstreams'],
    trial: silent(),
  },
  {
    name: 'split_clients and geo are maps as well',
    text: site(
      `location / { proxy_pass http://$pool; ${quick} } location /g { proxy_pass http://$near; ${quick} }`,
      `split_clients $remote_addr $pool { 10% 10.0.0.9:1; * web; }\ngeo $near { default 10.0.0.8:1; 10.0.0.0/8 web; }\n${two}`,
    ),
    routes: { 'a.example/': { ms: 880 }, 'a.example/g': { ms: 880 } },
  },
  {
    name: 'an address in a variable is a server without a memory',
    text: site(`location / { set $one 10.0.0.2:3000; proxy_pass http://$one; ${quick} }`),
    routes: { 'a.example/': { ms: 440, equation: one, rows: { 'all_marked all GET': undefined } } },
    trial: { servers: { '10.0.0.2:3000': 'silent' }, path: '/', status: 504 },
  },
  {
    name: 'a name in a variable is looked up for each request',
    text: site(
      `resolver 127.0.0.11; resolver_timeout 2s; location / { set $one app; proxy_pass http://$one:3000; ${quick} proxy_next_upstream_tries 2; }`,
    ),
    routes: { 'a.example/': { ms: 2_880, equation: `2s name lookup + 2 attempts × ${each}` } },
  },
  {
    name: 'what the client names cannot be known',
    text: site(`location / { proxy_pass http://$host:8080; ${quick} }`),
    routes: { 'a.example/': { ms: null, because: '$host may be anything' } },
    findings: ['5:27 nginx-unresolved: where "http://$host:8080" leads is not known'],
  },
  {
    name: 'a placeholder of a template is a variable that nobody knows',
    text: site(
      `location / { proxy_pass http://\${BACKEND}; } location /t { proxy_pass http://10.0.0.2; proxy_read_timeout \${T}; }`,
    ),
    routes: {
      'a.example/': { ms: null, because: '$BACKEND may be anything' },
      'a.example/t': { ms: null, because: '"${T}" is no time' },
    },
  },
  {
    name: 'an if with a proxy_pass of its own is another way',
    text: site(
      `location / { if ($http_x_slow) { proxy_pass http://web; } proxy_pass http://10.0.0.9:3000; ${quick} }`,
      two,
    ),
    routes: { 'a.example/': { ms: 880, equation: `2 attempts × ${each}` } },
    trial: { ...silent(), headers: { 'X-Slow': '1' } },
  },
  {
    name: 'limit_except may have a proxy_pass of its own',
    text: site(
      `location / { proxy_pass http://10.0.0.9:3000; ${quick} limit_except GET { proxy_pass http://web; } }`,
      two,
    ),
    routes: { 'a.example/': { ms: 880 } },
    trial: { servers: silentTwo, path: '/', row: 'silent', method: 'POST', status: 504 },
  },
  {
    name: 'authentication comes before the servers',
    text: site(
      `location / { auth_request /auth; proxy_pass http://10.0.0.2:3000; ${quick} }
  location = /auth { internal; proxy_pass http://10.0.0.3:3000; ${quick} }`,
    ),
    routes: { 'a.example/': { ms: 880, equation: `${one} + ${one}`, assumes: ['includes `auth_request /auth`'] } },
    unsaid: ['`auth_request /auth` comes before it: see `forward_auth`'],
    trial: { servers: { '10.0.0.2:3000': 'silent', '10.0.0.3:3000': { slow: 385 } }, path: '/', status: 504 },
  },
  {
    name: 'authentication of the whole server is not asked of itself',
    text: site(
      `auth_request /auth; ${quick} location / { proxy_pass http://10.0.0.2:3000; } location /auth { internal; proxy_pass http://web; }
  location /files { root /srv; }`,
      two,
    ),
    routes: { 'a.example/': { ms: 1_320, equation: `${one} + 2 attempts × ${each}` }, 'a.example/files': { ms: 880 } },
  },
  {
    name: 'an error page is another round of attempts',
    text: site(
      `location / { proxy_pass http://web; ${quick} error_page 502 504 = @second; }
  location @second { proxy_pass http://10.0.0.4:3000; ${quick} }`,
      two,
    ),
    routes: { 'a.example/': { ms: 1_320, equation: `2 attempts × ${each} + ${one}` } },
    trial: { servers: silentThree, path: '/', status: 504 },
  },
  {
    name: 'an error page of an error page is not shown',
    text: site(
      `${quick} location / { proxy_pass http://10.0.0.2:3000; error_page 504 /b; }
  location /b { proxy_pass http://10.0.0.3:3000; error_page 504 /c; } location /c { proxy_pass http://10.0.0.4:3000; }`,
    ),
    routes: { 'a.example/': { ms: 880 }, 'a.example/b': { ms: 880 }, 'a.example/c': { ms: 440 } },
    trial: { servers: silentThree, path: '/', status: 504 },
  },
  {
    name: 'unless recursive_error_pages says so',
    text: site(
      `${quick} recursive_error_pages on; location / { proxy_pass http://10.0.0.2:3000; error_page 504 = @b; }
  location @b { proxy_pass http://10.0.0.3:3000; error_page 504 = @c; } location @c { proxy_pass http://10.0.0.4:3000; }`,
    ),
    routes: { 'a.example/': { ms: 1_320, equation: `${one} + ${one} + ${one}` } },
    trial: { servers: silentThree, path: '/', status: 504 },
  },
  {
    name: 'error pages that lead back have no bound',
    text: site(
      `${quick} recursive_error_pages on; location / { proxy_pass http://10.0.0.2:3000; error_page 504 = @b; }
  location @b { proxy_pass http://10.0.0.3:3000; error_page 504 /; }`,
    ),
    routes: { 'a.example/': { ms: null, because: 'round and round' } },
  },
  {
    name: 'an error page for refused logins takes the place of the servers',
    text: site(
      `${quick} location / { proxy_pass http://10.0.0.9:3000; error_page 401 403 = @login; auth_basic a; auth_basic_user_file f; }
  location @login { proxy_pass http://web; }`,
      two,
    ),
    routes: { 'a.example/': { ms: 880, equation: `2 attempts × ${each}` } },
  },
  {
    name: 'a status of a server leads to an error page where nginx intercepts it',
    text: site(
      `${quick} location / { proxy_pass http://10.0.0.2:3000; error_page 404 = @b; }
  location /i { proxy_pass http://10.0.0.2:3000; proxy_intercept_errors on; error_page 503 = @b; }
  location @b { proxy_pass http://10.0.0.3:3000; }`,
    ),
    routes: { 'a.example/': { ms: 440 }, 'a.example/i': { ms: 880 } },
    trial: {
      servers: { '10.0.0.2:3000': { error_status: 385 }, '10.0.0.3:3000': 'silent' },
      path: '/i',
      route: 'a.example/i',
      status: 504,
    },
  },
  {
    name: 'an error page that is a file, or elsewhere, is no wait',
    text: site(
      `location / { proxy_pass http://web; ${quick} error_page 502 504 /50x.html; error_page 500 https://b.example/; }
  location = /50x.html { root /srv; }`,
      two,
    ),
    routes: { 'a.example/': { ms: 880 } },
    alone: ['a.example=/50x.html'],
  },
  {
    name: 'files first, then the application',
    text: site(
      `root /nowhere; location / { try_files $uri @app; } location @app { proxy_pass http://web; ${quick} }`,
      two,
    ),
    routes: { 'a.example/': { ms: 880, equation: `2 attempts × ${each}` } },
    trial: { ...silent(), path: '/page' },
  },
  {
    name: 'files first, for a whole server',
    text: site(`root /nowhere; try_files $uri @app; location @app { proxy_pass http://web; ${quick} }`, two),
    routes: { 'a.example/': { ms: 880 } },
    trial: { ...silent(), path: '/page' },
  },
  {
    name: 'a status of one’s own leads to a location',
    text: site(
      `location / { error_page 418 = @app; return 418; } location @app { proxy_pass http://web; ${quick} }`,
      two,
    ),
    routes: { 'a.example/': { ms: 880 } },
    trial: silent(),
  },
  {
    name: 'a rewrite leads to another location',
    text: site(
      `location /old { rewrite ^/old/(.*)$ /new/$1 last; return 404; } location /new/ { proxy_pass http://web; ${quick} }`,
      two,
    ),
    routes: { 'a.example/old': { ms: 880 }, 'a.example/new/': { ms: 880 } },
    trial: { ...silent(), path: '/old/x' },
  },
  {
    name: 'what return answers asks nobody',
    text: `${site('return 301 https://a.example$request_uri; location / { proxy_pass http://web; }', two)}
server { listen 8080; server_name b.example; location / { return 200 ok; proxy_pass http://web; } }`,
    routes: {},
    alone: ['a.example/', 'b.example:8080/'],
  },
  {
    name: 'limit_req delays before anybody is asked',
    text: site(
      `location / { limit_req zone=one burst=3; proxy_pass http://10.0.0.2:3000; ${quick} }
  location /now { limit_req zone=one burst=3 nodelay; proxy_pass http://10.0.0.2:3000; ${quick} }
  location /some { limit_req zone=one burst=3 delay=1; proxy_pass http://10.0.0.2:3000; ${quick} }
  location /slow { limit_req zone=slow burst=1; proxy_pass http://10.0.0.2:3000; ${quick} }`,
      'limit_req_zone $server_name zone=one:1m rate=10r/s;\nlimit_req_zone $server_name zone=slow:1m rate=10r/m;',
    ),
    routes: {
      'a.example/': { ms: 740, equation: `${one} + 300ms delay of limit_req` },
      'a.example/now': { ms: 440 },
      'a.example/some': { ms: 640 },
      'a.example/slow': { ms: 6_464 },
    },
    trial: { servers: { '10.0.0.2:3000': 'silent' }, path: '/', status: 504, crowd: 4 },
  },
  {
    name: 'the lock of a cache is waited for before',
    text: site(
      `location / { proxy_cache c; proxy_cache_lock on; proxy_cache_lock_timeout 300ms; proxy_pass http://10.0.0.2:3000; ${quick} }`,
      'proxy_cache_path cache keys_zone=c:1m;',
    ),
    routes: { 'a.example/': { ms: 740, equation: `${one} + 300ms cache lock` } },
    trial: { servers: { '10.0.0.2:3000': 'silent' }, path: '/', status: 504, crowd: 2 },
  },
  {
    name: 'what is not buffered reaches the client with its header',
    text: all('proxy_buffering off; proxy_request_buffering off; proxy_ignore_client_abort on;'),
    routes: {
      'a.example/': {
        ms: 880,
        firstByte: 880,
        rows: { 'no_read all POST': [60_000, 1] },
        assumes: ['!clients that give up'],
      },
    },
  },
  {
    name: 'upgrades that have a location of their own are told beside the wait of all others',
    text: `map $http_upgrade $up { default ""; "~*^websocket$" websocket; }
upstream web { server 10.0.0.2:80; }
${site(
  `location / { if ($up) { rewrite ^ /upgraded last; } proxy_pass http://web; proxy_connect_timeout 1s; proxy_read_timeout 5s; }
  location /upgraded { internal; proxy_pass http://web$request_uri; proxy_connect_timeout 1s; proxy_read_timeout 1h; }
  location /other { if ($http_x) { rewrite ^ /upgraded last; } proxy_pass http://web; proxy_connect_timeout 1s; proxy_read_timeout 5s; }`,
)}`,
    routes: {
      'a.example/': { ms: 6000, assumes: ['an upgrade (websocket) may wait 1h'] },
      'a.example/other': { ms: 3_601_000 },
    },
    unsaid: ['`rewrite … /upgraded` leads to another location'],
  },
  {
    name: 'other protocols to the servers have not been measured',
    text: site(
      `location ~ \\.php$ { fastcgi_pass unix:/run/php.sock; fastcgi_read_timeout 5s; }
  location /g { grpc_pass grpc://10.0.0.2:50051; }
  location /u { include uwsgi_params; uwsgi_pass 10.0.0.2:3031; }
  location /2 { proxy_pass http://10.0.0.2; proxy_http_version 2; }`,
    ),
    routes: {
      'a.example~\\.php$': { ms: null, because: 'how long `fastcgi_pass` waits has not been measured' },
      'a.example/g': { ms: null, because: 'how long `grpc_pass` waits has not been measured' },
      'a.example/u': { ms: null, because: 'how long `uwsgi_pass` waits has not been measured' },
      'a.example/2': { ms: null, because: 'HTTP/2' },
    },
    findings: ['nginx-not-measured: how long `grpc_pass` waits'],
  },
  {
    name: 'a front controller leads to what was not measured',
    text: site(
      `index index.php; location / { try_files $uri $uri/ /index.php?$args; } location ~* \\.php$ { fastcgi_pass 127.0.0.1:9000; }`,
    ),
    routes: {
      'a.example/': { ms: null, because: '`fastcgi_pass`' },
      'a.example~*\\.php$': { ms: null, because: '`fastcgi_pass`' },
    },
  },
  {
    name: 'programs in Lua may do anything, those of filters may not wait',
    text: site(
      `location / { access_by_lua_block { ngx.sleep(9) } proxy_pass http://web; ${quick} }
  location /body { header_filter_by_lua_block { ngx.header.x = 1 } log_by_lua_file x.lua; proxy_pass http://web; ${quick} }
  location /content { content_by_lua_block { ngx.say("}") } }`,
      two,
    ),
    routes: {
      'a.example/': { ms: null, because: '`access_by_lua_block` runs a program in Lua' },
      'a.example/body': { ms: 880 },
      'a.example/content': { ms: null, because: '`content_by_lua_block`' },
    },
    findings: ['nginx-not-understood: `access_by_lua_block` is not understood'],
  },
  {
    name: 'modules that touch headers and bodies are harmless, others are not',
    text: site(
      `brotli on; location / { more_set_headers "X: y"; charset utf-8; proxy_pass http://web; ${quick} }
  location /x { auth_ldap "x"; proxy_pass http://web; ${quick} }`,
      two,
    ),
    routes: { 'a.example/': { ms: 880 }, 'a.example/x': { ms: null, because: '`auth_ldap` is not understood' } },
  },
  {
    name: 'a foreign way of choosing servers has no bound',
    text: all('', 'upstream web { check interval=3000; server 10.0.0.2:3000; server 10.0.0.3:3000; }'),
    routes: { 'a.example/': { ms: null, because: '`check` is not understood' } },
  },
  {
    name: 'an include that is not at hand may say anything',
    text: site(
      `location / { include /srv/secret/timeouts.conf; proxy_pass http://web; } location /p { include proxy_params; proxy_pass http://web; ${quick} }
  location /m { include /etc/nginx/mime.types; proxy_pass http://web; ${quick} }`,
      two,
    ),
    routes: {
      'a.example/': { ms: null, because: '`include /srv/secret/timeouts.conf` is not at hand' },
      'a.example/p': { ms: 880, assumes: ['`proxy_params` is that of the package'] },
      'a.example/m': { ms: 880 },
    },
    findings: ['nginx-unresolved: `include /srv/secret/timeouts.conf` is not followed'],
  },
  {
    name: 'a file that is read up to a mistake still yields what stands before it',
    text: `${all('')}server { server_name b.example; location / { proxy_pass http://web; } location /c { proxy_pass http://web; `,
    routes: {
      'a.example/': { ms: 880 },
      'b.example/': { ms: null, because: 'read only up to its mistake' },
      'b.example/c': { ms: null, because: 'read only up to its mistake' },
    },
    findings: ['nginx-syntax: unexpected end of file'],
  },
  {
    name: 'a time that nginx refuses makes no bound',
    text: site('location / { proxy_pass http://10.0.0.2; proxy_read_timeout 1.5s; }'),
    routes: { 'a.example/': { ms: null, because: '"1.5s" is no time' } },
    findings: ['5:63 nginx-value'],
  },
  {
    name: 'routes are named after their paths, and redirects give way',
    text: `${two}
server { listen 80; server_name a.example; return 301 https://$host$request_uri; }
server { listen 443 ssl; server_name a.example www.a.example;
  location = /x { proxy_pass http://web; ${quick} } location ^~ /y { proxy_pass http://web; ${quick} }
  location ~ ^/z { proxy_pass http://web; ${quick} } location / { proxy_pass http://web; ${quick} } }
server { listen 8443 ssl; location / { proxy_pass http://web; ${quick} } }
server { listen [::]:443 ssl; server_name a.example; location / { proxy_pass http://web; ${quick} } }
`,
    routes: {
      'a.example=/x': { ms: 880 },
      'a.example/y': { ms: 880 },
      'a.example~^/z': { ms: 880 },
      'a.example/': { ms: 880 },
      'default:8443/': { ms: 880 },
      'a.example/#2': { ms: 880 },
    },
    alone: ['a.example/#3'],
  },
  {
    name: 'what is no http is not judged',
    text: `events {}\nstream { server { listen 1; proxy_pass 10.0.0.2:1; } }\nhttp { ${all('')} }`,
    routes: { 'a.example/': { ms: 880, assumes: ['!the file that includes this one'] } },
    findings: ['2:1 nginx-not-judged: `stream` is no part of http'],
  },
  {
    name: 'a few lines for the inside of a location are judged as they are',
    text: `proxy_pass http://10.0.0.2:3000;\n${quick}\n`,
    routes: { 'default/': { ms: 440 } },
  },
];
