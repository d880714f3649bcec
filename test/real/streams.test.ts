import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy } from '../proxies/measure.ts';

const TOPOLOGY = `
upstreams:
  web: { servers: [web:3000], timeouts: { response_header: 1s } }
  cuts: { servers: [cuts:3000, web:3000], balance: first, timeouts: { connect: 300ms, response_header: 1s } }
  spare: { servers: ["dead:3000", web:3000], timeouts: { connect: 300ms }, health: { passive: { max_fails: 1, fail_window: 60s } } }
sites:
  streams.example.org:
    tls: none
    routes:
      - { match: { path: /events/* }, upstream: web, stream: true }
      - { match: { path: /cuts/* }, upstream: cuts, stream: true }
      - { match: { path: /spare/* }, upstream: spare, stream: true }
      - { match: { path: /flushed/* }, upstream: web, flush: immediate, timeouts: { response_header: 3s } }
      - { match: { path: /short/* }, upstream: web, timeouts: { upgraded: 2500ms } }
      - { match: { path: /cut/* }, upstream: web, strip_prefix: /cut, timeouts: { idle: 2s } }
      - { match: { path: /put/*, method: PUT }, upstream: web, add_prefix: /x }
      - { match: { path: /beta/*, header: { X-Beta: "1" } }, upstream: web, add_prefix: /b, timeouts: { idle: 2s, upgraded: 10s } }
      - upstream: web
`;

