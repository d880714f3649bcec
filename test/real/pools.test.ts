import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Answer, Failure } from '../../src/drill/client.ts';
import { boundsOf, toldOf } from '../../src/drill/told.ts';
import { equation, evaluate } from '../../src/latency/term.ts';
import { startFault, type Upstream } from '../proxies/faults.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy } from '../proxies/measure.ts';
import { type SecureVisit, startTlsServer, type TlsServer } from '../proxies/tls-server.ts';

const HEALTH =
  'timeouts: { connect: 400ms, response_header: 2s }, health: { passive: { max_fails: 1, fail_window: 60s } }';

const TOPOLOGY = `
edge: { debug_header: X-Upstream }
upstreams:
  trusted: { servers: ["api.internal:443"], protocol: https, tls: { ca: ./api.pem }, host_header: server }
  named: { servers: ["10.0.0.1:8443"], protocol: https, tls: { ca: ./api.pem, server_name: api.internal }, host_header: shop.example.org }
  stranger: { servers: ["10.0.0.1:8444"], protocol: https, tls: { ca: ./other.pem, server_name: api.internal } }
  misnamed: { servers: ["10.0.0.1:8445"], protocol: https, tls: { ca: ./api.pem, server_name: other.internal } }
  system: { servers: ["10.0.0.1:8446"], protocol: https, tls: { server_name: api.internal } }
  insecure: { servers: ["10.0.0.1:8447"], protocol: https, tls: { server_name: api.internal, insecure: true } }
  stall: { servers: ["10.0.1.6:1", "10.0.1.6:2"], protocol: https, tls: { server_name: api.internal }, timeouts: { connect: 300ms, tls_handshake: 500ms }, retry: { tries: 2 } }
  weighted: { servers: [{ address: "10.0.0.2:1", weight: 3 }, "10.0.0.2:2"], ${HEALTH} }
  first: { servers: ["10.0.0.3:1", "10.0.0.3:2"], balance: first, ${HEALTH} }
  failing: { servers: ["10.0.0.4:1", "10.0.0.4:2"], balance: first, ${HEALTH} }
  spare: { servers: ["10.0.0.5:1", { address: "10.0.0.5:2", backup: true }], ${HEALTH} }
  spared: { servers: ["10.0.0.6:1", { address: "10.0.0.6:2", backup: true }], ${HEALTH} }
  out: { servers: ["10.0.0.7:1", { address: "10.0.0.7:2", state: down }, { address: "10.0.0.7:3", state: drain }], ${HEALTH} }
  address: { servers: ["10.0.0.8:1", "10.0.0.8:2"], balance: { hash: client_ip }, ${HEALTH} }
  uri: { servers: ["10.0.0.9:1", "10.0.0.9:2"], balance: { hash: uri }, ${HEALTH} }
  header: { servers: ["10.0.1.1:1", "10.0.1.1:2"], balance: { hash: { header: X-User } }, ${HEALTH} }
  cookie: { servers: ["10.0.1.2:1", "10.0.1.2:2"], balance: { hash: { cookie: sid } }, ${HEALTH} }
  sticky: { servers: ["10.0.1.3:1", "10.0.1.3:2"], balance: { sticky: { cookie: edge } }, ${HEALTH} }
  full: { servers: [{ address: "10.0.1.4:1", max_conns: 1 }, { address: "10.0.1.4:2", max_conns: 1 }], retry: { tries: 1 }, ${HEALTH} }
  alone: { servers: [{ address: "10.0.1.5:1", max_conns: 1 }] }
  twin: { servers: ["10.0.1.7:1", "10.0.1.7:2"], ${HEALTH} }
  same: { servers: ["10.0.1.7:1", "10.0.1.7:2"], ${HEALTH} }
sites:
  pools.example.org:
    tls: none
    routes:
${'trusted named stranger misnamed system insecure weighted first failing spare spared out address uri header cookie sticky full alone twin same stall'
  .split(' ')
  .map((pool) => `      - { match: { path: /${pool}/* }, upstream: ${pool} }`)
  .join('\n')}
`;

const dead = ['10.0.0.4:1', '10.0.0.6:1'];
const slow = ['10.0.1.4:1', '10.0.1.4:2', '10.0.1.5:1'];
const stalling = ['10.0.1.6:1', '10.0.1.6:2'];
const plain = [
  ...stalling,
  ...[2, 3, 4, 5, 6, 8, 9].flatMap((host) => [`10.0.0.${host}:1`, `10.0.0.${host}:2`]),
  ...['10.0.0.7:1', '10.0.0.7:2', '10.0.0.7:3'],
  ...[1, 2, 3, 4].flatMap((host) => [`10.0.1.${host}:1`, `10.0.1.${host}:2`]),
  '10.0.1.5:1',
  '10.0.1.7:2',
];

const servers = new Map<string, string>();
const started: (Upstream | TlsServer)[] = [];
let certificate = '';
let strange = '';

beforeAll(async () => {
  const [api, other] = [
    await startTlsServer('api', ['api.internal', '127.0.0.1']),
    await startTlsServer('other', ['api.internal']),
  ];
  started.push(api, other);
  certificate = api.certificate;
  strange = other.certificate;
  for (const name of ['api.internal:443', ...[3, 4, 5, 6, 7].map((digit) => `10.0.0.1:844${digit}`)]) {
    servers.set(name, api.address);
  }
  for (const id of plain) {
    const fault = slow.includes(id) ? ({ kind: 'ok', afterMs: 700 } as const) : ({ kind: 'ok' } as const);
    const kind = stalling.includes(id) ? ({ kind: 'silent' } as const) : fault;
    const one = await startFault(dead.includes(id) ? { kind: 'refused' } : kind, { id });
    started.push(one);
    servers.set(id, one.address);
  }
});

afterAll(async () => {
  await Promise.all(started.map((one) => one.stop()));
});

describeEachProxy('the words of pools', (binary) => {
  let edge: Edge;
  /** Asked by this proxy alone. */
  let silent: Upstream;
  beforeAll(async () => {
    silent = await startFault({ kind: 'silent' }, { id: '10.0.1.7:1' });
    const cas = new Map([
      ['./api.pem', certificate],
      ['./other.pem', strange],
    ]);
    const all = new Map([...servers, ['10.0.1.7:1', silent.address]]);
    edge = await build(binary, TOPOLOGY, { servers: all, cas, workers: 2 });
  });
  afterAll(async () => {
    await edge?.stop();
    await silent?.stop();
  });

  const ask = (pool: string, options: { path?: string; headers?: Record<string, string> } = {}) =>
    edge.ask(`http://pools.example.org/${pool}/${options.path ?? 'x'}`, { headers: options.headers ?? {} });
  const answered = async (pool: string, options?: Parameters<typeof ask>[1]): Promise<Answer> => {
    const answer: Answer | Failure = await ask(pool, options);
    if ('error' in answer) throw new Error(`${pool}: ${answer.error}\n${edge.proxy.log()}`);
    return answer;
  };
  const asked = async (pool: string, times: number, options?: Parameters<typeof ask>[1]): Promise<string[]> => {
    const ids: string[] = [];
    for (let count = 0; count < times; count++) {
      const { status, body } = await answered(pool, options);
      ids.push(status === 200 ? String((JSON.parse(body) as { id: string }).id).replace(/^.*:/, '') : String(status));
    }
    return ids;
  };

  it('verifies https by the CA and the name, and says both to the server', async () => {
    const seen = async (pool: string): Promise<SecureVisit> => JSON.parse((await answered(pool)).body);
    const common = { id: 'api', servername: 'api.internal', protocol: 'TLSv1.3' };
    expect(await seen('trusted')).toMatchObject({ ...common, host: 'api.internal', url: '/trusted/x' });
    expect(await seen('named')).toMatchObject({ ...common, host: 'shop.example.org' });
    expect(await seen('insecure')).toMatchObject({ ...common, host: 'pools.example.org' });
  });

  it('answers 502 where a certificate is not to be trusted', async () => {
    for (const pool of ['stranger', 'misnamed', 'system']) {
      expect((await answered(pool)).status, pool).toBe(502);
    }
  });

  it('waits for a handshake as long as its row says', async () => {
    const { lowered } = edge.analysis;
    const told = toldOf(lowered ?? {}, 'pools.example.org', 'pools.example.org/stall/');
    for (const method of ['GET', 'POST'] as const) {
      const row =
        told &&
        boundsOf(told).rows.find((one) => one.fault === 'tls_stall' && one.failing === 'all' && one.method === method);
      if (!row) throw new Error('there is no such row');
      const answer = await edge.ask('http://pools.example.org/stall/x', { method });
      if ('error' in answer) throw new Error(answer.error);
      expect(answer.status, method).toBe(row.status);
      const longest = evaluate(row.wait);
      expect(answer.totalMs, equation(row.wait)).toBeGreaterThanOrEqual(0.9 * longest);
      // One attempt more would be half a second, or more.
      expect(answer.totalMs, equation(row.wait)).toBeLessThan(longest + 400);
    }
  });

  it('gives each server its share', async () => {
    const ids = await asked('weighted', 40);
    const wanted = binary.program === 'caddy' && binary.age === 'old' ? 20 : 30;
    expect(ids.filter((id) => id === '1').length).toBe(wanted);
  });

  it('asks the first, and the next one when it is dead', async () => {
    expect(new Set(await asked('first', 6))).toEqual(new Set(['1']));
    expect(await asked('failing', 4)).toEqual(['2', '2', '2', '2']);
  });

  it('tells a pool what another one with the same servers found out', async () => {
    expect(await asked('twin', 2)).toEqual(['2', '2']);
    expect(silent.attempts()).toBe(1);
    expect(await asked('same', 8)).toEqual(Array(8).fill('2'));
    expect(silent.attempts()).toBe(1);
  });

  it('asks a backup only when no other is left', async () => {
    expect(new Set(await asked('spare', 6))).toEqual(new Set(['1']));
    expect(await asked('spared', 4)).toEqual(['2', '2', '2', '2']);
  });

  it('leaves out who is out of service', async () => {
    expect(new Set(await asked('out', 6))).toEqual(new Set(['1']));
  });

  it('asks the same server for the same value', async () => {
    expect(new Set(await asked('address', 6)).size).toBe(1);
    for (const path of ['a', 'b', 'c']) expect(new Set(await asked('uri', 4, { path })).size, path).toBe(1);
    for (const user of ['ada', 'bob', 'cleo', 'dora']) {
      expect(new Set(await asked('header', 4, { headers: { 'X-User': user } })).size, user).toBe(1);
      expect(new Set(await asked('cookie', 4, { headers: { Cookie: `x=1; sid=${user}` } })).size, user).toBe(1);
    }
    const many = (name: string) =>
      Promise.all([...Array(24).keys()].map((n) => asked('cookie', 1, { headers: { Cookie: `${name}=${n * 7919}` } })));
    expect(new Set((await many('sid')).flat()).size).toBe(2);
    // Without the cookie there is nothing that would bind them.
    expect(new Set((await many('other')).flat()).size).toBe(2);
  });

  it('does not show the servers what a cookie was called on the way', async () => {
    const { body } = await answered('cookie', { headers: { Cookie: 'sid=1', 'X-Edge-Key': 'forged' } });
    const { headers } = JSON.parse(body) as { headers: Record<string, string> };
    if (binary.program === 'caddy') expect(headers['x-edge-key']).toBeUndefined();
    expect(headers.cookie).toBe('sid=1');
  });

  it('binds a client to its server by a cookie of the edge', async () => {
    const first = await answered('sticky');
    const cookie = String(first.headers['set-cookie'] ?? '').replace(/;.*/, '');
    const own = String((JSON.parse(first.body) as { id: string }).id).replace(/^.*:/, '');
    const known = binary.program === 'caddy' || binary.age === 'new';
    expect(cookie).toMatch(known ? /^edge=./ : /^$/);
    expect(new Set(await asked('sticky', 6, cookie === '' ? {} : { headers: { Cookie: cookie } }))).toEqual(
      new Set([own]),
    );
  });

  it('sends no more requests to a server at a time than it takes', async () => {
    const statuses = async (pool: string, count: number): Promise<number[]> => {
      const all = await Promise.all([...Array(count).keys()].map(() => answered(pool)));
      return all.map(({ status }) => status).sort();
    };
    const refused = binary.program === 'caddy' ? 503 : 502;
    // On a busy machine the last request may come when the first is done.
    const again = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 100 });
    await again(async () => expect(await statuses('full', 3)).toEqual([200, 200, refused]));
    await again(async () => expect(await statuses('alone', 2)).toEqual([200, refused]));
    // Whoever is served makes room again.
    await again(async () => expect((await answered('full')).status).toBe(200));
  });
});
