import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issue } from '../../src/cli/certificate.ts';
import { freePort } from '../../src/cli/ports.ts';
import { requireBinaries } from '../proxies/binaries.ts';
import { type CurlAnswer, type CurlOptions, curl, speaksQuic } from '../proxies/http3.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy } from '../proxies/measure.ts';

const SITES = (http3: boolean) => `
edge: { http3: ${http3} }
sites:
  a.example.org: { upstream: web:3000, redirect_from: [www.a.example.org], tls: { hsts: 180d } }
  modern.example.org: { upstream: dead:3000, tls: { profile: modern } }
  own.example.org:8443: web:3000
  plain.example.org: { upstream: web:3000, tls: none }
`;

const CLIENTS = `
edge: { http3: true }
sites:
  open.example.org: web:3000
  b.example.org: { upstream: web:3000, tls: { client: ./ca.pem } }
`;

const [client] = requireBinaries('curl');
const ca = issue({ subject: 'CA' });
const alice = issue({ subject: 'alice', by: { subject: 'CA', key: ca.key } });
const folder = mkdtempSync(join(tmpdir(), 'proxywright-http3-'));
const addresses = new Map<string, string>();
let server: Server;

beforeAll(async () => {
  const port = await freePort();
  addresses.set('web:3000', `127.0.0.1:${port}`).set('dead:3000', `127.0.0.1:${await freePort()}`);
  server = createServer((incoming, outgoing) => {
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    incoming.on('end', () => {
      outgoing.setHeader('Alt-Svc', 'h3=":9"');
      outgoing.end(JSON.stringify({ bytes, headers: incoming.headers }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve());
  });
});
afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

describeEachProxy('$program $version', (binary) => {
  const has = binary.program === 'caddy' || binary.age === 'new';
  /** Caddy 2.6 loses the name of a handshake over HTTP/3. */
  const together = has && binary.age === 'new';
  let edge: Edge;
  let without: Edge;
  let clients: Edge;
  const ask = (to: Edge, name: string, more: Partial<CurlOptions> & { readonly at?: number } = {}) => {
    if (!client) throw new Error('no client');
    const { at = 443, ...rest } = more;
    return curl(client, { folder, port: to.port(at), name, version: 'http3-only', ...rest });
  };
  const all = ({ headers }: CurlAnswer, name: string) => headers.filter((line) => line.startsWith(`${name}:`));
  beforeAll(async () => {
    edge = await build(binary, SITES(true), { servers: addresses });
    without = await build(binary, SITES(false), { servers: addresses });
    clients = await build(binary, CLIENTS, {
      servers: addresses,
      authorities: new Map([['./ca.pem', ca.certificate]]),
    });
  });
  afterAll(async () => {
    for (const one of [edge, without, clients]) await one?.stop();
  });

  it('speaks QUIC on the UDP ports of TLS, where it is asked for and there', async () => {
    for (const port of [443, 8443]) {
      expect(await speaksQuic(edge.port(port)), `${port}`).toBe(has);
      expect(await speaksQuic(without.port(port)), `${port} without`).toBe(false);
    }
    expect(await speaksQuic(edge.port(80))).toBe(false);
    expect(await speaksQuic(clients.port(443))).toBe(together);
  });

  it('says so to clients of HTTP/2, once, with the port that clients see', async () => {
    const own = (port: number): string =>
      // Caddy names the port that it has bound: in a container that is the port that clients see.
      `alt-svc: h3=":${binary.program === 'caddy' ? edge.port(port) : port}"; ma=2592000`;
    for (const [name, at, status] of [
      ['a.example.org', 443, 200],
      ['www.a.example.org', 443, 308],
      ['modern.example.org', 443, 502],
      ['own.example.org', 8443, 200],
    ] as const) {
      const answer = await ask(edge, name, { version: 'http2', at });
      expect([answer.version, answer.status]).toEqual(['2', status]);
      const upstreams = status === 200 ? ['alt-svc: h3=":9"'] : [];
      expect(all(answer, 'alt-svc'), name).toEqual(has ? [own(at)] : upstreams);
    }
    const asking = await ask(clients, 'b.example.org', { version: 'http2', certificate: alice });
    expect([asking.status, all(asking, 'alt-svc').some((line) => line.includes('ma='))]).toEqual([200, together]);
    expect(all(await ask(without, 'www.a.example.org', { version: 'http2' }), 'alt-svc')).toEqual([]);
  });

  describe.runIf(has && client !== undefined)('over HTTP/3', () => {
    it('serves as over HTTP/2', async () => {
      const answer = await ask(edge, 'a.example.org', { path: '/x?y' });
      expect(answer).toMatchObject({ version: '3', status: 200 });
      expect(all(answer, 'strict-transport-security')).toEqual(['strict-transport-security: max-age=15552000']);
      expect(JSON.parse(answer.body).headers).toMatchObject({
        host: `a.example.org:${edge.port(443)}`,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'https',
      });
      const upload = await ask(edge, 'own.example.org', { at: 8443, body: 'x'.repeat(300_000) });
      expect(JSON.parse(upload.body).bytes).toBe(300_000);
      expect(await ask(edge, 'modern.example.org')).toMatchObject({ version: '3', status: 502 });
      const redirected = await ask(edge, 'www.a.example.org', { path: '/x' });
      expect(redirected.status).toBe(308);
      expect(all(redirected, 'location')).toEqual(['location: https://a.example.org/x']);
    });

    it('refuses names that no site has, and names of others', async () => {
      expect((await ask(edge, 'unknown.example.org')).status).toBe(0);
      expect((await ask(edge, 'plain.example.org')).status).toBe(0);
      expect((await ask(edge, 'a.example.org', { host: 'unknown.example.org' })).status).toBe(421);
    });

    it.runIf(together)('asks for client certificates', async () => {
      const refused = binary.program === 'nginx' ? 400 : 0;
      expect((await ask(clients, 'b.example.org')).status).toBe(refused);
      const forged = issue({ subject: 'alice', by: { subject: 'CA', key: issue({ subject: 'CA' }).key } });
      expect((await ask(clients, 'b.example.org', { certificate: forged })).status).toBe(refused);
      const answer = await ask(clients, 'b.example.org', { certificate: alice });
      expect(answer).toMatchObject({ version: '3', status: 200 });
      expect(JSON.parse(answer.body).headers['x-client-subject']).toBe('CN=alice');
      for (const certificate of [undefined, alice]) {
        const more = { host: 'b.example.org', ...(certificate ? { certificate } : {}) };
        expect((await ask(clients, 'open.example.org', more)).status).toBe(421);
      }
    });
  });
});
