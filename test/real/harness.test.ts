import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, freePorts } from '../../src/cli/ports.ts';
import { type Answer, type Failure, request } from '../../src/drill/client.ts';
import { type Binary, binaries, requireBinaries } from '../proxies/binaries.ts';
import { type Echo, type Fault, startFault, type Upstream } from '../proxies/faults.ts';
import { adaptCaddy, composeConfig, formatCaddy, testNginx, validateCaddy } from '../proxies/inspect.ts';
import { isAlive, untilGone } from '../proxies/process.ts';
import { type RunningProxy, startCaddy, startNginx } from '../proxies/run.ts';

/** Milliseconds. A limit of its own for each phase, so that a mix-up shows. */
const CONNECT = 400;
const SEND = 200;
const READ = 300;
/** When Linux repeats a SYN for the first time. */
const SYN_AGAIN = 1_030;

interface Case {
  readonly fault: Fault;
  /** Until the end of the answer, in milliseconds. */
  readonly takes: number;
  readonly nginx: number;
  readonly caddy: number | undefined;
  /** Overrides the connect limit. */
  readonly connect?: number;
  readonly method?: string;
  readonly body?: Buffer;
}

const CASES: Readonly<Record<string, Case>> = {
  ok: { fault: { kind: 'ok' }, takes: 0, nginx: 200, caddy: 200 },
  slow: { fault: { kind: 'ok', afterMs: 200 }, takes: 200, nginx: 200, caddy: 200 },
  refused: { fault: { kind: 'refused' }, takes: 0, nginx: 502, caddy: 502 },
  blackhole: { fault: { kind: 'blackhole' }, takes: CONNECT, nginx: 504, caddy: 502 },
  silent: { fault: { kind: 'silent' }, takes: READ, nginx: 504, caddy: 504 },
  late: { fault: { kind: 'late' }, takes: SYN_AGAIN + READ, nginx: 504, caddy: 504, connect: 1_500 },
  close: { fault: { kind: 'close', afterMs: 200 }, takes: 200, nginx: 502, caddy: 502 },
  reset: { fault: { kind: 'close', reset: true }, takes: 0, nginx: 502, caddy: 502 },
  error: { fault: { kind: 'error_status', status: 503, afterMs: 200 }, takes: 200, nginx: 503, caddy: 503 },
  drip: { fault: { kind: 'header_drip' }, takes: READ, nginx: 504, caddy: 504 },
  // nginx ignores a timer that moves by less than 300 ms: a send limit close below the connect limit acts that late.
  unread: {
    fault: { kind: 'no_read' },
    takes: SEND,
    nginx: 504,
    caddy: 504,
    connect: 1_500,
    method: 'PUT',
    body: Buffer.alloc(8_000_000),
  },
  // Caddy 2.6 sends a truncated answer, 2.11 none at all.
  stall: { fault: { kind: 'body_stall' }, takes: READ, nginx: 200, caddy: undefined },
};

const folder = mkdtempSync(join(tmpdir(), 'proxywright-'));
const upstreams = new Map<string, Upstream>();

beforeAll(async () => {
  const started = Object.entries(CASES).map(async ([name, { fault }]) => {
    upstreams.set(name, await startFault(fault, { id: name }));
  });
  await Promise.all(started);
});

afterAll(async () => {
  const pids = [...upstreams.values()].flatMap((upstream) => upstream.childPid() ?? []);
  await Promise.all([...upstreams.values()].map((upstream) => upstream.stop()));
  rmSync(folder, { recursive: true, force: true });
  expect(pids).toHaveLength(2);
  expect(pids.filter(isAlive)).toEqual([]);
});

function addressOf(name: string): string {
  return upstreams.get(name)?.address ?? '';
}

function nginxConf(port: number): string {
  const locations = Object.entries(CASES).map(
    ([name, { connect = CONNECT }]) =>
      `location /${name} { proxy_connect_timeout ${connect}ms; proxy_pass http://${addressOf(name)}; }`,
  );
  return `events {}
http {
  access_log off;
  client_max_body_size 20m;
  proxy_send_timeout ${SEND}ms;
  proxy_read_timeout ${READ}ms;
  server {
    listen 127.0.0.1:${port};
    ${locations.join('\n    ')}
  }
}
`;
}

function caddyfile(port: number): string {
  const handlers = Object.entries(CASES).map(
    ([name, { connect = CONNECT }]) => `handle /${name} {
    reverse_proxy ${addressOf(name)} {
      transport http {
        dial_timeout ${connect}ms
        write_timeout ${SEND}ms
        response_header_timeout ${READ}ms
        ${name === 'stall' ? `read_timeout ${READ}ms` : ''}
        keepalive off
      }
    }
  }`,
  );
  return `http://127.0.0.1:${port} {\n  bind 127.0.0.1\n  ${handlers.join('\n  ')}\n}\n`;
}

