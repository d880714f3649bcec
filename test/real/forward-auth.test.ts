import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Analysis } from '../../src/pipeline.ts';
import type { RouteOnTarget } from '../../src/report/report.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy, inTurn, LATE, type Servers, startServers, statusOf } from '../proxies/measure.ts';

const CONNECT = 900;
const HEADER = 1_200;
/** Milliseconds after which a slow auth server answers: inside its limit. */
const SLOW = 400;

const faults = ['silent', 'blackhole', 'refused', 'error_status', 'close'] as const;
const names = [...faults, 'one', 'slow', 'posted', 'said', 'marked'] as const;

/** Each site has auth servers of its own, so that no mark of another makes it fast. */
const auths = (name: string): [string, string] => [`a.${name}:80`, `b.${name}:80`];

const TOPOLOGY = `
defaults:
  timeouts: { connect: ${CONNECT}ms, response_header: ${HEADER}ms }
  health: { passive: { max_fails: 0 } }
sites:
${names
  .map(
    (name) => `  ${name}.example.org:
    tls: none
    forward_auth:
      upstream: { servers: [${auths(name).join(', ')}]${name === 'marked' ? ', health: { passive: { max_fails: 1, fail_window: 10s } }' : ''} }
      path: /check
    ${name === 'said' ? 'respond: { status: 200, body: said }' : `upstream: [app.${name}:80]`}`,
  )
  .join('\n')}
`;

function judged({ reports = [] }: Analysis, name: string): RouteOnTarget {
  const found = reports.find(({ id }) => id === `${name}.example.org/`)?.targets[0];
  if (!found) throw new Error(`${name} has no bound`);
  return found;
}

describeEachProxy('$program $version', (binary) => {
  let servers: Servers;
  let edge: Edge;
  const become = (name: string, fault: Parameters<ReturnType<Servers['get']>['become']>[0]) =>
    Promise.all(auths(name).map((server) => servers.get(server).become(fault)));
  beforeAll(async () => {
    servers = await startServers(names.flatMap((name) => [`app.${name}:80`, ...auths(name)]));
    edge = await build(binary, TOPOLOGY, { servers: servers.addresses });
    for (const fault of ['silent', 'blackhole', 'refused'] as const) await become(fault, { kind: fault });
    await become('error_status', { kind: 'error_status', afterMs: SLOW });
    await become('close', { kind: 'close', afterMs: SLOW });
    await servers.get('b.one:80').become({ kind: 'silent' });
    await become('slow', { kind: 'ok', afterMs: SLOW });
    await servers.get('app.slow:80').become({ kind: 'silent' });
    for (const name of ['posted', 'said', 'marked']) await become(name, { kind: 'silent' });
  });
  afterAll(async () => {
    await edge?.stop();
    await servers?.stop();
  });

  const ask = (name: string, options = {}) => edge.ask(`http://${name}.example.org/`, options);

  it('waits for dead auth servers as long as the report says, and answers 500', async () => {
    const took = await Promise.all(
      [...faults, 'said' as const].map(async (name) => {
        const result = await ask(name);
        return { name, status: statusOf(result), totalMs: result.totalMs };
      }),
    );
    for (const { name, status, totalMs } of took) {
      const { before: asking, worst } = judged(edge.analysis, name);
      const fault = name === 'said' ? 'silent' : name;
      const row = asking?.bounds.rows.find((one) => one.fault === fault && one.failing === 'all');
      const attempts = row?.attempts ?? 0;
      const least = { silent: HEADER, blackhole: CONNECT, refused: 0, error_status: SLOW, close: SLOW }[fault];
      expect({ name, status: row?.status }).toEqual({ name, status });
      expect(totalMs, name).toBeGreaterThanOrEqual(0.9 * attempts * least);
      expect(totalMs, name).toBeLessThanOrEqual((worst ?? 0) + LATE);
      expect(servers.get(`app.${name}:80`).attempts(), name).toBe(0);
    }
  });

  it('asks another auth server where one is silent, and then its own', async () => {
    const results = await inTurn(2, () => ask('one'));
    expect(results.map(statusOf)).toEqual([200, 200]);
    const longest = Math.max(...results.map(({ totalMs }) => totalMs));
    expect(longest).toBeGreaterThanOrEqual(0.9 * HEADER);
    expect(longest).toBeLessThanOrEqual(HEADER + LATE);
  });

  it('asks for a POST as often as for a GET: what is asked is a GET', async () => {
    const result = await ask('posted', { method: 'POST', body: 'body' });
    const seen = auths('posted').flatMap((server) => servers.get(server).seen());
    expect(statusOf(result)).toBe(500);
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /check', 'GET /check']);
    expect(result.totalMs).toBeGreaterThanOrEqual(0.9 * 2 * HEADER);
  });

  it('adds the wait for the auth server to that for its own', async () => {
    const result = await ask('slow');
    const { worst } = judged(edge.analysis, 'slow');
    expect(worst).toBe(2 * (CONNECT + HEADER) + CONNECT + HEADER);
    expect(statusOf(result)).toBe(504);
    expect(result.totalMs).toBeGreaterThanOrEqual(0.9 * (SLOW + HEADER));
    expect(result.totalMs).toBeLessThanOrEqual((worst ?? 0) + LATE);
  });

  it('takes silent auth servers out of rotation, and lets nobody in then', async () => {
    expect(statusOf(await ask('marked'))).toBe(500);
    const next = await ask('marked');
    expect(statusOf(next)).toBe(500);
    expect(next.totalMs).toBeLessThan(HEADER);
  });
});
