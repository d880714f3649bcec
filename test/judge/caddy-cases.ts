/** What both Caddy take. */
export const accepted: readonly string[] = [
  '# only a comment\n',
  ':80\n',
  ':80 :81\n',
  ':80 {\n}\n',
  ':80 { \n}\n',
  ':80\n{\n\trespond x\n}\n',
  ':80\nrespond x\nrespond /y y\n',
  ':80, :81 {\n}\n',
  ':80,\n:81 {\n}\n',
  '\uFEFF:80 {\n\trespond x\n}\n',
  ':80 {\r\n\trespond a\r\n\trespond b\r\n}\r\n',
  ':80 {\n\trespond `a\n"b` 200\n}\n',
  ':80 {\n\trespond "a \\"b\\" \\c" 200\n}\n',
  ':80 {\n\trespond \\\n\t\thi\n}\n',
  ':80 {\n\t# a comment\n\trespond a#b # and another }\n}\n',
  ':80 {\n\t@a path /a\n\trespond @a hi\n\t@b {\n\t\tpath /b\n\t\tmethod GET\n\t}\n\trespond @b ho\n}\n',
  ':80 {\n\thandle {\n\t\troute {\n\t\t\trespond x\n\t\t}\n\t}\n}\n',
  ':80 {\n\treverse_proxy a:80 b:80 {\n\t\tlb_policy first\n\t\ttransport http {\n\t\t\tdial_timeout 1s\n\t\t}\n\t}\n}\n',
  '{\n\tdebug\n\thttp_port 8080\n}\n:80 {\n}\n',
  '{\n\tdebug\n}\n',
  '(s) {\n\trespond x\n}\n:80 {\n\timport s\n}\n',
  '(s) {\n}\n:80 {\n\timport s\n}\n',
  '(s) {\n\trespond {args.0} {args.1}\n}\n:80 {\n\timport s x 200\n}\n',
  '(s) {\n\t:80 {\n\t}\n}\nimport s\n',
  ':80 {\n\timport nope*\n}\n',
  'http://a:8080, https://b, c:443/x/*, [::1]:80, *.d {\n}\n',
  ':80 {\n\trespond {$UNSET_HERE:x} 200\n}\n',
  ':{$UNSET_HERE:80} {\n\trespond "{$UNSET_HERE:a b}"\n}\n',
  'localhost\nrespond x\n}\n',
  ':80 {\n\theader X <<a 5\n}\n',
  'a :80 :80 {\n\tbind 127.0.0.1\n}\na {\n\tbind 127.0.0.2\n}\n',
];

/** What only the new one takes. */
export const acceptedNew: readonly string[] = [
  ':80 {\n\trespond <<E\n\t\ta\n\t\t  b\n\t\tE 200\n}\n',
  ':80 {\n\trespond <<E\r\n\ta\r\n\r\n\tE\r\n}\r\n',
  '(s) {\n\trespond {args[0]} {args[1]}\n}\n:80 {\n\timport s x 200\n}\n',
  '(s) {\n\trespond {args[:]}\n}\n:80 {\n\timport s x 200\n}\n',
  '(s) {\n\trespond {args[1:]}\n}\n:80 {\n\timport s y x 200\n}\n',
  '(s) {\n\thandle {\n\t\t{block}\n\t}\n}\n:80 {\n\timport s {\n\t\trespond x\n\t}\n}\n',
  '(s) {\n\thandle {\n\t\t{blocks.a}\n\t}\n}\n:80 {\n\timport s {\n\t\ta {\n\t\t\trespond x\n\t\t}\n\t}\n}\n',
  '&(r) {\n\trespond x\n}\n:80 {\n\tinvoke r\n}\n',
];

export interface Refused {
  readonly text: string;
  /** What the newest Caddy is said to find, and where. */
  readonly told: string;
  /** Caddy names another line, or none. */
  readonly theirs?: number | 'none';
  /** Only the new one refuses it. */
  readonly only?: 'new';
}

const refusal = (text: string, told: string, more: Partial<Refused> = {}): Refused => ({ text, told, ...more });

