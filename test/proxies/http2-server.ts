import { createSecureServer, createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Pair } from '../../src/cli/certificate.ts';
import { listening } from './process.ts';

/** What a server of HTTP/2 does. Times are milliseconds. */
export type Http2Fault =
  | 'ok'
  /** Takes streams and never answers them, but for those to `…/warm`. */
  | 'silent'
  /** Takes the connection and says nothing at all. */
  | 'mute'
  /** Closes the connection, or answers 503, 700 ms after a request. */
  | 'close'
  | 'error_status'
  /** A header that comes a byte at a time, for ever. */
  | 'header_drip'
  | 'refused_stream'
  /** Reads no body beyond the first window. */
  | 'no_read';

/** What a good server saw: the JSON body of its answers. */
export interface Http2Visit {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
}

export interface Http2Server {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** The paths that it was asked for. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/**
 * A server of HTTP/2 on loopback, without TLS unless there is a certificate. Paths with `grpc` end with gRPC's trailers;
 * those with `pieces` come in three parts, 300 ms apart. `/healthz` is well unless `ill`.
 */
export async function startHttp2(
  fault: Http2Fault,
  options: { readonly certificate?: Pair; readonly ill?: boolean } = {},
): Promise<Http2Server> {
  const { certificate: pair, ill = false } = options;
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server =
    fault === 'mute' || fault === 'header_drip'
      ? createTcpServer((socket) => {
          if (fault === 'header_drip') drip(socket);
        })
      : pair
        ? createSecureServer({ cert: pair.certificate, key: pair.key })
        : createServer();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.on('sessionError', () => {});
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    asked.push(String(headers[':path']));
    stream.on('error', () => {});
    if (headers[':path'] === '/healthz') {
      stream.respond({ ':status': ill ? 503 : 200 });
      stream.end();
    } else behave(fault, stream, headers);
  });
  const address = await listening(server);
  return {
    address,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const refusedStream = 7;

function behave(fault: Http2Fault, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  switch (fault) {
    case 'silent':
    case 'no_read':
      if (String(headers[':path']).endsWith('/warm')) answer(stream, headers);
      return;
    case 'refused_stream':
      stream.close(refusedStream);
      return;
    case 'close':
      setTimeout(() => stream.session?.destroy(), 700);
      return;
    case 'error_status':
      setTimeout(() => {
        stream.respond({ ':status': 503 });
        stream.end();
      }, 700);
      return;
    default:
      answer(stream, headers);
  }
}

function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  const path = String(headers[':path']);
  let bytes = 0;
  const isGrpc = path.includes('grpc');
  if (isGrpc) {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '5', 'grpc-message': 'not there' }));
  }
  // A call in which both sides speak: each message comes back at once.
  if (path.includes('both')) {
    stream.on('data', (chunk: Buffer) => stream.write(chunk));
    stream.on('end', () => stream.end());
    return;
  }
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  stream.on('end', () => {
    if (!isGrpc) stream.respond({ ':status': 200, 'content-type': 'application/json', 'x-powered-by': 'node' });
    if (path.includes('pieces')) {
      let piece = 0;
      const timer = setInterval(() => {
        stream.write(`piece ${++piece}`);
        if (piece < 3) return;
        clearInterval(timer);
        stream.end();
      }, 300);
      return;
    }
    stream.end(JSON.stringify({ headers, bytes } satisfies Http2Visit));
  });
}

/** Frames by hand: a HEADERS frame that never ends. */
function drip(socket: Socket): void {
  let timer: NodeJS.Timeout | undefined;
  socket.on('close', () => clearInterval(timer));
  socket.once('data', () => {
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    // 10000 bytes of the first stream, of which `:status: 200` and the name of another header come at once.
    const frame = Buffer.from([0, 0x27, 0x10, 1, 4, 0, 0, 0, 1]);
    const fields = Buffer.from([0x88, 0x00, 1, 0x78, 0x7f, 0xff, 0x4d]);
    socket.write(Buffer.concat([settings, frame, fields]));
    timer = setInterval(() => socket.write('x'), 100);
  });
}
