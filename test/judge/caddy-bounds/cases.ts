import type { Texts } from '../told.ts';

/** What is expected of one route. Times in milliseconds; null: nothing bounds it, or nobody knows. */
export interface Expected {
  readonly worst: number | null;
  /** A part of the equation of the worst wait. */
  readonly equation?: string;
  /** `silent all GET` → its wait, and how often a server is asked. */
  readonly rows?: Readonly<Record<string, number | null | readonly [wait: number | null, attempts: number]>>;
  readonly stale?: number | null;
  readonly firstByte?: number | null;
  readonly assumes?: string;
}

export interface Case {
  readonly name: string;
  readonly files: Texts;
  /** 2.11.4 unless told. */
  readonly version?: string;
  /** Every route that somebody is asked for, by its id. */
  readonly routes: Readonly<Record<string, Expected>>;
  /** `line: severity rule part of the message`, all of them. */
  readonly findings?: readonly string[];
  /** Parts of what is left aside. */
  readonly unsaid?: readonly string[];
}

const limits = 'transport http {\n\t\t\tdial_timeout 1s\n\t\t\tresponse_header_timeout 2s\n\t\t}';
/** One site on port 80 with one proxy to two servers, and these lines. */
const proxy = (lines: string, servers = '10.0.0.1:80 10.0.0.2:80'): string =>
  `:80 {\n\treverse_proxy ${servers} {\n${indented(lines)}\n\t}\n}\n`;
const withLimits = (lines: string, servers?: string): string => proxy(`${lines}\n${limits}`, servers);
const transport = (lines: string, servers?: string): string =>
  proxy(`transport http {\n${indented(lines)}\n}`, servers);
const indented = (lines: string): string =>
  lines
    .split('\n')
    .map((line) => `\t\t${line}`)
    .join('\n');

/** Facts of Caddy that surprise people, each as somebody would write it. */
const forwardAuth =
  '`forward_auth` beside it: as a word of a topology it passes on 401 and 403 alone, and no other answer of the auth server';

