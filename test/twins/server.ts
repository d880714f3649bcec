import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { listening } from '../proxies/process.ts';
import type { Fields } from '../proxies/raw.ts';

/** What a server saw of a request. */
export interface Sight {
  readonly server: string;
  /** Method and target as they came, and the version. */
  readonly line: string;
  readonly fields: Fields;
  readonly content: string;
}

export interface EchoServer {
  readonly address: string;
  stop(): Promise<void>;
}

type Give = (response: ServerResponse, request: IncomingMessage, body: Buffer) => void;

const long = 'v'.repeat(3_000);
const text = '<p>Every line is like the one before it.</p>\n'.repeat(40);
const packed = gzipSync(text);

/** What an auth server says. */
const auth =
  (status: number, fields: Readonly<Record<string, string>> = {}): Give =>
  (response, { method }) => {
    const said = '<p>the auth server’s own page</p>';
    const cookie = { 'Set-Cookie': 'auth=secret', 'X-Auth-Own': 'secret' };
    response.writeHead(status, {
      ...cookie,
      ...fields,
      ...(status === 204 ? {} : { 'Content-Length': Buffer.byteLength(said) }),
    });
    response.end(method === 'HEAD' || status === 204 ? undefined : said);
  };

/** Ways to answer, by the value of `give` in the query. Anything else is a plain 200. */
const gives: Readonly<Record<string, Give>> = {
  auth200: auth(200, { 'X-User': 'alice', 'X-WEBAUTH-GROUPS': 'a, b', Authorization: 'Bearer inside' }),
  auth204: auth(204),
  auth302: auth(302, { Location: 'https://auth.example.org/login' }),
  auth304: auth(304),
  auth401: auth(401, { 'WWW-Authenticate': 'Bearer realm="auth"' }),
  auth403: auth(403, { Location: 'https://auth.example.org/login' }),
  auth404: auth(404),
  auth500: auth(500),
  both: auth(401, { Location: '/login', 'WWW-Authenticate': 'Bearer realm="auth"' }),
  login: auth(401, { Location: 'https://auth.example.org/login?rd=%2Fx&y=z' }),
  accel: (response, _request, body) => {
    const steering = { 'X-Accel-Redirect': '/elsewhere', 'X-Accel-Limit-Rate': '1', 'X-Accel-Charset': 'koi8-r' };
    response.writeHead(200, { ...steering, 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body);
  },
  chunked: (response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.write('one ');
    response.end('two');
  },
  cookies: (response, _request, body) => {
    const fields = ['Set-Cookie', 'a=1; Path=/', 'Set-Cookie', 'b=2; HttpOnly', 'X-Many', '1', 'X-Many', '2'];
    response.writeHead(200, [...fields, 'Content-Length', `${body.length}`]).end(body);
  },
  each: (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    for (const index of [1, 2, 3]) setTimeout(() => response.write(`data: ${index}\n\n`), 50 * index);
    setTimeout(() => response.end(), 200);
  },
  long: (response, _request, body) => {
    response.writeHead(200, { 'X-Long': long, 'Content-Length': body.length }).end(body);
  },
  missing: (response, _request, body) => {
    response.writeHead(404, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body);
  },
  nothing: (response) => response.writeHead(204).end(),
  range: (response, { headers: { range = '' } }) => {
    const whole = '0123456789';
    const [, from = '0', to = '9'] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const part = whole.slice(Number(from), Number(to) + 1);
    const told = { 'Accept-Ranges': 'bytes', ETag: '"v1"', 'Content-Length': part.length };
    if (part === whole) response.writeHead(200, told).end(whole);
    else response.writeHead(206, { ...told, 'Content-Range': `bytes ${from}-${to}/10` }).end(part);
  },
  redirect: (response) => response.writeHead(302, { Location: 'http://echo:3000/there?x', 'Content-Length': 0 }).end(),
  // What compresses well, and what does not get compressed.
  text: (response, { method }) => {
    response.writeHead(200, { 'Content-Type': 'text/html', ETag: '"v1"', 'Content-Length': text.length });
    response.end(method === 'HEAD' ? undefined : text);
  },
  failing: (response) => {
    response.writeHead(404, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': text.length });
    response.end(text);
  },
  pieces: (response) => {
    response.writeHead(200, { 'Content-Type': 'text/css' });
    response.write(text);
    response.end(text);
  },
  varied: (response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', Vary: 'Cookie', 'Content-Length': text.length }).end(text);
  },
  untouched: (response) => {
    const told = { 'Content-Type': 'text/html', 'Cache-Control': 'no-transform', 'Content-Length': text.length };
    response.writeHead(200, told).end(text);
  },
  events: (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(text);
  },
  picture: (response) => {
    response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': text.length }).end(text);
  },
  packed: (response) => {
    response.writeHead(200, {
      'Content-Type': 'text/html',
      'Content-Encoding': 'gzip',
      'Content-Length': packed.length,
    });
    response.end(packed);
  },
  unmodified: (response) => response.writeHead(304, { ETag: '"v1"', 'Last-Modified': new Date(0).toUTCString() }).end(),
};

/** Answers always the same, and tells `see` what it saw when the whole request is there. */
export async function startEcho(name: string, see: (sight: Sight) => void): Promise<EchoServer> {
  const body = Buffer.from(`${name} was here\n`);
  const server = createServer({ keepAliveTimeout: 60_000, maxHeaderSize: 64 * 1024 }, (request, response) => {
    const { method = '', url = '', httpVersion, rawHeaders } = request;
    const hash = createHash('sha256');
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      hash.update(chunk);
    });
    request.on('end', () => {
      const fields = pairs(rawHeaders);
      see({
        server: name,
        line: `${method} ${url} HTTP/${httpVersion}`,
        fields,
        content: `${bytes} ${hash.digest('hex')}`,
      });
      const give = /[?&]give=(\w+)/.exec(url)?.[1] ?? '';
      const answer = Object.hasOwn(gives, give) ? gives[give] : undefined;
      if (answer) answer(response, request, body);
      else response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body);
    });
  });
  // After the 101 it sends everything back, and ends with the first bytes it gets.
  server.on('upgrade', ({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage, socket: Duplex) => {
    see({ server: name, line: `${method} ${url} HTTP/${httpVersion}`, fields: pairs(rawHeaders), content: 'upgraded' });
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.on('data', (bytes: Buffer) => socket.end(bytes));
  });
  const address = await listening(server);
  return {
    address,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pairs(rawHeaders: readonly string[]): Fields {
  return rawHeaders.flatMap((one, at) => (at % 2 === 0 ? [[one, rawHeaders[at + 1] ?? ''] as const] : []));
}