/** What Caddy refuses, and so must we, at the same line. */
export const refused: readonly Refused[] = [
  refusal('', '1:1 the file is empty', { theirs: 'none' }),
  // Braces and lines.
  refusal(':80 {\n\trespond x\n', '2:10 the file ends inside of a block'),
  refusal(':80 {\n\thandle {\n', '2:9 the file ends inside of a block'),
  refusal(':80 {\n\trespond "hi\n}\n', '2:10 the file ends in a quote that is never closed'),
  refusal(':80 {\n\trespond "x" }\n', '2:14 unexpected `}`'),
  refusal(':80 {\n\trespond a; }\n', '2:13 unexpected `}`'),
  refusal(':80 {\n\trespond "}"\n}\n', '2:10 unexpected `}`'),
  refusal(':80 {\n\trespond "{"\n}\n', '2:10 a lone brace counts as one even in quotes'),
  refusal(':80 {\n\thandle { respond x\n\t}\n}\n', '2:9 something follows `{` on its line'),
  refusal(':80 {\n\treverse_proxy a:80\n\t{\n\t}\n}\n', '3:2 `{` is on a line of its own', { only: 'new' }),
  refusal(':80 {\n\treverse_proxy a:80 {}\n}\n', '2:21 `{}` is no empty block'),
  refusal(':80 {\n}}\n', '2:1 "}}" is one word, and closes nothing'),
  refusal(':80 {\n\trespond x\n}\n}\n', '4:1 unexpected `}`', { theirs: 'none' }),
  refusal(':80 {}\n', '1:5 `{}` is no empty block, but taken for an address', { theirs: 'none' }),
  refusal(':80{\n}\n', '1:1 the address ":80{" ends with a brace'),
  // Addresses.
  refusal(':80,\n', '1:1 the file ends after a comma'),
  refusal(':80, {\n}\n', '1:6 after a comma an address is expected, not `{`'),
  refusal(':80,:81 {\n}\n', '1:1 the address ":80,:81" has a comma in it'),
  refusal('@m {\n}\n', '1:1 the matcher "@m" is in no site', { theirs: 'none' }),
  refusal('respond y\n', '1:1 "respond" is a directive, and stands where an address should', { only: 'new' }),
  refusal('a.b:99999 {\n}\n', '1:1 there is no port 99999', { theirs: 'none' }),
  refusal('a:x {\n}\n', '1:1 the port "x" is no number', { theirs: 'none' }),
  refusal('http://a:443 {\n}\n', '1:1 "http://a:443" has a scheme and a port that contradict each other', {
    theirs: 'none',
  }),
  refusal('ftp://a.b {\n}\n', '1:1 a site cannot have the scheme "ftp"', { theirs: 'none', only: 'new' }),
  refusal(':80\nrespond x\n:81\nrespond y\n', '3:1 ":81" is no directive'),
  refusal(
    ':80 {\n}\n{\n\tdebug\n}\n',
    '4:2 a block without an address is for the global options, and must be the first',
    {
      theirs: 'none',
    },
  ),
  refusal(':80 {\n}\n:81, :80 {\n}\n', '3:6 two sites have the address ":80"', { theirs: 'none' }),
  refusal('(s) x {\n\trespond x\n}\n', '1:1 "(s)" is taken for an address', { theirs: 'none' }),
  // Snippets and imports.
  refusal('(s) {\n}\n(s) {\n}\n', '3:1 the snippet "s" is there twice'),
  refusal('(s) {\n\trespond\n', '2:2 the file ends inside of a block'),
  refusal('(s)\nrespond x\n', '2:1 the snippet "(s)" has no block'),
  refusal(':80 {\n\timport s\n}\n(s) {\n}\n', '2:9 there is no snippet and no file "s"'),
  refusal(':80 {\n\timport\n}\n', '2:2 `import` names nothing'),
  refusal(':80 {\n\timport ""\n}\n', '2:9 `import` names nothing'),
  refusal(':80 {\n\timport a*b*\n}\n', '2:9 the pattern "a*b*" has more than one wildcard'),
  refusal('import Caddyfile\n', '1:8 "Caddyfile" imports itself', { theirs: 'none' }),
  refusal('(a) {\n\timport b\n}\n(b) {\n\timport a\n}\n:80 {\n\timport a\n}\n', '5:9 "a" imports what imports it', {
    theirs: 'none',
  }),
  refusal('&(r) {\n\timport s\n}\n(s) {\n\trespond x\n}\n:80 {\n\tinvoke r\n}\n', '2:2 a named route cannot import', {
    // It names the line where the block begins, and the old one does not know named routes.
    theirs: 'none',
  }),
  refusal('(s) {\n}\n:80 {\n\timport s {\n\t\t{\n\t\t}\n\t}\n}\n', '5:3 a block without a name', { theirs: 'none' }),
  // Heredocs.
  refusal(':80 {\n\trespond <<\n}\n', '2:10 the heredoc has no name', { only: 'new' }),
  refusal(':80 {\n\trespond <<<E\n\tE\n}\n', '2:10 a heredoc begins with two `<`, not more'),
  refusal(':80 {\n\trespond <<E\n\ta\n}\n', '2:10 the heredoc E is never closed', { theirs: 5 }),
  refusal(':80 {\n\trespond <<E\n\ta\n\t\tE\n}\n', '3:1 this line of the heredoc is not indented like its closing E'),
];

