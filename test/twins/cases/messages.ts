import type { Difference, TwinCase, TwinRequest } from '../case.ts';
import { buffered, caddy, nginx, page } from '../known.ts';
import { expecting, get, http2 } from '../requests.ts';

const host = 'messages.example.org';
const secure = 'tls.messages.example.org';
const guessed: readonly Difference[] = [{ known: 'type-guessed', what: 'header content-type', on: caddy }];
const large = '0123456789abcdef'.repeat(20 * 65_536);

const method = (name: string): TwinRequest => ({
  name: `method ${name}`,
  message: get('/', { host, method: name }),
  status: 200,
  seen: `${name} / HTTP/1.1`,
});
const give = (what: string, status = 200, headers: readonly (readonly [string, string])[] = []): TwinRequest => ({
  name: `the server answers: ${what}`,
  message: get(`/?give=${what}`, { host, headers }),
  status,
  seen: `GET /?give=${what} HTTP/1.1`,
});
const send = (name: string, headers: readonly (readonly [string, string])[]): TwinRequest => ({
  name,
  message: get('/', { host, headers }),
  status: 200,
  seen: 'GET / HTTP/1.1',
});

export const messages: TwinCase = {
  name: 'messages',
  sites: `
${host}: { tls: none, upstream: echo:3000 }
${secure}: { tls: internal, upstream: echo:3000 }
dead.example.org: { tls: none, upstream: dead:3000 }
`,
  requests: [
    ...['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PROPFIND'].map(method),
    ...['PUT', 'POST', 'PATCH'].map((name) => ({
      ...method(name),
      differences: [{ known: 'length-of-nothing', what: 'seen content-length', on: caddy } as const],
    })),
    { ...method('TRACE'), otherwise: { known: 'trace', on: nginx, status: 405, seen: null } },
    give('chunked'),
    give('redirect', 302),
    { ...give('cookies'), differences: guessed },
    { ...give('long'), differences: guessed },
    { ...give('range'), differences: guessed },
    {
      ...give('accel'),
      differences: ['redirect', 'limit-rate', 'charset'].map((word) => ({
        known: 'accel-hidden',
        what: `header x-accel-${word}`,
        on: nginx,
      })),
    },
    give('missing', 404),
    give('nothing', 204),
    give('unmodified', 304),
    { ...give('range', 206, [['Range', 'bytes=2-5']]), name: 'a range', differences: guessed },
    send('validators', [
      ['If-None-Match', '"v1"'],
      ['If-Modified-Since', new Date(0).toUTCString()],
    ]),
    send('a long header', [
      ['X-Long', 'v'.repeat(6_000)],
      ['Cookie', 'c='.padEnd(6_000, 'c')],
    ]),
    send('repeated headers', [
      ['X-Many', '1'],
      ['x-many', '2'],
      ['X-Many', '1, 3'],
      ['Cookie', 'a=1'],
      ['Cookie', 'b=2'],
      ['Accept', 'a/b'],
      ['Accept', 'c/d'],
    ]),
    send(
      'many headers',
      Array.from({ length: 80 }, (_, at) => [`X-Field-${at}`, String(at)] as const),
    ),
    send('names with underscores', [
      ['X_Real_IP', '6.6.6.6'],
      ['X_Other', '1'],
      ['X-Other', '2'],
    ]),
    send('an empty header', [['X-Empty', '']]),
    send('bytes above 127', [['X-Name', 'caf\xc3\xa9 \xe9']]),
    send('placeholders and variables', [['X-Text', '{http.request.host} {env.HOME} $host ${host} %24']]),
    send('forged addresses', [
      ['X-Forwarded-For', '6.6.6.6'],
      ['X-Real-IP', '6.6.6.6'],
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Host', 'evil.example'],
      ['Forwarded', 'for=6.6.6.6'],
    ]),
    {
      ...send('the names of other proxies', [['Via', '1.0 them']]),
      differences: [{ known: 'via', what: 'seen via', on: ['caddy new'] }],
    },
    {
      ...send('headers of one hop', [
        ['Keep-Alive', 'timeout=5'],
        ['TE', 'trailers'],
        ['Proxy-Connection', 'keep-alive'],
        ['Upgrade', 'h2c'],
        ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
      ]),
      differences: [
        { known: 'hop', what: 'seen proxy-connection', on: nginx },
        { known: 'hop', what: 'seen te', on: caddy },
      ],
    },
    send('Accept-Encoding', [['Accept-Encoding', 'gzip, br']]),
    {
      ...send('credentials', [
        ['Authorization', 'Basic dTpw'],
        ['Proxy-Authorization', 'Basic dTpw'],
      ]),
      differences: [{ known: 'hop', what: 'seen proxy-authorization', on: nginx }],
    },
    {
      name: 'an upload of 20 MB',
      message: get('/up', { host, method: 'POST', body: large }),
      status: 200,
      seen: 'POST /up HTTP/1.1',
    },
    {
      name: 'a chunked upload of 20 MB',
      message: get('/up', { host, method: 'PUT', body: large, chunk: 65_536 }),
      status: 200,
      seen: 'PUT /up HTTP/1.1',
      differences: buffered,
    },
    {
      name: 'an upload of 20 MB over TLS',
      message: get('/up', { host: secure, method: 'POST', body: large, secure: true }),
      status: 200,
      seen: 'POST /up HTTP/1.1',
    },
    {
      name: 'an upload of 20 MB over HTTP/2',
      message: http2('/up', {
        host: secure,
        method: 'POST',
        headers: { 'content-length': `${large.length}` },
        body: large,
      }),
      status: 200,
      seen: 'POST /up HTTP/1.1',
    },
    { name: 'GET with a body', message: get('/', { host, body: 'body' }), status: 200, seen: 'GET / HTTP/1.1' },
    {
      name: 'Expect: 100-continue',
      message: expecting('/', { host, body: 'body' }),
      status: 200,
      seen: 'POST / HTTP/1.1',
      differences: [{ known: 'continued', what: 'seen expect', on: caddy }],
    },
    { name: 'HTTP/1.0', message: get('/', { host, version: '1.0' }), status: 200, seen: 'GET / HTTP/1.1' },
    {
      name: 'HTTP/1.0 and a chunked answer',
      message: get('/?give=chunked', { host, version: '1.0' }),
      status: 200,
      seen: 'GET /?give=chunked HTTP/1.1',
    },
    {
      name: 'HEAD over HTTP/2',
      message: http2('/', { host: secure, method: 'HEAD' }),
      status: 200,
      seen: 'HEAD / HTTP/1.1',
    },
    {
      name: 'nobody listens',
      message: get('/', { host: 'dead.example.org' }),
      status: 502,
      seen: null,
      differences: page,
    },
    {
      name: 'nobody listens to a POST',
      message: get('/', { host: 'dead.example.org', method: 'POST', body: 'body' }),
      status: 502,
      seen: null,
      differences: page,
    },
  ],
};
