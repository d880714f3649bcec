import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Echo, Seen, ServerFault } from './faults.ts';

export interface FaultServer {
  /** Open connections stay; their next request meets the new behaviour. */
  become(fault: ServerFault): void;
  stop(): Promise<void>;
}

interface FaultServerEvents {
  readonly connection: () => void;
  readonly request: (seen: Seen) => void;
}

/** An HTTP server on 127.0.0.1 that misbehaves as told. It sets no time limit of its own. */
export async function startFaultServer(
  port: number,
  id: string,
  fault: ServerFault,
  events: FaultServerEvents,
): Promise<FaultServer> {
  let current = fault;
  const sockets = new Set<Socket>();
  const server = createServer(
    { keepAlive: true, keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, connectionsCheckingInterval: 60_000 },
    (request, response) => {
      const { method = '', url = '', headers } = request;
      events.request({ method, url, headers, at: performance.now() });
      misbehave(current, id, request, response);
    },
  );
  server.on('connection', (socket) => {
    events.connection();
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  // Bytes that are no request, such as a TLS handshake: silence stays silence.
  server.on('clientError', (_error, socket) => {
    if (current.kind !== 'silent') socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 511 }, () => resolve());
  });
  return {
    become(next) {
      current = next;
    },
    stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

function misbehave(fault: ServerFault, id: string, request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  if (fault.kind !== 'no_read') request.resume();
  switch (fault.kind) {
    case 'ok':
      after(fault.afterMs, socket, () => answer(200, id, request, response));
      break;
    case 'error_status':
      after(fault.afterMs, socket, () => answer(fault.status ?? 503, id, request, response));
      break;
    case 'close':
      after(fault.afterMs, socket, () => (fault.reset ? socket.resetAndDestroy() : socket.destroy()));
      break;
    case 'header_drip': {
      socket.write('HTTP/1.1 200 OK\r\nX-Drip: ');
      const timer = setInterval(() => socket.write('a'), fault.everyMs ?? 50);
      socket.once('close', () => clearInterval(timer));
      break;
    }
    case 'body_stall':
      if (!fault.chunked) response.setHeader('Content-Length', 1000);
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      response.write('0123456789');
      break;
    case 'silent':
    case 'no_read':
      break;
  }
}

/** Runs at once without a time, so that a good server adds no timer's millisecond; never for a closed connection. */
function after(ms: number | undefined, socket: Socket, act: () => void): void {
  if (ms === undefined || ms <= 0) {
    act();
    return;
  }
  const timer = setTimeout(act, ms);
  socket.once('close', () => clearTimeout(timer));
}

function answer(status: number, id: string, request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '', headers } = request;
  const echo: Echo = { id, method, url, headers };
  const body = Buffer.from(JSON.stringify(echo));
  // With its length told, HEAD gets the same header as GET and the connection can be used again.
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.end(body);
}