/** What Caddy takes, but not as it is meant. */
export const misread: readonly (readonly [text: string, told: string])[] = [
  [':80 {\n\thandle {\n\t\trespond x\n\t}\n', '4:2 the last `}` is missing'],
  [':80 {\n\thandle {\n\t\trespond x }\n}\n', '3:13 `}` is not at the start of a line'],
  [':80 {\n\thandle {\n\t\trespond x\n\t} respond y\n}\n', '4:4 "respond" follows a `}` on its line'],
];

export interface Words {
  /** Where the lines stand: among the settings of a proxy, of its `transport http`, or in a site. */
  readonly frame: 'proxy' | 'transport' | 'site';
  readonly text: string;
  /** Only that one refuses it, or takes it; nothing: both do. */
  readonly only?: 'old' | 'new';
  /** Of the lines in the frame, the one that Caddy names: the last, unless told. */
  readonly line?: number | 'none';
}

const above = { proxy: 2, transport: 3, site: 1 };

/** A whole Caddyfile, and the line that is refused. */
export function framedWords({ frame, text, line = text.split('\n').length }: Words): {
  readonly text: string;
  readonly line: number | 'none';
} {
  const transport = frame === 'transport' ? `transport http {\n${text}\n}` : text;
  const site = frame === 'site' ? text : `reverse_proxy b:80 c:80 {\n${transport}\n}`;
  return { text: `:80 {\n${site}\n}\n`, line: line === 'none' ? 'none' : line + above[frame] };
}

const words = (frame: Words['frame'], texts: readonly string[], more: Partial<Words> = {}): Words[] =>
  texts.map((text) => ({ frame, text, ...more }));

/** Words that Caddy refuses behind directives which are understood. */
export const wrongWords: readonly Words[] = [
  ...words('proxy', [
    ...['lb_policy first\nlb_policy first', 'lb_policy', 'lb_policy first x', 'lb_policy round_robin 3'],
    ...['lb_policy random_choose x', 'lb_policy header', 'lb_policy cookie a b c', 'lb_retries', 'lb_retries x'],
    ...['lb_retries 1 2', 'lb_try_duration', 'lb_try_duration x', 'lb_try_duration 5', 'lb_try_interval 5'],
    ...['fail_duration x', 'max_fails x', 'max_fails 1 2', 'unhealthy_status', 'unhealthy_status abc'],
    ...['unhealthy_latency x', 'unhealthy_request_count x', 'health_uri', 'health_uri a b', 'health_port x'],
    ...['health_interval x', 'health_timeout 5', 'health_status', 'health_status x', 'health_body', 'flush_interval x'],
    ...['max_buffer_size', 'header_up', 'header_up A b c d', 'header_down', 'method', 'method A B', 'rewrite'],
    ...['rewrite a b', 'transport', 'dynamic', 'handle_response @nope {\n}', 'replace_status', 'to'],
  ]),
  ...words('proxy', ['request_buffers x', 'stream_timeout x', 'health_passes x', 'verbose_logs\nverbose_logs'], {
    only: 'new',
  }),
  ...words(
    'proxy',
    ['request_buffers 4k', 'response_buffers 4k', 'stream_timeout 1s', 'verbose_logs', 'health_fails 1'],
    {
      only: 'old',
    },
  ),
  ...words('transport', [
    ...['dial_timeout', 'dial_timeout x', 'dial_timeout 5', 'dial_timeout 1s 2s', 'response_header_timeout 5'],
    ...['read_timeout x', 'write_timeout', 'tls_timeout x', 'keepalive x', 'keepalive 1s 2s', 'keepalive_idle_conns x'],
    ...['keepalive_idle_conns_per_host', 'max_conns_per_host x', 'expect_continue_timeout x', 'versions', 'tls x'],
    ...['tls_insecure_skip_verify x', 'tls_server_name', 'tls_client_auth', 'tls_client_auth a b c', 'read_buffer x'],
    ...['write_buffer', 'resolvers', 'dial_fallback_delay x', 'keepalive_interval'],
  ]),
  ...words('proxy', [
    ...[
      '@r status',
      '@r status x',
      '@r header X',
      '@r header X y z',
      '@r nope',
      'handle_response x',
      'dynamic a x 80 y',
    ],
    ...['dynamic srv x y', 'lb_try_duration -1', 'flush_interval 1x'],
  ]),
  ...words('proxy', ['lb_retry_match {\nheader X\n}', 'lb_retry_match {\nquery a\n}', 'lb_retry_match {\nvars a\n}'], {
    only: 'new',
    line: 2,
  }),
  ...words('transport', ['tls_renegotiation x']),
  ...words('transport', ['proxy_protocol x'], { only: 'new' }),
  ...words('site', [
    ...[
      '@a header',
      '@a header X',
      '@a header X y z',
      '@a query a',
      '@a query a=b c',
      '@a path_regexp',
      '@a protocol a b',
    ],
    ...['@a header_regexp X', '@a vars a', '@a vars_regexp a', '@a not header X', 'redir a x', 'redir a 999'],
    ...[
      'uri nope x',
      'uri replace a',
      'uri path_regexp a',
      'uri strip_prefix a b',
      'handle_path x {\n}',
      'method',
      'root',
    ],
    ...['request_header a b c d'],
  ]),
  ...words('site', ['handle_path x {\n}'], { line: 1 }),
  ...words('site', [
    ...['reverse_proxy http://a https://b', 'handle /a /b {\n}', 'handle a {\n}', 'route x {\n}', 'respond a 200 x'],
    ...['handle_path {\n}', 'handle_path /a /b {\n}', 'redir', 'rewrite', 'error', 'abort x', 'try_files', 'tls a'],
    ...['tls a b c', 'file_server x y', 'log x y', 'uri strip_prefix', 'map a'],
  ]),
  ...words('site', ['forward_auth a:80', 'forward_auth a:80 {\n}', '@a path /a\n@a path /b'], { line: 'none' }),
].map((one) => (one.text.endsWith('{\n}') && one.line === undefined ? { ...one, line: 1 } : one));

