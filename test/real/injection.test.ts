import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type CompileOptions, compile } from '../../src/compile.ts';
import { analyse } from '../../src/pipeline.ts';
import type { CertificateFiles } from '../../src/targets/layout.ts';
import { attack, hostile } from '../properties/fields.ts';
import { checkLayout, writeFiles, writePair } from '../properties/layout.ts';
import { named, readNginx, shape } from '../properties/nginx-text.ts';
import { seed, valid } from '../properties/topologies.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { type Echo, startFault, type Upstream } from '../proxies/faults.ts';
import { adaptCaddy, composeConfig, formatCaddy, testNginx } from '../proxies/inspect.ts';
import { build, type Edge } from '../proxies/layout.ts';

const nginx = requireBinaries('nginx');
const caddy = requireBinaries('caddy');
const [compose] = requireBinaries('docker-compose');

const base = mkdtempSync(join(tmpdir(), 'proxywright-injection-'));
let pair: CertificateFiles;
beforeAll(() => {
  pair = writePair(base);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

type Words = Readonly<Record<string, unknown>>;

/** Those of the values that the language takes when they stand where `put` puts them. */
function taken(values: readonly string[], put: (value: string) => Words): string[] {
  return [...new Set(values)].filter((value) => {
    const { topology, diagnostics } = analyse('topology.yaml', JSON.stringify(put(value)));
    return topology && !diagnostics.some(({ severity }) => severity === 'error');
  });
}

/** The known strange texts and random ones, alone and beside a right value. */
function strange(harmless: string, count: number): string[] {
  const random = fc.sample(attack(harmless), { seed, numRuns: count });
  return [...hostile.flatMap((text) => [text, harmless + text, text + harmless]), ...random];
}

/** A JSON value without its leaves, so that two configurations of the same structure are equal. */
function skeleton(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(skeleton);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, skeleton(item)]));
}

/** Every value of that key, at any depth. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.entries(value).filter(([name]) => name === key);
  return [...own.map(([, item]) => item), ...Object.values(value).flatMap((item) => valuesOf(item, key))];
}

function outputOf(document: Words, options: CompileOptions = {}) {
  const folder = mkdtempSync(join(base, 'case-'));
  const layout = options.layout ?? checkLayout(folder, pair, true);
  const files = compile(valid(JSON.stringify(document), 'topology'), { ...options, layout });
  writeFiles(folder, files);
  const text = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
  return { folder, files, text };
}

async function adapted(binary: Binary, folder: string): Promise<unknown> {
  const { ok, config, output } = await adaptCaddy(binary, folder, join(folder, 'caddy/Caddyfile'));
  expect(ok, output).toBe(true);
  return config;
}

/** What both old and new programs read. */
const oldest: Words = { version: 1, targets: { caddy: { version: '2.6' }, nginx: { version: '1.22' }, compose: {} } };

const site = (words: Words): Words => ({
  ...oldest,
  sites: { 'a.example.com': { tls: 'none', upstream: '10.0.0.2:80', ...words } },
});

/** What a pattern of a path means, read back: the text that it stands for. */
function meant(pattern: string): string {
  const [, text = pattern] = /^\^(.*?)(?:\\z|\(\?:\/\|\\z\))$/su.exec(pattern) ?? [];
  return text.replace(/\\x\{([0-9a-f]+)\}|\\x([0-9a-f]{2})|\\(.)/gsu, (_all, long, short, character) =>
    character === undefined ? String.fromCodePoint(Number.parseInt(long ?? short, 16)) : character,
  );
}

