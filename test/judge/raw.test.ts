import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compile } from '../../src/compile.ts';
import { readCaddy } from '../../src/judge/caddy/index.ts';
import { parseVersion } from '../../src/model/version.ts';
import { analyse } from '../../src/pipeline.ts';
import { attack, hostile } from '../properties/fields.ts';
import { readNginx } from '../properties/nginx-text.ts';
import { seed } from '../properties/topologies.ts';

const text = (raw: unknown): string =>
  JSON.stringify({
    version: 1,
    targets: { nginx: {}, caddy: {} },
    sites: { 'a.example.com': { tls: 'none', routes: [{ upstream: '10.0.0.2:80', raw }] }, 'b.example.com': 'b:80' },
  });

/** What is made of blocks, but for what stands in the location or the handle of the route. */
function around(raw: unknown): unknown {
  const { topology, diagnostics } = analyse('topology.yaml', text(raw));
  if (!topology || diagnostics.some(({ severity }) => severity === 'error')) return undefined;
  const made = new Map(compile(topology).map((file) => [file.path, file.text]));
  const servers = readNginx(made.get('nginx/conf.d/a.example.com.conf') ?? '');
  const caddyfile = new Map([['Caddyfile', made.get('caddy/Caddyfile') ?? '']]);
  const { blocks } = readCaddy(caddyfile, 'Caddyfile', parseVersion('2.11'));
  return {
    nginx: servers.map(({ words, block = [] }) => [words, block.map((one) => one.words)]),
    caddy: blocks.map(({ keys, directives }) => [
      keys.map((key) => key.text),
      directives.map(({ name, block = [] }) => [name, block.map((one) => one.name)]),
    ]),
  };
}

const plain = around({ nginx: 'expires 1h;', caddy: 'header X-A 1' });

it.each([
  ['nginx', 'expires 1h;', (value: string) => ({ nginx: value, caddy: 'none' })],
  ['Caddy', 'header X-A 1', (value: string) => ({ nginx: 'none', caddy: value })],
] as const)('no text for %s leaves its place', (_name, harmless, put) => {
  const texts = [
    ...hostile.flatMap((one) => [one, harmless + one, `${harmless}\n${one}`]),
    ...['}\nhandle {', '}\n}\n:81 {\nhandle {', '} location /x {', '} } server { location / {', '"\n}\n"', '`\n}\n`'],
    ...fc.sample(attack(harmless), { seed, numRuns: 50 }),
  ];
  let taken = 0;
  for (const one of texts) {
    const made = around(put(one));
    if (made) taken++;
    if (made) expect(made, JSON.stringify(one)).toEqual(plain);
  }
  expect(taken).toBeGreaterThan(20);
});

const waits = (raw: unknown) =>
  analyse('topology.yaml', text(raw)).reports?.[0]?.targets.map(({ target, worst, bounds }) => ({
    target,
    bounded: worst !== null,
    rows: bounds.rows.every(({ wait }) => wait.kind !== 'wait' || wait.time !== undefined),
  }));

it('what may wait, try again or answer leaves no bound, on its target alone', () => {
  const none = { bounded: false, rows: false };
  const known = { bounded: true, rows: true };
  expect(waits({ nginx: 'expires 1h;', caddy: 'header X-A 1' })).toEqual([
    { target: 'caddy', ...known },
    { target: 'nginx', ...known },
  ]);
  for (const one of ['limit_rate 1k;', 'if ($arg_x) { return 204; }', 'return 200;', 'echo_sleep 60;']) {
    expect(waits({ nginx: one, caddy: 'none' }), one).toEqual([
      { target: 'caddy', ...known },
      { target: 'nginx', ...none },
    ]);
  }
  for (const one of ['rate_limit x', 'reverse_proxy 10.0.0.9', 'handle {\n\tabort\n}']) {
    expect(waits({ nginx: 'none', caddy: one })?.[0], one).toEqual({ target: 'caddy', ...none });
  }
});

it('a target without a text is an error; one that is not compiled for needs none', () => {
  const rules = (targets: unknown) =>
    analyse(
      'topology.yaml',
      JSON.stringify({ ...JSON.parse(text({ nginx: 'expires 1h;' })), targets }),
    ).diagnostics.filter(({ rule }) => rule === 'reference-raw').length;
  expect(rules({ nginx: {}, caddy: {} })).toBe(1);
  expect(rules({ nginx: {} })).toBe(0);
});
