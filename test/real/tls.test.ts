import { afterAll, beforeAll, expect, it } from 'vitest';
import { issue } from '../../src/cli/certificate.ts';
import { type Client, type Shaken, shake } from '../proxies/handshake.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy, type Servers, startServers } from '../proxies/measure.ts';

const PROFILES = `
sites:
  usual.example.org: { tls: { hsts: 180d }, routes: [{ match: { path: /dead }, upstream: dead:3000 }, { match: { path: /web/* }, upstream: web:3000 }] }
  modern.example.org:
    upstream: web:3000
    redirect_from: [www.modern.example.org]
    tls: { profile: modern, hsts: { max_age: 365d, include_subdomains: true, preload: true } }
  only.example.org:8443: { upstream: web:3000, tls: { profile: modern } }
  "*.wild.example.org": { upstream: web:3000, tls: { certificate: wild.pem, key: wild.key } }
  exact.wild.example.org: { upstream: exact:3000, tls: { certificate: exact.pem, key: exact.key } }
  inner.exact.wild.example.org: { upstream: exact:3000, tls: internal }
  "*.home.internal": web:3000
`;

const CLIENTS = `
sites:
  open.example.org: web:3000
  plain.example.org: { upstream: web:3000, tls: none }
  a.example.org: { upstream: web:3000, tls: { client: ./a-ca.pem }, redirect_from: [www.a.example.org] }
  b.example.org: { upstream: web:3000, tls: { client: { ca: ./b-ca.pem, mode: require } } }
  maybe.example.org: { upstream: web:3000, tls: { client: { ca: ./a-ca.pem, mode: optional } } }
`;

/** Names that no other site has are served by one that asks for certificates of its own CA. */
const DEFAULT = `
sites:
  b.example.org: { upstream: web:3000, tls: { client: ./b-ca.pem } }
  default: { upstream: web:3000, tls: { mode: internal, client: ./a-ca.pem } }
`;

const caA = issue({ subject: 'CA A' });
const caB = issue({ subject: 'CA B' });
const authorities = new Map([
  ['./a-ca.pem', caA.certificate],
  ['./b-ca.pem', caB.certificate],
]);
const certificates = {
  A: issue({ subject: 'alice', by: { subject: 'CA A', key: caA.key } }),
  B: issue({ subject: 'bob', by: { subject: 'CA B', key: caB.key } }),
  // Says that it is of CA A, and is signed by another.
  forged: issue({ subject: 'alice', by: { subject: 'CA A', key: caB.key } }),
  self: issue({ subject: 'alice' }),
};

let servers: Servers;
beforeAll(async () => {
  servers = await startServers(['web:3000', 'exact:3000', 'dead:3000']);
  await servers.get('dead:3000').stop();
});
afterAll(() => servers?.stop());

/** What a client gets: a status, or no answer at all. */
function outcome({ status, alpn }: Shaken): number | 'refused' | 'h2' {
  return status ?? (alpn === 'h2' ? 'h2' : 'refused');
}

function seenBy(shaken: Shaken): { readonly id: string; readonly headers: Readonly<Record<string, string>> } {
  if (shaken.status !== 200) throw new Error(`no visit: ${JSON.stringify(shaken)}`);
  return JSON.parse(shaken.body.slice(shaken.body.indexOf('{'), shaken.body.lastIndexOf('}') + 1));
}

