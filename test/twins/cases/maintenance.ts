import type { Difference, TwinCase, TwinRequest } from '../case.ts';
import { page } from '../known.ts';
import { get } from '../requests.ts';

const host = 'closed.example.org';
const open = 'open.example.org';
const chosen = 'closed2.example.org';

const vary: readonly Difference[] = [{ known: 'file-vary', what: 'header vary', on: ['caddy new'] }];
const closed = (name: string, message: TwinRequest['message'], status = 503, differences = page): TwinRequest => ({
  name,
  message,
  status,
  seen: null,
  differences,
});

/** The flag `on` is there, any other is not; everybody comes from 127.0.0.1. */
export const maintenance: TwinCase = {
  name: 'maintenance',
  sites: `
${host}:
  tls: none
  maintenance: { retry_after: 10m }
  basic_auth: { users: { ada: "$2y$04$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW" } }
  headers: { response: { set: { X-Site: "1" } } }
  routes:
    - { match: { path: /healthz }, respond: { status: 200, body: ok }, maintenance: false, basic_auth: false }
    - { match: { path: /page }, upstream: echo:3000, maintenance: { page: ./errors/closed.html, retry_after: 90s } }
    - { match: { path: /general }, upstream: echo:3000, maintenance: true, error_pages: { 503: ./errors/503.html } }
    - { match: { path: /other }, upstream: echo:3000, maintenance: { status: 410 } }
    - { match: { path: /said }, respond: { status: 200, body: said } }
    - { match: { path: /denied }, upstream: echo:3000, deny: private }
    - { match: { path: /files/* }, files: ./files }
    - { upstream: echo:3000 }
${open}:
  tls: none
  routes:
    - { match: { path: /mine }, upstream: echo:3000, maintenance: { allow: private } }
    - { match: { path: /theirs }, upstream: echo:3000, maintenance: { allow: [10.9.9.9] } }
    - { match: { path: /on }, upstream: echo:3000, maintenance: { flag: ./flags/on } }
    - { match: { path: /off }, upstream: echo:3000, maintenance: { flag: ./flags/off } }
    - { match: { path: /on/theirs }, upstream: echo:3000, maintenance: { flag: ./flags/on, allow: 10.9.9.9, page: ./errors/closed.json } }
    - { match: { path: /on/mine }, upstream: echo:3000, maintenance: { flag: ./flags/on, allow: 127.0.0.0/8 } }
    - { match: { path: /off/theirs }, upstream: echo:3000, maintenance: { flag: ./flags/off, allow: 10.9.9.9 } }
${chosen}:
  tls: none
  maintenance: { page: ./errors/closed.html }
  routes:
    - { match: { path: /x, method: POST }, upstream: echo:3000 }
    - { upstream: other:3000, maintenance: { flag: ./flags/off } }
`,
  requests: [
    closed('nobody is asked for a password', get('/x', { host })),
    closed('POST', get('/x', { host, method: 'POST', body: 'x'.repeat(3000) })),
    closed(
      'HEAD',
      get('/x', { host, method: 'HEAD' }),
      503,
      page.filter(({ what }) => what !== 'body'),
    ),
    closed('an upgrade', get('/x', { host, headers: [['Upgrade', 'websocket']] })),
    closed('an answer of the edge', get('/said', { host })),
    closed('a file', get('/files/a.txt', { host })),
    closed('a page', get('/page', { host }), 503, vary),
    closed('a page for POST', get('/page', { host, method: 'POST', body: 'x' }), 503, vary),
    closed('the page of the error', get('/general', { host }), 503, vary),
    closed('another status', get('/other', { host }), 410),
    closed('who is refused', get('/denied', { host }), 403),
    { name: 'who is never closed', message: get('/healthz', { host }), status: 200, seen: null },
    { name: 'whoever may', message: get('/mine', { host: open }), status: 200, seen: 'GET /mine HTTP/1.1' },
    closed('who may not', get('/theirs', { host: open })),
    closed('a forged address', get('/theirs', { host: open, headers: [['X-Forwarded-For', '10.9.9.9']] })),
    closed('a flag', get('/on', { host: open })),
    { name: 'no flag', message: get('/off', { host: open }), status: 200, seen: 'GET /off HTTP/1.1' },
    closed('a flag, for who may not', get('/on/theirs', { host: open }), 503, vary),
    {
      name: 'a flag, for who may',
      message: get('/on/mine', { host: open }),
      status: 200,
      seen: 'GET /on/mine HTTP/1.1',
    },
    {
      name: 'no flag, for who may not',
      message: get('/off/theirs', { host: open }),
      status: 200,
      seen: 'GET /off/theirs HTTP/1.1',
    },
    closed('chosen by more than the path', get('/x', { host: chosen, method: 'POST', body: 'x' }), 503, vary),
    { name: 'another route', message: get('/x', { host: chosen }), status: 200, seen: 'GET /x HTTP/1.1' },
  ],
};
