/** What stands around a case, all on its first lines, and what closes it. */
const frames = {
  main: ['', ''],
  http: ['events {}\nhttp {\n', '}'],
  upstream: ['events {}\nhttp {\nupstream u {\nserver 127.0.0.1:1;\n', '}}'],
  server: ['events {}\nhttp {\nupstream u { server 127.0.0.1:1; }\nserver {\nlisten 127.0.0.1:8081;\n', '}}'],
  location: [
    'events {}\nhttp {\nupstream u { server 127.0.0.1:1; }\nserver {\nlisten 127.0.0.1:8081; location /l {\n',
    '}}}',
  ],
} as const;

export type Frame = keyof typeof frames;

export function framed(frame: Frame, text: string): { text: string; above: number } {
  const [before, after] = frames[frame];
  return { text: `${before}${text}\n${after}`, above: before.split('\n').length - 1 };
}

/** What both nginx take. */
export const accepted: readonly (readonly [Frame, string])[] = [
  ['main', 'events {}'],
  ['main', 'events { worker_connections 64; }\nhttp { server { listen 127.0.0.1:8081; } }'],
  ['http', 'map $uri $m { default 0; "~^/a{1,2}" 1; hostnames; volatile; }'],
  ['http', 'geo $g { default 0; 127.0.0.0/8 1; }'],
  ['http', 'geo $g { ranges; 127.0.0.0-127.0.0.5 1; }'],
  ['http', 'split_clients $remote_addr $s { 50% a; * b; }'],
  ['http', 'types { text/html html htm; image/gif gif; }'],
  ['http', 'log_format a \'x"y\' "z";'],
  ['http', 'keepalive_timeout 5 6; client_max_body_size 1g; proxy_buffers 8 4k; ssl_session_timeout 1d;'],
  ['http', 'proxy_read_timeout 90; proxy_send_timeout "1m 30s"; proxy_connect_timeout 1500ms;'],
  [
    'http',
    'upstream a { server 127.0.0.1:1 weight=2 max_fails=0 fail_timeout=5s max_conns=3; server unix:/a down; server unix:///b; }',
  ],
  ['upstream', 'server 127.0.0.1:2 backup; keepalive 4; keepalive_requests 5; keepalive_timeout 5s;'],
  ['upstream', 'least_conn; zone z 64k;'],
  ['upstream', 'random two least_conn;'],
  ['upstream', 'hash $uri consistent;'],
  ['server', 'listen 127.0.0.1:8082 default_server backlog=5; listen unix:x.sock; server_name a *.b ~^c$ "";'],
  ['server', 'location = /a {} location /a {} location ~ /a {} location ~ /a {} location ~* /a {} location @a {}'],
  ['server', 'location /a { location /a/b { } location ~ c { } }'],
  ['server', 'error_page 404 =200 /x; error_page 502 503 = @y; location @y { proxy_pass http://u; }'],
  ['server', 'if ($uri = "/a") { return 403; } if (-f $document_root) { rewrite ^ /b last; } set $a "b${uri}c";'],
  ['server', 'if ($http_x !~* "a b") { break; } if ( $args ) { return 301 http://x/; }'],
  ['location', 'proxy_pass http://u/; proxy_set_header Host $host; proxy_set_header X ""; proxy_buffering ON;'],
  [
    'location',
    'proxy_pass http://$host:80/; proxy_http_version 1.1; proxy_next_upstream error TIMEOUT non_idempotent;',
  ],
  ['location', 'proxy_next_upstream error; proxy_next_upstream timeout;'],
  ['location', 'proxy_pass http://unix:/a.sock:/x; proxy_redirect default; proxy_hide_header A; proxy_hide_header B;'],
  ['location', 'limit_except GET post { deny all; } if ($args) { proxy_pass http://u; }'],
  ['location', 'return http://x/;'],
  ['location', 'return 200 "a;{}";'],
  ['location', 'alias /a; expires 1d; add_header A b always; access_log off; error_log e.log;'],
  ['location', 'try_files $uri =404;\nsatisfy any;'],
];

