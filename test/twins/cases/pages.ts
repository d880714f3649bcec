import type { Difference, TwinCase, TwinRequest } from '../case.ts';
import { page } from '../known.ts';
import { get } from '../requests.ts';

const host = 'pages.example.org';
const many = 'pages-many.example.org';

const acting = 'pages-act.example.org';

const vary: readonly Difference[] = [{ known: 'file-vary', what: 'header vary', on: ['caddy new'] }];
const own = (
  name: string,
  target: string,
  status: number,
  parts: Partial<Parameters<typeof get>[1]> = {},
): TwinRequest => ({
  name,
  message: get(target, { host, ...parts }),
  status,
  seen: null,
  differences: vary,
});

const act = (
  name: string,
  target: string,
  status: number,
  parts: Partial<Parameters<typeof get>[1]> = {},
  differences: readonly Difference[] = [],
): TwinRequest => ({ name, message: get(target, { host: acting, ...parts }), status, seen: null, differences });

const acted: readonly TwinRequest[] = [
  act('a text with a status of its own', '/none%20x?a', 410),
  act('the same for HEAD', '/none', 410, { method: 'HEAD' }),
  act('the same for POST', '/none', 410, { method: 'POST', body: 'x' }),
  act('a status alone', '/files/x', 400, { method: 'PUT', body: 'x' }),
  act('a text with the status of the error', '/small', 413, { method: 'POST', body: 'b'.repeat(1025) }),
  act('the method and the path of what failed', '/other?x=1', 502),
  act('the same for a POST', '/other?x=1', 502, { method: 'POST', body: 'x' }),
  act('elsewhere', '/dead?x=1', 302, {}, page),
  act('elsewhere for a POST', '/dead', 302, { method: 'POST', body: 'x' }, page),
  { ...act('other servers', '/spare?x=%20', 200), seen: 'GET /spare?x=%20 HTTP/1.1' },
  { ...act('other servers for a POST', '/spare', 200, { method: 'POST', body: 'body' }), seen: 'GET /spare HTTP/1.1' },
  {
    ...act('other servers for a chunked POST', '/spare', 200, { method: 'POST', body: 'body', chunk: 2 }),
    seen: 'GET /spare HTTP/1.1',
  },
  { ...act('other servers for HEAD', '/spare', 200, { method: 'HEAD' }), seen: 'GET /spare HTTP/1.1' },
  {
    ...act('other servers for too much', '/spare', 200, { method: 'POST', body: 'b'.repeat(1025) }),
    seen: 'GET /spare HTTP/1.1',
  },
  {
    ...act('a range and an upgrade', '/spare', 200, {
      headers: [
        ['Range', 'bytes=0-1'],
        ['Upgrade', 'websocket'],
        ['If-None-Match', '"x"'],
      ],
    }),
    seen: 'GET /spare HTTP/1.1',
  },
  { ...act('what other servers answer', '/spare?give=missing', 404), seen: 'GET /spare?give=missing HTTP/1.1' },
  act('nobody else is there', '/gone', 502, {}, page),
  act('elsewhere with its path', '/away?x=%20', 307, {}, page),
];

export const pages: TwinCase = {
  name: 'pages of errors',
  sites: `
${host}:
  tls: none
  headers: { response: { set: { X-Site: "1" } } }
  error_pages: { 404: ./errors/404.html, 4xx: ./errors/other.json, 5xx: ./errors/5xx.txt }
  routes:
    - { match: { path: /dead }, upstream: dead:3000, headers: { response: { set: { X-Dead: "1" } } } }
    - { match: { path: /plain }, upstream: dead:3000, error_pages: { 404: ./errors/404.html } }
    - { match: { path: /files/* }, files: ./files }
    - { match: { path: /small }, upstream: echo:3000, max_body_size: 1k }
    - { match: { path: /said }, respond: 404 }
    - { match: { path: /asked }, upstream: echo:3000 }
${many}:
  tls: none
  error_pages: { 502: ./errors/502.html }
  routes:
    - { match: { path: /dead, method: POST }, upstream: dead:3000 }
    - { match: { path: /dead }, upstream: echo:3000 }
    - { upstream: dead:3000 }
${acting}:
  tls: none
  error_pages:
    404: { respond: { body: "no {path} here", status: 410 } }
    405: { respond: 400 }
    413: { respond: { body: "too much" } }
    5xx: { respond: { body: '{ "error": "{host} {uri}" }', type: application/json } }
    502: { redirect: "/sorry?from={path}" }
  headers: { response: { set: { X-Site: "1" } } }
  routes:
    - { match: { path: /dead }, upstream: dead:3000 }
    - { match: { path: /other }, upstream: dead:3000, error_pages: { 5xx: { respond: { body: "{method} {uri}" } } } }
    - { match: { path: /away }, upstream: dead:3000, error_pages: { 5xx: { redirect: { to: "https://a.example.org{uri}", status: 307 } } } }
    - { match: { path: /small }, upstream: echo:3000, max_body_size: 1k }
    - { match: { path: /files/* }, files: ./files }
    - { match: { path: /spare }, upstream: dead:3000, error_pages: { 5xx: { upstream: other:3000 }, 413: { upstream: other:3000 } }, max_body_size: 1k, headers: { request: { set: { X-Asked: "{method}" } }, response: { set: { X-Own: "2" } } } }
    - { match: { path: /gone }, upstream: dead:3000, error_pages: { 502: { upstream: dead:3000 } } }
`,
  requests: [
    own('nobody listens', '/dead?x', 502),
    own('nobody listens to a POST', '/dead', 502, { method: 'POST', body: 'body' }),
    own('nobody listens to HEAD', '/dead', 502, { method: 'HEAD' }),
    own('a range of a page', '/dead', 502, {
      headers: [
        ['Range', 'bytes=0-1'],
        ['If-Modified-Since', 'Fri, 27 Nov 2037 00:00:00 GMT'],
      ],
    }),
    own('no such file', '/files/none', 404),
    own('a file that is nobody’s business', '/files/.git', 404),
    own('a file is written', '/files/x', 405, { method: 'PUT', body: 'body' }),
    own('too much', '/small', 413, { method: 'POST', body: 'b'.repeat(1025) }),
    { ...own('an answer of the edge is none of its errors', '/said', 404), differences: [] },
    { ...own('another map as a whole', '/plain', 502), differences: page },
    own('no route', '/none', 404),
    own('no route for a POST', '/none', 404, { method: 'POST', body: 'body' }),
    own('the path of a page', '/errors+404.html', 404),
    own('a path of two slashes', '//error1', 404),
    own('the same, encoded', '/%2Ferror1', 404),
    {
      name: 'an error of a server is its own',
      message: get('/asked?give=missing', { host }),
      status: 404,
      seen: 'GET /asked?give=missing HTTP/1.1',
    },
    ...acted,
    {
      name: 'chosen by more than the path',
      message: get('/dead', { host: many, method: 'POST', body: 'body' }),
      status: 502,
      seen: null,
      differences: vary,
    },
    { ...own('the last route', '/', 502), message: get('//error1', { host: many }) },
  ],
};
