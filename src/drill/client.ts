import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';

export interface RequestOptions {
  readonly port: number;
  /** The name in the Host header; the connection always goes to `address`. */
  readonly host?: string;
  /** 127.0.0.1 unless told. */
  readonly address?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Speaks TLS. Without `ca` any certificate will do; the server name is `host` unless told. */
  readonly tls?: { readonly ca?: string; readonly servername?: string };
  /** Milliseconds for the whole exchange; 10 s unless told. */
  readonly timeout?: number;
  /** Ends the exchange. */
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** False when the connection ended, or the time was up, in the middle of the body. */
  readonly complete: boolean;
  /** Milliseconds from the start of the connection until the last byte of the request was handed to the kernel. */
  readonly sentMs: number;
  /** … to the end of the response header. */
  readonly firstByteMs: number;
  readonly totalMs: number;
}

/** No response header came. */
export interface Failure {
  /** The code of the network error, or `TIMEOUT`. */
  readonly error: string;
  readonly totalMs: number;
}

/** One request over one new connection. It never rejects: what went wrong is part of what is measured. */
export function request(options: RequestOptions): Promise<Answer | Failure> {
  const { port, address = '127.0.0.1', host = `${address}:${port}`, method = 'GET', path = '/', body, tls } = options;
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const common = {
    host: address,
    port,
    method,
    path,
    headers: { Host: host, ...length, ...options.headers },
    agent: false,
    ...(options.signal ? { signal: options.signal } : {}),
  };
  const name = host.replace(/:\d+$/, '');
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  return new Promise((resolve) => {
    const outgoing =
      tls === undefined
        ? http.request(common)
        : https.request({
            ...common,
            // An address cannot be sent as a server name.
            servername: tls.servername ?? (isIP(name) === 0 ? name : ''),
            rejectUnauthorized: tls.ca !== undefined,
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
          });
    let answering = false;
    let sentMs = 0;
    outgoing.on('finish', () => {
      sentMs = elapsed();
    });
    let timedOut = false;
    let error = 'CLOSED';
    const limit = setTimeout(() => {
      timedOut = true;
      outgoing.destroy();
    }, options.timeout ?? 10_000);
    const settle = (result: Answer | Failure): void => {
      clearTimeout(limit);
      resolve(result);
      outgoing.destroy();
    };
    outgoing.on('response', (response) => {
      answering = true;
      const firstByteMs = elapsed();
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      // The error is that of a truncated body; `complete` tells the same.
      response.on('error', () => {});
      response.on('close', () => {
        const { statusCode: status = 0, headers, complete } = response;
        const text = Buffer.concat(chunks).toString('utf8');
        settle({ status, headers, body: text, complete, sentMs, firstByteMs, totalMs: elapsed() });
      });
    });
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      error = cause.code ?? cause.message;
    });
    // A proxy may answer before it has read the whole request; then the answer counts, not the broken pipe.
    outgoing.on('close', () => {
      if (!answering) settle({ error: timedOut ? 'TIMEOUT' : error, totalMs: elapsed() });
    });
    outgoing.end(body);
  });
}
