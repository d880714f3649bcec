import { connect as connectHttp2 } from 'node:http2';
import { connect as connectPlain } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { Fields } from '../proxies/raw.ts';
import type { Http2Message, Message, RawMessage } from './case.ts';

export interface TwinAnswer {
  /** 0: the connection ended without an answer. */
  readonly status: number;
  /** Statuses before the answer, such as 100. */
  readonly interim: readonly number[];
  readonly fields: Fields;
  readonly body: string;
}

const patience = 20_000;

/** Sends one message over a connection of its own. */
export function ask(message: Message, port: (port: number) => number): Promise<TwinAnswer> {
  return message.kind === 'http2' ? askHttp2(message, port(443)) : askRaw(message, port);
}

function askRaw(
  { bytes, later, silence = 0, servername, newest = 'TLSv1.3' }: RawMessage,
  port: (port: number) => number,
): Promise<TwinAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket =
      servername === undefined
        ? connectPlain({ host: '127.0.0.1', port: port(80) })
        : connectSecure({
            host: '127.0.0.1',
            port: port(443),
            servername,
            maxVersion: newest,
            rejectUnauthorized: false,
          });
    const limit = setTimeout(() => {
      reject(new Error(`no end of the answer within ${patience} ms`));
      socket.destroy();
    }, patience);
    socket.on('data', (chunk: Buffer) => {
      if (chunks.length === 0 && later !== undefined) setTimeout(() => socket.write(later, 'latin1'), silence);
      chunks.push(chunk);
    });
    // Who refuses a request may close before it has read the whole: what counts is the answer.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(limit);
      resolve(parse(Buffer.concat(chunks).toString('latin1'), []));
    });
    socket.write(bytes, 'latin1');
  });
}

function parse(text: string, interim: readonly number[]): TwinAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [line = '', ...lines] = text.slice(0, end < 0 ? 0 : end).split('\r\n');
  const status = Number(line.split(' ')[1] ?? 0);
  const rest = text.slice(end + 4);
  if (status >= 100 && status < 200 && status !== 101) return parse(rest, [...interim, status]);
  const fields = lines.map((one) => {
    const at = one.indexOf(':');
    return [one.slice(0, at), one.slice(at + 1).trim()] as const;
  });
  const chunked = fields.some(([name, value]) => name.toLowerCase() === 'transfer-encoding' && value === 'chunked');
  return { status, interim, fields, body: chunked ? unchunk(rest) : rest };
}

function unchunk(text: string): string {
  const [, digits] = /^([0-9a-f]+)\r\n/i.exec(text) ?? [];
  if (digits === undefined) return `${text}[cut]`;
  const size = Number.parseInt(digits, 16);
  const from = digits.length + 2;
  return size === 0 ? '' : text.slice(from, from + size) + unchunk(text.slice(from + size + 2));
}

function askHttp2({ servername, headers, body }: Http2Message, port: number): Promise<TwinAnswer> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { servername, rejectUnauthorized: false });
    const fail = (error: Error): void => {
      session.destroy();
      reject(error);
    };
    session.on('error', fail);
    const stream = session.request(
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
      ),
      { endStream: body === undefined },
    );
    stream.setTimeout(patience, () => fail(new Error(`no answer within ${patience} ms`)));
    stream.on('error', fail);
    let status = 0;
    let fields: Fields = [];
    const chunks: Buffer[] = [];
    stream.on('response', ({ ':status': told = 0, ...rest }) => {
      status = told;
      fields = Object.entries(rest).flatMap(([name, value]) =>
        [value ?? ''].flat().map((one) => [name, String(one)] as const),
      );
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      resolve({ status, interim: [], fields, body: Buffer.concat(chunks).toString('latin1') });
      session.close();
    });
    if (body !== undefined) stream.end(body, 'latin1');
  });
}
