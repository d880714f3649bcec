import { mkdirSync, writeFileSync } from 'node:fs';
import http, { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/ports.ts';
import type { Answer, Failure } from '../../src/drill/client.ts';
import { type AskOptions, build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy } from '../proxies/measure.ts';
import { exchange } from '../proxies/raw.ts';

const HSTS = 'max-age=15552000';

const SITES = `
edge: { debug_header: X-Upstream }
sites:
  bustamam.tech:
    aliases: [alias.example.org]
    redirect_from: [www.bustamam.tech]
    tls: { mode: acme, hsts: 180d }
    routes:
      - { match: { path: /api/* }, upstream: api:3000 }
      - { match: { path: [/exact, /a+b.c/*] }, upstream: exact:3000 }
      - { match: { path: /dead }, upstream: dead:3000 }
  plain.example.org: { tls: none, upstream: web:3000 }
  both.example.org: { http: serve, tls: { mode: acme, hsts: 180d }, upstream: web:3000 }
  secure.example.org: { http: none, upstream: web:3000 }
  "*.wild.example.org": { tls: { certificate: wild.pem, key: wild.key }, upstream: web:3000 }
  exact.wild.example.org: { tls: { certificate: wild.pem, key: wild.key }, upstream: exact:3000 }
  own.example.org:8443: web:3000
  open.example.org:8080: { tls: none, upstream: web:3000 }
  0.example.org: { tls: none, upstream: web:3000 }
  home.internal: web:3000
`;

const DEFAULT_TLS = `
edge: { https_port: 8443 }
sites:
  bustamam.tech: { redirect_from: [www.bustamam.tech], upstream: exact:3000 }
  default: { tls: internal, upstream: web:3000 }
`;

const DEFAULT_PLAIN = `
sites:
  bustamam.tech: { upstream: exact:3000 }
  default: { tls: none, upstream: web:3000 }
`;

/** What a server saw; the body of every answer of `startApplication`. */
interface Visit {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

/** Answers with what it saw. On `/…/own` it sets headers that the edge sets too; an upgrade makes it send everything back. */
async function startApplication(id: string, port: number): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      if (url.endsWith('/own')) {
        outgoing.setHeader('X-Upstream', 'somebody else');
        outgoing.setHeader('Strict-Transport-Security', 'max-age=1');
      }
      outgoing.end(JSON.stringify({ id, method, url, headers, bytes } satisfies Visit));
    });
  });
  server.on('upgrade', (incoming, socket) => {
    socket.on('error', () => {});
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${incoming.headers.upgrade}\r\n\r\n`,
    );
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return server;
}

const addresses = new Map<string, string>();
const applications: Server[] = [];

beforeAll(async () => {
  for (const id of ['web', 'api', 'exact', 'dead']) {
    const port = await freePort();
    addresses.set(`${id}:3000`, `127.0.0.1:${port}`);
    if (id !== 'dead') applications.push(await startApplication(id, port));
  }
});
afterAll(() => {
  for (const application of applications) {
    application.closeAllConnections();
    application.close();
  }
});

function visit(result: Answer | Failure): Visit {
  if (!('status' in result) || result.status !== 200) throw new Error(`no visit: ${JSON.stringify(result)}`);
  return JSON.parse(result.body) as Visit;
}

function header(result: Answer | Failure, name: string): string | string[] | undefined {
  return 'status' in result ? result.headers[name] : undefined;
}

/** No page, no type, no header that names a site: nothing but the status. */
function expectNothingBut(status: number, result: Answer | Failure): void {
  expect(result).toMatchObject({ status, body: '' });
  for (const name of ['content-type', 'location', 'x-upstream']) expect(header(result, name)).toBeUndefined();
}

describeEachProxy('$program $version', (binary) => {
  let edge: Edge;
  let ask: Edge['ask'];
  beforeAll(async () => {
    edge = await build(binary, SITES, { servers: addresses });
    ask = edge.ask;
  });
  afterAll(() => edge?.stop());

  describe('names that no site has', () => {
    const urls = [
      'http://unknown.example.org/',
      'http://127.0.0.1/',
      'http://unknown.example.org:8080/',
      // The site of another port, of another scheme, and of a name that only looks alike.
      'http://own.example.org/',
      'http://secure.example.org/',
      'http://bustamam.tech.example.org/',
    ];
    it.each(urls)('%s is nobody here', async (url) => expectNothingBut(421, await ask(url)));

    it.each(['https://unknown.example.org/', 'https://unknown.example.org:8443/', 'https://plain.example.org/'])(
      '%s gets no handshake',
      async (url) => expect(await ask(url)).toMatchObject({ error: 'EPROTO' }),
    );

    it('gives a client that names no server no handshake', async () => {
      expect(await ask('https://bustamam.tech/', { servername: '' })).toMatchObject({ error: 'EPROTO' });
    });

    it('answers a known server name with another Host as over plain http', async () => {
      expectNothingBut(421, await ask('https://bustamam.tech/api', { host: 'unknown.example.org' }));
      expectNothingBut(421, await ask('https://own.example.org:8443/', { host: 'unknown.example.org:8443' }));
    });
  });

  describe('plain http of a site with TLS', () => {
    const redirects: readonly [string, string][] = [
      ['http://bustamam.tech/', 'https://bustamam.tech/'],
      ['http://bustamam.tech/a/b%20c?d=e&f=%2F', 'https://bustamam.tech/a/b%20c?d=e&f=%2F'],
      ['http://alias.example.org/x?y', 'https://alias.example.org/x?y'],
      ['http://www.bustamam.tech/x?y', 'https://bustamam.tech/x?y'],
      ['https://www.bustamam.tech/x?y', 'https://bustamam.tech/x?y'],
      ['http://home.internal/x', 'https://home.internal/x'],
    ];
    it.each(redirects)('sends %s to %s', async (from, to) => {
      for (const method of ['GET', 'POST']) {
        expect(await ask(from, { method })).toMatchObject({ status: 308, headers: { location: to } });
      }
    });

    it('serves with `http: serve`, without HSTS', async () => {
      const plain = await ask('http://both.example.org/');
      expect(visit(plain)).toMatchObject({ id: 'web', headers: { 'x-forwarded-proto': 'http' } });
      expect(header(plain, 'strict-transport-security')).toBeUndefined();
      expect(visit(await ask('https://both.example.org/')).headers['x-forwarded-proto']).toBe('https');
    });

    it('is silent with `http: none`', async () => {
      expect(visit(await ask('https://secure.example.org/')).id).toBe('web');
      expectNothingBut(421, await ask('http://secure.example.org/'));
    });

    it.runIf(binary.program === 'nginx')('answers ACME challenges from their folder all the same', async () => {
      const path = '.well-known/acme-challenge';
      mkdirSync(join(edge.folder, 'acme', path), { recursive: true });
      writeFileSync(join(edge.folder, 'acme', path, 'token'), 'proof');
      for (const name of ['bustamam.tech', 'www.bustamam.tech', 'both.example.org', 'secure.example.org']) {
        expect(await ask(`http://${name}/${path}/token`)).toMatchObject({ status: 200, body: 'proof' });
        expect(await ask(`http://${name}/${path}/other`)).toMatchObject({ status: 404 });
      }
    });
  });

  it('serves aliases, ports of a site’s own, self-made certificates and odd names', async () => {
    expect(visit(await ask('https://alias.example.org/api')).id).toBe('api');
    expect(visit(await ask('https://own.example.org:8443/')).headers.host).toBe('own.example.org:8443');
    expect(visit(await ask('http://open.example.org:8080/')).headers.host).toBe('open.example.org:8080');
    expect(visit(await ask('https://home.internal/')).headers.host).toBe('home.internal');
    expect(visit(await ask('http://0.example.org/')).headers.host).toBe('0.example.org');
  });

  it('takes one label for the star of a name, and a name of its own before it', async () => {
    expect(visit(await ask('https://any.wild.example.org/')).id).toBe('web');
    expect(visit(await ask('https://exact.wild.example.org/')).id).toBe('exact');
    expect(await ask('http://any.wild.example.org/x')).toMatchObject({
      headers: { location: 'https://any.wild.example.org/x' },
    });
    expect(await ask('https://wild.example.org/')).toMatchObject({ error: 'EPROTO' });
    for (const name of ['a.b.wild.example.org', 'wild.example.org', 'xwild.example.org', 'any.wildxexample.org']) {
      expectNothingBut(421, await ask(`http://${name}/`));
    }
  });

  it('sends a path to the first route that matches, and the path as it was written', async () => {
    const routes: readonly [string, string | 404][] = [
      ['/api', 'api'],
      ['/api/', 'api'],
      ['/api/x?y=/exact', 'api'],
      ['/api?x', 'api'],
      ['//api//x', 'api'],
      ['/%61pi/x%2Fy', 'api'],
      ['/x/../api/y', 'api'],
      ['/exact', 'exact'],
      ['/a+b.c', 'exact'],
      ['/a+b.c/d', 'exact'],
      ['/apix', 404],
      ['/API/x', 404],
      ['/xapi/api', 404],
      ['/api/../x', 404],
      ['/exact/', 404],
      ['/exact/x', 404],
      ['/exactly', 404],
      ['/exact%0A', 404],
      ['/aab.c', 404],
      ['/a+bxc', 404],
      ['/', 404],
    ];
    for (const [path, wanted] of routes) {
      const result = await ask(`https://bustamam.tech${path}`);
      if (wanted === 404) expectNothingBut(404, result);
      else expect(visit(result), path).toMatchObject({ id: wanted, url: path });
    }
  });

  it('tells the server who asked, and believes nothing that the client said about it', async () => {
    const forged = {
      'X-Forwarded-For': '192.0.2.1',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'evil.example',
      'X-Real-IP': '192.0.2.2',
    };
    const seen = async (url: string, options: AskOptions = {}) => {
      const { headers } = visit(await ask(url, options));
      return Object.fromEntries(Object.entries(headers).filter(([name]) => /^(?:host|x-|forwarded)/.test(name)));
    };
    const expected = (host: string, scheme: string) => ({
      host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-proto': scheme,
      'x-real-ip': '127.0.0.1',
    });
    for (const headers of [{}, forged]) {
      expect(await seen('https://bustamam.tech/api', { headers })).toEqual(expected('bustamam.tech', 'https'));
      expect(await seen('http://plain.example.org/', { headers })).toEqual(expected('plain.example.org', 'http'));
      expect(await seen('https://own.example.org:8443/', { headers })).toEqual(
        expected('own.example.org:8443', 'https'),
      );
    }
    // As the client wrote it.
    const host = 'Plain.Example.ORG:80';
    expect(await seen('http://plain.example.org/', { host })).toEqual(expected(host, 'http'));
  });

  it('tells servers the name that chose the site, whatever else a request calls itself', async () => {
    const hostOf = async (line: string, host: string): Promise<unknown> => {
      const request = `GET ${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      const { status, body } = await exchange(request, { port: edge.port(80) });
      if (status !== 200) return status;
      const { headers } = JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as Visit;
      return [headers.host, headers['x-forwarded-host']];
    };
    const name = 'plain.example.org';
    expect(await hostOf(`http://${name}/`, 'evil.example')).toEqual([name, name]);
    expect(await hostOf(`http://${name}/`, name)).toEqual([name, name]);
    expect(await hostOf('http://evil.example/', name)).toBe(421);
    expect(await hostOf('/', `${name}:99`)).toEqual([`${name}:99`, `${name}:99`]);
    expect([400, 421]).toContain(await hostOf('/', `${name}@evil.example`));
  });

  it('passes the client’s own headers on, and adds no body coding', async () => {
    const headers = {
      Cookie: 'a=b; c=d',
      'X-Custom': 'yes',
      'Accept-Encoding': 'br;q=0.1',
      Authorization: 'Basic eA==',
    };
    const seen = visit(await ask('http://plain.example.org/', { headers })).headers;
    expect(seen).toMatchObject({
      cookie: 'a=b; c=d',
      'x-custom': 'yes',
      'accept-encoding': 'br;q=0.1',
      authorization: 'Basic eA==',
    });
    expect(visit(await ask('http://plain.example.org/')).headers).not.toHaveProperty('accept-encoding');
  });

  it('sends HSTS once with every answer of the site, also with errors', async () => {
    for (const path of ['/api', '/api/own', '/none', '/dead']) {
      expect(header(await ask(`https://bustamam.tech${path}`), 'strict-transport-security'), path).toBe(HSTS);
    }
    expect(await ask('https://bustamam.tech/dead')).toMatchObject({ status: 502 });
    expect(header(await ask('https://own.example.org:8443/'), 'strict-transport-security')).toBeUndefined();
  });

  it('names the server in the debug header, whatever the server itself says', async () => {
    expect(header(await ask('https://bustamam.tech/api'), 'x-upstream')).toBe(addresses.get('api:3000'));
    expect(header(await ask('https://bustamam.tech/api/own'), 'x-upstream')).toBe(addresses.get('api:3000'));
    expect(header(await ask('https://bustamam.tech/dead'), 'x-upstream')).toBe(addresses.get('dead:3000'));
    expect(header(await ask('https://bustamam.tech/none'), 'x-upstream')).toBeUndefined();
  });

  it.each(['POST', 'PUT'])('passes a %s of 2 MB', async (method) => {
    const body = Buffer.alloc(2_000_000, 'x');
    const result = await ask('https://both.example.org/upload', { method, body });
    expect(visit(result)).toMatchObject({ id: 'web', method, bytes: body.length });
  });

  it('passes a websocket', async () => {
    const echo = await new Promise<string>((resolve, reject) => {
      const headers = { Host: 'plain.example.org', Connection: 'Upgrade', Upgrade: 'websocket' };
      const outgoing = http.request({ host: '127.0.0.1', port: edge.port(80), path: '/socket', headers });
      outgoing.on('error', reject).on('response', ({ statusCode }) => reject(new Error(`no upgrade: ${statusCode}`)));
      outgoing.on('upgrade', (_response, socket) => {
        socket.once('data', (data: Buffer) => {
          socket.destroy();
          resolve(String(data));
        });
        socket.on('error', reject).write('hello');
      });
      outgoing.end();
    });
    expect(echo).toBe('hello');
  });
});

