import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli.ts';
import { fitBudgets } from '../../src/fit.ts';
import { bound } from '../../src/latency/term.ts';
import { analyse } from '../../src/pipeline.ts';
import { judge } from '../../src/report/report.ts';
import { shipped } from '../cli/child.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { analyseFor } from '../proxies/layout.ts';
import { untilGone } from '../proxies/process.ts';

const proxies = [...requireBinaries('nginx'), ...requireBinaries('caddy')];

const TOPOLOGY = `
defaults:
  timeouts: { connect: 1100ms, response_header: 500ms, send: 400ms }
upstreams:
  web: { servers: [web:3000, 10.0.0.3:3100], health: { passive: { max_fails: 1, fail_window: 10s } } }
  api:
    servers: [10.0.0.4:3000, 10.0.0.5:3000, "[fd00::6]:3000"]
    retry: { tries: 3, window: 2500ms, interval: 50ms, on: [error, timeout, http_503], non_idempotent: true }
    health: { active: { path: /health, interval: 60s, timeout: 1s, status: "204" } }
sites:
  www.example.com:
    routes:
      - { match: { path: /api/* }, upstream: api, budget: 10s }
      - { upstream: web }
`;

interface Fault {
  readonly fault: string;
  readonly failing: string;
  readonly method: string;
  readonly predicted_ms: number;
  readonly measured_ms: number;
  readonly attempts: number | null;
  readonly predicted_attempts: number;
  readonly verdict: string;
}

interface Route {
  readonly id: string;
  readonly targets: readonly {
    readonly target: string;
    readonly installed_version: string;
    readonly predicted_worst_wait_ms: number;
    readonly measured_worst_wait_ms: number;
    readonly within_budget: boolean | null;
    readonly faults: readonly Fault[];
    readonly not_drilled: readonly { readonly fault: string; readonly because: string }[];
  }[];
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxywright-drilled-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A search path on which these programs are the first of their kind. */
function pathOf(...binaries: readonly Binary[]): string {
  const own = mkdtempSync(join(folder, 'path-'));
  for (const { program, path } of binaries) symlinkSync(path, join(own, program));
  return [own, process.env.PATH].join(delimiter);
}

async function drill(text: string, path: string, ...args: readonly string[]) {
  const cwd = mkdtempSync(join(folder, 'topology-'));
  writeFileSync(join(cwd, 'topology.yaml'), text);
  const said = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    write(more: string) {
      said[name] += more;
    },
  });
  const code = await main(['drill', ...args], {
    cwd,
    env: { PATH: path },
    stdin: { read: async () => new Uint8Array() },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    interrupted: new AbortController().signal,
  });
  return { code, ...said };
}

const leftovers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('proxywright-drill-'));

describe.each(['old', 'new'] as const)('drill with the %s versions', (age) => {
  const both = proxies.filter((binary) => binary.age === age);

  it.runIf(both.length === 2)('measures each row of the report, and none is above it', async () => {
    const text = `version: 1${TOPOLOGY}`;
    const { code, stdout, stderr } = await drill(text, pathOf(...both), '--format', 'json');
    const { version, routes } = JSON.parse(stdout) as { version: number; routes: readonly Route[] };
    const faults = routes.flatMap(({ targets }) => targets.flatMap((one) => one.faults));
    const above = faults.filter(({ verdict }) => verdict !== 'within');
    expect(above).toEqual([]);
    expect({ code, version }).toEqual({ code: 0, version: 1 });
    expect(stderr).toMatch(/^measuring \d+ faults on caddy [\d.]+ and nginx [\d.]+: \d+s at most\n/);
    expect(routes.map(({ id }) => id)).toEqual(['www.example.com/api/', 'www.example.com/']);
    for (const { id, targets } of routes) {
      expect(targets.map(({ target }) => target)).toEqual(['caddy', 'nginx']);
      for (const one of targets) {
        const binary = both.find(({ program }) => program === one.target);
        expect(one.installed_version).toBe(binary?.version);
        expect(one.within_budget).toBe(id.endsWith('/api/') ? true : null);
        // Judged by the report's own code for exactly this version.
        const { topology, lowered } = analyseFor(binary ?? fail('no such program'), TOPOLOGY);
        const report = judge(topology, lowered ?? {}).find(({ route }) => route.id === id)?.targets[0]?.bounds;
        const rows = report?.rows.map(({ fault, failing, method, wait }) => [fault, failing, method, bound(wait)]);
        expect(one.faults.map((row) => [row.fault, row.failing, row.method, row.predicted_ms])).toEqual(rows);
        expect(one.not_drilled).toEqual([]);
        expect(one.predicted_worst_wait_ms).toBe(report && bound(report.headline));
      }
    }
    // It would be easy to be below: the faults really come about.
    const long = faults.filter(({ fault, predicted_ms }) => predicted_ms >= 400 && fault !== 'late');
    expect(long.filter(({ predicted_ms, measured_ms }) => measured_ms < 0.9 * predicted_ms).length).toBeLessThan(
      0.05 * long.length,
    );
    const counted = long.filter(({ attempts }) => attempts !== null);
    expect(counted.length).toBeGreaterThan(60);
    expect(counted.filter((row) => row.attempts !== row.predicted_attempts).length).toBeLessThan(0.05 * counted.length);
    expect(leftovers()).toEqual([]);
  });
});

