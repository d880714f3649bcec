import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer, Failure } from '../../src/drill/client.ts';
import { atLeast, parseVersion } from '../../src/model/version.ts';
import type { Binary } from '../proxies/binaries.ts';
import type { Upstream } from '../proxies/faults.ts';
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

/** Milliseconds, as in the topology below. */
const CONNECT = 1_000;
const HEADER = 1_000;
const WINDOW = 2_000;

/** Each has two servers of its own, because a mark on a server lasts: see `Pair`. */
const SITES = [
  'load',
  'reset',
  'blackhole',
  'silent-get',
  'silent-head',
  'silent-options',
  'silent-put',
  'silent-post',
  'refused-post',
  'refused-empty',
  'blackhole-post',
  'dead-refused',
  'dead-silent',
  'dead-blackhole',
] as const;

const SCENARIO = ['bustamam-tech:3000', '10.0.0.3:3100'] as const;

const TOPOLOGY = `
edge: { debug_header: X-Upstream }
defaults:
  timeouts: { connect: 1s, response_header: 1s }
  retry: { tries: 2 }
  health: { passive: { max_fails: 1, fail_window: 2s } }
sites:
  bustamam.tech:
    upstream: [${SCENARIO.join(', ')}]
    timeouts: { response_header: 5s }
${SITES.map((site) => `  ${site}.example.org: { tls: none, upstream: [a.${site}:3000, b.${site}:3000] }`).join('\n')}
`;

interface Pair {
  readonly a: Upstream;
  readonly b: Upstream;
  ask(options?: AskOptions): Promise<Answer | Failure>;
}

/** Reads the whole body and sends it back: proof that it came. */
async function startMirror(): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => outgoing.end(Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return server;
}

/** The debug header: the servers that were tried. */
function tried(result: Answer | Failure): string | undefined {
  const value = 'status' in result ? result.headers['x-upstream'] : undefined;
  return value === undefined ? undefined : String(value);
}

const alternating = (ids: readonly string[]): boolean => ids.every((id, i) => i === 0 || id !== ids[i - 1]);

