import type { TwinCase, TwinRequest } from '../case.ts';
import { page } from '../known.ts';
import { get, http2, raw } from '../requests.ts';

const host = 'auth.example.org';
const secure = 'auth2.example.org';
const chosen = 'auth3.example.org';

/** `pw`, as cheap as bcrypt can be. */
const hash = (form: 'a' | 'b' | 'y') => `$2${form}$04$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW`;
const users = `{ ada: "${hash('y')}", bob: "${hash('a')}", "cleo@example.org": "${hash('b')}" }`;

const basic = (text: string): readonly [string, string] => [
  'Authorization',
  `Basic ${Buffer.from(text).toString('base64')}`,
];
const ada = basic('ada:pw');

const refused = (name: string, message: TwinRequest['message']): TwinRequest => ({
  name,
  message,
  status: 401,
  seen: null,
  differences: page,
});
const passed = (name: string, path: string, seen = `GET ${path} HTTP/1.1`): TwinRequest => ({
  name,
  message: get(path, { host, headers: [ada] }),
  status: 200,
  seen,
});

/** Other ways to write a path that asks, one of them through what is open. */
const spellings =
  '/ /x /open /OPEN/x /open%2f..%2fx /open/../x /open/%2e%2e/x /openx //openx /healthz/x /healthz/ /%68ealthz/x'.split(
    ' ',
  );