describeEachProxy('a `default` site with TLS on port 8443: $program $version', (binary) => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await build(binary, DEFAULT_TLS, { servers: addresses });
  });
  afterAll(() => edge?.stop());

  it('takes every name that no other site has', async () => {
    for (const name of ['any.example.org', 'other.example.net', 'a.bustamam.tech']) {
      const { id, headers } = visit(await edge.ask(`https://${name}:8443/`));
      expect([id, headers.host, headers['x-forwarded-host']]).toEqual(['web', `${name}:8443`, `${name}:8443`]);
    }
    expect(visit(await edge.ask('https://bustamam.tech:8443/')).id).toBe('exact');
    expect(visit(await edge.ask('https://any.example.org:8443/', { servername: '' })).id).toBe('web');
    expect(visit(await edge.ask('https://bustamam.tech:8443/', { host: 'any.example.org:8443' })).id).toBe('web');
  });

  it.each([
    ['http://bustamam.tech/a?b', 'https://bustamam.tech:8443/a?b'],
    ['http://www.bustamam.tech/a?b', 'https://bustamam.tech:8443/a?b'],
    ['https://www.bustamam.tech:8443/a?b', 'https://bustamam.tech:8443/a?b'],
    ['http://any.example.org/a?b', 'https://any.example.org:8443/a?b'],
  ])('sends %s to the port that clients see: %s', async (from, to) => {
    expect(await edge.ask(from)).toMatchObject({ status: 308, headers: { location: to } });
  });
});

describeEachProxy('a `default` site without TLS: $program $version', (binary) => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await build(binary, DEFAULT_PLAIN, { servers: addresses });
  });
  afterAll(() => edge?.stop());

  it('takes every name that no other site has, and leaves https alone', async () => {
    for (const host of ['any.example.org', '127.0.0.1', 'any.example.org:80']) {
      expect(visit(await edge.ask('http://any.example.org/', { host })).headers.host).toBe(host);
    }
    expect(await edge.ask('http://bustamam.tech/')).toMatchObject({ status: 308 });
    expect(visit(await edge.ask('https://bustamam.tech/')).id).toBe('exact');
    expect(await edge.ask('https://any.example.org/')).toMatchObject({ error: 'EPROTO' });
    expectNothingBut(421, await edge.ask('https://bustamam.tech/', { host: 'any.example.org' }));
  });
});
