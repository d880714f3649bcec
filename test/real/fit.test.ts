import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/ports.ts';
import { request } from '../../src/drill/client.ts';
import { Farm } from '../../src/drill/farm.ts';
import { allowance } from '../../src/drill/staging.ts';
import { limit } from '../../src/drill/turns.ts';
import { type Configuration, fitFiles } from '../../src/judge/fit.ts';
import { judgedAs } from '../../src/judge/index.ts';
import { milliseconds } from '../../src/model/duration.ts';
import { parseVersion } from '../../src/model/version.ts';
import { withBudget } from '../../src/report/report.ts';
import { fittable } from '../judge/fittable.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { adaptCaddy, testNginx } from '../proxies/inspect.ts';
import { statusOf } from '../proxies/measure.ts';
import { startCaddy, startNginx } from '../proxies/run.ts';

/** The files with what fits into a budget. */
function patched(configuration: Configuration, budget: number) {
  const { target, files, main, version } = configuration;
  const { judged } = judgedAs(target, files, main, version);
  const at = { source: main, path: '', part: 'value' } as const;
  return fitFiles(
    configuration,
    judged,
    withBudget(judged.routes, milliseconds(budget), () => at),
  );
}

/** Somewhere to put files; gone afterwards. */
async function inFolder<T>(files: ReadonlyMap<string, string>, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'proxywright-fit-'));
  try {
    for (const [name, text] of files) {
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function accepts(
  binary: Binary,
  target: 'caddy' | 'nginx',
  files: ReadonlyMap<string, string>,
): Promise<boolean> {
  if (target === 'caddy') {
    return inFolder(files, async (folder) => (await adaptCaddy(binary, folder, join(folder, 'Caddyfile'))).ok);
  }
  const text = files.get('nginx.conf') ?? '';
  const isWhole = /^\s*(?:events|http)\s*\{/m.test(text);
  const whole = isWhole ? text : `events {}\nhttp {\n${text}\n}\n`;
  // Ports below 1024 are not everybody's.
  const listening = whole.replace(
    /listen (80|443)\b/g,
    (_, port: string) => `listen 127.0.0.1:2${port.padStart(4, '0')}`,
  );
  return inFolder(new Map([['nginx.conf', listening]]), async (folder) => {
    const { ok } = await testNginx(binary, folder, join(folder, 'nginx.conf'));
    return ok;
  });
}

const turn = limit(4);

describe.each(['nginx', 'caddy'] as const)('the lines that fit into hand-written files of %s', (target) => {
  const drafts = fittable.flatMap((one) => {
    if (one.target !== target) return [];
    return [12_000, 700].flatMap((budget) => {
      const { texts } = patched(one, budget);
      return texts.size > 0 ? [{ name: `${one.name}, ${budget}ms`, before: one.files, texts }] : [];
    });
  });

  it.each(requireBinaries(target))(
    'are taken by $program $version',
    async (binary) => {
      const outcomes = await Promise.all(
        drafts.map(({ name, before, texts }) =>
          turn(async () => {
            if (await accepts(binary, target, new Map([...before, ...texts]))) return 'taken';
            // A name that only a person's network knows, a word that this version does not: no fault of the patch.
            return (await accepts(binary, target, before)) ? name : 'refused as it was';
          }),
        ),
      );
      const taken = outcomes.filter((one) => one === 'taken').length;
      expect(outcomes.filter((one) => one !== 'taken' && one !== 'refused as it was')).toEqual([]);
      expect(taken).toBeGreaterThan(drafts.length * 0.7);
      expect(drafts.length).toBeGreaterThan(25);
    },
    120_000,
  );
});

describe('a patched file', () => {
  let farm: Farm;
  beforeAll(async () => {
    farm = new Farm();
    await farm.start();
  });
  afterAll(() => farm?.stop());

  /** Two servers that accept and never answer, and a port for the proxy. */
  async function silent(): Promise<{ servers: readonly string[]; port: number; end(): Promise<unknown> }> {
    const plots = await Promise.all([farm.plot(), farm.plot()]);
    await Promise.all(plots.map((plot) => plot.become({ kind: 'silent' })));
    return {
      servers: plots.map(({ address }) => address),
      port: await freePort(),
      end: () => Promise.all(plots.map((plot) => plot.end())),
    };
  }

  const texts = {
    nginx: ([a = '', b = '']: readonly string[], port: number) => `worker_processes 1;
events {}
http {
  upstream web {
    server ${a};
    server ${b};
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://web;
    }
  }
}
`,
    caddy: (servers: readonly string[], port: number) => `{
	auto_https off
}

http://:${port} {
	reverse_proxy ${servers.join(' ')} {
		lb_retries 1
	}
}
`,
  };

  it.each([...requireBinaries('nginx'), ...requireBinaries('caddy')])(
    'keeps its word on $program $version',
    { retry: 2, timeout: 60_000 },
    async (binary) => {
      const target = binary.program === 'nginx' ? 'nginx' : 'caddy';
      const { servers, port, end } = await silent();
      const main = target === 'nginx' ? 'nginx.conf' : 'Caddyfile';
      const files = new Map([[main, texts[target](servers, port)]]);
      const configuration = { target, files, main, version: parseVersion(binary.version) } as const;
      const budget = 2_400;
      const fit = patched(configuration, budget);
      expect(fit.problems).toEqual([]);
      try {
        await inFolder(new Map([...files, ...fit.texts]), async (folder) => {
          const start = target === 'nginx' ? startNginx : startCaddy;
          const proxy = await start(binary, folder, { config: join(folder, main), ports: [port] });
          try {
            const answer = await request({ port, host: 'a.example', path: '/', timeout: 30_000 });
            expect(statusOf(answer)).toBe(504);
            expect(answer.totalMs).toBeLessThanOrEqual(budget + allowance(2));
            // Before, nobody would have had an answer by now.
            expect(answer.totalMs).toBeGreaterThan(200);
          } finally {
            await proxy.stop();
          }
        });
      } finally {
        await end();
      }
    },
  );
});