const newest = proxies.filter(({ age }) => age === 'new');

it.runIf(newest.length === 2)('a budget below what is measured', async () => {
  const text = `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.1:80, 10.0.0.2:80]
    timeouts: { connect: 200ms, response_header: 400ms, send: 300ms }
    budget: 500ms
`;
  const [nginx] = newest;
  const own = mkdtempSync(join(folder, 'nginx-only-'));
  // Without perl, and without a Caddy of the machine.
  for (const name of ['sh', 'dirname', 'readlink']) symlinkSync(`/bin/${name}`, join(own, name));
  symlinkSync(nginx?.path ?? '', join(own, 'nginx'));
  const { code, stdout, stderr } = await drill(text, own);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^\d+ faults of 1 route drilled on nginx [\d.]+: no request waited longer than predicted; 1 route waited longer than the budget allows\n/,
  );
  expect(stdout).toMatch(/ {2}silent +all +GET +800ms +[78]\d\dms +2 +504 {2}over the budget\n/);
  expect(stdout).toMatch(
    /\nNot drilled:\n {2}a\.example\.com\/ on nginx\n {4}blackhole \(.*\), late \(.*\): perl is not installed, .*\n/,
  );
  expect(stderr).toContain('caddy is not installed: not drilled\n');
});

/** Over their budgets for different reasons: a long header, many attempts, a long connect, a window without a number. */
const OVER = `version: 1
defaults: { timeouts: { connect: 200ms, response_header: 400ms, send: 200ms } }
sites:
  header.example.com: { upstream: [10.0.0.1:80, 10.0.0.2:80], timeouts: { response_header: 1500ms }, budget: 2s }
  tries.example.com: { upstream: [10.0.1.1:80, 10.0.1.2:80, 10.0.1.3:80], retry: { tries: 3 }, budget: 1s }
  connect.example.com: { upstream: [10.0.2.1:80, 10.0.2.2:80], timeouts: { connect: 1500ms }, budget: 1500ms }
  window.example.com:
    upstream: [10.0.3.1:80, 10.0.3.2:80]
    timeouts: { response_header: 900ms }
    retry: { tries: unlimited, window: 1500ms, interval: 100ms }
    budget: 1500ms
`;

describe.runIf(proxies.length === 4)('what `report --fit` proposes', () => {
  const results = async (text: string, binaries: readonly Binary[]) => {
    const { code, stdout } = await drill(text, pathOf(...binaries), '--format', 'json');
    const { routes } = JSON.parse(stdout) as { routes: readonly Route[] };
    return { code, routes };
  };

  it('is within the budget on each program, and what it replaces is not', async () => {
    const { source, topology, reports } = analyse('topology.yaml', OVER);
    const again = (texts: ReadonlyMap<string, string>) => analyse(source.name, texts.get(source.name) ?? OVER);
    const fit = fitBudgets({ source, again }, topology ?? fail('no topology'), reports ?? []);
    expect(fit.problem).toBeUndefined();
    expect(fit.routes.map(({ proposals }) => proposals.length > 0)).toEqual([true, true, true, true]);
    const [before, ...after] = await Promise.all([
      results(OVER, newest),
      ...(['old', 'new'] as const).map((age) =>
        results(
          fit.texts.get(source.name) ?? OVER,
          proxies.filter((binary) => binary.age === age),
        ),
      ),
    ]);
    const within = ({ routes }: typeof before) =>
      routes.flatMap(({ targets }) => targets.map((one) => one.within_budget));
    // Each route, on each program: it would be easy to fit what has always fitted.
    expect(within(before)).toEqual(Array(8).fill(false));
    expect(before.code).toBe(1);
    for (const one of after) {
      expect(within(one)).toEqual(Array(8).fill(true));
      expect(one.code).toBe(0);
    }
  });
});

/** Of all processes, those that `root` has started, at any distance. */
function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const [, parent = ''] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)]);
    } catch {
      // It ended meanwhile.
    }
  }
  const found = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...found(child)]);
  return found(root);
}

describe('the program as it is shipped', () => {
  const { start } = shipped();

  it.runIf(newest.length === 2).each(['SIGINT', 'SIGTERM'] as const)(
    'ends at %s, and nothing stays behind',
    async (signal) => {
      const cwd = mkdtempSync(join(folder, 'interrupted-'));
      // The default limits: it would take minutes.
      writeFileSync(
        join(cwd, 'topology.yaml'),
        'version: 1\nsites: { a.example.com: { upstream: { servers: [10.0.0.1:80, 10.0.0.2:80] } } }\n',
      );
      const before = leftovers();
      const { child, ended, says, kill } = start(cwd, ['drill'], { path: pathOf(...newest) });
      await says('measuring ');
      // nginx and its worker, Caddy, perl.
      const all = (): boolean => descendants(child.pid ?? -1).length === 4;
      await expect.poll(all, { timeout: 20_000, interval: 50 }).toBe(true);
      const running = descendants(child.pid ?? -1);
      // In the middle of the first requests.
      await sleep(500);
      kill(signal);
      const { code, stdout, stderr } = await ended;
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^measuring \d+ faults on .*: 1m \ds at most\nerror interrupted\n {2}help: .*\n$/);
      await untilGone(running);
      expect(leftovers()).toEqual(before);
    },
  );
});

function fail(message: string): never {
  throw new Error(message);
}
