import type { Http2Message, RawMessage } from './case.ts';

type Lines = readonly (readonly [name: string, value: string])[];

interface Parts {
  readonly host: string;
  readonly method?: string;
  readonly version?: '1.0' | '1.1';
  readonly headers?: Lines;
  readonly body?: string;
  /** Sent in chunks of this many bytes instead of with its length. */
  readonly chunk?: number;
  readonly secure?: boolean;
}

/** A request over a connection of its own; the target is sent byte for byte. */
export function get(target: string, parts: Parts): RawMessage {
  const { host, method = 'GET', version = '1.1', headers = [], body = '', chunk, secure = false } = parts;
  const framing: Lines =
    body === ''
      ? []
      : chunk === undefined
        ? [['Content-Length', `${body.length}`]]
        : [['Transfer-Encoding', 'chunked']];
  const lines: Lines = [['Host', host], ...headers, ...framing, ['Connection', 'close']];
  const head = `${method} ${target} HTTP/${version}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return raw(head + (chunk === undefined ? body : chunks(body, chunk)), secure ? host : undefined);
}

export function raw(bytes: string, servername?: string): RawMessage {
  return { kind: 'raw', bytes, ...(servername === undefined ? {} : { servername }) };
}

/** The head first; the body when it is asked for. */
export function expecting(
  target: string,
  { host, body }: { readonly host: string; readonly body: string },
): RawMessage {
  const whole = get(target, { host, method: 'POST', body, headers: [['Expect', '100-continue']] });
  return { ...whole, bytes: whole.bytes.slice(0, -body.length), later: body };
}

/** An upgrade whose other side stays silent for a while, then says something and hears it again. */
export function websocket(
  target: string,
  parts: Pick<Parts, 'host' | 'secure' | 'headers'> & { readonly silence: number },
): RawMessage {
  const { silence, headers = [], ...rest } = parts;
  const handshake: Lines = [
    ...headers,
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ];
  const { bytes, ...message } = get(target, { ...rest, headers: handshake });
  return { ...message, bytes: bytes.replace('Connection: close', 'Connection: Upgrade'), later: 'said', silence };
}

export function http2(
  path: string,
  {
    host,
    headers = {},
    method = 'GET',
    body,
  }: Pick<Http2Message, 'body'> & {
    readonly host: string;
    readonly headers?: Http2Message['headers'];
    readonly method?: string;
  },
): Http2Message {
  const all = { ':method': method, ':path': path, ':authority': host, ...headers };
  return { kind: 'http2', servername: host, headers: all, ...(body === undefined ? {} : { body }) };
}

function chunks(body: string, size: number): string {
  const parts: string[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.slice(at, at + size);
    parts.push(`${part.length.toString(16)}\r\n${part}\r\n`);
  }
  return `${parts.join('')}0\r\n\r\n`;
}
