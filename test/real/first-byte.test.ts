import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/cli/ports.ts';
import type { Answer, Failure } from '../../src/drill/client.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy, EARLY } from '../proxies/measure.ts';

/** Milliseconds: the limit of the header, and how long the client waits. Far apart from each other and from at once. */
const HEADER = 1_000;
const PATIENCE = 2_500;

const TOPOLOGY = `
sites:
  web.example.org: { tls: none, upstream: 10.0.0.1:3000, timeouts: { response_header: ${HEADER}ms } }
`;

/** How a body can end: its length is told, it is chunked, or the connection is closed. */
const kinds = ['length', 'chunked', 'close'] as const;

/** Sends its header at once and stalls after some bytes of the body: `/length/10`. */
async function startStalling(port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const [, kind, bytes] = request.url?.split('/') ?? [];
    if (kind === 'length') response.setHeader('Content-Length', 100_000);
    if (kind === 'close') {
      response.useChunkedEncodingByDefault = false;
      response.shouldKeepAlive = false;
    }
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.write('x'.repeat(Number(bytes)));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  return server;
}

type Seen = 'at once' | 'at the limit' | 'never';

/** When the client sees the header. */
function seen(answer: Answer | Failure): Seen {
  const ms = 'status' in answer ? answer.firstByteMs : answer.totalMs;
  if (!('status' in answer) || ms >= PATIENCE - EARLY) return 'never';
  return ms >= HEADER - EARLY ? 'at the limit' : 'at once';
}

describeEachProxy('$program $version', (binary) => {
  let server: Server;
  let edge: Edge;
  beforeAll(async () => {
    const port = await freePort();
    server = await startStalling(port);
    edge = await build(binary, TOPOLOGY, { servers: new Map([['10.0.0.1:3000', `127.0.0.1:${port}`]]) });
  });
  afterAll(async () => {
    await edge?.stop();
    server?.closeAllConnections();
    server?.close();
  });

  it('shows the header as late as the report says', async () => {
    const [target] = edge.analysis.reports?.flatMap(({ targets }) => targets) ?? [];
    const { wait, because = '' } = target?.bounds.clientFirstByte ?? {};
    const ask = async (path: string): Promise<Seen> => {
      return seen(await edge.ask(`http://web.example.org${path}`, { timeout: PATIENCE }));
    };
    const [short, long] = await Promise.all(
      [10, 8192].map((bytes) => Promise.all(kinds.map((kind) => ask(`/${kind}/${bytes}`)))),
    );
    // nginx ends a body that stalls, at the limit of the header; Caddy has no limit for bodies unless told.
    const held: Seen = binary.program === 'nginx' ? 'at the limit' : 'never';
    const named = binary.program === 'nginx' ? 'of an answer that is not chunked' : 'of an answer with a length';
    expect(wait).toBeUndefined();
    expect(because).toMatch(
      new RegExp(`holds the header ${named} back until 4 KiB of the body are there, or its end$`),
    );
    expect(short).toEqual(binary.program === 'nginx' ? [held, 'at once', held] : [held, 'at once', 'at once']);
    expect(long).toEqual(['at once', 'at once', 'at once']);
  });
});