interface Refused {
  readonly frame: Frame;
  readonly text: string;
  /** Line and column in the text of the case, and what is said of it. */
  readonly told: string;
  /** Where nginx reports another line, which one and why is in the name. */
  readonly theirs?: number;
  /** Only one of the two refuses it. */
  readonly only?: 'old' | 'new';
}

const refusal = (frame: Frame, text: string, told: string, more: Partial<Refused> = {}): Refused => ({
  frame,
  text,
  told,
  ...more,
});

/** What nginx refuses, and so must we, at the same line. */
export const refused: readonly Refused[] = [
  // Words and braces.
  refusal('main', 'events {}\n}', '2:1 unexpected "}"'),
  refusal('main', 'events {}\nhttp {\nserver {', '4:1 unexpected end of file, expecting "}"'),
  refusal('main', 'events {}\nhttp {\n  foo', '4:1 unexpected end of file, expecting ";" or "}"'),
  refusal('main', 'events {}\nuser "a', '3:1 unexpected end of file: a quote is never closed'),
  refusal('main', 'events {}\nuser "a"b;', '2:9 unexpected "b"'),
  refusal('main', '\uFEFFevents {}', '1:1 the file begins with a byte order mark'),
  refusal('main', 'events {}\n;', '2:1 unexpected ";"'),
  refusal('main', 'events {} {', '1:11 unexpected "{"'),
  refusal('location', 'return 200 }', '1:12 unexpected "}"'),
  refusal('location', 'expires 1d\n}', '2:1 unexpected "}"'),
  refusal('http', `#${'x'.repeat(5000)}`, '1:1 the comment "#xxxxxxxxx…" is too long'),
  refusal('http', `\nlog_format a ${'x'.repeat(5000)};`, '2:14 the word "xxxxxxxxxx…" is too long'),
  refusal('http', `log_format a\n'${'x'.repeat(5000)};`, "2:1 the word is too long, probably the closing ' is missing"),
  // What may stand where.
  refusal('main', 'listen 80;\nevents {}', '1:1 "listen" cannot stand at the top of the main file'),
  refusal('http', 'proxy_pass http://u;', '1:1 "proxy_pass" cannot stand in `http`'),
  refusal('http', 'location / {}', '1:1 "location" cannot stand in `http`'),
  refusal('server', '\nserver {}', '2:1 "server" cannot stand in a `server`'),
  refusal('server', 'if ($uri) { proxy_pass http://u; }', '1:13 "proxy_pass" cannot stand in an `if` of a server'),
  refusal('location', 'listen 80;', '1:1 "listen" cannot stand in a `location`'),
  refusal('location', 'upstream x {}', '1:1 "upstream" cannot stand in a `location`'),
  refusal('upstream', 'proxy_read_timeout 5s;', '1:1 "proxy_read_timeout" cannot stand in an `upstream`'),
  refusal('server', 'location /a', '2:1 unexpected "}"'),
  refusal('server', 'location /a;', '1:1 "location" has no block'),
  refusal('server', 'listen 80 { }', '1:1 "listen" is not ended by ";"'),
  refusal('http', 'map $a $b {\nx { y; } }', '2:3 unexpected "{" among the entries of "map"'),
  refusal('http', 'geo $g { default 0;\n1; }', '2:1 an entry of "geo" has two words, not 1'),
  refusal('http', 'map $a $b {\nx; }', '2:1 an entry of "map" has two words, not 1'),
  refusal('http', 'map $a $b {\nx y\nz; }', '2:1 an entry of "map" has two words, not 3', { theirs: 3 }),
  // Numbers of arguments.
  refusal('location', 'return;', '1:1 "return" takes 1 to 2 arguments, not none'),
  refusal('location', 'return 200 a b;', '1:1 "return" takes 1 to 2 arguments, not 3'),
  refusal('location', 'proxy_set_header A;', '1:1 "proxy_set_header" takes 2 arguments, not 1'),
  refusal('location', 'try_files $uri;', '1:1 "try_files" takes at least 2 arguments, not 1'),
  refusal('server', 'server_name;', '1:1 "server_name" takes at least 1 argument, not none'),
  refusal('server', 'location {}', '1:1 "location" takes 1 to 2 arguments, not none'),
  refusal(
    'location',
    'proxy_read_timeout 5s\nproxy_send_timeout 5s;',
    '1:1 "proxy_read_timeout" takes 1 argument, not 3',
    {
      theirs: 2,
    },
  ),
  // Twice.
  refusal('location', 'proxy_read_timeout 1s;\nproxy_read_timeout 2s;', '2:1 "proxy_read_timeout" is given twice'),
  refusal('location', 'proxy_pass http://u;\nproxy_pass http://u;', '2:1 "proxy_pass" is given twice'),
  refusal('location', 'root /a;\nroot /b;', '2:1 "root" is given twice'),
  refusal('upstream', 'keepalive 4;\nkeepalive 4;', '2:1 "keepalive" is given twice'),
  refusal(
    'http',
    'upstream a { server 127.0.0.1:1; }\nupstream A { server 127.0.0.1:1; }',
    '2:10 two upstreams are called "A"',
  ),
  refusal('server', 'location /a {}\nlocation ^~ /a {}', '2:13 location "/a" is there twice', { theirs: 2 }),
  refusal('server', 'location = /a {}\nlocation =/a {}', '2:10 location "/a" is there twice'),
  // Values.
  refusal('location', 'proxy_connect_timeout 1.5s;', '1:23 "1.5s" is no value of "proxy_connect_timeout"'),
  refusal('location', 'proxy_connect_timeout $a;', '1:23 "$a" is no value of "proxy_connect_timeout"'),
  refusal('location', 'proxy_connect_timeout 1y;', '1:23 "1y" is no value of "proxy_connect_timeout"'),
  refusal('http', 'ssl_session_timeout 500ms;', '1:21 "500ms" is no value of "ssl_session_timeout"'),
  refusal('location', 'proxy_buffering yes;', '1:17 "yes" is no value of "proxy_buffering"'),
  refusal('location', 'proxy_buffer_size 1g;', '1:19 "1g" is no value of "proxy_buffer_size"'),
  refusal('location', 'proxy_buffers 0 4k;', '1:15 "0" is no value of "proxy_buffers"'),
  refusal('location', 'proxy_buffers 4 4x;', '1:17 "4x" is no value of "proxy_buffers"'),
  refusal('location', 'proxy_next_upstream_tries -1;', '1:27 "-1" is no value of "proxy_next_upstream_tries"'),
  refusal('location', 'proxy_next_upstream error foo;', '1:27 "foo" is no value of "proxy_next_upstream"'),
  refusal('location', 'proxy_http_version 1.2;', '1:20 "1.2" is no value of "proxy_http_version"'),
  refusal('location', 'proxy_http_version 2;', '1:20 "2" is no value of "proxy_http_version"', { only: 'old' }),
  refusal('location', 'gzip_comp_level 10;', '1:17 "gzip_comp_level" must be between 1 and 9'),
  refusal('location', 'return x;', '1:8 "x" is no status'),
  refusal('location', 'return 1000;', '1:8 "1000" is no status'),
  refusal('location', 'rewrite a b c;', '1:13 "c" is no parameter here'),
  refusal('location', 'set a b;', '1:5 "a" is no name of a variable'),
  refusal('location', 'error_page 200 /a;', '1:12 "200" is no status of an error'),
  refusal('location', 'error_page 404 x /a;', '1:16 "x" is no status of an error'),
  refusal('location', 'limit_except FOO {}', '1:14 "FOO" is no method here'),
  refusal('location', 'proxy_pass u;', '1:12 "u" is no URL'),
  refusal('location', 'proxy_pass "";', '1:12 "" is no URL'),
  refusal('location', 'proxy_pass http://;', '1:12 "http://" has no host'),
  refusal('location', 'proxy_pass http://:80;', '1:12 "http://:80" has no host'),
  refusal('location', 'proxy_pass http://127.0.0.1:99999;', '1:12 "99999" is no port'),
  refusal('location', 'if ($args) { proxy_pass http://u/; }', '1:25 "proxy_pass" cannot have a path here'),
  refusal('location', 'limit_except GET { proxy_pass http://u/x; }', '1:31 "proxy_pass" cannot have a path here'),
  refusal('server', 'location ~ x { proxy_pass http://u/; }', '1:27 "proxy_pass" cannot have a path here'),
  refusal('server', 'location @q { proxy_pass http://unix:/a:/b; }', '1:26 "proxy_pass" cannot have a path here'),
  refusal('location', 'if (a) {}', '1:4 "(a)" is no condition'),
  refusal('location', 'if $args {}', '1:4 "$args" is no condition'),
  refusal('location', 'if ($args = b c) {}', '1:4 "($args" is no condition'),
  refusal('location', 'if (-q $args) {}', '1:4 "(-q" is no condition'),
  refusal('location', 'if ($args == b) {}', '1:1 "==" compares nothing in a condition'),
  refusal('server', 'location % /x {}', '1:10 "%" is no modifier of a location'),
  refusal('location', 'location /b {}', '1:10 location "/b" is outside of location "/l", in which it stands'),
  refusal('location', 'location @b {}', '1:10 location "@b" has a name, and can only be directly in a server'),
  refusal(
    'server',
    'location = /a { location /a/b {} }',
    '1:26 location "/a/b" cannot be inside of the exact location "/a"',
  ),
  refusal('server', 'location @q { location /z {} }', '1:24 location "/z" cannot be inside of the named location "@q"'),
  refusal('server', 'listen 80 foo;', '1:11 "foo" is no parameter here'),
  refusal('server', 'listen 99999;', '1:8 "99999" is no port'),
  refusal('server', 'listen 8082\nserver_name a;', '2:1 "server_name" is no parameter here'),
  refusal('http', 'upstream a {\n}', '2:1 upstream "a" has no servers'),
  refusal('upstream', 'server 127.0.0.1:1 weight=0;', '1:20 "weight=0" is no parameter here'),
  refusal('upstream', 'server 127.0.0.1:1 max_fails=x;', '1:20 "max_fails=x" is no parameter here'),
  refusal('upstream', 'server 127.0.0.1:1 fail_timeout=500ms;', '1:20 "fail_timeout=500ms" is no parameter here'),
  refusal('upstream', 'server 127.0.0.1:1 constructor;', '1:20 "constructor" is no parameter here'),
  refusal('upstream', 'server 127.0.0.1:1 slow_start=3s;', '1:20 "slow_start=3s" is no parameter here'),
  refusal('upstream', 'server 127.0.0.1:1 route=a;', '1:20 "route=a" is no parameter here', { only: 'old' }),
  refusal('upstream', 'server 127.0.0.1:99999;', '1:8 "99999" is no port'),
  refusal('upstream', 'server http://127.0.0.1:1;', '1:8 "http://127.0.0.1:1" is no address'),
  refusal('upstream', 'server 127.0.0.1:1/x;', '1:8 "127.0.0.1:1/x" is no address'),
  refusal('upstream', 'keepalive x;', '1:11 "x" is no value of "keepalive"'),
  refusal('upstream', 'keepalive 0;', '1:11 "0" is no value of "keepalive"', { only: 'old' }),
  refusal('upstream', 'keepalive 4 local;', '1:13 "local" is no parameter here', { only: 'old' }),
  refusal('upstream', 'random one;', '1:8 "one" is no parameter here'),
  refusal('upstream', 'hash $uri b;', '1:11 "b" is no parameter here'),
  // Releases.
  refusal('server', 'http2 on;', '1:1 nginx 1.22.1 does not know "http2"', { only: 'old' }),
  refusal('server', 'ssl off;', '1:1 nginx 1.30.6 does not know "ssl" any more', { only: 'new' }),
];