interface Started {
  readonly proxy: RunningProxy;
  readonly port: number;
  readonly config: string;
}

async function start(binary: Binary): Promise<Started> {
  const port = await freePort();
  const own = mkdtempSync(join(folder, `${binary.program}-${binary.age}-`));
  const config = join(own, binary.program === 'nginx' ? 'nginx.conf' : 'Caddyfile');
  writeFileSync(config, binary.program === 'nginx' ? nginxConf(port) : caddyfile(port));
  const run = binary.program === 'nginx' ? startNginx : startCaddy;
  return { proxy: await run(binary, own, { config, ports: [port] }), port, config };
}

function status(result: Answer | Failure): number | undefined {
  return 'status' in result ? result.status : undefined;
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

const proxies = [...requireBinaries('nginx'), ...requireBinaries('caddy')];

describe.each(proxies)('$program $version', (binary) => {
  let running: Started;
  const results = new Map<string, Answer | Failure>();

  beforeAll(async () => {
    running = await start(binary);
    const answers = Object.entries(CASES).map(async ([name, { method = 'GET', body }]) => {
      const upload = body === undefined ? {} : { body };
      results.set(name, await request({ port: running.port, path: `/${name}`, method, timeout: 5_000, ...upload }));
    });
    await Promise.all(answers);
  });
  afterAll(() => running?.proxy.stop());

  it.each(Object.entries(CASES))('meets %s in the predicted time', (name, expected) => {
    const result = results.get(name) ?? { error: 'none', totalMs: -1 };
    const wanted = binary.program === 'nginx' ? expected.nginx : expected.caddy;
    if (wanted !== undefined) expect(status(result)).toBe(wanted);
    if (name === 'stall') expect('complete' in result && result.complete).toBe(false);
    expect(result.totalMs).toBeGreaterThanOrEqual(0.9 * expected.takes);
    expect(result.totalMs).toBeLessThanOrEqual(expected.takes + 250);
  });

  it('starts anew on reload', async () => {
    await running.proxy.reload();
    const result = await request({ port: running.port, path: '/ok', headers: { 'X-Test': 'again' } });
    const echo = JSON.parse('body' in result ? result.body : '{}') as Echo;
    expect(echo).toMatchObject({ id: 'ok', method: 'GET', url: '/ok', headers: { 'x-test': 'again' } });
  });

  it('says when a reload is refused, and goes on', async () => {
    writeFileSync(running.config, 'nonsense {\n');
    await expect(running.proxy.reload()).rejects.toThrow(/nonsense|refused/);
    expect(status(await request({ port: running.port, path: '/ok' }))).toBe(200);
  });

  it('ends with all its workers', async () => {
    const pids = [running.proxy.pid, ...childrenOf(running.proxy.pid)];
    expect(pids.every(isAlive)).toBe(true);
    await running.proxy.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('tells why it does not start', async () => {
    const own = mkdtempSync(join(folder, 'broken-'));
    const config = join(own, 'broken.conf');
    writeFileSync(config, 'nonsense {\n');
    const run = binary.program === 'nginx' ? startNginx : startCaddy;
    await expect(run(binary, own, { config, ports: [await freePort()] })).rejects.toThrow(/broken\.conf|nonsense/);
  });
});

describe('a changing upstream', () => {
  it('goes from ok to refused and back, on the same port', async () => {
    const upstream = await startFault({ kind: 'ok' });
    const ask = (): Promise<Answer | Failure> => request({ port: upstream.port, timeout: 300 });
    expect(status(await ask())).toBe(200);
    await upstream.become({ kind: 'refused' });
    expect(await ask()).toMatchObject({ error: 'ECONNREFUSED' });
    await upstream.become({ kind: 'ok' });
    expect(status(await ask())).toBe(200);
    await upstream.become({ kind: 'silent' }, { keepConnections: true });
    expect(await ask()).toMatchObject({ error: 'TIMEOUT' });
    expect([upstream.attempts(), upstream.connections(), upstream.seen().length]).toEqual([3, 3, 3]);
    await upstream.become({ kind: 'blackhole' });
    expect(await ask()).toMatchObject({ error: 'TIMEOUT' });
    expect([upstream.attempts(), upstream.connections()]).toEqual([4, 3]);
    await upstream.become({ kind: 'ok' });
    expect(status(await ask())).toBe(200);
    await upstream.stop();
  });

  it('lets one client after another in late', async () => {
    const upstream = await startFault({ kind: 'late' });
    for (let i = 1; i <= 2; i++) {
      const result = await request({ port: upstream.port, path: `/${i}`, timeout: SYN_AGAIN + 250 });
      expect(result).toMatchObject({ error: 'TIMEOUT' });
      expect(upstream.seen().map(({ url }) => url)).toEqual(['/1', '/2'].slice(0, i));
    }
    expect(upstream.attempts()).toBe(2);
    await upstream.stop();
  });
});

it.runIf(proxies.length > 0)('has an old and a new version of each proxy', () => {
  for (const program of ['nginx', 'caddy'] as const) {
    const [old, recent] = binaries(program);
    expect([old?.age, recent?.age]).toEqual(['old', 'new']);
    expect(old?.version).not.toBe(recent?.version);
  }
});

it('gives parallel callers different ports', async () => {
  const ports = (await Promise.all([freePorts(50), freePorts(50)])).flat();
  expect(new Set(ports).size).toBe(100);
});

it.runIf(proxies.length > 0)('leaves nothing behind when the tests are killed', async () => {
  const own = mkdtempSync(join(folder, 'killed-'));
  const config = join(own, 'nginx.conf');
  const port = await freePort();
  writeFileSync(config, `events {}\nhttp { server { listen 127.0.0.1:${port}; } }\n`);
  const module = (name: string): string => pathToFileURL(join(import.meta.dirname, '../proxies', name)).href;
  const script = `
    import { startFault } from '${module('faults.ts')}';
    import { startNginx } from '${module('run.ts')}';
    const upstream = await startFault({ kind: 'blackhole' });
    const nginx = await startNginx(${JSON.stringify(proxies[0])}, '${own}', { config: '${config}', ports: [${port}] });
    console.log(JSON.stringify([nginx.pid, upstream.childPid()]));`;
  const killedBy = async (signal: NodeJS.Signals): Promise<void> => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (data) => resolve(String(data)));
      child.once('exit', () => reject(new Error('the script ended early')));
    });
    const [nginx = -1, perl = -1] = JSON.parse(line) as number[];
    const all = [nginx, perl, ...childrenOf(nginx)];
    expect(all.filter(isAlive)).toHaveLength(3);
    child.kill(signal);
    await untilGone(all);
  };
  await killedBy('SIGKILL');
  await killedBy('SIGTERM');
});

