import type { TwinCase, TwinRequest } from '../case.ts';
import { nginx, page } from '../known.ts';
import { get, http2, raw } from '../requests.ts';

const host = 'access.example.org';
const secure = 'access2.example.org';

/** Everybody's requests come from 127.0.0.1. */
const sites = `
${host}:
  tls: none
  deny: 10.0.0.0/8
  routes:
    - { match: { path: /admin/* }, upstream: echo:3000, allow: [10.9.9.9, 192.168.0.0/16, "fd00::/8"] }
    - { match: { path: /both/* }, upstream: echo:3000, allow: 127.0.0.1, deny: [127.0.0.0/8] }
    - { match: { path: /mine/* }, upstream: echo:3000, allow: [private], strip_prefix: /mine }
    - { match: { path: /said }, respond: { status: 200, body: said }, allow: [10.9.9.9] }
    - { match: { path: /gone }, redirect: { to: "https://a.example.org/" }, deny: [private] }
    - { match: { path: /post, method: POST }, upstream: echo:3000, allow: [10.9.9.9] }
    - { upstream: other:3000, deny: [] }
${secure}:
  tls: internal
  routes:
    - { match: { path: /admin/* }, upstream: echo:3000, allow: [10.9.9.9] }
    - { upstream: other:3000 }
`;

const refused = (name: string, message: TwinRequest['message']): TwinRequest => ({
  name,
  message,
  status: 403,
  seen: null,
  differences: page,
});
const passed = (path: string): TwinRequest => ({
  name: path,
  message: get(path, { host }),
  status: 200,
  seen: `GET ${path} HTTP/1.1`,
});

/** Other ways to write a path below /admin: whoever decides by it must not be fooled. */
const spellings =
  `/admin /admin/ /admin/x /admin?x=1 /admin/?x /%61dmin/x /%61%64%6D%69%6E/x /admin%2Fx /admin%2fx //admin/x ///admin//x /./admin/x
/a/../admin/x /a/%2e%2e/admin/x /a/%2E./admin/x /admin/./x /admin/../admin/x /admin/a/../x /%2Fadmin/x /%2e/admin
/admin/x%0A /open/..%2fadmin/x /open%2f../admin/x /admin//`.split(/\s+/);
/** And what only looks like it. */
const others =
  '/ /administrator /ADMIN/x /Admin /admin%20/x /xadmin/ /admin;x/y /admin%3Bx /admin%3Fx /x/admin/ /admin.'.split(' ');

export const access: TwinCase = {
  name: 'who may ask',
  sites,
  requests: [
    ...spellings.map((path) => refused(path, get(path, { host }))),
    ...others.map(passed),
    {
      ...refused('/admin/%00x', get('/admin/%00x', { host })),
      otherwise: { known: 'path-refused', on: nginx, status: 400, seen: null },
    },
    refused('a whole URL', raw(`GET http://${host}/admin/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)),
    refused('HTTP/1.0', get('/admin/x', { host, version: '1.0' })),
    refused('POST', get('/admin/x', { host, method: 'POST', body: 'x' })),
    refused(
      'a forged address',
      get('/admin/x', {
        host,
        headers: [
          ['X-Forwarded-For', '10.9.9.9'],
          ['X-Real-IP', '10.9.9.9'],
        ],
      }),
    ),
    refused('an upgrade', get('/admin/x', { host, headers: [['Upgrade', 'websocket']] })),
    refused('HTTP/2', http2('/admin/x', { host: secure })),
    refused('HTTP/2, encoded', http2('/%61dmin/x', { host: secure })),
    refused('both lists: deny counts', get('/both/x', { host })),
    refused('an answer of the edge', get('/said', { host })),
    refused('a redirect', get('/gone', { host })),
    refused('a route by method', get('/post', { host, method: 'POST', body: 'x' })),
    { name: 'private', message: get('/mine/x', { host }), status: 200, seen: 'GET /x HTTP/1.1' },
  ],
};
