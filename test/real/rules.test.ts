import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy, inTurn, type Servers, startServers, statusOf } from '../proxies/measure.ts';

/** What the messages of the linter claim, on running proxies. Every server of a pool is at 10.0.POOL.x. */
const TOPOLOGY = `
edge: { access_log: none }
defaults:
  keepalive: 0
  timeouts: { connect: 300ms }
upstreams:
  slow:
    servers: [10.0.1.1:80, 10.0.1.2:80]
    timeouts: { response_header: 300ms }
    health: { passive: { max_fails: 1, fail_window: 5s } }
  once:
    servers: [10.0.2.1:80, 10.0.2.2:80, 10.0.2.3:80]
    timeouts: { response_header: 300ms }
    retry: { tries: 1 }
    health: { passive: { max_fails: 1, fail_window: 10s } }
  broken:
    servers: [10.0.3.1:80, 10.0.3.2:80, 10.0.3.3:80]
    retry: { on: [error, timeout, http_500] }
    health: { passive: { max_fails: 1, fail_window: 10s } }
  seldom:
    servers: [10.0.4.1:80, 10.0.4.2:80]
    timeouts: { response_header: 300ms }
    retry: { tries: 1 }
    health: { passive: { max_fails: 2, fail_window: 1s } }
sites:
  slow.example.org: { tls: none, upstream: slow }
  once.example.org: { tls: none, upstream: once }
  broken.example.org: { tls: none, upstream: broken }
  seldom.example.org: { tls: none, upstream: seldom, traffic: { rps: 1 } }
`;

const sizes = { slow: 2, once: 3, broken: 3, seldom: 2 };
type Pool = keyof typeof sizes;

function serversOf(pool: Pool): string[] {
  const number = Object.keys(sizes).indexOf(pool) + 1;
  return Array.from({ length: sizes[pool] }, (_, index) => `10.0.${number}.${index + 1}:80`);
}

describeEachProxy('$program $version', (binary) => {
  const outage = binary.program === 'nginx' ? 502 : 503;
  let servers: Servers;
  let edge: Edge;
  beforeAll(async () => {
    servers = await startServers((Object.keys(sizes) as Pool[]).flatMap(serversOf));
    // Who is marked is counted by hand here: what workers do not share must not blur it.
    edge = await build(binary, TOPOLOGY, { servers: servers.addresses, workers: 1 });
  });
  afterAll(async () => {
    await edge?.stop();
    await servers?.stop();
  });

  const become = (pool: Pool, fault: Parameters<ReturnType<Servers['get']>['become']>[0]) =>
    Promise.all(serversOf(pool).map((name) => servers.get(name).become(fault)));
  const statuses = async (pool: Pool, count: number) =>
    (await inTurn(count, () => edge.ask(`http://${pool}.example.org/`))).map(statusOf);
  /** The messages about a pool, whose values are on lines of its own. */
  const said = (rule: string, pool: string): string[] =>
    edge.analysis.diagnostics
      .filter((one) => one.rule === rule && one.place.path.startsWith(`/upstreams/${pool}`))
      .map(({ message }) => message);

  it.concurrent('one slow page takes every server out, for the fail window', async () => {
    expect(said('slow-url-marks-pool', 'slow')).toEqual([
      expect.stringMatching(
        `^one request slower than 300ms marks the 2 servers of \`slow\`.* ${outage} for up to [56]s`,
      ),
    ]);
    await become('slow', { kind: 'silent' });
    expect(await statuses('slow', 1)).toEqual([504]);
    await become('slow', { kind: 'ok' });
    expect(await statuses('slow', 5)).toEqual(Array(5).fill(outage));
    await sleep(6_200);
    expect(await statuses('slow', 2)).toEqual([200, 200]);
  });

  it.concurrent('without a second attempt it takes as many slow requests as there are servers', async () => {
    expect(said('slow-url-marks-pool', 'once')).toEqual([expect.stringMatching('^3 requests slower than 300ms mark')]);
    await become('once', { kind: 'silent' });
    expect(await statuses('once', 2)).toEqual([504, 504]);
    await become('once', { kind: 'ok' });
    expect(await statuses('once', 1)).toEqual([200]);
    await become('once', { kind: 'silent' });
    expect(await statuses('once', 1)).toEqual([504]);
    await become('once', { kind: 'ok' });
    expect(await statuses('once', 1)).toEqual([outage]);
  });

  it.concurrent('a broken page takes every server of nginx out, and none of Caddy', async () => {
    const isNginx = binary.program === 'nginx';
    const message = '^3 requests answered 500 mark the 3 servers of `broken`';
    expect(said('slow-url-marks-pool', 'broken')).toEqual(isNginx ? [expect.stringMatching(message)] : []);
    await become('broken', { kind: 'error_status', status: 500 });
    expect(await statuses('broken', 2)).toEqual([500, 500]);
    await become('broken', { kind: 'ok' });
    expect(await statuses('broken', 1)).toEqual([200]);
    await become('broken', { kind: 'error_status', status: 500 });
    expect(await statuses('broken', 1)).toEqual([isNginx ? 502 : 500]);
    await become('broken', { kind: 'ok' });
    expect(await statuses('broken', 3)).toEqual(Array(3).fill(isNginx ? 502 : 200));
  });

  const onCaddy = binary.program === 'caddy' ? it.concurrent : it.skip;
  onCaddy('failures that are too far apart never mark on Caddy', async () => {
    expect(said('marks-never', 'seldom')).toEqual([expect.stringMatching('`max_fails: 2` is never reached$')]);
    await become('seldom', { kind: 'silent' });
    for (let count = 0; count < 6; count++) {
      expect(await statuses('seldom', 1)).toEqual([504]);
      await sleep(700);
    }
  });
});
