import { afterAll, beforeAll, expect, it } from 'vitest';
import { atLeast, parseVersion } from '../../src/model/version.ts';
import type { Fault, Upstream } from '../proxies/faults.ts';
import { type AskOptions, build, type Edge } from '../proxies/layout.ts';
import {
  describeEachProxy,
  EARLY,
  expectTook,
  idOf,
  inTurn,
  LATE,
  type Servers,
  startServers,
  statusOf,
} from '../proxies/measure.ts';

/** Site → its words. Nothing is marked, so that every request meets the same servers. */
const SITES = {
  once: '{ tries: 1 }',
  twice: '{ tries: 2 }',
  thrice: '{ tries: 3 }',
  more: '{ tries: 9 }',
  window: '{ tries: 3, window: 750ms }',
  pause: '{ tries: 2, window: 3s, interval: 500ms }',
  unlimited: '{ tries: unlimited, window: 2s, interval: 250ms }',
  coarse: '{ tries: unlimited, window: 1500ms, interval: 1s }',
  'status-default': '{ tries: 2 }',
  status: '{ tries: 2, on: [error, timeout, http_503] }',
  'status-all': '{ tries: 2, on: [error, timeout, http_503] }',
  'status-post': '{ tries: 2, on: [error, timeout, http_503] }',
} as const;

type SiteName = keyof typeof SITES;

const serversOf = (site: SiteName): string[] => ['a', 'b', 'c'].map((id) => `${id}.${site}:3000`);

const TOPOLOGY = `
edge: { debug_header: X-Upstream }
defaults:
  timeouts: { connect: 1s, response_header: 500ms }
  health: { passive: { max_fails: 0 } }
sites:
${Object.entries(SITES)
  .map(([site, retry]) => {
    const servers = serversOf(site as SiteName);
    const count = site.startsWith('status') ? 2 : site === 'unlimited' || site === 'coarse' ? 1 : 3;
    return `  ${site}.example.org: { tls: none, upstream: [${servers.slice(0, count).join(', ')}], retry: ${retry} }`;
  })
  .join('\n')}
`;

describeEachProxy('$program $version', (binary) => {
  const isNginx = binary.program === 'nginx';
  let servers: Servers;
  let edge: Edge;
  beforeAll(async () => {
    servers = await startServers((Object.keys(SITES) as SiteName[]).flatMap(serversOf));
    edge = await build(binary, TOPOLOGY, { servers: servers.addresses });
  });
  afterAll(async () => {
    await edge?.stop();
    await servers?.stop();
  });

  const all = (site: SiteName): Upstream[] => serversOf(site).map((name) => servers.get(name));
  const allBecome = async (site: SiteName, fault: Fault): Promise<void> => {
    await Promise.all(all(site).map((server) => server.become(fault)));
  };
  const ask = (site: SiteName, options?: AskOptions) => edge.ask(`http://${site}.example.org/`, options);
  /** When each attempt began, in milliseconds after the first. */
  const attempts = (site: SiteName): number[] => {
    const times = all(site).flatMap((server) => server.seen().map(({ at }) => at));
    return times.map((at) => at - Math.min(...times)).sort((x, y) => x - y);
  };

  it.each([
    ['once', 1],
    ['twice', 2],
    ['thrice', 3],
    ['more', 3],
  ] as const)('tries %s: as many servers as told, and no more than there are', async (site, count) => {
    await allBecome(site, { kind: 'close' });
    expect(statusOf(await ask(site))).toBe(502);
    for (const server of all(site)) expect(server.seen().length).toBeLessThanOrEqual(1);
    expect(attempts(site)).toHaveLength(count);
  });

  it('starts no attempt after the window', async () => {
    await allBecome('window', { kind: 'silent' });
    const result = await ask('window');
    expect(statusOf(result)).toBe(504);
    // At 0 and 500 ms; the third would start at 1000 ms.
    expect(attempts('window')).toHaveLength(2);
    expectTook(result, 2 * 500);
  });

  it('pauses between attempts on Caddy', async () => {
    await allBecome('pause', { kind: 'close' });
    const result = await ask('pause');
    expect(statusOf(result)).toBe(502);
    expect(attempts('pause')).toHaveLength(2);
    expectTook(result, isNginx ? 0 : 500);
  });

  it('tries the only server again until the window ends on Caddy, and never later', async () => {
    await allBecome('unlimited', { kind: 'close' });
    const result = await ask('unlimited');
    expect(statusOf(result)).toBe(502);
    const starts = attempts('unlimited');
    if (isNginx) expect(starts).toEqual([0]);
    else {
      // Each 250 ms up to 2 s are nine.
      expect(starts.length).toBeGreaterThanOrEqual(5);
      expect(starts.length).toBeLessThanOrEqual(9);
      expect(starts.at(-1)).toBeGreaterThan(2_000 - 2 * EARLY);
      expect(starts.at(-1)).toBeLessThan(2_000 + EARLY);
      expect(result.totalMs).toBeLessThan(2_000 + LATE);
    }
  });

  it('counts the pause before the last attempt into the window on Caddy', async () => {
    await allBecome('coarse', { kind: 'close' });
    const result = await ask('coarse');
    expect(statusOf(result)).toBe(502);
    // At 0 and 1 s; the third would start at 2 s, though the one before it ended inside the window.
    expect(attempts('coarse')).toHaveLength(isNginx ? 1 : 2);
    expectTook(result, isNginx ? 0 : 1_000);
  });

  const byStatus = isNginx || atLeast(parseVersion(binary.version), '2.11.3');

  it('passes a 503 on unless told otherwise', async () => {
    await servers.get('a.status-default:3000').become({ kind: 'error_status', status: 503 });
    const results = await inTurn(4, () => ask('status-default'));
    expect(results.map(idOf).sort()).toEqual(['503', '503', 'b', 'b']);
  });

  it('asks the other server after a 503 when told to, where the proxy can', async () => {
    await servers.get('a.status:3000').become({ kind: 'error_status', status: 503 });
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      const results = await inTurn(4, () => ask('status', { method }));
      expect(results.map(statusOf).sort(), method).toEqual(byStatus ? [200, 200, 200, 200] : [200, 200, 503, 503]);
    }
  });

  it('answers 503 when all servers do', async () => {
    await allBecome('status-all', { kind: 'error_status', status: 503 });
    const result = await ask('status-all');
    expect(statusOf(result)).toBe(503);
    // Caddy drops the body of the last answer when it has tried another server.
    const kept = isNginx || !byStatus;
    expect('body' in result && result.body.includes('"id"')).toBe(kept);
    expect(attempts('status-all')).toHaveLength(byStatus ? 2 : 1);
  });

  it('never sends a POST again because of a status', async () => {
    await servers.get('a.status-post:3000').become({ kind: 'error_status', status: 503 });
    const results = await inTurn(4, () => ask('status-post', { method: 'POST', body: 'pay' }));
    expect(results.map(statusOf).sort()).toEqual([200, 200, 503, 503]);
    expect(attempts('status-post')).toHaveLength(4);
  });
});