/** What both take there. */
export const rightWords: readonly Words[] = [
  ...words('site', [
    ...['@a path', '@a header !X', '@a header X y', '@a query a=b c=d', '@a path_regexp a b', '@a not header X y'],
    ...['@a `{path} == "/a"`', '@a expression {path} == "/a"', 'redir a 301', 'redir a temporary', 'uri replace a b'],
    ...['handle_path /x {\n}', 'root * /srv', 'method GET', 'request_header -X'],
  ]),
  ...words('proxy', ['lb_policy header X y'], { only: 'new' }),
  ...words('proxy', [
    ...['lb_policy random_choose 2', 'lb_policy cookie', 'lb_policy cookie a b', 'lb_policy header X'],
    ...[
      'lb_retries -1',
      'lb_retries 1\nlb_retries 2',
      'unhealthy_status 5xx 404',
      'unhealthy_status 99999',
      'flush_interval -1',
    ],
    ...['health_uri /a\nhealth_port 8080\nhealth_status 2xx', 'header_up -A', 'header_up A b c', 'header_down A b'],
    ...['method GET', 'rewrite /a', 'flush_interval -2', 'flush_interval 0', 'lb_retry_match method GET'],
    ...['lb_retry_match {\npath /a\nquery a=b\nheader X y\nnot path /b\n}', 'dynamic a x 80', 'dynamic srv x'],
    ...['@a status 2xx\nhandle_response @a {\n}', 'handle_response {\nrespond x\n}', 'to d:80 e:80', 'transport http'],
  ]),
  ...words('transport', [
    ...[
      'keepalive off',
      'keepalive 0',
      'versions 1.1 2',
      'tls',
      'tls_server_name a',
      'read_buffer 4KiB',
      'resolvers 1.1.1.1',
    ],
    ...['dial_timeout 1.5s', 'max_conns_per_host 4', 'compression off', 'tls_client_auth a b'],
  ]),
  ...words('site', [
    ...['handle {\n}', 'handle /a {\n}', 'route {\n}', 'handle_path /a/* {\n}', 'respond 200', 'respond /a x 200'],
    ...['redir https://a{uri} 308', 'redir /a /b', 'error 404', 'error "no" 404', 'try_files {path} /a', 'abort'],
    ...['tls internal', 'tls me@example.com', 'file_server browse', 'uri strip_prefix /a', 'log'],
    ...['forward_auth a:80 {\nuri /x\n}', 'handle /a {\n@a path /b\n}\nhandle /c {\n@a path /d\n}'],
  ]),
  ...words('site', ['rewrite /a', 'log x'], { only: 'new' }),
  ...words('proxy', ['max_buffer_size 4KB', 'buffer_requests'], { only: 'old' }),
];