export const cases: readonly Case[] = [
  {
    name: 'the article’s file: a window is no deadline, and the pause and a whole attempt come after it',
    files: `bustamam.tech {
	reverse_proxy web-1:3000 web-2:3000 {
		lb_policy round_robin
		lb_try_duration 3s
		lb_try_interval 250ms
		transport http {
			dial_timeout 1s
			response_header_timeout 2s
		}
	}
}
`,
    routes: {
      'bustamam.tech/': {
        worst: 6250,
        equation: '3.25s window + 1s connect + 2s response header = 6.25s',
        rows: {
          'refused all GET': [3000, 13],
          'blackhole all GET': [3500, 3],
          'silent all GET': [4250, 2],
          'silent all POST': [2000, 1],
          'header_drip all GET': 4250,
        },
        // Each of the 32 connections that Caddy keeps may be closed late.
        stale: 32 * 2000 + 6250,
        firstByte: null,
        assumes: 'DNS answers within the connect limit',
      },
    },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'nothing written: three seconds to connect, and no end of waiting for the header',
    files: 'example.com\n\nreverse_proxy 10.0.0.1:3000\n',
    routes: {
      'example.com/': {
        worst: null,
        equation: '3s connect + endless response header = unbounded: no response_header_timeout',
        rows: { 'blackhole all GET': [3000, 1], 'silent all GET': null, 'refused all POST': 0 },
      },
    },
  },
  {
    name: 'lb_try_duration without response_header_timeout ends nothing',
    files: proxy('lb_try_duration 3s\ntransport http {\n\tdial_timeout 1s\n}'),
    routes: { ':80/': { worst: null, equation: 'lb_try_duration does not end a running attempt' } },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'no retries unless they are asked for: one attempt',
    files: withLimits('lb_policy first'),
    routes: {
      ':80/': { worst: 3000, equation: '1s connect + 2s response header = 3s', rows: { 'late all GET': [3000, 1] } },
    },
  },
  {
    name: 'lb_retries alone pauses for nothing between attempts',
    files: withLimits('lb_retries 2'),
    routes: {
      ':80/': {
        worst: 9000,
        equation: '3 attempts × (1s connect + 2s response header) = 9s',
        rows: {
          'refused all GET': [0, 3],
          'silent all GET': [6000, 3],
          'silent all POST': [2000, 1],
          'blackhole all POST': [3000, 3],
        },
      },
    },
    unsaid: ['more attempts than servers', 'only GET are tried again'],
  },
  {
    name: 'lb_retries with an interval pauses between attempts',
    files: withLimits('lb_retries 3\nlb_try_interval 500ms'),
    routes: {
      ':80/': {
        worst: 4 * 3000 + 3 * 500,
        equation: '4 attempts × (1s connect + 2s response header) + 3 pauses × 500ms = 13.5s',
        rows: { 'blackhole all GET': [5500, 4], 'refused all GET': [1500, 4] },
      },
    },
    unsaid: ['more attempts than servers', 'only GET are tried again'],
  },
  {
    name: 'an interval of zero with a duration is 250ms',
    files: withLimits('lb_try_duration 2s\nlb_try_interval 0'),
    routes: { ':80/': { worst: 2000 + 250 + 3000, equation: '2.25s window' } },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'an interval longer than the duration overshoots by all of it',
    files: withLimits('lb_try_duration 1s\nlb_try_interval 5s'),
    routes: { ':80/': { worst: 6000 + 3000, rows: { 'refused all GET': [5000, 2] } } },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'with a number and a duration the smaller of both decides',
    files: withLimits('lb_retries 1\nlb_try_duration 10s'),
    routes: {
      ':80/': { worst: 6250, equation: 'min(', rows: { 'blackhole all GET': [2250, 2], 'silent all GET': [4250, 2] } },
    },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'a negative number of retries never ends',
    files: withLimits('lb_retries -1'),
    routes: { ':80/': { worst: null, equation: 'ends the attempts', rows: { 'refused all GET': null } } },
    unsaid: ['attempts without an end'],
  },
  {
    name: 'lb_retry_match for POST takes the retries away from GET',
    files: withLimits('lb_retries 2\nlb_retry_match {\n\tmethod POST\n}'),
    routes: {
      ':80/': {
        worst: 9000,
        rows: { 'silent all GET': [2000, 1], 'silent all POST': [6000, 3], 'blackhole all GET': [3000, 3] },
        assumes: 'POST stands for a request without a body',
      },
    },
    unsaid: ['more attempts than servers', 'only POST are tried again'],
  },
  {
    name: 'a status is tried again by an expression, also for POST',
    files: withLimits('lb_retries 2\nlb_retry_match {\n\texpression `{rp.status_code} in [502, 503]`\n}'),
    routes: {
      ':80/': {
        worst: 9000,
        rows: { 'error_status all GET': [6000, 3], 'error_status all POST': [6000, 3], 'silent all GET': [2000, 1] },
      },
    },
    unsaid: ['more attempts than servers', 'only no method are tried again'],
  },
  {
    name: 'before 2.11.3 the same expression never matches an answer',
    files: withLimits('lb_retries 2\nlb_retry_match {\n\texpression `{rp.status_code} in [502, 503]`\n}'),
    version: '2.6.2',
    routes: { ':80/': { worst: 5000, rows: { 'error_status all GET': [2000, 1], 'refused all GET': [0, 3] } } },
    unsaid: ['more attempts than servers', 'only no method are tried again'],
  },
  {
    name: 'what never matches leaves attempts that could not connect',
    files: withLimits('lb_retries 2\nlb_retry_match {\n\tnot path *\n}'),
    routes: {
      ':80/': {
        worst: 5000,
        rows: { 'silent all GET': [2000, 1], 'blackhole all GET': [3000, 3] },
      },
    },
    unsaid: ['more attempts than servers', 'only no method are tried again'],
  },
  {
    name: 'lb_policy first asks the same dead server again when nothing marks it',
    files: withLimits('lb_policy first\nlb_try_duration 3s'),
    routes: { ':80/': { worst: 6250, rows: { 'blackhole one GET': [3500, 3] } } },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'with fail_duration it goes on to the second server',
    files: withLimits('lb_policy first\nlb_try_duration 3s\nfail_duration 10s'),
    routes: { ':80/': { worst: 6250, rows: { 'blackhole one GET': [1250, 2], 'all_marked all GET': [3000, 0] } } },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'with max_fails 3 it pays three times before',
    files: withLimits('lb_policy first\nlb_try_duration 5s\nfail_duration 10s\nmax_fails 3'),
    routes: { ':80/': { worst: 8250, rows: { 'blackhole one GET': [3750, 4] } } },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'failures that are forgotten too soon never add up',
    files: withLimits('lb_policy first\nlb_try_duration 6s\nfail_duration 1s\nmax_fails 3'),
    routes: { ':80/': { worst: 9250, rows: { 'blackhole one GET': [6000, 5] } } },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'max_fails without fail_duration marks nothing',
    files: withLimits('max_fails 3'),
    routes: { ':80/': { worst: 3000 } },
    findings: ['3: warning caddy-no-effect `max_fails` without `fail_duration` marks no server'],
  },
  {
    name: 'before 2.7.5 unhealthy_status without fail_duration takes every server out',
    files: withLimits('unhealthy_status 5xx'),
    version: '2.6.2',
    routes: { ':80/': { worst: 3000 } },
    findings: ['3: error caddy-always-fails takes every server out', '3: warning caddy-no-effect marks no server'],
  },
  {
    name: 'until 2.7.5 only GET waits while every server is marked',
    files: withLimits('lb_try_duration 2s\nfail_duration 30s'),
    version: '2.6.2',
    routes: { ':80/': { worst: 5250, rows: { 'all_marked all GET': 2000, 'all_marked all POST': 0 } } },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'a full server counts as one that is out of rotation',
    files: withLimits('unhealthy_request_count 1\nlb_try_duration 2s'),
    routes: { ':80/': { worst: 5250, rows: { 'all_marked all GET': 2000 } } },
    unsaid: ['only GET are tried again'],
  },
  {
    name: 'servers with TLS have no end of the handshake',
    files: transport('dial_timeout 1s\nresponse_header_timeout 2s', 'https://10.0.0.1 https://10.0.0.2:8443'),
    routes: {
      ':80/': { worst: null, equation: 'no tls_timeout', rows: { 'tls_stall all GET': null, 'silent all GET': 2000 } },
    },
    unsaid: ['servers that speak TLS: see `protocol: https`'],
  },
  {
    name: 'tls_timeout bounds it, and a stall is no failure to connect',
    files: proxy(
      'lb_retries 2\ntransport http {\n\tdial_timeout 1s\n\ttls_timeout 500ms\n\tresponse_header_timeout 2s\n}',
      'https://10.0.0.1:443',
    ),
    routes: {
      ':80/': {
        worst: 3 * 3500,
        equation: '3 attempts × (1s connect + 500ms tls handshake + 2s response header) = 10.5s',
        rows: { 'tls_stall all GET': [1500, 3], 'tls_stall all POST': [500, 1], 'late all GET': [10_500, 3] },
        assumes: 'do not refuse streams',
      },
    },
    unsaid: ['servers that speak TLS: see `protocol: https`'],
  },
  {
    name: '`tls` in the transport makes servers without a scheme speak TLS',
    files: transport('dial_timeout 1s\nresponse_header_timeout 2s\ntls_insecure_skip_verify'),
    routes: { ':80/': { worst: null, equation: 'endless tls handshake' } },
    unsaid: ['servers that speak TLS: see `protocol: https`'],
  },
  {
    name: 'servers with h2c may refuse streams without end',
    files: transport('dial_timeout 1s\nresponse_header_timeout 2s', 'h2c://10.0.0.1:50051'),
    routes: {
      ':80/': {
        worst: null,
        equation: 'nothing limits that',
        rows: { 'silent all GET': 2000, 'refused_stream all GET': null },
      },
    },
    unsaid: ['servers that speak h2c'],
  },
  {
    name: 'before 2.11 the header of h2c servers has no limit either',
    files: transport('versions h2c\ndial_timeout 1s\nresponse_header_timeout 2s'),
    version: '2.6.2',
    routes: { ':80/': { worst: null, equation: 'is ignored for h2c', rows: { 'silent all GET': null } } },
    unsaid: ['servers that speak h2c'],
  },
  {
    name: 'read_timeout ends a silence, and not a header that drips',
    files: transport('dial_timeout 1s\nread_timeout 2s\nkeepalive off'),
    routes: {
      ':80/': { worst: null, rows: { 'silent all GET': 2000, 'header_drip all GET': null, 'late all GET': 3000 } },
    },
    unsaid: ['`read_timeout` that ends while'],
  },
  {
    name: 'read_timeout runs on while a connection rests, and the request is sent again',
    files: transport('dial_timeout 1s\nread_timeout 2s\nresponse_header_timeout 5s'),
    routes: {
      ':80/': {
        worst: 2000 + 1000 + 5000,
        equation: '2s reused connection + 1s connect + 5s response header = 8s',
        rows: { 'vanished all GET': 5000, 'silent all GET': 2000 },
      },
    },
    unsaid: ['`read_timeout` that ends while'],
  },
  {
    name: 'read_timeout longer than rest and header together changes nothing',
    files: transport('dial_timeout 1s\nread_timeout 10s\nresponse_header_timeout 5s\nkeepalive 4s'),
    routes: { ':80/': { worst: 6000, equation: '1s connect + 5s response header = 6s' } },
  },
  {
    name: 'keepalive off keeps no connection that could be closed late',
    files: transport('dial_timeout 1s\nresponse_header_timeout 2s\nkeepalive off'),
    routes: { ':80/': { worst: 3000, stale: 3000 } },
  },
  {
    name: 'before 2.11 whoever tunes keepalive keeps two connections',
    files: transport('dial_timeout 1s\nresponse_header_timeout 2s\nkeepalive 60s'),
    version: '2.6.2',
    routes: { ':80/': { worst: 3000, stale: 2 * 2000 + 3000 } },
  },
  {
    name: 'max_conns_per_host makes a queue without a limit',
    files: transport('dial_timeout 1s\nresponse_header_timeout 2s\nmax_conns_per_host 10'),
    routes: { ':80/': { worst: null, equation: 'endless queue', rows: { 'late all GET': 3000 } } },
    unsaid: ['queue for a connection'],
  },
  {
    name: 'a response_header_timeout of zero is none',
    files: transport('dial_timeout 1s\nresponse_header_timeout 0'),
    routes: { ':80/': { worst: null, equation: 'no response_header_timeout' } },
    findings: ['2: warning caddy-no-effect `response_header_timeout` is zero, and limits nothing'],
  },
  {
    name: 'a negative dial_timeout fails every request',
    files: transport('dial_timeout -1s\nresponse_header_timeout 2s'),
    routes: { ':80/': { worst: 2000 } },
    findings: ['2: error caddy-always-fails every request is answered with 502'],
  },
  {
    name: 'a time without a unit is refused, and what it limits is not known',
    files: transport('dial_timeout 1s\nresponse_header_timeout 5'),
    routes: { ':80/': { worst: null, equation: '"5" is no time' } },
    findings: ['5: error caddy-value "5" is no time'],
    unsaid: ['"5" is no time'],
  },
  {
    name: 'dynamic servers are looked up before every attempt, outside of dial_timeout',
    files:
      ':80 {\n\treverse_proxy {\n\t\tdynamic a web 3000\n\t\tlb_retries 1\n\t\ttransport http {\n\t\t\tdial_timeout 1s\n\t\t\tresponse_header_timeout 2s\n\t\t}\n\t}\n}\n',
    routes: {
      ':80/': {
        worst: 2 * 13_000,
        equation: '2 attempts × (10s DNS lookup + 1s connect + 2s response header) = 26s',
        rows: { 'silent one GET': [4000, 2] },
        assumes: 'one DNS server and no search domain',
      },
    },
    unsaid: ['servers that DNS tells'],
  },
  {
    name: 'two dynamic sources are looked up one after the other',
    files:
      ':80 {\n\treverse_proxy {\n\t\tdynamic multi {\n\t\t\ta web 3000\n\t\t\tsrv _http._tcp.web\n\t\t}\n\t\ttransport http {\n\t\t\tdial_timeout 1s\n\t\t\tresponse_header_timeout 2s\n\t\t}\n\t}\n}\n',
    routes: { ':80/': { worst: 23_000, equation: '2 DNS lookups × 10s + 1s connect + 2s response header = 23s' } },
    unsaid: ['servers that DNS tells'],
  },
  {
    name: 'placeholders in a server’s address are not known',
    files: withLimits('header_up X-A b', '{http.request.header.X-Server}:80'),
    routes: { ':80/': { worst: null, equation: 'another server for each request' } },
    findings: ['2: info caddy-not-understood is another server for each request'],
    unsaid: ['another server for each request'],
  },
  {
    name: 'an environment variable without a default is not known, and one with it is told',
    files: `:80 {
	reverse_proxy /a/* {$A} {
		transport http {
			dial_timeout 1s
			response_header_timeout 2s
		}
	}
	reverse_proxy /b/* {$B:10.0.0.1:80 10.0.0.2:80} {
		lb_retries 1
		transport http {
			dial_timeout {$DIAL:500ms}
			response_header_timeout 2s
		}
	}
}
`,
    routes: {
      ':80/a/': { worst: null, equation: 'the environment variable A says' },
      ':80/b/': { worst: 5000, equation: '2 attempts × (500ms connect + 2s response header) = 5s' },
    },
    findings: [
      '2: info caddy-unresolved "A" stands for is not known',
      '8: info caddy-unresolved is taken for its default, "10.0.0.1:80 10.0.0.2:80"',
      '11: info caddy-unresolved is taken for its default, "500ms"',
    ],
    unsaid: ['environment variable A', '`/b/*` in upper case', 'only GET are tried again'],
  },
  {
    name: 'a path at a server without a scheme fails every request',
    files: withLimits('lb_retries 1', '127.0.0.1:80/prefix'),
    routes: { ':80/': { worst: null, equation: 'every request is answered with 502' } },
    findings: ['2: error caddy-always-fails has a path and no scheme'],
    unsaid: ['is no address'],
  },
  {
    name: 'a range of ports is a server each, and so is every `to`',
    files: withLimits(
      'to 10.0.0.2 unix//run/app.sock\nlb_retries 1\nlb_retry_match {\n\tmethod GET HEAD OPTIONS\n}\nlb_policy least_conn',
      '10.0.0.1:8001-8003',
    ),
    routes: { ':80/': { worst: 6000, assumes: 'the request fits the socket buffers' } },
  },
  {
    name: 'one weight for several servers leaves the others unused',
    files: withLimits('lb_policy weighted_round_robin 5'),
    routes: { ':80/': { worst: 3000 } },
    findings: ['3: error caddy-always-fails 1 weight for 2 servers'],
    unsaid: ['how servers are chosen'],
  },
  {
    name: 'longer paths come first, whatever the order, and the first without a matcher takes the rest',
    files: `:80 {
	reverse_proxy 10.0.0.1:80 {
		import limits 1s
	}
	reverse_proxy /api/* 10.0.0.2:80 {
		import limits 2s
	}
	reverse_proxy /api/slow/* 10.0.0.3:80 {
		import limits 3s
	}
	reverse_proxy 10.0.0.4:80
}
`.replace(/^/, '(limits) {\n\ttransport http {\n\t\tdial_timeout 1s\n\t\tresponse_header_timeout {args[0]}\n\t}\n}\n'),
    routes: { ':80/api/slow/': { worst: 4000 }, ':80/api/': { worst: 3000 }, ':80/': { worst: 2000 } },
    findings: ['17: warning caddy-unreachable no request ever comes'],
    unsaid: ['`/api/slow/*` in upper case', '`/api/*` in upper case'],
  },
  {
    name: 'respond comes before reverse_proxy, and answers everything',
    files: ':80 {\n\treverse_proxy 10.0.0.1:80\n\trespond "soon"\n}\n',
    routes: {},
    findings: ['2: warning caddy-unreachable no request ever comes'],
    unsaid: ['an answer of Caddy’s own'],
  },
  {
    name: '`order` and `route` keep another order than Caddy’s own',
    files:
      '{\n\torder reverse_proxy before respond\n}\n:80 {\n\treverse_proxy /a 10.0.0.1:80\n\trespond "soon"\n}\n:81 {\n\troute {\n\t\treverse_proxy 10.0.0.1:80\n\t\trespond "never"\n\t}\n}\n',
    routes: { ':80=/a': { worst: null }, ':81/': { worst: null } },
    unsaid: ['`/a` in upper case', 'an answer of Caddy’s own'],
  },
  {
    name: 'the wait for forward_auth comes before that for the servers',
    files: `app.example.com {
	forward_auth auth:9091 {
		uri /verify
		copy_headers Remote-User
		transport http {
			dial_timeout 500ms
			response_header_timeout 1s
		}
	}
	reverse_proxy web:80 {
		${limits}
	}
}
`,
    routes: {
      'app.example.com/': {
        worst: 4500,
        equation: '1s connect + 2s response header + 500ms connect + 1s response header = 4.5s',
        assumes: 'the worst wait includes forward_auth',
      },
    },
    unsaid: [forwardAuth],
  },
  {
    name: 'forward_auth of one path does not hold the others up',
    files: `app.example.com {
	forward_auth /admin/* auth:9091 {
		uri /verify
		${limits}
	}
	reverse_proxy /admin/* web:80 {
		${limits}
	}
	reverse_proxy /shop/* web:80 {
		${limits}
	}
	file_server
}
`,
    routes: { 'app.example.com/admin/': { worst: 6000 }, 'app.example.com/shop/': { worst: 3000 } },
    unsaid: [forwardAuth, '`/shop/*` in upper case', 'an answer of Caddy’s own'],
  },
  {
    name: 'a proxy in handle_errors adds its wait, unless it is for other statuses',
    files: `a.example.com {
	reverse_proxy web:80 {
		${limits}
	}
	handle_errors {
		reverse_proxy pages:80 {
			transport http {
				dial_timeout 1s
				response_header_timeout 500ms
			}
		}
	}
}
b.example.com {
	reverse_proxy web:80 {
		${limits}
	}
	handle_errors 404 {
		reverse_proxy pages:80
	}
}
`,
    routes: { 'a.example.com/': { worst: 4500 }, 'b.example.com/': { worst: 3000 } },
    unsaid: ['`handle_errors 404`', '`reverse_proxy` beside it'],
  },
  {
    name: 'a proxy that is only asked where a file is not there is waited for',
    files: `a.example.com {
	file_server
	handle_errors 404 {
		reverse_proxy pages:80 {
			${limits}
		}
	}
}
b.example.com {
	respond ok
	handle_errors {
		reverse_proxy pages:80
	}
}
c.example.com {
	file_server
	handle_errors 502 503 {
		reverse_proxy pages:80
	}
}
`,
    routes: { 'a.example.com/': { worst: 3000 }, 'c.example.com/': { worst: null } },
    unsaid: ['`file_server`: an answer of Caddy’s own', '`respond`: an answer of Caddy’s own'],
  },
  {
    name: 'a proxy in handle_response is asked after the first one',
    files: `:80 {
	reverse_proxy auth:80 {
		method GET
		@good status 2xx
		handle_response @good {
			request_header X-User {rp.header.X-User}
		}
		${limits}
	}
	reverse_proxy web:80 {
		${limits}
		handle_response {
			reverse_proxy files:80 {
				${limits}
			}
		}
	}
}
`,
    // A good answer of the first goes on to the second, and from there to the third.
    routes: { ':80/': { worst: 3000 }, ':80/#2': { worst: 9000 } },
    unsaid: ['`handle_response`'],
  },
  {
    name: 'handles exclude each other, and handle_path takes its prefix off',
    files: `:80 {
	handle_path /api/* {
		reverse_proxy /v1/* 10.0.0.1:80 {
			${limits}
		}
	}
	handle @upload {
		reverse_proxy 10.0.0.2:80 {
			lb_retries 1
			${limits}
		}
	}
	@upload {
		method PUT
		path /files/*
	}
	handle {
		reverse_proxy 10.0.0.3:80 {
			${limits}
		}
	}
}
`,
    routes: { ':80/api/v1/': { worst: 3000 }, ':80/files/': { worst: 6000 }, ':80/': { worst: 3000 } },
    unsaid: ['by more than its path: /api/v1/*', 'by more than its path: /files/*'],
  },
  {
    name: 'matchers by name, by pattern and by method are routes of their own',
    files: `:80 {
	@images path /img/* /static/*
	@php path_regexp \\.php$
	@write method POST PUT
	reverse_proxy @images 10.0.0.1:80
	reverse_proxy @php 10.0.0.2:80
	reverse_proxy @write 10.0.0.3:80
	reverse_proxy 10.0.0.4:80
}
`,
    routes: {
      ':80/img/': { worst: null },
      ':80~\\.php$': { worst: null },
      ':80/': { worst: null },
      ':80/#2': { worst: null },
    },
    unsaid: ['`/img/*` in upper case', 'by more than its path: ~', 'by more than its path: /*'],
  },
  {
    name: 'a directive of a plugin may wait or answer, where it stands before the proxy',
    files:
      '{\n\torder cache before rewrite\n\torder replay after file_server\n}\na.example.com {\n\tcache\n\treverse_proxy 10.0.0.1:80\n}\nb.example.com {\n\treplay\n\treverse_proxy 10.0.0.1:80 {\n\t\ttransport http {\n\t\t\tresponse_header_timeout 1s\n\t\t}\n\t}\n}\n',
    routes: {
      'a.example.com/': { worst: null, equation: 'no directive of Caddy’s own' },
      'b.example.com/': { worst: 4000 },
    },
    findings: ['6: info caddy-not-understood "cache" is no directive of Caddy’s own'],
    unsaid: ['`cache` beside it', '`replay`'],
  },
  {
    name: 'an import that is not among the files leaves its site unknown, and no other',
    files:
      'a.example.com {\n\timport /etc/caddy/common\n\treverse_proxy 10.0.0.1:80\n}\nb.example.com {\n\treverse_proxy 10.0.0.1:80 {\n\t\ttransport http {\n\t\t\tresponse_header_timeout 1s\n\t\t}\n\t}\n}\n',
    routes: {
      'a.example.com/': { worst: null, equation: 'is not among the files' },
      'b.example.com/': { worst: 4000 },
    },
    findings: ['2: info caddy-unresolved "/etc/caddy/common" is not among the files'],
    unsaid: ['not everything is among the files'],
  },
  {
    name: 'php_fastcgi and other transports are not measured',
    files:
      'a.example.com {\n\tphp_fastcgi unix//run/php.sock\n}\nb.example.com {\n\treverse_proxy 10.0.0.1:9000 {\n\t\ttransport fastcgi\n\t}\n}\n',
    routes: {
      'a.example.com/': { worst: null, equation: 'has not been measured' },
      'b.example.com/': { worst: null, equation: 'have not been measured' },
    },
    findings: ['2: info caddy-not-understood php_fastcgi waits', '6: info caddy-not-understood "fastcgi"'],
    unsaid: ['have not been measured'],
  },
  {
    name: 'flush_interval -1 shows the client the header at once, unless encode holds it',
    files: `a.example.com {
	reverse_proxy 10.0.0.1:80 {
		flush_interval -1
		${limits}
	}
}
b.example.com {
	encode gzip
	reverse_proxy 10.0.0.1:80 {
		flush_interval -1
		${limits}
	}
}
c.example.com {
	reverse_proxy 10.0.0.1:80 {
		flush_interval 500ms
		${limits}
	}
}
`,
    routes: {
      'a.example.com/': { worst: 3000, firstByte: 3000 },
      'b.example.com/': { worst: 3000, firstByte: null },
      'c.example.com/': { worst: 3000, firstByte: 3500 },
    },
    unsaid: ['`encode gzip`'],
  },
  {
    name: 'a named route is where it is invoked',
    files:
      '&(app) {\n\treverse_proxy 10.0.0.1:80 {\n\t\ttransport http {\n\t\t\tresponse_header_timeout 1s\n\t\t}\n\t}\n}\na.example.com {\n\tinvoke app\n}\nb.example.com {\n\tinvoke /x/* app\n}\n',
    routes: { 'a.example.com/': { worst: 4000 }, 'b.example.com/x/': { worst: 4000 } },
    unsaid: ['`/x/*` in upper case'],
  },
  {
    name: 'active checks pause 30s, wait 5s, and old versions cannot count them',
    files: withLimits('health_uri /healthz\nhealth_fails 2'),
    version: '2.6.2',
    routes: { ':80/': { worst: null, equation: '`health_fails` is new in Caddy 2.8' } },
    findings: ['4: error caddy-value `health_fails` is new in Caddy 2.8'],
    unsaid: ['`health_fails` is new'],
  },
  {
    name: 'one site over http and https, a site with a path, and servers of one name',
    files:
      'a.example.com {\n\treverse_proxy 10.0.0.1:80\n}\nhttp://a.example.com {\n\treverse_proxy 10.0.0.1:80\n}\nexample.com/app/* {\n\treverse_proxy 10.0.0.1:80 10.0.0.1:80\n}\n',
    routes: {
      'a.example.com/': { worst: null },
      'http://a.example.com/': { worst: null },
      'example.com/app/': { worst: null },
    },
    unsaid: ['10.0.0.1:80 is there twice', '`/app/*` in upper case'],
  },
  {
    name: 'what comes before a mistake is judged',
    files:
      'a.example.com {\n\treverse_proxy 10.0.0.1:80 {\n\t\ttransport http {\n\t\t\tresponse_header_timeout 1s\n\t\t}\n\t}\n}\nb.example.com {\n\treverse_proxy 10.0.0.1:80\n',
    routes: { 'a.example.com/': { worst: 4000 }, 'b.example.com/': { worst: null } },
    findings: ['9: error caddy-syntax the file ends inside of a block'],
  },
];
