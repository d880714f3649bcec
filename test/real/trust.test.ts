import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy } from '../proxies/measure.ts';
import { exchange, type Fields, type RawServer, seenBy, startRawServer, valuesOf } from '../proxies/raw.ts';

const untrusted = '127.0.0.1';
const trusted = '127.0.0.2';

const SITES = `
edge: { trusted_proxies: [${trusted}, 10.0.0.0/8, "2001:db8::/32"] }
sites:
  a.example.org: { tls: none, upstream: web:3000 }
`;

const NOBODY = `
sites:
  a.example.org: { tls: none, upstream: web:3000 }
`;

/** What the server is told: X-Forwarded-For, -Proto, -Host and X-Real-IP. */
type Told = readonly [forwardedFor: string, proto: string, host: string, real: string];

interface Case {
  readonly title: string;
  readonly from: string;
  readonly fields: Fields;
  readonly told: Told;
  /** What Caddy says otherwise, as the finding about `trusted_proxies` tells. */
  readonly caddy?: Told;
}

const own = 'a.example.org';
const forged: Fields = [
  ['X-Forwarded-For', '6.6.6.6'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Host', 'evil.example'],
  ['X-Real-IP', '6.6.6.6'],
];

const dropped: readonly Case[] = [
  { title: 'nothing', from: untrusted, fields: [], told: [untrusted, 'http', own, untrusted] },
  { title: 'forged fields', from: untrusted, fields: forged, told: [untrusted, 'http', own, untrusted] },
  {
    title: 'a forged list that ends in a trusted address',
    from: untrusted,
    fields: [['X-Forwarded-For', `6.6.6.6, ${trusted}`]],
    told: [untrusted, 'http', own, untrusted],
  },
  {
    title: 'repeated fields in other cases',
    from: untrusted,
    fields: [
      ['x-forwarded-for', '6.6.6.6'],
      ['X-FORWARDED-FOR', '7.7.7.7'],
      ['x-real-ip', '6.6.6.6'],
      ['X-Real-Ip', '7.7.7.7'],
    ],
    told: [untrusted, 'http', own, untrusted],
  },
  {
    title: 'names with underscores',
    from: untrusted,
    fields: [
      ['X_Forwarded_For', '6.6.6.6'],
      ['X-Forwarded_For', '6.6.6.6'],
      ['x_real_ip', '6.6.6.6'],
    ],
    told: [untrusted, 'http', own, untrusted],
  },
];

const believed: readonly Case[] = [
  { title: 'nothing', from: trusted, fields: [], told: [trusted, 'http', own, trusted] },
  {
    title: 'one hop',
    from: trusted,
    fields: [
      ['X-Forwarded-For', '1.2.3.4'],
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Host', 'www.example.com'],
      ['X-Real-IP', '6.6.6.6'],
    ],
    told: [`1.2.3.4, ${trusted}`, 'https', 'www.example.com', '1.2.3.4'],
  },
  {
    title: 'an address that the client wrote before the proxy added its own',
    from: trusted,
    fields: [['X-Forwarded-For', '6.6.6.6, 1.2.3.4']],
    told: [`6.6.6.6, 1.2.3.4, ${trusted}`, 'http', own, '1.2.3.4'],
  },
  {
    title: 'several hops',
    from: trusted,
    fields: [['X-Forwarded-For', '9.9.9.9, 1.2.3.4, 10.1.1.1,10.2.2.2']],
    told: [`9.9.9.9, 1.2.3.4, 10.1.1.1,10.2.2.2, ${trusted}`, 'http', own, '1.2.3.4'],
  },
  {
    title: 'hops in fields of their own',
    from: trusted,
    fields: [
      ['X-Forwarded-For', '6.6.6.6'],
      ['X-Forwarded-For', '1.2.3.4'],
      ['x-forwarded-for', '10.1.1.1'],
    ],
    told: [`6.6.6.6, 1.2.3.4, 10.1.1.1, ${trusted}`, 'http', own, '1.2.3.4'],
  },
  {
    title: 'IPv6',
    from: trusted,
    fields: [['X-Forwarded-For', '6.6.6.6, 2001:DB9::0:1, 2001:db8::7']],
    told: [`6.6.6.6, 2001:DB9::0:1, 2001:db8::7, ${trusted}`, 'http', own, '2001:db9::1'],
  },
  {
    title: 'an address with its port',
    from: trusted,
    fields: [['X-Forwarded-For', '6.6.6.6, 1.2.3.4:5678']],
    told: [`6.6.6.6, 1.2.3.4:5678, ${trusted}`, 'http', own, '1.2.3.4'],
  },
  {
    title: 'words that the client wrote before its address',
    from: trusted,
    fields: [['X-Forwarded-For', '6.6.6.6, unknown, <x>, 1.2.3.4']],
    told: [`6.6.6.6, unknown, <x>, 1.2.3.4, ${trusted}`, 'http', own, '1.2.3.4'],
  },
  {
    title: 'a placeholder instead of an address',
    from: trusted,
    fields: [['X-Forwarded-For', '{env.HOME}${HOME}, 1.2.3.4']],
    told: [`{env.HOME}\${HOME}, 1.2.3.4, ${trusted}`, 'http', own, '1.2.3.4'],
  },
  // The differences that the finding names.
  {
    title: 'a word where the proxy should have written an address',
    from: trusted,
    fields: [['X-Forwarded-For', '6.6.6.6, unknown']],
    told: [`6.6.6.6, unknown, ${trusted}`, 'http', own, trusted],
    caddy: [`6.6.6.6, unknown, ${trusted}`, 'http', own, '6.6.6.6'],
  },
  {
    title: 'hops that are all trusted',
    from: trusted,
    fields: [['X-Forwarded-For', '10.9.9.9, 10.1.1.1']],
    told: [`10.9.9.9, 10.1.1.1, ${trusted}`, 'http', own, '10.9.9.9'],
    caddy: [`10.9.9.9, 10.1.1.1, ${trusted}`, 'http', own, trusted],
  },
];

function told(fields: Fields): Told {
  const one = (name: string): string => valuesOf(fields, name).join(' | ');
  return [one('X-Forwarded-For'), one('X-Forwarded-Proto'), one('X-Forwarded-Host'), one('X-Real-IP')];
}

describeEachProxy('$program $version', (binary) => {
  let server: RawServer;
  let edge: Edge;
  let strict: Edge;
  beforeAll(async () => {
    server = await startRawServer();
    const servers = new Map([['web:3000', server.address]]);
    [edge, strict] = await Promise.all([build(binary, SITES, { servers }), build(binary, NOBODY, { servers })]);
  });
  afterAll(() => Promise.all([edge?.stop(), strict?.stop(), server?.stop()]));

  const send = async (to: Edge, { from, fields }: Case): Promise<Fields> => {
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const request = `GET / HTTP/1.1\r\nHost: ${own}\r\n${lines}Connection: close\r\n\r\n`;
    const answer = await exchange(request, { port: to.port(80), from });
    expect(answer.status).toBe(200);
    return seenBy(answer);
  };
  const old = binary.program === 'caddy' && binary.age === 'old';

  it('drops what anybody but a trusted proxy says', async () => {
    for (const one of dropped) {
      for (const to of [edge, strict]) {
        const fields = await send(to, one);
        expect(told(fields), one.title).toEqual(one.told);
        // WSGI, CGI and PHP read a name with `_` as the one with `-`.
        expect(
          fields.filter(([name]) => name.includes('_')),
          one.title,
        ).toEqual([]);
      }
    }
    for (const one of believed) {
      expect(told(await send(strict, one)), one.title).toEqual([trusted, 'http', own, trusted]);
    }
  });

  it('believes a trusted proxy, from the right', async () => {
    for (const one of believed) {
      const [forwarded, proto, host, real] = (binary.program === 'caddy' && one.caddy) || one.told;
      // Before 2.8 the client is whoever connects: the finding says so.
      expect(told(await send(edge, one)), one.title).toEqual([forwarded, proto, host, old ? trusted : real]);
    }
  });

  it.skipIf(old)('logs the address of the client', async () => {
    await send(edge, { title: '', from: trusted, fields: [['X-Forwarded-For', '4.3.2.1']], told: ['', '', '', ''] });
    const log = (): string => readFileSync(join(edge.folder, 'access.log'), 'utf8');
    await vi.waitFor(() => expect(log()).toMatch(/"client(?:_ip)?":"4\.3\.2\.1"/), 5_000);
  });
});
