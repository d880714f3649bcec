import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pair } from '../../src/cli/certificate.ts';
import type { Binary } from './binaries.ts';
import { finish } from './process.ts';

export interface CurlOptions {
  /** Takes the certificate; must exist. */
  readonly folder: string;
  readonly port: number;
  /** The name of the handshake, and of the Host unless told. */
  readonly name: string;
  readonly host?: string;
  readonly path?: string;
  readonly version: 'http2' | 'http3-only';
  readonly certificate?: Pair;
  readonly body?: string;
}

export interface CurlAnswer {
  /** `3`, `2`; `0`: no answer. */
  readonly version: string;
  readonly status: number;
  /** Of the last answer, `name: value`. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** One request by a real client of HTTP/3. No answer has the status 0. */
export async function curl(program: Binary, options: CurlOptions): Promise<CurlAnswer> {
  const { folder, port, name, host, path = '/', version, certificate, body } = options;
  // Several of them may ask at the same time.
  const pem = join(folder, `${randomUUID()}.pem`);
  if (certificate) writeFileSync(pem, certificate.certificate + certificate.key);
  const args = [
    ...['--silent', '--insecure', '--include', '--max-time', '20', `--${version}`],
    ...['--resolve', `${name}:${port}:127.0.0.1`, '--write-out', '\n%{http_version} %{http_code}'],
    ...(host === undefined ? [] : ['--header', `Host: ${host}`]),
    ...(certificate ? ['--cert', pem] : []),
    ...(body === undefined ? [] : ['--data-binary', '@-']),
    `https://${name}:${port}${path}`,
  ];
  const { stdout } = await finish(program.path, args, { folder, timeoutMs: 30_000, ...(body ? { input: body } : {}) });
  const lines = stdout.split('\n');
  const [spoken = '0', status = '0'] = (lines.pop() ?? '').split(' ');
  const [head = '', ...rest] = lines.join('\n').split('\r\n\r\n');
  return { version: spoken, status: Number(status), headers: head.split('\r\n').slice(1), body: rest.join('\r\n\r\n') };
}

/** Does something that speaks QUIC answer on the UDP port? Asked for a version that nobody has, it names its own. */
export function speaksQuic(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  // Long header, version 0x1a2a3a4a (reserved for this), two connection ids of 8 bytes, filled up to 1200 bytes.
  const head = Buffer.from([0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 8, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 7, 6, 5, 4, 3, 2, 1]);
  const packet = Buffer.concat([head, Buffer.alloc(1200 - head.length)]);
  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = [];
    const settle = (result: boolean): void => {
      for (const timer of timers) clearTimeout(timer);
      socket.removeAllListeners().close();
      resolve(result);
    };
    socket.on('message', (answer) => settle((answer[0] ?? 0) >= 0x80 && answer.readUInt32BE(1) === 0));
    // Nobody is on the port.
    socket.on('error', () => settle(false));
    socket.connect(port, '127.0.0.1', () => {
      // A lost packet is no answer.
      for (const wait of [0, 300, 1000]) timers.push(setTimeout(() => socket.send(packet), wait));
      timers.push(setTimeout(() => settle(false), 3000));
    });
  });
}