export const auth: TwinCase = {
  name: 'names and passwords',
  sites: `
${host}:
  tls: none
  basic_auth: { users: ${users}, realm: "the office", except: [/open/*, /healthz, 10.9.9.9] }
  headers: { response: { set: { X-Site: "1" } } }
  error_pages: { 404: ./errors/404.html }
  routes:
    - { match: { path: /said }, respond: { status: 200, body: said } }
    - { match: { path: /away }, redirect: { to: "https://a.example.org/{query}" } }
    - { match: { path: /files/* }, files: ./files }
    - { match: { path: /small }, upstream: echo:3000, max_body_size: 1k }
    - { match: { path: /mine/* }, upstream: echo:3000, strip_prefix: /mine }
    - { match: { path: /free/* }, upstream: echo:3000, basic_auth: false }
    - { match: { path: /own/* }, upstream: echo:3000, basic_auth: { users: { own: "${hash('y')}" } } }
    - { match: { path: /none/* }, upstream: echo:3000, basic_auth: { users: { own: "${hash('y')}" }, except: private } }
    - { match: { path: [/openx, /openx/*] }, upstream: other:3000 }
    - { match: { path: /open/* }, upstream: other:3000 }
    - { upstream: echo:3000 }
${secure}:
  tls: internal
  basic_auth: { users: ${users} }
  error_pages: { 401: ./errors/401.html }
  upstream: echo:3000
${chosen}:
  tls: none
  basic_auth: { users: ${users}, except: /open/* }
  routes:
    - { match: { path: /x, method: POST }, upstream: echo:3000, rewrite: /y }
    - { match: { path: /said, query: { a: true } }, respond: { status: 200, body: "{query}" } }
    - { match: { path: /open/* }, respond: { status: 200, body: open } }
    - { upstream: other:3000 }
`,
  requests: [
    ...spellings.filter((path) => path !== '/open').map((path) => refused(path, get(path, { host }))),
    passed('a name and its password', '/x?y=%20z'),
    passed('a path that is cut', '/mine/a%2Fb', 'GET /a%2Fb HTTP/1.1'),
    ...['bob:pw', 'cleo@example.org:pw'].map(
      (text): TwinRequest => ({
        name: text,
        message: get('/x', { host, headers: [basic(text)] }),
        status: 200,
        seen: 'GET /x HTTP/1.1',
      }),
    ),
    ...['ada:', 'ada:pw2', 'ada', ':pw', 'ADA:pw', 'own:pw', 'ada:pw:', 'none:pw'].map((text) =>
      refused(`wrong: ${text}`, get('/x', { host, headers: [basic(text)] })),
    ),
    refused('no base64', get('/x', { host, headers: [['Authorization', 'Basic ada:pw']] })),
    refused('another scheme', get('/x', { host, headers: [['Authorization', 'Bearer abc']] })),
    refused('a POST', get('/x', { host, method: 'POST', body: 'body' })),
    {
      name: 'a POST with a password',
      message: get('/x', { host, method: 'POST', body: 'body', headers: [ada] }),
      status: 200,
      seen: 'POST /x HTTP/1.1',
    },
    refused('an upgrade', get('/x', { host, headers: [['Upgrade', 'websocket']] })),
    {
      name: 'HEAD',
      message: get('/x', { host, method: 'HEAD', headers: [ada] }),
      status: 200,
      seen: 'HEAD /x HTTP/1.1',
    },
    refused('a whole URL', raw(`GET http://${host}/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)),
    refused('a forged address', get('/x', { host, headers: [['X-Forwarded-For', '10.9.9.9']] })),
    refused('an answer of the edge', get('/said', { host })),
    { name: 'the answer', message: get('/said', { host, headers: [ada] }), status: 200, seen: null },
    refused('a redirect', get('/away?a=b', { host })),
    {
      name: 'the redirect',
      message: get('/away?a=b', { host, headers: [ada] }),
      status: 308,
      seen: null,
      differences: page,
    },
    refused('a file', get('/files/a.txt', { host })),
    refused('a file that is written', get('/files/a.txt', { host, method: 'PUT', body: 'x' })),
    {
      name: 'a file that is written, with a password',
      message: get('/files/a.txt', { host, method: 'PUT', body: 'x', headers: [ada] }),
      status: 405,
      seen: null,
      differences: page,
    },
    {
      name: 'a file that is not there',
      message: get('/files/no', { host, headers: [ada] }),
      status: 404,
      seen: null,
      differences: [{ known: 'file-vary', what: 'header vary', on: ['caddy new'] }],
    },
    { name: 'open', message: get('/open/x', { host }), status: 200, seen: 'GET /open/x HTTP/1.1' },
    { name: 'open itself', message: get('/open', { host }), status: 200, seen: 'GET /open HTTP/1.1' },
    {
      name: 'open, spelt oddly',
      message: get('/a/../%6fpen/x', { host }),
      status: 200,
      seen: 'GET /a/../%6fpen/x HTTP/1.1',
    },
    { name: 'one open path', message: get('/healthz', { host }), status: 200, seen: 'GET /healthz HTTP/1.1' },
    { name: 'free', message: get('/free/x', { host }), status: 200, seen: 'GET /free/x HTTP/1.1' },
    { name: 'clients who need not', message: get('/none/x', { host }), status: 200, seen: 'GET /none/x HTTP/1.1' },
    refused('users of the site on a route with its own', get('/own/x', { host, headers: [ada] })),
    {
      name: 'its own',
      message: get('/own/x', { host, headers: [basic('own:pw')] }),
      status: 200,
      seen: 'GET /own/x HTTP/1.1',
    },
    {
      ...refused('HTTP/2', http2('/x', { host: secure })),
      differences: [{ known: 'file-vary', what: 'header vary', on: ['caddy new'] }],
    },
    refused('chosen by more than the path', get('/x', { host: chosen, method: 'POST', body: 'x' })),
    {
      name: 'chosen by more than the path, with a password',
      message: get('/x', { host: chosen, method: 'POST', body: 'x', headers: [ada] }),
      status: 200,
      seen: 'POST /y HTTP/1.1',
    },
    refused('an answer that was chosen', get('/said?a=1', { host: chosen })),
    {
      name: 'the answer that was chosen',
      message: get('/said?a=1', { host: chosen, headers: [ada] }),
      status: 200,
      seen: null,
    },
    { name: 'an open answer', message: get('/open/x', { host: chosen }), status: 200, seen: null },
    refused('what else', get('/x', { host: chosen })),
  ],
};
