import { connect, type SecureVersion } from 'node:tls';

export interface Client {
  readonly port: number;
  /** The name of the handshake; empty: none. */
  readonly servername: string;
  /** The Host header; absent: the name of the handshake. */
  readonly host?: string;
  readonly path?: string;
  readonly version?: SecureVersion;
  /** By their OpenSSL names. */
  readonly ciphers?: string;
  readonly curve?: string;
  readonly alpn?: readonly string[];
  readonly certificate?: { readonly certificate: string; readonly key: string };
  /** One that another connection left behind. */
  readonly session?: Buffer;
}

export interface Shaken {
  /** A TLS alert, or the end of the connection before any answer. With TLS 1.3 it may follow the client's own part. */
  readonly refused?: string;
  readonly status?: number;
  /** `NAME: VALUE` as it came, in lower case names. */
  readonly headers: readonly string[];
  readonly body: string;
  readonly protocol?: string;
  readonly cipher?: string;
  readonly alpn?: string;
  readonly resumed: boolean;
  readonly session?: Buffer;
  /** Of the server's certificate. */
  readonly fingerprint?: string;
}

/** One handshake by exactly these rules, and one HTTP/1.1 request behind it. It never rejects. */
export function shake(client: Client): Promise<Shaken> {
  const { port, servername, host = servername, path = '/', certificate, session, alpn } = client;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let refused = 'closed';
    let kept: Buffer | undefined;
    let told: Partial<Shaken> = {};
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername,
      rejectUnauthorized: false,
      ...(client.version === undefined ? {} : { minVersion: client.version, maxVersion: client.version }),
      // Security level 0, or this client itself would not offer what is old. Names of TLS 1.3 stand alone.
      ...(client.ciphers === undefined
        ? {}
        : { ciphers: client.ciphers.startsWith('TLS_') ? client.ciphers : `${client.ciphers}:@SECLEVEL=0` }),
      ...(client.curve === undefined ? {} : { ecdhCurve: client.curve }),
      ...(alpn ? { ALPNProtocols: [...alpn] } : {}),
      ...(certificate ? { cert: certificate.certificate, key: certificate.key } : {}),
      ...(session ? { session } : {}),
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error('TIMEOUT')));
    socket.on('session', (one) => {
      kept = one;
    });
    socket.on('secureConnect', () => {
      told = {
        resumed: socket.isSessionReused(),
        protocol: socket.getProtocol() ?? '',
        cipher: socket.getCipher().name,
        fingerprint: socket.getPeerCertificate().fingerprint256,
        ...(socket.alpnProtocol ? { alpn: socket.alpnProtocol } : {}),
      };
      if (socket.alpnProtocol === 'h2') socket.end();
      else socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      refused = error.code ?? error.message;
    });
    socket.on('close', () => {
      const [head = '', ...rest] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n');
      const [first = '', ...headers] = head.split('\r\n');
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
      const answered = status > 0;
      resolve({
        ...told,
        ...(answered ? { status } : told.alpn === 'h2' ? {} : { refused }),
        headers: headers.map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase())),
        body: rest.join('\r\n\r\n'),
        resumed: told.resumed ?? false,
        ...(kept ? { session: kept } : {}),
      });
    });
  });
}