interface Told {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** Answers by path, sends websockets back what they say, and remembers what it was asked. */
class Streams {
  readonly asked: string[] = [];
  readonly #server: Server = createServer((incoming, response) => {
    const { url = '' } = incoming;
    this.asked.push(url);
    if (this.cuts) return void incoming.socket.end();
    if (url.includes('drip')) {
      // Of a known length: nothing but what is asked for makes a proxy pass it on.
      const type = url.includes('sse') ? { 'Content-Type': 'text/event-stream' } : { 'Content-Length': '3' };
      response.writeHead(200, type);
      response.flushHeaders();
      for (const [index, part] of ['a', 'b', 'c'].entries()) setTimeout(() => response.write(part), 400 * (index + 1));
      setTimeout(() => response.end(), 1200);
      return;
    }
    if (url.includes('pause')) {
      response.write('a');
      setTimeout(() => response.end('b'), 1_800);
      return;
    }
    if (url.includes('late')) return void setTimeout(() => response.end('late'), 1_800);
    const hash = createHash('sha256');
    let first = 0;
    incoming.on('data', (chunk: Buffer) => {
      first ||= performance.now();
      hash.update(chunk);
    });
    incoming.on('end', () => {
      response.end(JSON.stringify({ url, hash: hash.digest('hex'), took: performance.now() - first }));
    });
  });
  readonly cuts: boolean;
  address = '';

  constructor(cuts = false) {
    this.cuts = cuts;
    this.#server.on('upgrade', ({ url = '', headers }: IncomingMessage, socket: Duplex) => {
      socket.on('error', () => {});
      if (url.includes('refused')) return void socket.end('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n');
      const told: Told = { url, headers };
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${headers.upgrade}\r\nConnection: Upgrade\r\n\r\n`);
      socket.write(`${JSON.stringify(told)}\n`);
      socket.on('data', (bytes: Buffer) => socket.write(bytes));
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve());
    });
    const bound = this.#server.address();
    if (typeof bound === 'object' && bound) this.address = `127.0.0.1:${bound.port}`;
    return this;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

interface Socket {
  readonly head: string;
  /** All that came after the head. */
  readonly text: () => string;
  say(words: string): void;
  /** Milliseconds from now until the connection ends, or nothing within `patience`. */
  ends(patience: number): Promise<number | undefined>;
  destroy(): void;
}

function upgrade(port: number, path: string, headers: readonly string[]): Promise<Socket> {
  return new Promise((resolve, reject) => {
    let text = '';
    let closed = false;
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('close', () => {
      closed = true;
    });
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = text.slice(0, end);
      resolve({
        head,
        text: () => text.slice(end + 4),
        say: (words) => socket.write(words),
        async ends(patience) {
          const start = performance.now();
          while (!closed && performance.now() - start < patience) await sleep(20);
          return closed ? performance.now() - start : undefined;
        },
        destroy: () => socket.destroy(),
      });
    });
    socket.write([`GET ${path} HTTP/1.1`, 'Host: streams.example.org', ...headers, '', ''].join('\r\n'));
  });
}

const websocket = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

let web: Streams;
let cuts: Streams;
const edges: Edge[] = [];
beforeAll(async () => {
  web = await new Streams().start();
  cuts = await new Streams(true).start();
});
afterAll(async () => {
  await Promise.all(edges.map((edge) => edge.stop()));
  web.stop();
  cuts.stop();
});

describeEachProxy('streams', (binary) => {
  let edge: Edge;
  beforeAll(async () => {
    const servers = new Map([
      ['web:3000', web.address],
      ['cuts:3000', cuts.address],
      // Nobody listens on it.
      ['dead:3000', '127.0.0.1:1'],
    ]);
    edge = await build(binary, TOPOLOGY, { servers, workers: 1 });
    edges.push(edge);
  });

  /** When the header and each part of the body were there, in milliseconds. */
  const parts = (path: string): Promise<{ readonly head: number; readonly parts: readonly number[] }> =>
    new Promise((resolve, reject) => {
      const start = performance.now();
      const asked = request(
        { host: '127.0.0.1', port: edge.port(80), path, headers: { Host: 'streams.example.org' }, agent: false },
        (response) => {
          const head = performance.now() - start;
          const seen: number[] = [];
          response.on('data', () => seen.push(performance.now() - start));
          response.on('end', () => resolve({ head, parts: seen }));
        },
      );
      asked.on('error', reject);
      asked.end();
    });

  it('pass on what comes as it comes, the header first', async () => {
    const paths = ['/events/drip', '/events/drip-sse', '/flushed/drip'];
    for (const [index, { head, parts: seen }] of (await Promise.all(paths.map(parts))).entries()) {
      const path = paths[index];
      expect(seen.length, path).toBe(3);
      const [first = 0, , last = 0] = seen;
      // The first part is 400 ms behind the header, and the last one 800 ms behind that.
      expect(first - head, path).toBeGreaterThan(250);
      expect(last - first, path).toBeGreaterThan(500);
    }
  });

  it('hold a short answer back where nothing is said', async () => {
    const { head, parts: seen } = await parts('/drip');
    expect(seen).toHaveLength(1);
    expect(head).toBeGreaterThan(1_000);
  });

  it('may be silent for longer than the header may take', async () => {
    const { parts: seen } = await parts('/events/pause');
    expect(seen.length).toBe(2);
    expect((seen[1] ?? 0) - (seen[0] ?? 0)).toBeGreaterThan(1_300);
  });

  it('have a limit for the header, where the proxy has one apart from pauses', async () => {
    const answer = await edge.ask('http://streams.example.org/events/late', {});
    expect(answer).toMatchObject({ status: binary.program === 'nginx' ? 200 : 504 });
  });

  it('take uploads as they come', async () => {
    const body = randomBytes(20 * 1024 * 1024);
    const half = body.length / 2;
    const told = await new Promise<{ hash: string; took: number }>((resolve, reject) => {
      const headers = { Host: 'streams.example.org', 'Content-Length': body.length };
      const asked = request(
        { host: '127.0.0.1', port: edge.port(80), path: '/events/upload', method: 'POST', headers, agent: false },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += chunk));
          response.on('end', () => resolve(JSON.parse(text)));
        },
      );
      asked.on('error', reject);
      asked.write(body.subarray(0, half));
      setTimeout(() => asked.end(body.subarray(half)), 600);
    });
    expect(told.hash).toBe(createHash('sha256').update(body).digest('hex'));
    // A proxy that had taken the whole before would have sent it at once.
    expect(told.took).toBeGreaterThan(450);
  });

  it('come to clients of HTTP/1.0, which see their end', async () => {
    const text = await new Promise<string>((resolve, reject) => {
      let said = '';
      const socket = connect(edge.port(80), '127.0.0.1');
      socket.on('error', reject);
      socket.on('data', (bytes) => (said += bytes.toString('latin1')));
      socket.on('close', () => resolve(said));
      socket.write('GET /events/drip-sse HTTP/1.0\r\nHost: streams.example.org\r\n\r\n');
    });
    expect(text).toMatch(/^HTTP\/1\.[01] 200 /);
    expect(text.endsWith('\r\n\r\nabc')).toBe(true);
  });

  it('go to another server where no connection comes about, and are not sent twice', async () => {
    const ask = (path: string, method: string) =>
      edge.ask(`http://streams.example.org${path}`, { method, ...(method === 'POST' ? { body: 'x' } : {}) });
    for (const time of [1, 2]) expect(await ask(`/spare/${time}`, 'GET')).toMatchObject({ status: 200 });
    const before = web.asked.filter((url) => url === `/cuts/${binary.program}-${binary.age}`).length;
    const post = await ask(`/cuts/${binary.program}-${binary.age}`, 'POST');
    expect(post).toMatchObject({ status: 502 });
    // nginx does not tell whether a server has seen a GET that it closed at once: a finding says so.
    const get = await ask(`/cuts/${binary.program}-${binary.age}`, 'GET');
    expect(get).toMatchObject({ status: binary.program === 'nginx' ? 200 : 502 });
    const after = web.asked.filter((url) => url === `/cuts/${binary.program}-${binary.age}`).length;
    expect(after - before).toBe(binary.program === 'nginx' ? 1 : 0);
  });
});

