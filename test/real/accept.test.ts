import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { atLeast, parseVersion } from '../../src/model/version.ts';
import type { CertificateFiles } from '../../src/targets/layout.ts';
import { checkLayout, inPairs, writeFiles, writePair } from '../properties/layout.ts';
import { print, releases, type Sketch, seed, topologies, type Versions, valid } from '../properties/topologies.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { composeConfig, formatCaddy, testNginx, validateCaddy } from '../proxies/inspect.ts';

const here = dirname(fileURLToPath(import.meta.url));
const examples = join(here, '../../examples');

const nginx = requireBinaries('nginx');
const caddy = requireBinaries('caddy');
const [compose] = requireBinaries('docker-compose');

/** As the official image has it. The user that it names need not exist here. */
const stock = (folder: string) => `worker_processes  auto;
error_log  stderr notice;
pid        ${folder}/stock.pid;
events {
    worker_connections  1024;
}
http {
    include       ${folder}/mime.types;
    default_type  application/octet-stream;
    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';
    access_log  ${folder}/stock.log  main;
    sendfile        on;
    #tcp_nopush     on;
    keepalive_timeout  65;
    #gzip  on;
    include ${folder}/nginx/conf.d/*.conf;
}
`;

const base = mkdtempSync(join(tmpdir(), 'proxywright-accept-'));
let pair: CertificateFiles;
beforeAll(() => {
  pair = writePair(base);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Compiled for a release that the program can be: now its own, now an older one. */
function versionFor(binary: Binary, number: number): string {
  const own = parseVersion(binary.version);
  const list = releases[binary.program === 'nginx' ? 'nginx' : 'caddy'].filter((release) => atLeast(own, release));
  return number % 3 === 0 ? binary.version : (list[number % list.length] ?? binary.version);
}

/** Of a service, as compose has it. */
interface Part {
  readonly depends_on?: object;
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Case {
  readonly name: string;
  readonly text: (versions: Versions) => string;
  readonly number: number;
  readonly options?: CompileOptions;
  /** Programs that are asked; absent: both. */
  readonly ages?: readonly ('old' | 'new')[];
}

/** Every program looks at every case; what one of them refuses is shown with the topology. */
async function refusals(cases: readonly Case[]): Promise<string[]> {
  const refused: string[] = [];
  const tasks = cases.flatMap((one) =>
    (one.ages ?? (['old', 'new'] as const)).map((age) => async () => {
      const programs = [nginx, caddy].map((list) => list.find((binary) => binary.age === age));
      const [server, edge] = programs;
      if (!server || !edge || !compose) return;
      const versions: Versions = { nginx: versionFor(server, one.number), caddy: versionFor(edge, one.number) };
      const text = one.text(versions);
      const folder = mkdtempSync(join(base, `${age}-`));
      const say = (what: string, output: string): void => {
        refused.push(`${one.name}, ${age} programs: ${what}\n${output}\n${text}`);
      };
      try {
        const layout = checkLayout(folder, pair, atLeast(parseVersion(versions.nginx), '1.27.3'));
        const files = compile(valid(text, one.name), { layout, ...one.options });
        writeFiles(folder, files);
        const has = (path: string): boolean => files.some((file) => file.path === path);
        if (has('nginx/nginx.conf')) await nginxAccepts(server, folder, say);
        if (has('caddy/Caddyfile')) {
          const caddyfile = files.find(({ path }) => path === 'caddy/Caddyfile')?.text ?? '';
          await caddyAccepts(edge, folder, caddyfile, say);
        }
        // The fragments of the older release differ in the tag of an image alone.
        for (const { path } of files.filter(({ path }) => age === 'new' && /^compose\/[^/]+\.yaml$/.test(path))) {
          const verdict = await composeConfig(compose, folder, [join(folder, path)]);
          if (!verdict.ok || verdict.output !== '') say(`docker-compose config ${path}`, verdict.output);
        }
      } catch (error) {
        say('no output', String(error));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
  );
  await inPairs(tasks);
  return refused;
}

type Say = (what: string, output: string) => void;

async function nginxAccepts(binary: Binary, folder: string, say: Say): Promise<void> {
  writeFileSync(join(folder, 'mime.types'), 'types {\n    text/html  html htm;\n}\n');
  writeFileSync(join(folder, 'stock.conf'), stock(folder));
  mkdirSync(join(folder, 'acme'), { recursive: true });
  for (const config of ['nginx/nginx.conf', 'stock.conf']) {
    const { ok, output } = await testNginx(binary, folder, join(folder, config));
    // A warning tells of something that does not do what it says: a name that is ignored. What was right for the release
    // that was asked for, and is old fashioned now, is no such thing.
    const warned = output.split('\n').filter((line) => line.includes('[warn]') && !line.includes('is deprecated'));
    if (!ok || warned.length > 0) say(`nginx ${binary.version} -t ${config}`, output);
  }
}

async function caddyAccepts(binary: Binary, folder: string, text: string, say: Say): Promise<void> {
  const { ok, output } = await validateCaddy(binary, folder, join(folder, 'caddy/Caddyfile'));
  if (!ok || output.includes('not formatted')) say(`caddy ${binary.version} validate`, output);
  const formatted = await formatCaddy(binary, folder, text);
  if (formatted !== text) say(`caddy ${binary.version} fmt`, formatted);
}

function expectNone(refused: readonly string[]): void {
  const shown = refused.slice(0, 3).join('\n\n=====\n\n');
  expect(refused.length, `seed ${seed} (replay: PROXYWRIGHT_SEED=${seed})\n${shown}`).toBe(0);
}

describe.skipIf(nginx.length === 0 || caddy.length === 0 || !compose)('what is made from a valid topology', () => {
  const many = 30;
  const sketches = fc.sample(topologies, { seed, numRuns: many });
  const cases = (list: readonly Sketch[], what: string, options: CompileOptions = {}): Case[] =>
    list.map((sketch, number) => ({
      name: `topology ${number}${what}`,
      text: (versions) => print(sketch, versions),
      number,
      options,
    }));

  it(`is accepted by every program: ${many} topologies, seed ${seed}`, async () => {
    expectNone(await refusals(cases(sketches, '')));
  });

  it('is accepted by every program: the examples', async () => {
    const published = ['minimal', 'two-servers'].map((name): Case => {
      const text = readFileSync(join(examples, name, 'topology.yaml'), 'utf8');
      return {
        name,
        text: ({ nginx: one, caddy: other }) =>
          `${text}\ntargets: { caddy: { version: "${other}" }, nginx: { version: "${one}" }, compose: {} }\n`,
        number: 0,
      };
    });
    expectNone(await refusals(published));
  });

  it('is accepted by every program: the golden cases', async () => {
    const golden = join(here, '../targets');
    const list = readdirSync(golden).flatMap((name): Case[] => {
      const written = readFileSync(join(golden, name, 'topology.yaml'), 'utf8').replace(/^targets:.*\n/m, '');
      // Those of several files are read with them, and those of several machines have a test of their own.
      if (/^(?:include:|machines:)/m.test(written)) return [];
      const text = ({ nginx: one, caddy: other }: Versions) =>
        `${written.trimEnd()}\ntargets: { caddy: { version: "${other}" }, nginx: { version: "${one}" }, compose: {} }\n`;
      return [{ name, text, number: 0, ages: [name.includes('oldest') ? 'old' : 'new'] }];
    });
    expect(list.length).toBeGreaterThan(20);
    expectNone(await refusals(list));
  });

  it('is accepted by every program: each of several edge machines', async () => {
    const golden = join(here, '../targets/several edge machines/topology.yaml');
    const text = readFileSync(golden, 'utf8');
    const machines = ['one', 'two'].map(
      (edge): Case => ({
        name: `several edge machines, ${edge}`,
        text: ({ nginx: one, caddy: other }) =>
          `${text}\ntargets: { caddy: { version: "${other}" }, nginx: { version: "${one}" }, compose: {} }\n`,
        number: 0,
        options: { edge },
      }),
    );
    expectNone(await refusals(machines));
  });

  it('is accepted as a shadow beside the live proxy', async () => {
    expectNone(await refusals(cases(sketches.slice(0, 6), ' with --shadow', { shadow: 8999 })));
  });

  it('is accepted by docker compose beside a container of one’s own, and included in a file of one’s own', async () => {
    if (!compose) return;
    const golden = join(here, '../targets/words of containers/topology.yaml');
    const folder = mkdtempSync(join(base, 'own-'));
    writeFiles(folder, compile(valid(readFileSync(golden, 'utf8'), golden)));
    writeFileSync(join(folder, 'compose/shop.env'), 'A=1\n');
    const own = 'services: { own: { image: "x:1", networks: [edge] } }\nnetworks: { edge: {} }\n';
    const fragment = join(folder, 'compose/front.yaml');
    writeFileSync(join(folder, 'compose/own.yaml'), own);
    writeFileSync(
      join(folder, 'including.yaml'),
      'include: [compose/front.yaml]\nservices: { own: { image: "x:1" } }\n',
    );
    for (const files of [[fragment, join(folder, 'compose/own.yaml')], [join(folder, 'including.yaml')]]) {
      const { output, text } = await composeConfig(compose, folder, files);
      expect(output).toBe('');
      const { services, volumes } = JSON.parse(text) as { services: Record<string, object>; volumes: object };
      expect(Object.keys(services).sort()).toEqual(['caddy', 'own', 'shop']);
      expect(Object.keys(volumes).sort()).toEqual(['cache', 'caddy-config', 'caddy-data', 'uploads']);
      expect(services.shop).toMatchObject({
        command: ['serve', '--price', '$$5', '--level', 'info'],
        environment: { A: '1' },
        logging: { driver: 'journald' },
        restart: 'always',
        volumes: [
          { type: 'volume', source: 'uploads' },
          { type: 'bind', source: join(folder, 'compose/shop/themes'), read_only: true },
          { type: 'bind', source: join(folder, 'compose/shop/fonts'), read_only: true },
          { type: 'volume', source: 'cache' },
        ],
      });
    }
  });

  it('is accepted by docker compose machine by machine, and included; no application keeps the edge from its start', async () => {
    if (!compose) return;
    for (const name of ['nginx runs live', 'several edge machines', 'several edge machines with Caddy']) {
      const golden = join(here, '../targets', name, 'topology.yaml');
      const folder = mkdtempSync(join(base, 'machines-'));
      writeFiles(folder, compile(valid(readFileSync(golden, 'utf8'), golden)));
      const own = 'services: { own: { image: "x:1" } }\n';
      writeFileSync(join(folder, 'compose/own.yaml'), own);
      for (const machine of readdirSync(join(folder, 'compose')).filter((one) => one.endsWith('.yaml'))) {
        if (machine === 'own.yaml') continue;
        const fragment = join(folder, 'compose', machine);
        writeFileSync(join(folder, 'user.yaml'), `include: [compose/${machine}]\n${own}`);
        const ways = [[fragment], [fragment, join(folder, 'compose/own.yaml')], [join(folder, 'user.yaml')]];
        const said = await Promise.all(ways.map((files) => composeConfig(compose, folder, files)));
        expect(said.map(({ output }) => output)).toEqual(['', '', '']);
        const [alone, beside, included] = said.map(({ text }) => JSON.parse(text).services as Record<string, Part>);
        expect(Object.keys(beside ?? {}).sort()).toEqual([...Object.keys(alone ?? {}), 'own'].sort());
        expect(included).toMatchObject(alone ?? {});
        for (const [service, { depends_on = {}, healthcheck }] of Object.entries(alone ?? {})) {
          expect(Object.keys(depends_on)).toEqual(service === 'nginx' ? ['certbot'] : []);
          // Its own port, or its own file: nothing of an application.
          const asked = {
            nginx: 'nc -z 127.0.0.1 80',
            caddy: 'nc -z 127.0.0.1 80',
            certbot: 'test -e /etc/edge/tls/.ready',
          };
          expect(healthcheck?.test.slice(1).join(' ')).toBe(asked[service as keyof typeof asked]);
        }
      }
    }
  });

  it('is accepted before there are certificates', async () => {
    expectNone(await refusals(cases(sketches.slice(6, 12), ' with --stage bootstrap', { stage: 'bootstrap' })));
  });
});
