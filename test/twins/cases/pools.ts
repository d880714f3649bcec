import type { TwinCase, TwinRequest } from '../case.ts';
import { caddy, page } from '../known.ts';
import { get } from '../requests.ts';

/** Eight requests, and how many of them each server got, the most first. */
const shared = (
  name: string,
  share: string,
  headers: readonly (readonly [string, string])[] = [],
  target = '/',
): TwinRequest => ({
  name: `${name} ${headers.map((one) => one.join(': ')).join(', ')}`,
  message: get(target, { host: `${name}.pools.example.org`, headers }),
  status: 200,
  seen: `GET ${target} HTTP/1.1`,
  share,
});
/** One request: who answers is the same everywhere. */
const one = (name: string): TwinRequest => ({
  name: `${name}: who answers`,
  message: get('/', { host: `${name}.pools.example.org` }),
  status: 200,
  seen: 'GET / HTTP/1.1',
});

const pools: Readonly<Record<string, string>> = {
  turns: '[echo:3000, other:3000]',
  least: '{ servers: [echo:3000, { address: other:3000, state: down }], balance: least_conn }',
  first: '{ servers: [echo:3000, other:3000], balance: first }',
  second: '{ servers: [dead:3000, other:3000], balance: first, health: { passive: { max_fails: 1 } } }',
  patient: '{ servers: [dead:3001, other:3000], balance: first }',
  backup: '{ servers: [other:3000, { address: echo:3000, backup: true }] }',
  spare: '{ servers: [dead:3000, { address: echo:3000, backup: true }], health: { passive: { max_fails: 1 } } }',
  down: '{ servers: [echo:3000, { address: other:3000, state: down }] }',
  drained: '{ servers: [{ address: echo:3000, state: drain }, other:3000] }',
  header: '{ servers: [echo:3000, other:3000], balance: { hash: { header: X-User } } }',
  cookie: '{ servers: [echo:3000, other:3000], balance: { hash: { cookie: user } } }',
  uri: '{ servers: [echo:3000, other:3000], balance: { hash: uri } }',
  client: '{ servers: [echo:3000, other:3000], balance: { hash: client_ip } }',
  sticky: '{ servers: [echo:3000, other:3000], balance: { sticky: { cookie: edge } } }',
  weights: '{ servers: [{ address: echo:3000, weight: 3 }, other:3000] }',
  named: '{ servers: [echo:3000], host_header: shop.example.org }',
};

export const balance: TwinCase = {
  name: 'servers of pools',
  sites: `
${Object.entries(pools)
  .map(([name, upstream]) => `${name}.pools.example.org: { tls: none, upstream: ${upstream} }`)
  .join('\n')}
nobody.pools.example.org:
  tls: none
  upstream: { servers: [dead:3002, { address: dead:3003, backup: true }] }
`,
  requests: [
    shared('turns', '4 4'),
    shared('least', '8'),
    shared('first', '8'),
    one('first'),
    one('second'),
    { ...one('patient'), otherwise: { known: 'same-again', on: caddy, status: 502, seen: null } },
    one('backup'),
    shared('backup', '8'),
    one('spare'),
    shared('spare', '8'),
    one('down'),
    shared('drained', '8'),
    one('drained'),
    shared('header', '8', [['X-User', 'ann']]),
    shared('header', '8', [['X-User', 'bob']]),
    shared('cookie', '8', [['Cookie', 'a=1; user=ann; b=2']]),
    shared('uri', '8', [], '/some/path?q=1'),
    shared('client', '8'),
    shared('sticky', '8'),
    {
      ...shared('weights', '6 2'),
      differences: [{ known: 'weights', what: 'share', on: ['caddy old'] }],
    },
    one('named'),
    {
      name: 'nobody listens',
      message: get('/', { host: 'nobody.pools.example.org' }),
      status: 502,
      seen: null,
      differences: page,
    },
  ],
};