describe.skipIf(caddy.length === 0 || nginx.length === 0)('a path of a route', () => {
  const routed = (paths: readonly string[], pool: string): Words => ({
    routes: [...paths.map((path) => ({ match: { path }, upstream: pool })), { upstream: '10.0.0.3:80' }],
    upstream: undefined,
  });
  const paths = taken(
    [...strange('/harmless', 60), ...strange('/', 40), `/${'x'.repeat(510)}`, `/${'\\'.repeat(511)}`],
    (path) => site(routed([path], '10.0.0.2:80')),
  ).filter((path) => !path.endsWith('*'));
  const document = site(routed(paths, '10.0.0.2:80'));
  const tame = site(
    routed(
      paths.map((_, index) => `/harmless-${index}`),
      '10.0.0.2:80',
    ),
  );

  it.each(caddy)('comes out of Caddy $version as it went in', async (binary) => {
    expect(paths.length).toBeGreaterThan(50);
    const { folder, text } = outputOf(document);
    const config = await adapted(binary, folder);
    const patterns = valuesOf(config, 'path_regexp').map((one) => (one as { pattern: string }).pattern);
    expect(patterns.map(meant)).toEqual(paths);
    expect(await formatCaddy(binary, folder, text('caddy/Caddyfile'))).toBe(text('caddy/Caddyfile'));
    expect(skeleton(config)).toEqual(skeleton(await adapted(binary, outputOf(tame).folder)));
  });

  it.each(nginx)('comes out of nginx $version as it went in', async (binary) => {
    const { folder, text } = outputOf(document);
    const { ok, output } = await testNginx(binary, folder, join(folder, 'nginx/nginx.conf'));
    expect(ok, output).toBe(true);
    const read = readNginx(text('nginx/conf.d/a.example.com.conf'));
    const locations = named(read, 'location').map(({ words }) => words.slice(1));
    const patterns = locations.flatMap(([operator, pattern = '']) => (operator === '~' ? [meant(pattern)] : []));
    expect(patterns).toEqual(paths);
    expect(shape(read)).toEqual(shape(readNginx(outputOf(tame).text('nginx/conf.d/a.example.com.conf'))));
  });

  it('is split over several locations when there are too many for one of them', async () => {
    const many = Array.from({ length: 300 }, (_, index) => `/a-rather-long-path-with.dots/${index}`);
    const { folder, text } = outputOf(
      site({ routes: [{ match: { path: many }, upstream: '10.0.0.2:80' }], upstream: undefined }),
    );
    for (const binary of nginx) {
      const { ok, output } = await testNginx(binary, folder, join(folder, 'nginx/nginx.conf'));
      expect(ok, output).toBe(true);
    }
    const locations = named(readNginx(text('nginx/conf.d/a.example.com.conf')), 'location');
    const patterns = locations.flatMap(({ words }) =>
      words[1] === '~' ? [new RegExp(words[2]?.replaceAll('\\z', '$') ?? '')] : [],
    );
    expect(patterns.length).toBeGreaterThan(1);
    for (const path of many) expect(patterns.filter((pattern) => pattern.test(path))).toHaveLength(1);
  });

  describe.each([...nginx, ...caddy])('asked of $program $version', (binary) => {
    let edge: Edge;
    let upstreams: Upstream[] = [];
    beforeAll(async () => {
      upstreams = [await startFault({ kind: 'ok' }, { id: 'own' }), await startFault({ kind: 'ok' }, { id: 'other' })];
      const [own, other] = upstreams;
      const servers = new Map([
        ['10.0.0.2:80', own?.address ?? ''],
        ['10.0.0.3:80', other?.address ?? ''],
      ]);
      const { version: _version, targets: _targets, ...rest } = document;
      edge = await build(binary, stringify(rest), { servers, workers: 1 });
    });
    afterAll(async () => {
      await edge?.stop();
      await Promise.all(upstreams.map((upstream) => upstream.stop()));
    });

    const ask = async (path: string): Promise<string> => {
      const answer = await edge.ask(`http://a.example.com${encoded(path)}`);
      if (!('body' in answer) || answer.status !== 200) return JSON.stringify(answer);
      return (JSON.parse(answer.body) as Echo).id;
    };

    it('is routed, and its neighbours are not', async () => {
      const wrong: string[] = [];
      for (const path of paths) {
        const found = await ask(path);
        if (found !== 'own') wrong.push(`${JSON.stringify(path)}: ${found}`);
        for (const neighbour of [
          `${path}x`,
          `${path}\n`,
          path.replace(/[.*+?{}()[\]|\\^$]/, 'y'),
          path.toUpperCase(),
        ]) {
          if (paths.includes(neighbour) || !reaches(neighbour)) continue;
          const there = await ask(neighbour);
          if (there !== 'other') wrong.push(`${JSON.stringify(neighbour)}, which nobody wrote: ${there}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  });
});

/** As a client writes it: every byte that is not plain is escaped. */
function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** A path that a proxy does not tidy up first. */
function reaches(path: string): boolean {
  return !/\/\/|\/\.{1,2}(?:\/|$)/.test(path);
}

describe.skipIf(caddy.length === 0 || nginx.length === 0)('the file of a certificate', () => {
  const put = (file: string): Words => site({ tls: { certificate: file, key: file } });
  const names = taken(
    [...strange('./a folder/harmless.pem', 40), ...strange('harmless.pem', 40), "it's;#x.pem", 'ü@日.pem'],
    put,
    // No file of this machine has a longer name.
  ).filter((name) => name.split('/').every((part) => Buffer.byteLength(part) < 250));

  it('is named by both proxies and mounted by compose as it was written', async () => {
    expect(names.length).toBeGreaterThan(20);
    const sites = Object.fromEntries(
      names.map((name, index) => [
        `s${index}.example.com`,
        { upstream: '10.0.0.2:80', tls: { certificate: name, key: name, client: name } },
      ]),
    );
    const folder = mkdtempSync(join(base, 'files-'));
    const layout = {
      ...checkLayout(folder, pair, true),
      clientCa: (host: string, ca: string): string =>
        join(folder, 'tls', host, 'client', ca.slice(ca.lastIndexOf('/') + 1)),
      certificate: (host: string, files?: { certificate: string; key: string }): CertificateFiles => {
        const own = join(folder, 'tls', host);
        const place = (path: string): string => join(own, path.slice(path.lastIndexOf('/') + 1));
        return { certificate: place(files?.certificate ?? ''), key: `${place(files?.key ?? '')}.key` };
      },
    };
    const topology = valid(JSON.stringify({ ...oldest, services: { web: { image: 'x', port: 80 } }, sites }), 'files');
    const files = compile(topology, { layout, hostPath: (path) => join('/srv/a b', path) });
    writeFiles(folder, files);
    const expected = names.map((name, index) =>
      layout.certificate(`s${index}.example.com`, { certificate: name, key: name }),
    );
    const authorities = names.map((name, index) => layout.clientCa(`s${index}.example.com`, name));
    for (const ca of authorities) {
      mkdirSync(dirname(ca), { recursive: true });
      copyFileSync(pair.certificate, ca);
    }
    for (const { certificate, key } of expected) {
      mkdirSync(dirname(certificate), { recursive: true });
      copyFileSync(pair.certificate, certificate);
      copyFileSync(pair.key, key);
    }
    for (const binary of caddy) {
      const loaded = valuesOf(await adapted(binary, folder), 'load_files').flat() as CertificateFiles[];
      expect(loaded.map(({ certificate, key }) => ({ certificate, key }))).toEqual(expect.arrayContaining(expected));
      const text = files.find(({ path }) => path === 'caddy/Caddyfile')?.text ?? '';
      expect(await formatCaddy(binary, folder, text)).toBe(text);
    }
    for (const binary of nginx) {
      const { ok, output } = await testNginx(binary, folder, join(folder, 'nginx/nginx.conf'));
      expect(ok, output).toBe(true);
    }
    for (const [index, { certificate, key }] of expected.entries()) {
      const conf = readNginx(files.find(({ path }) => path === `nginx/conf.d/s${index}.example.com.conf`)?.text ?? '');
      expect(named(conf, 'ssl_certificate')[0]?.words[1]).toBe(certificate);
      expect(named(conf, 'ssl_certificate_key')[0]?.words[1]).toBe(key);
      expect(named(conf, 'ssl_client_certificate')[0]?.words[1]).toBe(authorities[index]);
    }
    if (!compose) return;
    const { ok, output, text } = await composeConfig(compose, folder, [join(folder, 'compose/edge.yaml')]);
    expect(ok, output).toBe(true);
    const mounts = valuesOf(JSON.parse(text), 'volumes').flat() as { source: string; target: string }[];
    for (const [index, name] of names.entries()) {
      const source = dirname(join('/srv/a b', name));
      expect(
        mounts
          .filter((mount) => mount.target === join(folder, 'tls', `s${index}.example.com`))
          .map((one) => one.source),
      ).toContain(source);
      const client = join(folder, 'tls', `s${index}.example.com`, 'client');
      expect(mounts.filter((mount) => mount.target === client).map((one) => one.source)).toEqual([source]);
    }
  });
});

/** The text with the variable of that name replaced: `$${` is a literal `${`. */
function replaced(text: string, name: string, value: string): string {
  return text.replace(/\$\$\{|\$\{(\w+)\}/g, (all, word) => (word === name ? value : all.slice(1)));
}

describe.skipIf(!compose)('a value of the environment', () => {
  const put = (value: string): Words => ({
    ...site({}),
    services: { web: { image: 'x', port: 80, environment: { VALUE: value } } },
  });

  it('reaches the container as it was written', async () => {
    if (!compose) return;
    const values = taken(
      [...strange('harmless', 150), 'x'.repeat(100_000), '1.10', '007', 'yes', ' x ', 'a\tb', '\u{1fffe}'],
      put,
    );
    expect(values.length).toBeGreaterThan(150);
    const environment = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
    const { folder } = outputOf({ ...site({}), services: { web: { image: 'x', port: 80, environment } } });
    const file = join(folder, 'compose/edge.yaml');
    // Whatever looks like a variable must not be one, but for `${X}`, which is left to compose.
    const env = { X: 'replaced', HOME: 'INJECTED', ENV: 'INJECTED' };
    const { ok, output, text } = await composeConfig(compose, folder, [file], { env });
    expect(ok, output).toBe(true);
    const { services } = JSON.parse(text) as { services: Record<string, { environment: Record<string, string> }> };
    expect(Object.keys(services).sort()).toEqual(['caddy', 'web']);
    const got = Object.entries(services.web?.environment ?? {}).map(([key, value]) => [
      key,
      value.replaceAll('$$', '$'),
    ]);
    const meant = values.map((value, index) => [`V${index}`, replaced(value, 'X', env.X)]);
    expect(Object.fromEntries(got)).toEqual(Object.fromEntries(meant));
  });

  it('has a name and an image that come out too, whatever YAML takes them for', async () => {
    if (!compose) return;
    const names = ['null', 'true', 'on', 'y', '123', '1e3', '0x10', '1.5', 'a.b', 'x-y_z', '0'];
    const keys = ['null', 'NULL', 'y', 'No', 'TRUE', '_x', 'a.b-c', 'X'.repeat(255)];
    const environment = Object.fromEntries(keys.map((key) => [key, key]));
    const services = Object.fromEntries(
      names.map((name) => [name, { image: `${name}:${name}`, port: 80, environment }]),
    );
    const { folder } = outputOf({ ...site({}), services });
    const { ok, output, text } = await composeConfig(compose, folder, [join(folder, 'compose/edge.yaml')]);
    expect(ok, output).toBe(true);
    const got = (JSON.parse(text) as { services: Record<string, { image: string; environment: Words }> }).services;
    expect(Object.keys(got).sort()).toEqual(['caddy', ...names].sort());
    for (const name of names) expect(got[name]).toMatchObject({ image: `${name}:${name}`, environment });
  });
});

describe.skipIf(caddy.length === 0 || nginx.length === 0)('a word of a strict form', () => {
  /** Every character that the form allows, in some order. */
  const shuffled = (characters: string, index: number): string =>
    fc
      .sample(fc.shuffledSubarray([...characters], { minLength: 5 }), { seed: seed + index, numRuns: 1 })[0]
      ?.join('') ?? '';
  const letters = 'abcxyz019';

  it.each([0, 1, 2, 3])('comes out of both proxies as it went in (%i)', async (index) => {
    const email = `${shuffled(`${letters}._%+-`, index)}@${shuffled(letters, index)}.example`;
    const ca = `https://ca.example:14000/${shuffled(`${letters}._~:/?@!&()*+,=-`, index)}%20`;
    const header = `X${shuffled(`${letters}-`, index)}`;
    const check = `/${shuffled(`${letters}._~!$&'()*+,;=:@?-`, index)}%7B`;
    const socket = `/run/${shuffled(`${letters}._@+-`, index)}`;
    const host = `a${shuffled(`${letters}_-`, index)}.${shuffled(letters, index)}`;
    const name = `${shuffled('abcxyz019', index)}.example`;
    const document = {
      ...oldest,
      acme: { email, ca },
      edge: { debug_header: header },
      sites: {
        [name]: {
          upstream: { servers: [`unix:${socket}`, `${host}:3000`, '[fd00::1]:80'], health: { active: check } },
        },
        [`*.${name}`]: { upstream: '10.0.0.2:80', tls: 'none' },
      },
    };
    const { folder, text } = outputOf(document);
    for (const binary of caddy) {
      const config = await adapted(binary, folder);
      expect(valuesOf(config, 'email')).toEqual(expect.arrayContaining([email]));
      expect(valuesOf(config, 'ca')).toEqual(expect.arrayContaining([ca]));
      expect(valuesOf(config, 'uri')).toEqual(expect.arrayContaining([check]));
      expect(valuesOf(config, 'dial')).toEqual(
        expect.arrayContaining([`unix/${socket}`, `${host}:3000`, '[fd00::1]:80']),
      );
      expect(valuesOf(config, 'host').flat()).toEqual(expect.arrayContaining([name, `*.${name}`]));
      const set = valuesOf(config, 'set').flatMap((one) => Object.keys(one as Words).map((key) => key.toLowerCase()));
      expect(set).toContain(header.toLowerCase());
    }
    const conf = readNginx(text(`nginx/conf.d/${/^[a-z1-9]/.test(name) ? '' : 'site+'}${name}.conf`));
    expect(named(conf, 'server_name').map(({ words }) => words[1])).toContain(name);
    expect(named(conf, 'add_header').map(({ words }) => words[1])).toContain(header);
    const peers = named(readNginx(text('nginx/conf.d/00-http.conf')), 'server').map(({ words }) => words[1]);
    expect(peers).toEqual(expect.arrayContaining([`unix:${socket}`, `${host}:3000`, '[fd00::1]:80']));
  });
});
