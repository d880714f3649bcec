import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { selfSigned } from '../../src/cli/certificate.ts';
import { freePort } from '../../src/cli/ports.ts';

/** What an https server saw: the body of its answers. */
export interface SecureVisit {
  readonly id: string;
  readonly host: string | undefined;
  readonly servername: string | false;
  readonly protocol: string;
  readonly url: string;
}

export interface TlsServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** PEM text: whoever trusts it trusts this server. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/** An https server on loopback with a certificate for these names. It offers HTTP/2 to whoever would take it. */
export async function startTlsServer(id: string, names: readonly string[]): Promise<TlsServer> {
  const { certificate, key } = selfSigned(names);
  const port = await freePort();
  const server = createServer({ cert: certificate, key, ALPNProtocols: ['h2', 'http/1.1'] }, (request, response) => {
    const socket = request.socket as TLSSocket & { readonly servername?: string | false };
    const visit: SecureVisit = {
      id,
      host: request.headers.host,
      servername: socket.servername ?? false,
      protocol: socket.getProtocol() ?? '',
      url: request.url ?? '',
    };
    response.end(JSON.stringify(visit));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return {
    address: `127.0.0.1:${port}`,
    certificate,
    stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      return closed;
    },
  };
}
