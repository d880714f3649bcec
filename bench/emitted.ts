import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../src/cli/ports.ts';
import { type Binary, binaries } from '../test/proxies/binaries.ts';
import { build } from '../test/proxies/layout.ts';
import { type RunningProxy, startCaddy, startNginx } from '../test/proxies/run.ts';
import { median } from './process.ts';
import { table, times } from './table.ts';

const rounds = 7;
const seconds = 4;
const connections = 32;

const topology = `
edge: { access_log: none, debug_header: X-Upstream }
sites:
  app.example.com:
    tls: none
    upstream:
      servers: [10.0.0.2:3000, 10.0.0.3:3100]
      health: { active: { path: /healthz, interval: 5s, timeout: 2s }, passive: { max_fails: 1, fail_window: 10s } }
    timeouts: { connect: 1s, response_header: 5s }
    retry: { tries: 2 }
`;

interface Speed {
  readonly perSecond: number;
  /** Milliseconds that 99 of 100 requests take at most. */
  readonly p99: number;
  /** Microseconds of processor time that the proxy takes for a request: what else the machine does moves it little. */
  readonly cost: number;
}

/** Requests a second through what is compiled and through what a person writes, in turn, on the same servers. */
export async function emitted(wrk: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const newest = binaries('nginx').at(-1);
  if (!newest) throw new Error('there is no nginx: `npm run proxies` brings it');
  const ports = [await freePort(), await freePort()] as const;
  const servers = await answering(newest, join(folder, 'servers'), ports);
  try {
    const rows: string[][] = [];
    for (const binary of [...binaries('nginx'), ...binaries('caddy')]) {
      rows.push(await compared(binary, folder, ports, wrk));
    }
    const head = [
      '',
      'by hand',
      'compiled',
      'requests a second',
      'processor time a request',
      'p99 by hand',
      'p99 compiled',
    ];
    const how = `wrk, ${connections} connections, ${seconds} s each, in turn; the medians of ${rounds} rounds, the ratio that of each round. No access log on either side; one worker of nginx; answers of 100 bytes.`;
    return `${how}\n\n${table(head, rows)}`;
  } finally {
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compared(
  binary: Binary,
  folder: string,
  ports: readonly [number, number],
  wrk: string,
): Promise<string[]> {
  const [first, second] = ports.map((port) => `127.0.0.1:${port}`) as [string, string];
  const edge = await build(binary, topology, {
    servers: new Map([
      ['10.0.0.2:3000', first],
      ['10.0.0.3:3100', second],
    ]),
    workers: 1,
  });
  const port = await freePort();
  const byHand = await written(binary, join(folder, `${binary.program}-${binary.age}`), { first, second, port });
  try {
    const speeds = Array.from(
      { length: rounds },
      () => [measured(wrk, port, byHand.pid), measured(wrk, edge.port(80), edge.proxy.pid)] as const,
    );
    const of = (side: 0 | 1, key: keyof Speed): number => median(speeds.map((pair) => pair[side][key]));
    return [
      `${binary.program} ${binary.version}`,
      of(0, 'perSecond').toFixed(0),
      of(1, 'perSecond').toFixed(0),
      times(median(speeds.map(([hand, own]) => own.perSecond / hand.perSecond))),
      `${of(0, 'cost').toFixed(0)} → ${of(1, 'cost').toFixed(0)} µs (${times(median(speeds.map(([hand, own]) => hand.cost / own.cost)))})`,
      `${of(0, 'p99').toFixed(2)} ms`,
      `${of(1, 'p99').toFixed(2)} ms`,
    ];
  } finally {
    await byHand.stop();
    await edge.stop();
  }
}

interface Places {
  readonly first: string;
  readonly second: string;
  readonly port: number;
}

function written(binary: Binary, folder: string, { first, second, port }: Places): Promise<RunningProxy> {
  const name = binary.program === 'nginx' ? 'nginx.conf' : 'Caddyfile';
  const text = readFileSync(join(import.meta.dirname, 'by-hand', name), 'utf8')
    .replaceAll('{{server-1}}', first)
    .replaceAll('{{server-2}}', second)
    .replaceAll('{{port}}', String(port));
  mkdirSync(folder, { recursive: true });
  const config = join(folder, name);
  writeFileSync(config, text);
  const start = binary.program === 'nginx' ? startNginx : startCaddy;
  return start(binary, folder, { config, ports: [port] });
}

/** The servers: an nginx that answers at once, so that they are not what is measured. */
function answering(binary: Binary, folder: string, ports: readonly number[]): Promise<RunningProxy> {
  const listens = ports.map((port) => `listen 127.0.0.1:${port};`).join(' ');
  const text = `worker_processes 1;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000; server { ${listens} location / { return 200 "${'x'.repeat(100)}"; } } }
`;
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, text);
  return startNginx(binary, folder, { config, ports });
}

function measured(wrk: string, port: number, pid: number): Speed {
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    '-H',
    'Host: app.example.com',
    `http://127.0.0.1:${port}/`,
  ];
  const before = processorTime(pid);
  const { stdout, stderr } = spawnSync(wrk, args, { encoding: 'utf8', timeout: 60_000 });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const [, value, unit = ''] = /99%\s+([\d.]+)(us|ms|s)\s/.exec(stdout) ?? [];
  const p99 = Number(value) * ({ us: 0.001, ms: 1, s: 1000 }[unit] ?? Number.NaN);
  if (!(perSecond > 0) || !(p99 >= 0)) throw new Error(`wrk says nothing\n${stdout}${stderr}`);
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return { perSecond, p99, cost: (processorTime(pid) - before) / requests };
}

/** Microseconds, of the process and of its children, the workers. Linux counts in hundredths of a second. */
function processorTime(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [String(pid), ...(children === '' ? [] : children.split(' '))].reduce((sum, one) => {
    // The name, in brackets, may hold spaces.
    const fields = readFileSync(`/proc/${one}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return sum + 10_000 * (Number(fields[11]) + Number(fields[12]));
  }, 0);
}
