import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { run } from '../../src/cli/programs.ts';
import { compile } from '../../src/compile.ts';
import { valid } from '../properties/topologies.ts';
import { requireBinaries } from '../proxies/binaries.ts';
import { envFiles, templates } from '../source/variable-cases.ts';

const [compose] = requireBinaries('docker-compose');
const folder = mkdtempSync(join(tmpdir(), 'proxywright-variables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Read {
  readonly ok: boolean;
  /** The environment of the service `web`, with `$$` as compose prints a dollar made one again. */
  readonly environment: Readonly<Record<string, string>>;
  readonly output: string;
}

/** What compose makes of a fragment with the variables of an env file. */
async function read(fragment: string, envFile: string): Promise<Read> {
  writeFileSync(join(folder, 'edge.yaml'), fragment);
  writeFileSync(join(folder, 'variables.env'), envFile);
  const args = ['--env-file', join(folder, 'variables.env'), '-f', join(folder, 'edge.yaml'), 'config'];
  const options = ['--format', 'json', '--no-path-resolution'];
  const { code, stdout, output } = await run(compose?.path ?? '', [...args, ...options], {
    HOME: folder,
    PATH: '/usr/bin:/bin',
  });
  if (code !== 0) return { ok: false, environment: {}, output };
  const made: Record<string, string> = JSON.parse(stdout).services.web.environment ?? {};
  const environment = Object.entries(made).map(([key, value]) => [key, value.replaceAll('$$', '$')]);
  return { ok: true, environment: Object.fromEntries(environment), output };
}

const fragment = (values: Readonly<Record<string, string>>): string =>
  stringify({ services: { web: { image: 'x', environment: values } } });
const variables = 'A=v\nB=w\nE=\n';

describe.skipIf(!compose)('docker compose', () => {
  const taken = templates.filter(([, made]) => made !== undefined);

  it('replaces variables as we do', async () => {
    const written = Object.fromEntries(taken.map(([text], index) => [`V${index}`, text]));
    const { environment, output } = await read(fragment(written), variables);
    expect(environment, output).toEqual(Object.fromEntries(taken.map(([, made], index) => [`V${index}`, made])));
  });

  it('refuses what we refuse', async () => {
    for (const [text] of templates.filter(([, made]) => made === undefined)) {
      expect((await read(fragment({ V: text }), variables)).ok, text).toBe(false);
    }
  });

  it('reads env files as we do', async () => {
    for (const [text, value] of envFiles) {
      const { ok, environment, output } = await read(fragment({ V: '${A}' }), text);
      expect(ok, `${JSON.stringify(text)}: ${output}`).toBe(value !== undefined);
      expect(environment.V, JSON.stringify(text)).toBe(value);
    }
  });

  it('replaces the variables that a topology leaves to it, and nothing else', async () => {
    const own = [...taken.filter(([text]) => !text.includes('\\')), ['pa$word$A$$', 'pa$word$A$$'] as const];
    const written = Object.fromEntries(own.map(([text], index) => [`V${index}`, text]));
    const topology = {
      version: 1,
      services: { web: { image: 'web:${A}', port: 80, environment: written } },
      sites: { 'a.internal': 'web' },
    };
    const files = compile(valid(JSON.stringify(topology), 'topology'));
    const text = files.find(({ path }) => path === 'compose/edge.yaml')?.text ?? '';
    const { environment, output } = await read(text, variables);
    expect(environment, output).toEqual(Object.fromEntries(own.map(([, made], index) => [`V${index}`, made])));
    expect(output).toContain('"image": "web:v"');
  });
});
