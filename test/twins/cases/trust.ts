import type { Difference, TwinCase, TwinRequest } from '../case.ts';
import { nginx } from '../known.ts';
import { get } from '../requests.ts';

const host = 'trust.example.org';
const secure = 'client.trust.example.org';

type Headers = readonly (readonly [string, string])[];
const told = (name: string, headers: Headers, differences: readonly Difference[] = []): TwinRequest => ({
  name,
  message: get('/x', { host, headers }),
  status: 200,
  seen: 'GET /x HTTP/1.1',
  differences,
});
/** The oldest Caddy passes on what it is told, and takes no address from it. */
const unknown: readonly Difference[] = ['seen x-real-ip', 'header x-client'].map((what) => ({
  known: 'client-unknown',
  what,
  on: ['caddy old'],
}));
const odd: readonly Difference[] = ['seen x-real-ip', 'header x-client'].map((what) => ({
  known: 'client-odd',
  what,
  on: nginx,
}));

/** Everybody's requests come from 127.0.0.1, which is trusted here. */
export const trust: TwinCase = {
  name: 'proxies in front, and certificates of clients',
  edge: 'trusted_proxies: [private]',
  sites: `
${host}:
  tls: none
  upstream: echo:3000
  headers: { response: { set: { X-Client: "{client_ip}" } } }
${secure}: { tls: { mode: internal, client: ./ca.pem }, upstream: echo:3000 }
`,
  requests: [
    told('nothing is told', []),
    told('a client', [['X-Forwarded-For', '203.0.113.9']], unknown),
    told('a client that lies', [['X-Forwarded-For', '9.9.9.9, 203.0.113.9']], unknown),
    told('a client behind two of them', [['X-Forwarded-For', '9.9.9.9, 203.0.113.9, 10.1.1.1']], unknown),
    told('a client with IPv6', [['X-Forwarded-For', '2001:db8::9']], unknown),
    told(
      'what else they tell',
      [
        ['X-Forwarded-For', '203.0.113.9'],
        ['X-Forwarded-Proto', 'https'],
        ['X-Forwarded-Host', 'shop.example.org'],
        ['X-Real-IP', '6.6.6.6'],
      ],
      unknown,
    ),
    told('all hops are trusted', [['X-Forwarded-For', '10.1.1.1, 10.2.2.2']], odd),
    told(
      'what is no address',
      [['X-Forwarded-For', '203.0.113.9, nonsense']],
      [...unknown.map((one) => ({ ...one, on: ['caddy new'] as const, known: 'client-odd' as const }))],
    ),
    {
      name: 'no certificate',
      message: get('/', { host: secure, secure: true }),
      status: 0,
      seen: null,
      otherwise: { known: 'client-refused', on: nginx, status: 400, seen: null },
    },
  ],
};
