import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, type Edge } from '../proxies/layout.ts';
import {
  describeEachProxy,
  EARLY,
  expectTook,
  inTurn,
  LATE,
  type Servers,
  startServers,
  statusOf,
} from '../proxies/measure.ts';

const HEADER = 1_000;
const INTERVAL = 250;

/** Marking is asked for as strictly as it can be: a lone server must not be marked all the same. */
const TOPOLOGY = `
defaults:
  timeouts: { connect: 1s, response_header: 1s }
  health: { passive: { max_fails: 1, fail_window: 10s } }
sites:
  slow-address.example.org: { tls: none, upstream: 10.0.0.2:3000 }
  slow-name.example.org: { tls: none, upstream: slow:3000 }
  back-address.example.org: { tls: none, upstream: 10.0.0.3:3000 }
  back-name.example.org: { tls: none, upstream: back:3000 }
  restart.example.org:
    tls: none
    upstream: restart:3000
    retry: { tries: unlimited, window: 3s, interval: 250ms }
  gone.example.org:
    tls: none
    upstream: gone:3000
    retry: { tries: unlimited, window: 1s, interval: 250ms }
`;

describeEachProxy('$program $version', (binary) => {
  const isNginx = binary.program === 'nginx';
  let servers: Servers;
  let edge: Edge;
  beforeAll(async () => {
    servers = await startServers([
      '10.0.0.2:3000',
      'slow:3000',
      '10.0.0.3:3000',
      'back:3000',
      'restart:3000',
      'gone:3000',
    ]);
    edge = await build(binary, TOPOLOGY, { servers: servers.addresses });
  });
  afterAll(async () => {
    await edge?.stop();
    await servers?.stop();
  });

  it.each([
    ['an address', 'slow-address', '10.0.0.2:3000'],
    ['a name', 'slow-name', 'slow:3000'],
  ])('has no outage after a slow request to %s', async (_what, site, name) => {
    const server = servers.get(name);
    const ask = () => edge.ask(`http://${site}.example.org/`);
    expect(statusOf(await ask())).toBe(200);
    await server.become({ kind: 'ok', afterMs: HEADER + 1_000 }, { keepConnections: true });
    const slow = await ask();
    expect(statusOf(slow)).toBe(504);
    expectTook(slow, HEADER);
    await server.become({ kind: 'ok' }, { keepConnections: true });
    for (const result of await inTurn(4, ask)) {
      expect(statusOf(result)).toBe(200);
      expect(result.totalMs).toBeLessThan(LATE);
    }
  });

  it.each([
    ['an address', 'back-address', '10.0.0.3:3000'],
    ['a name', 'back-name', 'back:3000'],
  ])('uses %s at once when it is back', async (_what, site, name) => {
    const server = servers.get(name);
    const ask = () => edge.ask(`http://${site}.example.org/`);
    await server.become({ kind: 'refused' });
    expect((await inTurn(3, ask)).map(statusOf)).toEqual([502, 502, 502]);
    await server.become({ kind: 'ok' });
    expect((await inTurn(3, ask)).map(statusOf)).toEqual([200, 200, 200]);
  });

  it('rides out a restart of the only server with unlimited tries, on Caddy', async () => {
    const server = servers.get('restart:3000');
    await server.become({ kind: 'refused' });
    const answers = Promise.all(['GET', 'HEAD'].map((method) => edge.ask('http://restart.example.org/', { method })));
    await sleep(1_000);
    await server.become({ kind: 'ok' });
    for (const result of await answers) {
      expect(statusOf(result)).toBe(isNginx ? 502 : 200);
      if (isNginx) expectTook(result, 0);
      else {
        expect(result.totalMs).toBeGreaterThan(1_000 - EARLY);
        expect(result.totalMs).toBeLessThan(1_000 + INTERVAL + LATE);
      }
    }
  });

  it('gives up at the end of the window when the server stays away', async () => {
    await servers.get('gone:3000').become({ kind: 'refused' });
    const result = await edge.ask('http://gone.example.org/');
    expect(statusOf(result)).toBe(502);
    expectTook(result, isNginx ? 0 : 1_000);
  });
});
