import type { TwinCase, TwinRequest } from '../case.ts';
import { caddy, nginx, page } from '../known.ts';
import { get } from '../requests.ts';

const host = 'paths.example.org';

/** The target that a server sees; absent: as it was sent. `null`: nobody is asked. */
const to = (target: string, seen: string | null = target, rest: Partial<TwinRequest> = {}): TwinRequest => ({
  name: `GET ${target}`,
  message: get(target, { host }),
  status: seen === null ? 404 : 200,
  seen: seen === null ? null : `GET ${seen} HTTP/1.1`,
  ...rest,
});

const escaped: Partial<TwinRequest> = { differences: [{ known: 'target-escaped', what: 'line', on: caddy }] };
const refused = { known: 'path-refused', on: nginx, status: 400, seen: null } as const;

const asSent = [
  '/api',
  '/api/',
  '/api/x',
  '/api?',
  '/api?q=1',
  '//api/x',
  '/x/../api/y',
  '/%61pi/x',
  '/api%2Fx',
  '/x%2F..%2Fapi%2Fy',
  '/api/a%2Fb',
  '/api/a%20b?x=%20y&z=a/../b',
  '/api/%C3%A9',
  '/api//x',
  '/api/a;b=c',
  '/api/a+b',
  '/api/%7Ex',
  '/api/./x',
  '/api/%2e/x',
  '/api/a/../b',
  '/api/x?a=1&a=2',
  '/api/x?',
  '/api/x??',
  '/api/x?#',
  '/api/x?a=%zz',
  '/api/x?{y}',
  '/exact',
  '/exact?x',
  '/%65xact',
  '//exact',
  '/api/(a)',
  "/api/'a'",
  '/api/a:b@c,d!$&*=',

  '/files.d/x',
  `/api/${'long/'.repeat(600)}`,
  `/api/x?${'q=1&'.repeat(500)}`,
];

const nowhere = [
  '/apix',
  '/API/x',
  '/Api',
  '/exact/',
  '/exactly',
  '/EXACT',
  '/exact%0A',
  '/exact%2F',
  '/filesXd/x',
  '/api/../z',
  '/api/%2e%2e/z',
  '/api/..',
  '/',
  '/?/api/x',
];

export const paths: TwinCase = {
  name: 'paths',
  sites: `
${host}:
  tls: none
  routes:
    - { match: { path: /api/* }, upstream: echo:3000 }
    - { match: { path: /exact }, upstream: other:3000 }
    - { match: { path: /files.d/* }, upstream: other:3000 }
`,
  requests: [
    ...asSent.map((target) => to(target)),
    ...nowhere.map((target) => to(target, null)),
    to('http://paths.example.org/api/x?y', '/api/x?y'),
    to('/api/a|b', '/api/a|b', escaped),
    to('/api/"q"', '/api/"q"', escaped),
    to('/api/{http.request.host}%24host', '/api/{http.request.host}%24host', escaped),
    to('/exact/.', '/exact/.', { otherwise: { known: 'dot-at-end', on: nginx, status: 404, seen: null } }),
    to('/exact/x/..', '/exact/x/..', { otherwise: { known: 'dot-at-end', on: nginx, status: 404, seen: null } }),
    to('/..', null, { otherwise: refused }),
    to('/../api/x', '/../api/x', { otherwise: refused }),
    to('/a%00b', null, { otherwise: refused }),
    to('*', null, { otherwise: refused }),
    to('/%', null, { status: 400, differences: page }),
    to('/api/%zz', null, { status: 400, differences: page }),
  ],
};
