import type { TwinCase, TwinRequest } from '../case.ts';
import { nginx, page } from '../known.ts';
import { get, http2 } from '../requests.ts';

const host = 'headers.example.org';
const secure = 'tls.headers.example.org';

const asked = (target: string, headers: readonly (readonly [string, string])[] = []): TwinRequest => ({
  name: `GET ${target}`,
  message: get(target, { host, headers }),
  status: 200,
  seen: `GET ${target} HTTP/1.1`,
});
const own = (target: string, status: number, rest: Partial<TwinRequest> = {}): TwinRequest => ({
  name: `GET ${target} → ${status}`,
  message: get(target, { host }),
  status,
  seen: null,
  ...rest,
});

export const headers: TwinCase = {
  name: 'headers',
  sites: `
${host}:
  tls: none
  headers:
    request: { set: { X-Site: site, X-Both: site }, add: { X-Added: more }, remove: [X-Gone, Authorization] }
    response: { set: { X-Frame: DENY, X-Many: one, X-Both: site }, add: { X-Extra: "1" }, remove: [X-Long] }
  routes:
    - match: { path: /own/* }
      upstream: echo:3000
      headers:
        request: { set: { X-Both: route, X-Asked: "{client_ip} {method} {scheme} {host} {path} {query} {uri}" } }
        response: { set: { X-Both: "{method} {host} {path}?{query} {uri} {{x} $y" }, add: { Set-Cookie: c=3 }, remove: [ETag] }
    - { match: { path: /said }, respond: { status: 200, body: said } }
    - { match: { path: /moved }, redirect: "https://a.example.org/" }
    - { match: { path: /dead }, upstream: dead:3000 }
    - { match: { path: /refused }, upstream: echo:3000, deny: [private] }
    - { match: { path: /small }, upstream: echo:3000, max_body_size: 1k }
    - { match: { path: /*, method: [GET, POST] }, upstream: echo:3000 }
${secure}:
  tls: { mode: internal, hsts: 180d }
  redirect_from: [www.headers.example.org]
  headers: { response: { set: { X-Frame: DENY } } }
  upstream: echo:3000
`,
  requests: [
    asked('/'),
    asked('/', [
      ['X-Site', 'mine'],
      ['x-both', 'mine'],
      ['X-Gone', '1'],
      ['Authorization', 'Basic dTpw'],
    ]),
    {
      ...asked('/', [['X-Added', 'mine']]),
      name: 'what is added to',
      differences: [{ known: 'added', what: 'seen x-added', on: nginx }],
    },
    {
      ...asked('/?give=cookies'),
      differences: [{ known: 'type-guessed', what: 'header content-type', on: ['caddy old', 'caddy new'] }],
    },
    {
      ...asked('/?give=long'),
      differences: [{ known: 'type-guessed', what: 'header content-type', on: ['caddy old', 'caddy new'] }],
    },
    asked('/own/a%2Fb?x=%20'),
    { ...asked('/own/x?give=text'), name: 'a header that is taken out' },
    { ...asked('/own/x?give=missing'), status: 404 },
    own('/said', 200),
    own('/moved', 308, { differences: page }),
    own('/dead', 502, { differences: page }),
    own('/refused', 403, { differences: page }),
    {
      ...own('/small', 413, { differences: page }),
      message: get('/small', { host, method: 'POST', body: 'b'.repeat(1025) }),
    },
    { ...own('/', 404), name: 'what no route takes', message: get('/', { host, method: 'DELETE' }) },
    { ...asked('/'), name: 'over HTTP/2', message: http2('/', { host: secure }) },
    {
      name: 'the redirect to https',
      message: get('/x?y', { host: secure }),
      status: 308,
      seen: null,
      differences: page,
    },
    {
      name: 'the redirect of another name',
      message: get('/x?y', { host: 'www.headers.example.org', secure: true }),
      status: 308,
      seen: null,
      differences: page,
    },
  ],
};