describeEachProxy('$program $version', (binary) => {
  const isNginx = binary.program === 'nginx';
  let servers: Servers;
  let mirror: Server;
  let edge: Edge;

  beforeAll(async () => {
    const pairs = SITES.flatMap((site) => [`a.${site}:3000`, `b.${site}:3000`]);
    [servers, mirror] = await Promise.all([startServers([...SCENARIO, ...pairs]), startMirror()]);
    const addresses = new Map(servers.addresses);
    addresses.set('b.refused-post:3000', `127.0.0.1:${(mirror.address() as AddressInfo).port}`);
    edge = await build(binary, TOPOLOGY, { servers: addresses });
  });
  afterAll(async () => {
    await edge?.stop();
    mirror?.close();
    await servers?.stop();
  });

  const siteOf = (site: (typeof SITES)[number]): Pair => ({
    a: servers.get(`a.${site}:3000`),
    b: servers.get(`b.${site}:3000`),
    ask: (options) => edge.ask(`http://${site}.example.org/`, options),
  });
  const scenario = (): Pair => ({
    a: servers.get(SCENARIO[0]),
    b: servers.get(SCENARIO[1]),
    ask: (options) => edge.ask('https://bustamam.tech/', options),
  });

  it('loses no request when one of two servers is stopped, and uses it again after the fail window', async () => {
    const { a, b, ask } = scenario();
    const before = await inTurn(8, ask);
    expect(before.map(idOf)).toSatisfy(alternating);
    expect(before.map(tried)).toEqual(before.map((answer) => (idOf(answer) === a.id ? a.address : b.address)));

    await a.become({ kind: 'refused' });
    const stopped = performance.now();
    const during = await inTurn(40, ask);
    const failed = performance.now();
    expect(during.map(idOf)).toEqual(Array(40).fill(b.id));
    // A refused connection takes no time, so that even the first victim does not wait.
    for (const { totalMs } of during) expect(totalMs).toBeLessThan(LATE);
    const victims = during.filter((answer) => tried(answer) === `${a.address}, ${b.address}`);
    expect(during.map(tried).filter((header) => header === b.address)).toHaveLength(40 - victims.length);
    if (isNginx) {
      expect(victims.length).toBeGreaterThanOrEqual(1);
      expect(victims.length).toBeLessThanOrEqual(1 + Math.floor((failed - stopped) / WINDOW));
    } else expect(victims).toEqual([]);

    await a.become({ kind: 'ok' });
    while (idOf(await ask()) !== a.id && performance.now() < failed + 15_000) await sleep(50);
    const back = performance.now();
    expect(back - stopped).toBeGreaterThan(WINDOW - EARLY);
    // nginx counts whole seconds.
    expect(back - failed).toBeLessThan(WINDOW + (isNginx ? 1_000 : 0) + LATE);
    expect((await inTurn(8, ask)).map(idOf)).toSatisfy(alternating);
  });

  it('loses no request of a steady load when a server is stopped, also none in flight', async () => {
    const { a, b, ask } = siteOf('load');
    await Promise.all([a.become({ kind: 'ok', afterMs: 100 }), b.become({ kind: 'ok', afterMs: 100 })]);
    const answers: Promise<Answer | Failure>[] = [];
    for (let i = 0; i < 40; i++) {
      answers.push(ask());
      // Ten requests are in flight at any time.
      await sleep(10);
      if (i === 15) await a.become({ kind: 'refused' });
    }
    const results = await Promise.all(answers);
    expect(results.map(statusOf)).toEqual(Array(40).fill(200));
    expect(results.map(idOf)).toContain('a');
    expect(results.slice(-10).map(idOf)).toEqual(Array(10).fill('b'));
    for (const { totalMs } of results) expect(totalMs).toBeLessThan(2 * 100 + LATE);
  });

  it('tries the other server when one cuts the connection', async () => {
    const { a, b, ask } = siteOf('reset');
    await a.become({ kind: 'close', reset: true });
    expect((await inTurn(6, ask)).map(idOf)).toEqual(Array(6).fill('b'));
    expect(a.seen()).toHaveLength(1);
    expect(b.seen()).toHaveLength(6);
  });

  it('waits once for a server that drops packets, then no more', async () => {
    const { a, ask } = siteOf('blackhole');
    await inTurn(4, ask);
    const attempts = a.attempts();
    await a.become({ kind: 'blackhole' });
    const results = await inTurn(12, ask);
    expect(results.map(idOf)).toEqual(Array(12).fill('b'));
    expectOneVictim(results, CONNECT);
    expect(a.attempts() - attempts).toBe(1);
  });

  const safe = [
    ['GET', 'silent-get'],
    ['HEAD', 'silent-head'],
    ['OPTIONS', 'silent-options'],
  ] as const;
  it.each(safe)('sends a %s again that a hanging server has taken', async (method, site) => {
    const { a, b, ask } = siteOf(site);
    await inTurn(4, ask);
    const seen = [a.seen().length, b.seen().length];
    // Its kept connections go on: the process hangs, it is not gone.
    await a.become({ kind: 'silent' }, { keepConnections: true });
    const results = await inTurn(12, () => ask({ method }));
    expect(results.map(statusOf)).toEqual(Array(12).fill(200));
    expectOneVictim(results, HEADER);
    expect(a.seen().slice(seen[0])).toMatchObject([{ method }]);
    expect(b.seen().slice(seen[1])).toMatchObject(Array(12).fill({ method }));
    const headers = results.map(tried);
    expect(headers.filter((header) => header === `${a.address}, ${b.address}`)).toHaveLength(isNginx ? 1 : 0);
    expect(headers.filter((header) => header === b.address)).toHaveLength(isNginx ? 11 : 12);
  });

  it('sends a PUT that a hanging server has taken again on nginx only', async () => {
    const { a, b, ask } = siteOf('silent-put');
    await a.become({ kind: 'silent' });
    const results = await inTurn(2, () => ask({ method: 'PUT', body: 'x' }));
    expect(results.map(statusOf).sort()).toEqual(isNginx ? [200, 200] : [200, 504]);
    expect([a.seen().length, b.seen().length]).toEqual([1, isNginx ? 2 : 1]);
  });

  it('never sends a POST again that a server has taken', async () => {
    const { a, b, ask } = siteOf('silent-post');
    await a.become({ kind: 'silent' });
    const results = await inTurn(2, () => ask({ method: 'POST', body: 'pay' }));
    expect(results.map(statusOf).sort()).toEqual([200, 504]);
    expectOneVictim(results, HEADER);
    expect([a.seen().length, b.seen().length]).toEqual([1, 1]);
    expect(results.filter((result) => statusOf(result) === 504).map(tried)).toEqual([a.address]);
  });

  // Before 2.11.2 Caddy closes the body when a connection fails: there is nothing left to send to the other server.
  const keepsBody = isNginx || atLeast(parseVersion(binary.version), '2.11.2');
  const lost = keepsBody ? [] : [502];

  it('sends a POST to the other server, body and all, when the first refuses the connection', async () => {
    const { a, ask } = siteOf('refused-post');
    await a.become({ kind: 'refused' });
    const body = 'once only '.repeat(10_000);
    const results = await inTurn(2, () => ask({ method: 'POST', body }));
    expect(results.map(statusOf).filter((status) => status !== 200)).toEqual(lost);
    for (const result of results.filter((one) => statusOf(one) === 200)) expect(result).toMatchObject({ body });
  });

  it('sends a POST to the other server when the first drops packets', async () => {
    const { a, b, ask } = siteOf('blackhole-post');
    await a.become({ kind: 'blackhole' });
    const results = await inTurn(2, () => ask({ method: 'POST', body: 'pay' }));
    expect(results.map(idOf).filter((id) => id !== 'b')).toEqual(lost.map(String));
    expectOneVictim(results, CONNECT);
    if (keepsBody) expect(b.seen()).toHaveLength(2);
  });

  it('sends a POST without a body to the other server when the first refuses the connection', async () => {
    const { a, b, ask } = siteOf('refused-empty');
    await a.become({ kind: 'refused' });
    expect((await inTurn(2, () => ask({ method: 'POST' }))).map(idOf)).toEqual(['b', 'b']);
    expect(b.seen()).toMatchObject([{ method: 'POST' }, { method: 'POST' }]);
  });

  const dead = [
    ['refused', 0, 502],
    ['silent', HEADER, 504],
    ['blackhole', CONNECT, isNginx ? 504 : 502],
  ] as const;
  it.each(dead)('gives up in the predicted time when all servers are dead: %s', async (kind, each, status) => {
    const { a, b, ask } = siteOf(`dead-${kind}`);
    await Promise.all([a.become({ kind }), b.become({ kind })]);
    const first = await ask();
    const marked = performance.now();
    expect(statusOf(first)).toBe(status);
    expectTook(first, 2 * each);
    expect([`${a.address}, ${b.address}`, `${b.address}, ${a.address}`].flatMap(wayOf(binary))).toContain(tried(first));

    // Both are marked: nobody waits, and nobody asks them.
    const attempts = [a.attempts(), b.attempts()];
    const later = await inTurn(4, ask);
    expect(later.map(statusOf)).toEqual(Array(4).fill(isNginx ? 502 : 503));
    for (const result of later) expectTook(result, 0);
    expect([a.attempts(), b.attempts()]).toEqual(attempts);
    // No server was tried: nginx names the pool then.
    for (const result of later) expect(tried(result)).toBe(isNginx ? `pool_dead_${kind}_example_org` : undefined);

    await a.become({ kind: 'ok' });
    let id: string;
    do {
      await sleep(50);
      id = idOf(await ask());
    } while (id !== 'a' && performance.now() < marked + 15_000);
    expect(performance.now() - marked).toBeLessThan(WINDOW + (isNginx ? 1_000 : each) + CONNECT + LATE);
  });
});

/** Exactly one waited, and as long as one attempt takes. */
function expectOneVictim(results: readonly (Answer | Failure)[], attempt: number): void {
  const slow = results.filter(({ totalMs }) => totalMs >= attempt - EARLY);
  expect(slow).toHaveLength(1);
  for (const result of slow) expectTook(result, attempt);
}

/** nginx names all that were tried, Caddy the last one. */
function wayOf({ program }: Binary): (all: string) => string[] {
  return (all) => (program === 'nginx' ? [all] : all.split(', ').slice(-1));
}
