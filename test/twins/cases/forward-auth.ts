import type { TwinCase, TwinRequest } from '../case.ts';
import { buffered, page } from '../known.ts';
import { get, http2, raw, websocket } from '../requests.ts';

const host = 'asks.example.org';
const many = 'asks-many.example.org';
const secure = 'asks-tls.example.org';

/** `ada:pw`, as cheap as bcrypt can be. */
const users = '{ ada: "$2y$04$abcdefghijklmnopqrstuuyvPXIbu7xe6/CED2DzX8z6Si09MlzlW" }';
const ada = ['Authorization', `Basic ${Buffer.from('ada:pw').toString('base64')}`] as const;

const asks = (give: string, words = ''): string =>
  `forward_auth: { upstream: other:3000, path: "/check?give=${give}"${words} }`;
const copies = ', copy_headers: [X-User, X-WEBAUTH-GROUPS, Authorization]';
const statuses = ['200', '204', '302', '304', '401', '403', '404', '500'];

/** `other` is the auth server, `echo` is behind it. */
const sites = `
${host}:
  tls: none
  routes:
${statuses.map((status) => `    - { match: { path: /${status}/* }, upstream: echo:3000, ${asks(`auth${status}`, copies)} }`).join('\n')}
    - { match: { path: /login/* }, upstream: echo:3000, ${asks('login')} }
    - { match: { path: /both }, upstream: echo:3000, ${asks('both')} }
    - { match: { path: /said }, respond: { status: 200, body: said }, ${asks('auth200')} }
    - { match: { path: /said403 }, respond: { status: 200, body: said }, ${asks('auth403')} }
    - { match: { path: /gone }, redirect: { to: "https://a.example.org{uri}" }, ${asks('auth204')} }
    - { match: { path: /gone401 }, redirect: { to: "https://a.example.org/" }, ${asks('auth401')} }
    - { match: { path: /files/* }, files: ./files, ${asks('auth200')} }
    - { match: { path: /files403/* }, files: ./files, ${asks('auth403')} }
    - { match: { path: /page403 }, upstream: echo:3000, ${asks('auth403')}, error_pages: { 403: ./errors/403.html } }
    - { match: { path: /page401 }, upstream: echo:3000, ${asks('auth401')}, error_pages: { 401: ./errors/401.html } }
    - { match: { path: /page500 }, upstream: echo:3000, forward_auth: { upstream: dead:3000, path: / }, error_pages: { 5xx: ./errors/5xx.html } }
    - { match: { path: /dead }, upstream: echo:3000, forward_auth: { upstream: dead:3000, path: / } }
    - { match: { path: /named }, upstream: echo:3000, basic_auth: { users: ${users} }, ${asks('auth403')} }
    - { match: { path: /closed }, upstream: echo:3000, maintenance: true, ${asks('auth200')} }
    - { match: { path: /denied }, upstream: echo:3000, ${asks('auth200')}, deny: private }
    - { match: { path: /api/* }, upstream: { servers: [echo:3000], host_header: api.internal }, strip_prefix: /api, ${asks('auth200', copies)} }
${many}:
  tls: none
  ${asks('auth200', copies)}
  routes:
    - { match: { path: /open/* }, upstream: echo:3000, forward_auth: none }
    - { match: { path: /post, method: POST }, respond: { status: 200, body: posted } }
    - { match: { path: /files/* }, files: ./files }
    - { match: { method: DELETE }, upstream: echo:3000, ${asks('auth403')} }
    - { upstream: echo:3000 }
${secure}:
  tls: internal
  routes:
    - { match: { path: /no/* }, upstream: echo:3000, ${asks('auth403')} }
    - { upstream: echo:3000, ${asks('auth200', copies)} }
`;

const asked = (give: string): string => `GET /check?give=${give} HTTP/1.1`;
const forged = [
  ['X-User', 'root'],
  ['X-Webauth-Groups', 'admins'],
  ['x_user', 'root'],
  ['Authorization', 'Basic cm9vdDpyb290'],
  ['X-Original-URL', 'https://elsewhere/'],
  ['X-Original-URI', '/elsewhere'],
  ['X-Forwarded-Uri', '/elsewhere'],
  ['X-Forwarded-Method', 'TRACE'],
  ['X-Forwarded-Proto', 'gopher'],
  ['Range', 'bytes=0-1'],
  ['If-None-Match', '*'],
] as const;

type Parts = Partial<Parameters<typeof get>[1]>;
const passes = (path: string, give: string, line: string, parts: Parts = {}): TwinRequest => ({
  name: `${parts.method ?? 'GET'} ${path} passes`,
  message: get(path, { host, ...parts }),
  status: 200,
  seen: `${asked(give)} | ${line} HTTP/1.1`,
  also: { 'header set-cookie': null, 'header x-auth-own': null, 'seen content-type': null },
});
/** `other | echo`: what each of the two saw. */
const seeing = (one: TwinRequest, fields: NonNullable<TwinRequest['also']>): TwinRequest => ({
  ...one,
  also: { ...one.also, ...fields },
});
const ends = (path: string, give: string | undefined, status: number, parts: Parts = {}): TwinRequest => ({
  name: `${parts.method ?? 'GET'} ${path} ends with ${status}`,
  message: get(path, { host, ...parts }),
  status,
  seen: give === undefined ? null : asked(give),
  also: { 'header set-cookie': null, 'header x-auth-own': null },
  differences: page,
});
const plain = (one: TwinRequest): TwinRequest => ({ ...one, differences: [] });
const file = (one: TwinRequest): TwinRequest => ({
  ...one,
  differences: [{ known: 'file-vary', what: 'header vary', on: ['caddy new'] }],
});
const inside = {
  'seen x-user': 'root | alice',
  'seen x-webauth-groups': 'admins | a, b',
  'seen authorization': 'Basic cm9vdDpyb290 | Bearer inside',
};

export const forwardAuth: TwinCase = {
  name: 'another server says who may pass',
  sites,
  requests: [
    seeing(passes('/200/a%2Fb/../c?x=%20', 'auth200', 'GET /200/a%2Fb/../c?x=%20', { headers: forged }), {
      ...inside,
      'seen x-original-url': `http://${host}/200/a%2Fb/../c?x=%20 | https://elsewhere/`,
      'seen x-original-uri': '/200/a%2Fb/../c?x=%20 | /elsewhere',
      'seen x-forwarded-uri': '/200/a%2Fb/../c?x=%20 | /elsewhere',
      'seen x-forwarded-method': 'GET | TRACE',
      'seen x-forwarded-proto': 'http | http',
      'seen range': 'bytes=0-1',
    }),
    // Only the auth server sees what the client wrote.
    seeing(passes('/204/x', 'auth204', 'GET /204/x', { headers: forged }), {
      'seen x-user': 'root',
      'seen x-webauth-groups': 'admins',
      'seen authorization': 'Basic cm9vdDpyb290',
    }),
    seeing(passes('/200/x', 'auth200', 'POST /200/x', { method: 'POST', body: 'body', headers: forged }), {
      ...inside,
      'seen x-forwarded-method': 'POST | TRACE',
      'seen content-length': '4',
    }),
    {
      ...passes('/204/x', 'auth204', 'POST /204/x', { method: 'POST', body: 'a body in chunks', chunk: 3 }),
      differences: buffered,
    },
    passes('/200/x', 'auth200', 'HEAD /200/x', { method: 'HEAD' }),
    passes('/200/x', 'auth200', 'PUT /200/x', { method: 'PUT', body: 'b' }),
    passes('//200/x', 'auth200', 'GET //200/x'),
    passes('/%32%30%30/x', 'auth200', 'GET /%32%30%30/x'),
    seeing(passes('/api/x%2Fy', 'auth200', 'GET /x%2Fy', { headers: forged }), {
      ...inside,
      'seen host': `${host} | api.internal`,
      'seen x-original-uri': '/api/x%2Fy | /elsewhere',
    }),
    seeing(passes('/x', 'auth200', 'GET /x', { host: many, headers: forged }), inside),
    ends('/302/x', 'auth302', 500),
    ends('/304/x', 'auth304', 500),
    seeing(ends('/401/x', 'auth401', 401), { 'header www-authenticate': 'Bearer realm="auth"' }),
    ends('/401/x', 'auth401', 401, { method: 'POST', body: 'body' }),
    ends('/403/x', 'auth403', 403),
    ends('/%34%30%33/x', 'auth403', 403),
    ends('//403/x', 'auth403', 403),
    ends('/a/../403/x', 'auth403', 403),
    ends('/403%2Fx', 'auth403', 403),
    ends('/403/x', 'auth403', 403, { headers: [['Upgrade', 'websocket']] }),
    ends('/404/x', 'auth404', 500),
    ends('/500/x', 'auth500', 500),
    seeing(ends('/login/x?y', 'login', 302), {
      'header location': 'https://auth.example.org/login?rd=%2Fx&y=z',
      'header www-authenticate': null,
    }),
    ends('/login/x', 'login', 302, { method: 'POST', body: 'body' }),
    seeing(ends('/both', 'both', 302), { 'header www-authenticate': 'Bearer realm="auth"' }),
    plain(ends('/said', 'auth200', 200)),
    plain(ends('/said', 'auth200', 200, { method: 'POST', body: 'body' })),
    ends('/said403', 'auth403', 403),
    ends('/gone?x', 'auth204', 308),
    ends('/gone401', 'auth401', 401),
    ends('/files/none', 'auth200', 404),
    ends('/files/none', 'auth200', 405, { method: 'POST', body: 'b' }),
    ends('/files403/none', 'auth403', 403),
    file(ends('/page403', 'auth403', 403)),
    file(ends('/page401', 'auth401', 401)),
    file(ends('/page500', undefined, 500)),
    ends('/dead', undefined, 500),
    ends('/dead', undefined, 500, { method: 'POST', body: 'body' }),
    ends('/denied', undefined, 403),
    // In this order: nobody without a password is asked about.
    seeing(ends('/named', undefined, 401), { 'header www-authenticate': 'Basic realm="restricted"' }),
    ends('/named', 'auth403', 403, { headers: [ada] }),
    ends('/closed', undefined, 503),
    // The same servers believe these of the auth server.
    {
      name: 'a route that asks nobody',
      message: get('/open/x', { host: many, headers: forged }),
      status: 200,
      seen: 'GET /open/x HTTP/1.1',
      also: { 'seen x-user': null, 'seen x-webauth-groups': null, 'seen authorization': 'Basic cm9vdDpyb290' },
    },
    plain(ends('/post', 'auth200', 200, { host: many, method: 'POST', body: 'body' })),
    ends('/files/none', 'auth200', 404, { host: many }),
    ends('/x', 'auth403', 403, { host: many, method: 'DELETE' }),
    {
      ...ends('/403/x', 'auth403', 403),
      name: 'a whole URL',
      message: raw(`GET http://${host}/403/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    },
    {
      name: 'a websocket',
      message: websocket('/200/socket', { host, silence: 0, headers: forged.slice(0, 4) }),
      status: 101,
      seen: `${asked('auth200')} | GET /200/socket HTTP/1.1`,
      also: { ...inside, 'seen upgrade': 'websocket' },
    },
    {
      name: 'HTTP/2',
      message: http2('/x', { host: secure, headers: { 'x-user': 'root' } }),
      status: 200,
      seen: `${asked('auth200')} | GET /x HTTP/1.1`,
      also: { 'seen x-user': 'root | alice', 'seen x-original-url': `https://${secure}/x` },
    },
    { ...ends('/no/x', 'auth403', 403), name: 'HTTP/2 that may not', message: http2('/no/x', { host: secure }) },
  ],
};
