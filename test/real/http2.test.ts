import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { selfSigned } from '../../src/cli/certificate.ts';
import { boundsOf, toldOf } from '../../src/drill/told.ts';
import type { Fault } from '../../src/latency/bounds.ts';
import { equation, evaluate } from '../../src/latency/term.ts';
import { startFault } from '../proxies/faults.ts';
import { type Http2Fault, type Http2Server, type Http2Visit, startHttp2 } from '../proxies/http2-server.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy, LATE } from '../proxies/measure.ts';

/** What two servers do, and the row of the report that is about it. */
const faults: readonly (readonly [fault: Http2Fault | 'blackhole' | 'refused' | 'vanished', row: Fault])[] = [
  ['refused', 'refused'],
  ['blackhole', 'blackhole'],
  ['silent', 'silent'],
  ['mute', 'silent'],
  ['vanished', 'vanished'],
  ['close', 'close'],
  ['error_status', 'error_status'],
  ['header_drip', 'header_drip'],
  ['no_read', 'no_read'],
  ['refused_stream', 'refused_stream'],
];
const protocols = ['h2c', 'grpc'] as const;
const LIMITS =
  'timeouts: { connect: 400ms, response_header: 1500ms, send: 900ms }, retry: { tries: 2 }, health: { passive: { max_fails: 0 } }';
/** Milliseconds after which servers close or answer, where they do. */
const ends = 700;

const pools = protocols.flatMap((protocol) =>
  faults.map(([fault, row]) => ({ name: `${protocol}-${fault.replace('_', '-')}`, protocol, fault, row })),
);