it.each(requireBinaries('nginx'))('nginx $version -t', async (binary) => {
  const config = join(folder, 'judged.conf');
  writeFileSync(config, 'events {}\nhttp {\n  server { listen 127.0.0.1:20000; }\n}\n');
  expect(await testNginx(binary, folder, config)).toMatchObject({ ok: true });
  writeFileSync(config, 'events {}\nhttp {\n  nonsense on;\n}\n');
  const { ok, output } = await testNginx(binary, folder, config);
  expect(ok).toBe(false);
  expect(output).toContain(`unknown directive "nonsense" in ${config}:3`);
});

it.each(requireBinaries('caddy'))('caddy $version validate, adapt and fmt', async (binary) => {
  const config = join(folder, 'judged.caddyfile');
  const untidy = 'http://127.0.0.1:20000 {\nrespond   ok\n}\n';
  writeFileSync(config, untidy);
  expect(await validateCaddy(binary, folder, config)).toMatchObject({ ok: true });
  expect(await adaptCaddy(binary, folder, config)).toMatchObject({ ok: true, config: { apps: { http: {} } } });
  expect(await formatCaddy(binary, folder, untidy)).toBe('http://127.0.0.1:20000 {\n\trespond ok\n}\n');
  writeFileSync(config, 'http://127.0.0.1:20000 {\n  nonsense\n}\n');
  expect(await validateCaddy(binary, folder, config)).toMatchObject({
    ok: false,
    output: expect.stringContaining('nonsense'),
  });
  expect(await adaptCaddy(binary, folder, config)).toMatchObject({ ok: false, config: undefined });
});

it.each(requireBinaries('docker-compose'))('docker-compose $version config', async (binary) => {
  const file = join(folder, 'compose.yaml');
  writeFileSync(file, 'name: shop\nservices:\n  api:\n    image: api:${TAG:-1}\n');
  const { ok, text } = await composeConfig(binary, folder, [file], { env: { TAG: '7' } });
  expect(ok).toBe(true);
  expect(JSON.parse(text)).toMatchObject({ name: 'shop', services: { api: { image: 'api:7' } } });
  writeFileSync(file, 'services:\n  api:\n    imagge: api\n');
  expect(await composeConfig(binary, folder, [file])).toMatchObject({
    ok: false,
    output: expect.stringContaining('imagge'),
  });
});
