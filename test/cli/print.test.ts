import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import schemaFile from '../../schemas/topology.schema.json' with { type: 'json' };
import { defaults } from '../../src/model/defaults.ts';
import { catalogue } from '../../src/rules/index.ts';
import { session } from './session.ts';

const topology = `version: 1
services:
  app:
    image: example/app:1.0
    port: 3000
    environment: { API_KEY: sesame }
upstreams:
  web:
    service: app
    timeouts: { connect: 250ms }
sites:
  www.example.com:
    upstream: web
    timeouts: { send: 3s }
`;

describe('print model', () => {
  test('each value, and whether it was written, inherited or is the default', async () => {
    const done = await session({ 'topology.yaml': topology }).look(['print', 'model']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain('      connect: 250ms # written topology.yaml:10\n');
    expect(done.stdout).toContain('          connect: 250ms # inherited topology.yaml:10\n');
    expect(done.stdout).toContain('          send: 3s # written topology.yaml:14\n');
    expect(done.stdout).toMatch(/^ {6}send: 30s # default: \S.*$/m);
    // Written out at each place: `*a1` would tell nobody anything.
    expect(done.stdout).not.toMatch(/[&*]a\d/);
    expect(parse(done.stdout).upstreams.web.retry.on).toEqual(['error', 'timeout']);
  });

  test('as JSON, each value with its origin', async () => {
    const { stdout } = await session({ 'topology.yaml': topology }).look(['print', 'model', '--format', 'json']);
    const model = JSON.parse(stdout);
    expect(model.upstreams.web.timeouts.connect).toEqual({
      value: '250ms',
      origin: 'written',
      file: 'topology.yaml',
      line: 10,
      column: 26,
    });
    const [route] = model.sites['www.example.com'].routes;
    expect(route.timeouts.connect).toEqual({
      value: '250ms',
      origin: 'inherited',
      file: 'topology.yaml',
      line: 10,
      column: 26,
    });
    expect(route.timeouts.idle).toEqual({ value: 'none', origin: 'default', because: expect.any(String) });
  });

  test.each(['yaml', 'json'])('%s hides the values of the environment', async (format) => {
    const here = session({ 'topology.yaml': topology });
    const hidden = (await here.look(['print', 'model', '--format', format])).stdout;
    expect(hidden).not.toContain('sesame');
    expect(hidden).toMatch(/API_KEY"?: [^}]*?…/);
    const shown = (await here.look(['print', 'model', '--format', format, '--show-secrets'])).stdout;
    expect(shown).toContain('sesame');
  });

  test('of a topology with a mistake: the findings', async () => {
    const here = session({ 'bad.yaml': topology.replace('service: app', 'service: ap') });
    const done = await here.look(['print', 'model', 'bad.yaml']);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toMatch(/^bad\.yaml:9:14: error .*\[reference-unknown\]\n/);
  });
});

describe('print', () => {
  test('schema: the file of the package, as JSON', async () => {
    const { code, stdout } = await session().look(['print', 'schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(schemaFile);
  });

  test('defaults: YAML with a reason behind each value, and JSON', async () => {
    const { stdout } = await session().look(['print', 'defaults']);
    expect(stdout).toMatch(/^ {2}connect: 1s # \S/m);
    const values = (table: object): unknown =>
      Object.fromEntries(Object.entries(table).map(([key, one]) => [key, 'because' in one ? one.value : values(one)]));
    expect(parse(stdout)).toEqual(values(defaults));
    expect(stdout.match(/ # /g)?.length).toBe(JSON.stringify(defaults).split('"because"').length - 1);
    const json = await session().look(['print', 'defaults', '--format', 'json']);
    expect(JSON.parse(json.stdout)).toEqual(defaults);
  });

  test('rules: one row or entry for each that exists', async () => {
    const { stdout } = await session().look(['print', 'rules']);
    expect(stdout).toMatch(/^\| rule \| severity \| what it finds \|\n\|---\|---\|---\|\n/);
    expect(stdout.match(/(?<=^\| `)[^`]+/gm)).toEqual([...catalogue.keys()]);
    const json = JSON.parse((await session().look(['print', 'rules', '--format', 'json'])).stdout);
    expect(json.map(({ id }: { id: string }) => id)).toEqual([...catalogue.keys()]);
    expect(Object.keys(json[0])).toEqual(['id', 'summary', 'severity', 'why', 'help']);
  });

  test('capabilities: a table', async () => {
    const { code, stdout } = await session().look(['print', 'capabilities']);
    expect(code).toBe(0);
    const [table = '', , list = ''] = stdout.trimEnd().split('\n\n');
    const rows = table.split('\n');
    expect(rows.slice(0, 2)).toEqual(['| | nginx | Caddy |', '|---|---|---|']);
    for (const row of rows) expect(row.split('|')).toHaveLength(5);
    // What always differs stands below.
    for (const row of list.split('\n')) expect(row).toMatch(/^- \S/);
  });

  test.each([
    [['modell'], 'error `modell` cannot be printed\n  help: did you mean `model`?\n'],
    [['x'], 'error `x` cannot be printed\n  help: the words are model, defaults, schema, rules, capabilities\n'],
    [['schema', '--format', 'yaml'], 'error `print schema` has no format `yaml`\n  help: the format is json\n'],
    [
      ['defaults', '--format', 'toString'],
      'error `print defaults` has no format `toString`\n  help: the formats are yaml, json\n',
    ],
    [['rules', 'x.yaml'], 'error `print rules` reads no file\n  help: leave the file away; `print model` takes one\n'],
  ])('%j is refused', async (args, stderr) => {
    expect(await session().look(['print', ...args])).toEqual({ code: 2, stdout: '', stderr });
  });
});

describe('the defaults that the schema tells', () => {
  interface Node {
    readonly default?: unknown;
    readonly [key: string]: unknown;
  }

  /** What each `default` of the schema is in the table. Those that the table has no place for stand here by hand. */
  const places: Record<string, string | { value: unknown }> = {
    'properties/targets/properties/caddy/properties/version': 'targets.caddy.version',
    'properties/targets/properties/nginx/properties/version': 'targets.nginx.version',
    'properties/targets/properties/nginx/properties/workers': 'targets.nginx.workers',
    'properties/edge/properties/resolver': { value: 'docker' },
    'properties/machines/additionalProperties/properties/edge': { value: false },
    'definitions/tls': 'tls.mode',
    'definitions/budget': { value: 'unset' },
    'definitions/pool/properties/protocol': { value: 'http' },
    'definitions/upstream/properties/protocol': { value: 'http' },
    'definitions/site/properties/stream': 'route.stream',
    'definitions/site/properties/flush': 'route.flush',
    'definitions/error_pages/additionalProperties/properties/redirect/properties/status': 'error_pages.redirect.status',
  };

  function* written(node: unknown, path: string[] = []): Generator<[string, unknown]> {
    if (typeof node !== 'object' || node === null) return;
    const { default: value } = node as Node;
    if (value !== undefined && path.at(-1) !== 'properties') yield [path.join('/'), value];
    for (const [key, inner] of Object.entries(node)) yield* written(inner, [...path, key]);
  }

  /** `definitions/health/properties/active/properties/interval` → `health.active.interval`. */
  function placeOf(path: string): string {
    return path
      .replace(/^definitions\/(?:pool|upstream)\//, '')
      .split('/')
      .filter((part) => !['properties', 'definitions'].includes(part))
      .join('.');
  }

  const all = [...written(schemaFile)];

  test.each(all)('%s: %j', (path, value) => {
    const place = places[path] ?? placeOf(path);
    if (typeof place === 'object') return expect(value).toEqual(place.value);
    const found = place
      .split('.')
      .reduce<unknown>((table, key) => (table as Record<string, unknown> | undefined)?.[key], defaults);
    expect(found, place).toMatchObject({ value });
  });

  test('are all there are', () => {
    const leaves = JSON.stringify(defaults).split('"because"').length - 1;
    const told = new Set(
      all.map(([path]) => places[path] ?? placeOf(path)).filter((place) => typeof place === 'string'),
    );
    // One default is written in another way (`docker` is 127.0.0.11), and a stream has two of its own.
    expect(told.size).toBe(leaves - 3);
  });
});
