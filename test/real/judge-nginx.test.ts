import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../src/cli/ports.ts';
import { type Answer, type Failure, request } from '../../src/drill/client.ts';
import { Farm } from '../../src/drill/farm.ts';
import { allowance } from '../../src/drill/staging.ts';
import { limit } from '../../src/drill/turns.ts';
import { readNginx } from '../../src/judge/nginx/index.ts';
import { judgeNginx } from '../../src/judge/nginx/judge.ts';
import { evaluate } from '../../src/latency/term.ts';
import { parseVersion } from '../../src/model/version.ts';
import { type Case, cases, type Trial } from '../judge/nginx-bounds/cases.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { statusOf } from '../proxies/measure.ts';
import { startNginx } from '../proxies/run.ts';

/** The part of a bound that its fault must reach: the rest is a connection that is accepted at once, not at the limit. */
const reached = 0.85;
/** A busy machine is slow now and then; a wrong formula is wrong each time. */
const again = { retry: 3 };
/** More at the same time would measure this machine. */
const turn = limit(8);

let farm: Farm;
beforeAll(async () => {
  farm = new Farm();
  await farm.start();
});
afterAll(() => farm?.stop());

interface Placed {
  readonly text: string;
  end(): Promise<void>;
}

/** Servers of the file that somebody stands in for, and all others as good ones. */
async function place(text: string, { servers }: Trial): Promise<Placed> {
  const ends: (() => Promise<void>)[] = [];
  const addresses = new Map<string, string>();
  for (const address of new Set(text.match(/\b10\.0\.0\.\d+:\d+\b/g))) {
    const wanted = servers[address];
    if (typeof wanted === 'object' && 'slow' in wanted) {
      const [there, server] = await slow(wanted.slow);
      addresses.set(address, there);
      ends.push(async () => void server.close());
      continue;
    }
    const plot = await farm.plot();
    ends.push(() => plot.end());
    addresses.set(address, plot.address);
    if (wanted === 'silent') await plot.become({ kind: 'silent' });
    else if (wanted && 'blackhole' in wanted) await plot.become({ kind: 'blackhole', limitMs: wanted.blackhole });
    else if (wanted && 'close' in wanted) await plot.become({ kind: 'close', afterMs: wanted.close });
    else if (wanted) await plot.become({ kind: 'error_status', afterMs: wanted.error_status });
  }
  return {
    text: text.replace(/\b10\.0\.0\.\d+:\d+\b/g, (address) => addresses.get(address) ?? address),
    end: async () => {
      await Promise.all(ends.map((end) => end()));
    },
  };
}

/** A good answer that takes its time. */
async function slow(ms: number): Promise<[string, Server]> {
  const server = createServer((_, response) => void setTimeout(() => response.end('ok'), ms));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  return [`127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, server];
}

/** The slowest of the requests: milliseconds and status. */
async function measure(binary: Binary, text: string, trial: Trial): Promise<{ ms: number; status: number | string }> {
  const folder = mkdtempSync(join(tmpdir(), 'proxywright-judge-'));
  const placed = await place(text, trial);
  const [port = 0] = await freePorts(1);
  mkdirSync(join(folder, 'conf.d'));
  const listening = placed.text.replace(/listen 80;/g, `listen 127.0.0.1:${port};`);
  writeFileSync(join(folder, 'conf.d/site.conf'), listening);
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, 'worker_processes 1;\nevents {}\nhttp { include conf.d/*.conf; }\n');
  const { path, headers = {}, method = 'GET', crowd = 1 } = trial;
  try {
    const proxy = await startNginx(binary, folder, { config, ports: [port] });
    try {
      const ask = () =>
        request({ port, host: 'a.example', path, headers, method, ...(method === 'POST' ? { body: 'hello' } : {}) });
      const answers = await Promise.all(Array.from({ length: crowd }, ask));
      const time = (answer: Answer | Failure): number =>
        'firstByteMs' in answer ? answer.firstByteMs : answer.totalMs;
      const last = answers.reduce((one, other) => (time(other) > time(one) ? other : one));
      return { ms: time(last), status: statusOf(last) };
    } finally {
      await proxy.stop();
    }
  } finally {
    await placed.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the file says of the route that the trial asks for. */
function predicted({ text, routes }: Case, binary: Binary, trial: Trial): number {
  const { row, method = 'GET', route = Object.keys(routes)[0] } = trial;
  const version = parseVersion(binary.version);
  const { routes: judged } = judgeNginx(readNginx(new Map([['nginx.conf', text]]), 'nginx.conf', version), version);
  const bounds = judged.find(({ id }) => id === route)?.targets[0]?.bounds;
  const found = bounds?.rows.find(({ fault, failing, method: one }) => {
    return fault === row && failing === 'all' && one === method;
  });
  const wait = row === undefined ? bounds?.headline : found?.wait;
  if (!wait) throw new Error(`nothing is predicted for ${route}`);
  return evaluate(wait);
}

const measured = cases.flatMap((one) => (one.trial ? [[one, one.trial] as const] : []));

describe.concurrent.each(requireBinaries('nginx'))(
  '$program $version, as a hand-written file tells it',
  again,
  (binary) => {
    it.each(measured.map(([one, trial]) => [one.name, one, trial] as const))('%s', (_name, one, trial) =>
      turn(async () => {
        const bound = predicted(one, binary, trial);
        const { ms, status } = await measure(binary, one.text, trial);
        expect(status).toBe(trial.status);
        expect(ms).toBeLessThanOrEqual(bound + allowance(2));
        expect(ms).toBeGreaterThanOrEqual(reached * bound - 5);
      }),
    );
  },
);