describeEachProxy('handshakes: $program $version', (binary) => {
  let edge: Edge;
  const ask = (servername: string, more: Partial<Client> = {}, port = 443): Promise<Shaken> =>
    shake({ port: edge.port(port), servername, path: '/web', ...more });
  beforeAll(async () => {
    edge = await build(binary, PROFILES, { servers: servers.addresses });
  });
  afterAll(() => edge?.stop());

  it('has TLS 1.2 and 1.3 unless it is told otherwise, and nothing older', async () => {
    for (const name of ['usual.example.org', 'any.wild.example.org', 'any.home.internal']) {
      for (const version of ['TLSv1', 'TLSv1.1'] as const) {
        expect(outcome(await ask(name, { version, ciphers: 'ALL' })), `${name} ${version}`).toBe('refused');
      }
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
        expect(await ask(name, { version }), `${name} ${version}`).toMatchObject({ status: 200, protocol: version });
      }
    }
  });

  it('answers `profile: modern` over TLS 1.3 only, also where another site of the port has 1.2', async () => {
    for (const [name, port] of [
      ['modern.example.org', 443],
      ['www.modern.example.org', 443],
      ['only.example.org', 8443],
    ] as const) {
      for (const version of ['TLSv1.1', 'TLSv1.2'] as const) {
        expect(outcome(await ask(name, { version, ciphers: 'ALL' }, port)), `${name} ${version}`).toBe('refused');
      }
      expect(await ask(name, { version: 'TLSv1.3' }, port)).toMatchObject({ protocol: 'TLSv1.3' });
      expect([200, 308]).toContain(outcome(await ask(name, {}, port)));
    }
    // The name of one site in the handshake of the other.
    const host = 'modern.example.org';
    expect(outcome(await ask('usual.example.org', { version: 'TLSv1.2', host }))).toBe(
      binary.program === 'nginx' && binary.age === 'old' ? 'refused' : 200,
    );
  });

  it('has the ciphers of the guideline in TLS 1.2, and no others', async () => {
    const ciphers = {
      'ECDHE-ECDSA-AES128-GCM-SHA256': 200,
      'ECDHE-ECDSA-AES256-GCM-SHA384': 200,
      'ECDHE-ECDSA-CHACHA20-POLY1305': 200,
      'ECDHE-ECDSA-AES128-SHA256': 'refused',
      'ECDHE-ECDSA-AES256-SHA384': 'refused',
      'ECDHE-ECDSA-AES128-SHA': 'refused',
      'ECDHE-ECDSA-AES256-CCM': 'refused',
      'AES128-GCM-SHA256': 'refused',
      'AES256-SHA': 'refused',
      'DHE-RSA-AES128-GCM-SHA256': 'refused',
    };
    for (const [cipher, wanted] of Object.entries(ciphers)) {
      const shaken = await ask('usual.example.org', { version: 'TLSv1.2', ciphers: cipher });
      expect(outcome(shaken), cipher).toBe(wanted);
      if (wanted === 200) expect(shaken.cipher).toBe(cipher);
    }
    for (const cipher of ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']) {
      expect(await ask('modern.example.org', { ciphers: cipher })).toMatchObject({ status: 200, cipher });
    }
  });

  it('has the key exchanges of the guideline; only nginx has more, those of its OpenSSL', async () => {
    // In TLS 1.2 the curve of the certificate would have to be offered beside.
    const version = 'TLSv1.3';
    for (const curve of ['X25519', 'P-256', 'P-384']) {
      expect(outcome(await ask('usual.example.org', { version, curve })), curve).toBe(200);
    }
    const more = binary.program === 'nginx' ? 200 : 'refused';
    for (const curve of ['P-521', 'X448']) {
      expect(outcome(await ask('usual.example.org', { version, curve })), curve).toBe(more);
    }
  });

  it('offers HTTP/2 first', async () => {
    for (const name of ['usual.example.org', 'modern.example.org', 'any.wild.example.org']) {
      expect((await ask(name, { alpn: ['http/1.1', 'h2'] })).alpn, name).toBe('h2');
      expect((await ask(name, { alpn: ['http/1.1'] })).alpn, name).toBe('http/1.1');
    }
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('lets a client of %s come back by its session', async (version) => {
    const { session } = await ask('usual.example.org', { version });
    if (!session) throw new Error('no session');
    expect(await ask('usual.example.org', { version, session })).toMatchObject({ status: 200, resumed: true });
  });

  it('shows the certificate of an exact name before that of a wildcard, which is for one label', async () => {
    const wild = await ask('any.wild.example.org');
    const exact = await ask('exact.wild.example.org');
    expect([seenBy(wild).id, seenBy(exact).id]).toEqual(['web', 'exact']);
    expect(wild.fingerprint).toBeDefined();
    expect(exact.fingerprint).not.toBe(wild.fingerprint);
    expect((await ask('other.wild.example.org')).fingerprint).toBe(wild.fingerprint);
    expect(seenBy(await ask('inner.exact.wild.example.org')).id).toBe('exact');
    for (const name of ['a.b.wild.example.org', 'wild.example.org', 'a.exact.wild.example.org', 'home.internal']) {
      expect(outcome(await ask(name)), name).toBe('refused');
    }
  });

  it('sends HSTS once with every answer over TLS, whoever makes it', async () => {
    const hsts = ({ headers }: Shaken) => headers.filter((line) => line.startsWith('strict-transport-security'));
    for (const [path, status] of [
      ['/web', 200],
      ['/none', 404],
      ['/dead', 502],
    ] as const) {
      const shaken = await ask('usual.example.org', { path });
      expect([shaken.status, hsts(shaken)], path).toEqual([status, ['strict-transport-security: max-age=15552000']]);
    }
    const all = ['strict-transport-security: max-age=31536000; includeSubDomains; preload'];
    expect(hsts(await ask('modern.example.org'))).toEqual(all);
    const redirected = await ask('www.modern.example.org');
    expect([redirected.status, hsts(redirected)]).toEqual([308, all]);
    expect(hsts(await ask('any.wild.example.org'))).toEqual([]);
  });
});

describeEachProxy('client certificates: $program $version', (binary) => {
  const nginx = binary.program === 'nginx';
  let edge: Edge;
  let general: Edge;
  const ask = (sni: string, more: Partial<Client> = {}): Promise<Shaken> =>
    shake({ port: edge.port(443), servername: sni === '' ? '' : `${sni}.example.org`, ...more });
  const shown = (who: keyof typeof certificates | 'nobody'): Partial<Client> =>
    who === 'nobody' ? {} : { certificate: certificates[who] };
  beforeAll(async () => {
    [edge, general] = await Promise.all([
      build(binary, CLIENTS, { servers: servers.addresses, authorities }),
      build(binary, DEFAULT, { servers: servers.addresses, authorities }),
    ]);
  });
  afterAll(async () => {
    await edge?.stop();
    await general?.stop();
  });

  /** Who gets in where. */
  const doors = {
    open: ['nobody', 'A', 'B', 'forged', 'self'],
    a: ['A'],
    b: ['B'],
    maybe: ['nobody', 'A'],
  } as const;
  const people = ['nobody', 'A', 'B', 'forged', 'self'] as const;

  it.each(Object.entries(doors))('%s.example.org lets in %j', async (site, welcome) => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const who of people) {
        const in_ = (welcome as readonly string[]).includes(who);
        // The one difference: nginx answers who is not let in, Caddy refuses the handshake.
        const wanted = in_ ? 200 : nginx ? 400 : 'refused';
        expect(outcome(await ask(site, { version, ...shown(who) })), `${who} ${version}`).toBe(wanted);
      }
    }
  });

  it('asks for a certificate before it redirects another name of the site', async () => {
    expect(outcome(await ask('www.a'))).toBe(nginx ? 400 : 'refused');
    expect(outcome(await ask('www.a', shown('B')))).toBe(nginx ? 400 : 'refused');
    expect(outcome(await ask('www.a', shown('A')))).toBe(308);
  });

  it('tells the server whose certificate it was, and believes nobody else', async () => {
    expect(seenBy(await ask('a', shown('A'))).headers['x-client-subject']).toBe('CN=alice');
    expect(seenBy(await ask('b', shown('B'))).headers['x-client-subject']).toBe('CN=bob');
    expect(seenBy(await ask('maybe', shown('A'))).headers['x-client-subject']).toBe('CN=alice');
    const headers = { 'X-Client-Subject': 'CN=alice' };
    for (const url of ['https://maybe.example.org/', 'https://open.example.org/', 'http://plain.example.org/']) {
      const answer = await edge.ask(url, { headers });
      if (!('status' in answer)) throw new Error(answer.error);
      expect(JSON.parse(answer.body).headers, url).not.toHaveProperty('x-client-subject');
    }
  });

  it('serves no name by the handshake of another, whoever asks', async () => {
    const names = ['open', 'a', 'b', 'maybe', 'www.a', 'unknown'];
    for (const who of people) {
      for (const sni of [...names, '']) {
        for (const host of names.filter((one) => one !== sni)) {
          const what = outcome(await ask(sni, { host: `${host}.example.org`, ...shown(who) }));
          expect([421, 'refused'], `${who}: the handshake of ${sni}, Host ${host}`).toContain(what);
        }
      }
    }
  }, 60_000);

  it('knows a name in any case, and with its port', async () => {
    for (const host of ['A.Example.ORG', 'a.example.org:443', 'A.example.org:8443']) {
      expect(outcome(await ask('a', { host, ...shown('A') })), host).toBe(200);
    }
    expect(outcome(await ask('A', { host: 'a.example.org', ...shown('A') }))).toBe(200);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('takes no session of %s for another site’s certificate', async (version) => {
    for (const [first, who] of [
      ['open', 'nobody'],
      ['a', 'A'],
      ['maybe', 'A'],
      ['maybe', 'nobody'],
    ] as const) {
      const { session } = await ask(first, { version, ...shown(who) });
      if (!session) continue;
      const sites: readonly (keyof typeof doors)[] = ['a', 'b'];
      for (const next of sites) {
        const welcome = next === 'a' && who === 'A';
        const back = outcome(await ask(next, { version, session }));
        expect(welcome ? [200, 400, 'refused'] : [400, 421, 'refused'], `${first} as ${who}, then ${next}`).toContain(
          back,
        );
      }
    }
  });

  it('keeps the certificates of a `default` site from opening another', async () => {
    const port = general.port(443);
    const certificate = certificates.A;
    for (const servername of ['any.example.net', '']) {
      const host = 'b.example.org';
      const what = outcome(await shake({ port, servername, host, certificate }));
      expect([421, 'refused'], `the handshake of “${servername}”`).toContain(what);
    }
    expect(outcome(await shake({ port, servername: 'any.example.net', certificate }))).toBe(200);
    expect(outcome(await shake({ port, servername: 'any.example.net' }))).toBe(nginx ? 400 : 'refused');
    expect(outcome(await shake({ port, servername: 'b.example.org', certificate }))).toBe(nginx ? 400 : 'refused');
    expect(outcome(await shake({ port, servername: 'b.example.org', certificate: certificates.B }))).toBe(200);
  });
});
