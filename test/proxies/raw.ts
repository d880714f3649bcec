import { createServer } from 'node:http';
import { connect } from 'node:net';
import { listening } from './process.ts';

/** Names and values as they came, in their order. */
export type Fields = readonly (readonly [name: string, value: string])[];

export interface RawAnswer {
  readonly status: number;
  readonly fields: Fields;
  readonly body: string;
}

export interface RawOptions {
  readonly port: number;
  /** The loopback address that the client has; 127.0.0.1 unless told. */
  readonly from?: string;
  readonly timeout?: number;
}

/** Sends the bytes as they are and reads one answer, until the connection ends: say `Connection: close`. */
export function exchange(request: string, { port, from, timeout = 10_000 }: RawOptions): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port, ...(from === undefined ? {} : { localAddress: from }) });
    const limit = setTimeout(() => socket.destroy(new Error(`no answer within ${timeout} ms`)), timeout);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(limit);
      const [head = '', ...rest] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
      const [line = '', ...lines] = head.split('\r\n');
      resolve({ status: Number(line.split(' ')[1]), fields: lines.map(fieldOf), body: rest.join('\r\n\r\n') });
    });
    socket.write(request, 'latin1');
  });
}

function fieldOf(line: string): readonly [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at), line.slice(at + 1).trim()];
}

/** The values of a field, in any case of its name. */
export function valuesOf(fields: Fields, name: string): string[] {
  return fields.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

export interface RawServer {
  readonly address: string;
  stop(): Promise<void>;
}

/** Answers 200, or the status in the path (`/404`), with the fields that it is told; the body has those that it saw. */
export async function startRawServer(answered: Fields = []): Promise<RawServer> {
  const server = createServer((request, response) => {
    const raw = request.rawHeaders;
    const seen: Fields = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));
    const body = Buffer.from(JSON.stringify(seen));
    const [, status = '200'] = /^\/(\d{3})(?:\?|$)/.exec(request.url ?? '') ?? [];
    response.writeHead(Number(status), [...answered, ['Content-Length', String(body.length)]].flat());
    response.end(body);
  });
  const address = await listening(server);
  return {
    address,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** What the server saw of the request that it answered so. */
export function seenBy({ body }: RawAnswer): Fields {
  return JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as Fields;
}
