import { createServer, type Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/cli/ports.ts';
import { atLeast, parseVersion } from '../../src/model/version.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy, EARLY, inTurn, LATE, type Servers, startServers, statusOf } from '../proxies/measure.ts';

const IDLE = 1_000;

const TOPOLOGY = `
sites:
  name.example.org: { tls: none, upstream: { servers: [name:3000], keepalive: 16 } }
  pair.example.org: { tls: none, upstream: { servers: [a.pair:3000, b.pair:3000], keepalive: 16 } }
  default.example.org: { tls: none, upstream: 10.0.0.2:3000 }
  none.example.org: { tls: none, upstream: { servers: [a.none:3000, b.none:3000], keepalive: 0 } }
  idle.example.org: { tls: none, upstream: { servers: [10.0.0.3:3000, 10.0.0.4:3000], keepalive: { connections: 16, idle: 1s } } }
`;

/** Never closes a connection by itself; tells when the other side did. */
async function startPatient(port: number, closed: (lived: number) => void): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (_incoming, outgoing) => outgoing.end('x'));
  server.on('connection', (socket) => {
    const opened = performance.now();
    socket.on('error', () => {}).once('close', () => closed(performance.now() - opened));
  });
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return server;
}

describeEachProxy('$program $version', (binary) => {
  const lived: number[] = [];
  const patient: Server[] = [];
  let servers: Servers;
  let edge: Edge;
  beforeAll(async () => {
    servers = await startServers([
      'name:3000',
      'a.pair:3000',
      'b.pair:3000',
      '10.0.0.2:3000',
      'a.none:3000',
      'b.none:3000',
    ]);
    const addresses = new Map(servers.addresses);
    for (const name of ['10.0.0.3:3000', '10.0.0.4:3000']) {
      const port = await freePort();
      patient.push(await startPatient(port, (ms) => lived.push(ms)));
      addresses.set(name, `127.0.0.1:${port}`);
    }
    // Each worker of nginx keeps connections of its own.
    edge = await build(binary, TOPOLOGY, { servers: addresses, workers: 1 });
  });
  afterAll(async () => {
    await edge?.stop();
    await servers?.stop();
    for (const server of patient) server.close();
  });

  const ask = (site: string) => async () => expect(statusOf(await edge.ask(`http://${site}.example.org/`))).toBe(200);
  const opened = (name: string): number => servers.get(name).connections();

  it('uses one connection for many requests', async () => {
    await inTurn(20, ask('default'));
    expect(opened('10.0.0.2:3000')).toBe(1);
    await inTurn(20, ask('name'));
    // Before 1.27.3 a lone name is resolved for each request, and nothing is kept.
    const anew = binary.program === 'nginx' && !atLeast(parseVersion(binary.version), '1.27.3');
    expect(opened('name:3000')).toBe(anew ? 20 : 1);
  });

  it('keeps as many connections as are written', async () => {
    await servers.get('a.pair:3000').become({ kind: 'ok', afterMs: 300 });
    await servers.get('b.pair:3000').become({ kind: 'ok', afterMs: 300 });
    const before = opened('a.pair:3000') + opened('b.pair:3000');
    const burst = () => Promise.all(Array.from({ length: 24 }, ask('pair')));
    await burst();
    await sleep(100);
    const first = opened('a.pair:3000') + opened('b.pair:3000') - before;
    expect(first).toBeGreaterThanOrEqual(12);
    await burst();
    expect(opened('a.pair:3000') + opened('b.pair:3000') - before).toBe(first);
  });

  it('opens a connection for each request with `keepalive: 0`', async () => {
    await inTurn(10, ask('none'));
    expect([opened('a.none:3000'), opened('b.none:3000')]).toEqual([5, 5]);
  });

  it('closes a connection that rests for `keepalive.idle`', async () => {
    await inTurn(2, ask('idle'));
    const deadline = performance.now() + IDLE + 5_000;
    while (lived.length < 2 && performance.now() < deadline) await sleep(50);
    expect(lived).toHaveLength(2);
    for (const ms of lived) {
      expect(ms).toBeGreaterThan(IDLE - EARLY);
      expect(ms).toBeLessThan(IDLE + LATE);
    }
  });
});