const TOPOLOGY = `
upstreams:
  h2c: { servers: [h2c:3000], protocol: h2c }
  grpc: { servers: [h2c:3000], protocol: grpc }
  checked: { servers: [ill:3000, h2c:3000], protocol: h2c, health: { active: { path: /healthz, interval: 500ms } } }
  secure: { servers: [tls:3000], protocol: grpc, tls: { ca: ./ca.pem, server_name: api.internal } }
  stranger: { servers: [tls:3000], protocol: grpc, tls: { server_name: api.internal } }
${pools
  .map(({ name, protocol }) => `  ${name}: { servers: ["${name}:1", "${name}:2"], protocol: ${protocol}, ${LIMITS} }`)
  .join('\n')}
sites:
  faults.example.org:
    tls: none
    routes:
${pools.map(({ name }) => `      - { name: ${name}, match: { path: /${name}/* }, upstream: ${name} }`).join('\n')}
  http2.example.org:
    tls: none
    routes:
      - { match: { path: /cut/* }, upstream: h2c, strip_prefix: /cut }
      - { match: { path: /fixed/* }, upstream: grpc, rewrite: "/there?q=1" }
      - { match: { path: /checked/* }, upstream: checked }
      - { upstream: h2c, stream: true, headers: { request: { set: { X-Set: set } }, response: { set: { X-Back: back }, remove: [X-Powered-By] } } }
  matched.example.org:
    tls: none
    routes:
      - { match: { path: /beta/*, header: { X-Beta: "1" } }, upstream: grpc }
      - upstream: h2c
  grpc.example.org:
    tls: internal
    routes:
      - { match: { path: /secure.Service/* }, upstream: secure }
      - { match: { path: /stranger.Service/* }, upstream: stranger }
      - { upstream: grpc, stream: true }
`;

const servers = new Map<string, string>();
const stops: (() => Promise<unknown>)[] = [];
let ill: Http2Server;
const pair = selfSigned(['api.internal']);

async function place(name: string, started: { readonly address: string; stop(): Promise<unknown> }): Promise<void> {
  servers.set(name, started.address);
  stops.push(() => started.stop());
}

beforeAll(async () => {
  await place('h2c:3000', await startHttp2('ok'));
  ill = await startHttp2('ok', { ill: true });
  await place('ill:3000', ill);
  await place('tls:3000', await startHttp2('ok', { certificate: pair }));
  for (const { name, fault } of pools) {
    for (const port of [1, 2]) {
      const started =
        fault === 'blackhole' || fault === 'refused'
          ? startFault({ kind: fault })
          : startHttp2(fault === 'vanished' ? 'silent' : fault);
      await place(`${name}:${port}`, await started);
    }
  }
});
afterAll(() => Promise.all(stops.map((stop) => stop())));

describeEachProxy('servers of HTTP/2', (binary) => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await build(binary, TOPOLOGY, { servers, cas: new Map([['./ca.pem', pair.certificate]]), workers: 1 });
  });
  afterAll(() => edge?.stop());

  const seen = async (
    url: string,
    options: Parameters<Edge['ask']>[1] = {},
  ): Promise<Http2Visit & { status: number }> => {
    const answer = await edge.ask(url, options);
    if ('error' in answer || answer.status !== 200)
      throw new Error(`${url}: ${JSON.stringify(answer)}\n${edge.proxy.log()}`);
    return { ...(JSON.parse(answer.body) as Http2Visit), status: answer.status };
  };

  it('see requests as those of HTTP/1.1 do', async () => {
    const url = 'http://http2.example.org/a%2Fb//c?x=%20y';
    const { headers, bytes } = await seen(url, { method: 'PUT', body: 'hello', headers: { 'X-Own': 'own' } });
    const host = headers[':authority'] ?? headers.host;
    expect({ ...headers, host, bytes }).toMatchObject({
      ':method': 'PUT',
      ':path': '/a%2Fb//c?x=%20y',
      host: 'http2.example.org',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'http2.example.org',
      'x-real-ip': '127.0.0.1',
      'x-own': 'own',
      'x-set': 'set',
      bytes: 5,
    });
    expect(headers.upgrade).toBeUndefined();
    expect(headers.connection).toBeUndefined();
    const answer = await edge.ask(url);
    expect(answer).toMatchObject({ status: 200, headers: { 'x-back': 'back' } });
    expect('headers' in answer && answer.headers['x-powered-by']).toBeFalsy();
    expect(await edge.ask(url, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it('get websockets as plain requests', async () => {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
    const told = await seen('http://http2.example.org/x', { headers });
    expect(told.headers).toMatchObject({ ':path': '/x' });
    expect(told.headers.upgrade).toBeUndefined();
  });

  it('get paths that are cut, replaced, or chosen by a header', async () => {
    const path = async (url: string, headers: Record<string, string> = {}) => {
      const told = await seen(url, { headers });
      return told.headers[':path'];
    };
    const exact = binary.program === 'caddy' || binary.age === 'new';
    expect(await path('http://http2.example.org/cut/a%2Fb?x')).toBe(exact ? '/a%2Fb?x' : '/a/b?x');
    expect(await path('http://http2.example.org/fixed/x?y=2')).toBe('/there?q=1');
    expect(await path('http://matched.example.org/beta/x?y', { 'X-Beta': '1' })).toBe('/beta/x?y');
    expect(await path('http://matched.example.org/beta/x?y')).toBe('/beta/x?y');
  });

  it('are checked by Caddy as they speak', async () => {
    if (binary.program !== 'caddy') return expect(edge.analysis.lowered?.caddy).toBeUndefined();
    await sleep(1_500);
    const path = `/checked/${binary.age}`;
    for (const _ of [1, 2, 3, 4]) {
      expect(await edge.ask(`http://http2.example.org${path}`)).toMatchObject({ status: 200 });
    }
    expect(ill.asked).toContain('/healthz');
    expect(ill.asked).not.toContain(path);
  });

  interface Call {
    readonly status: number;
    readonly text: string;
    readonly trailers: Readonly<Record<string, unknown>>;
    /** When each part came, in milliseconds. */
    readonly parts: readonly number[];
  }

  /** A call over HTTP/2, as gRPC makes it; `say` is sent 300 ms apart. */
  const call = (path: string, say: readonly string[]): Promise<Call> =>
    new Promise((resolve, reject) => {
      const session = connect(`https://127.0.0.1:${edge.port(443)}`, {
        servername: 'grpc.example.org',
        rejectUnauthorized: false,
      });
      const start = performance.now();
      const headers = { ':method': 'POST', ':path': path, ':authority': 'grpc.example.org' };
      const stream = session.request({ ...headers, te: 'trailers', 'content-type': 'application/grpc' });
      let [status, text] = [0, ''];
      let trailers: Call['trailers'] = {};
      const parts: number[] = [];
      session.on('error', reject);
      stream.on('error', reject);
      stream.on('response', (told) => {
        status = Number(told[':status']);
        if (told['grpc-status'] !== undefined) trailers = told;
      });
      stream.on('trailers', (told) => {
        trailers = told;
      });
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        parts.push(performance.now() - start);
      });
      stream.on('end', () => {
        resolve({ status, text, trailers, parts });
        session.close();
      });
      for (const [index, words] of say.entries()) setTimeout(() => stream.write(words), 300 * index);
      setTimeout(() => stream.end(), 300 * say.length);
    });

  it.each(['', '/secure.Service'])('answer gRPC calls with their trailers: %s', async (service) => {
    const { status, text, trailers } = await call(`${service}/grpc.Echo`, ['hello']);
    expect({ status, trailers }).toMatchObject({
      status: 200,
      trailers: { 'grpc-status': '5', 'grpc-message': 'not there' },
    });
    const visit = JSON.parse(text) as Http2Visit;
    expect(visit).toMatchObject({ bytes: 5, headers: { ':path': `${service}/grpc.Echo`, te: 'trailers' } });
    expect(visit.headers[':authority'] ?? visit.headers.host).toBe('grpc.example.org');
  });

  it('speak and listen at the same time', async () => {
    const { text, trailers, parts } = await call('/grpc.both', ['one', 'two', 'three']);
    expect(text).toBe('onetwothree');
    expect(trailers).toMatchObject({ 'grpc-status': '5' });
    expect((parts.at(-1) ?? 0) - (parts[0] ?? 0)).toBeGreaterThan(400);
  });

  it('are heard piece by piece', async () => {
    const { text, parts } = await call('/grpc.pieces', ['x']);
    expect(text).toBe('piece 1piece 2piece 3');
    expect((parts.at(-1) ?? 0) - (parts[0] ?? 0)).toBeGreaterThan(400);
  });

  it('have clients to whom no websocket over HTTP/2 is offered', async () => {
    const offered = await new Promise((resolve, reject) => {
      const session = connect(`https://127.0.0.1:${edge.port(443)}`, {
        servername: 'grpc.example.org',
        rejectUnauthorized: false,
      });
      session.on('error', reject);
      session.once('remoteSettings', ({ enableConnectProtocol = false }) => {
        resolve(enableConnectProtocol);
        session.close();
      });
    });
    expect(offered).toBe(false);
  });

  it('are not believed without a certificate that is trusted', async () => {
    expect((await call('/stranger.Service/grpc.Echo', ['x'])).status).toBe(502);
  });

  const measured = async ({ name, fault, row }: (typeof pools)[number]): Promise<void> => {
    const told = toldOf(edge.analysis.lowered ?? {}, 'faults.example.org', `faults.example.org/${name}`);
    if (!told) throw new Error('there is no such route');
    const { rows } = boundsOf(told);
    const methods = row === 'no_read' ? (['POST'] as const) : (['GET', 'POST'] as const);
    for (const method of methods) {
      const found = rows.find((one) => one.fault === row && one.failing === 'all' && one.method === method);
      if (!found) throw new Error(`there is no row ${row}`);
      // The connections to both are open then.
      if (fault === 'vanished') for (const _ of [1, 2]) await edge.ask(`http://faults.example.org/${name}/warm`);
      const bound = evaluate(found.wait);
      const body = row === 'no_read' ? Buffer.alloc(8 * 1024 * 1024) : method === 'POST' ? 'x' : undefined;
      const answer = await edge.ask(`http://faults.example.org/${name}/x`, {
        method,
        timeout: Number.isFinite(bound) ? 12_000 : 4_500,
        ...(body === undefined ? {} : { body }),
      });
      const what = `${name} ${method}: ${equation(found.wait)}, took ${answer.totalMs}`;
      if (!Number.isFinite(bound)) {
        // What answers or closes by itself needs no limit, and a body that was read is not sent again.
        const lasting = !['close', 'error_status'].includes(row) && !(row === 'refused_stream' && method === 'POST');
        if (lasting) expect(answer.totalMs, what).toBeGreaterThan(4_000);
        continue;
      }
      expect('status' in answer ? answer.status : answer.error, what).toBe(found.status);
      const own = row === 'close' || row === 'error_status' ? ends * found.attempts : bound;
      expect(answer.totalMs, what).toBeGreaterThanOrEqual(0.9 * own);
      expect(answer.totalMs, what).toBeLessThan(bound + LATE);
    }
  };

  it('are waited for as the report says', async () => {
    // A machine that is busy at one moment is asked again; nothing that comes too soon gets better by that.
    await Promise.all(pools.map((pool) => measured(pool).catch(() => measured(pool))));
  });
});