describeEachProxy('upgrades', (binary) => {
  let edge: Edge;
  beforeAll(async () => {
    edge = await build(binary, TOPOLOGY, {
      servers: new Map([
        ['web:3000', web.address],
        ['cuts:3000', cuts.address],
        ['dead:3000', '127.0.0.1:1'],
      ]),
      workers: 1,
    });
    edges.push(edge);
  });
  const told = ({ text }: Socket): Told => JSON.parse(text().split('\n')[0] ?? '');
  const open = async (path: string, headers: readonly string[] = websocket): Promise<Socket> => {
    const socket = await upgrade(edge.port(80), path, headers);
    for (let turn = 0; turn < 100 && !socket.text().includes('\n'); turn++) await sleep(10);
    return socket;
  };

  it('outlive a silence that no header could', async () => {
    const sockets = await Promise.all([
      open('/x'),
      open('/cut/y?q=%2F'),
      open('/events/z'),
      open('/beta/b', [...websocket, 'X-Beta: 1']),
    ]);
    expect(sockets.map((one) => told(one).url)).toEqual(['/x', '/y?q=%2F', '/events/z', '/b/beta/b']);
    expect(told(sockets[0] as Socket).headers).toMatchObject({
      host: 'streams.example.org',
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
    });
    // Header and pauses have 1s and 2s.
    await sleep(3_500);
    for (const socket of sockets) socket.say('still there');
    await sleep(1_000);
    expect(sockets.map(({ text }) => text().endsWith('still there'))).toEqual([true, true, true, true]);
    for (const socket of sockets) socket.destroy();
  });

  it('end after the silence that is allowed', async () => {
    const socket = await open('/short/x');
    await sleep(900);
    socket.say('once more');
    const ms = await socket.ends(9_000);
    expect(ms).toBeGreaterThan(2_000);
    expect(ms).toBeLessThan(6_000);
    expect(socket.text()).toContain('once more');
  });

  it('are refused by a server as it likes', async () => {
    const { head, destroy } = await open('/refused');
    expect(head).toMatch(/^HTTP\/1\.1 426 /);
    destroy();
  });

  it.each([
    ['Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'],
    ['Upgrade: websocket, h2c', 'Connection: Upgrade'],
    ['Upgrade: h2c', 'Upgrade: websocket', 'Connection: Upgrade'],
    ['Upgrade: websocketx', 'Connection: Upgrade'],
  ])('to anything but a websocket do not pass: %s', async (...headers) => {
    const { head, text, destroy } = await upgrade(edge.port(80), '/x', [...headers, 'Sec-WebSocket-Version: 13']);
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(text()).not.toContain('"upgrade"');
    destroy();
  });

  it('are taken whatever the case of their name is', async () => {
    const socket = await open('/x', [...websocket.filter((one) => !one.startsWith('Upgrade')), 'Upgrade: WebSocket']);
    expect(socket.head).toMatch(/^HTTP\/1\.1 101 /);
    socket.destroy();
  });
});
