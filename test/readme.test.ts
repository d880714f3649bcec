import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilityMatrix } from '../src/targets/matrix.ts';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(top, 'README.md');
const folder = mkdtempSync(join(tmpdir(), 'proxywright-readme-'));

beforeAll(async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  await build({
    entryPoints: [join(top, 'src/bin.ts')],
    outfile: join(bin, 'proxywright.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  writeFileSync(join(bin, 'proxywright'), '#!/bin/sh\nexec node "$(dirname "$0")/proxywright.cjs" "$@"\n');
  chmodSync(join(bin, 'proxywright'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The README as it should be: every `$ command` run in order, in one folder, with what it really prints below it. */
function executed(text: string): string {
  const blocks = /```(yaml|nginx|console)\n([\s\S]*?)```/g;
  const shown = text.replace(blocks, (block, kind: string, body: string) => {
    if (kind !== 'console') {
      const name = /^# (\S+\.(?:yaml|conf))\n/.exec(body)?.[1];
      if (name) writeFileSync(join(folder, name), body);
      return block;
    }
    const commands = body.split('\n').filter((line) => line.startsWith('$ '));
    const parts = commands.map((line) => `${line}\n${run(line.slice(2))}`);
    return `\`\`\`console\n${parts.join('\n')}\`\`\``;
  });
  return between(between(shown, 'capabilities', capabilityMatrix), 'diff', comment);
}

/** The text with what stands between two comments of that name made anew. */
function between(text: string, name: string, made: () => string): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const [before = '', rest = ''] = text.split(start);
  return `${before}${start}${made()}${end}${rest.slice(rest.indexOf(end) + end.length)}`;
}

/** A comment on a pull request, as it looks there. */
function comment(): string {
  const text = run('proxywright diff topology.yaml change.yaml --format markdown');
  return text
    .replace(/^/gm, '> ')
    .replace(/ +$/gm, '')
    .replace(/>$\n?(?![\s\S])/, '');
}

function run(command: string): string {
  const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, NO_COLOR: '1' };
  // `init` must not overwrite the topology of the reader, and says so.
  const { stdout } = spawnSync('sh', ['-c', `exec 2>&1; ${command}`], { cwd: folder, env, encoding: 'utf8' });
  return stdout;
}

describe('README', () => {
  it('shows what its commands really print', () => {
    const text = readFileSync(file, 'utf8');
    const real = executed(text);
    if (process.env.UPDATE === '1') writeFileSync(file, real);
    expect(process.env.UPDATE === '1' ? real : text).toBe(real);
    // Some forty commands, one after the other, on a machine that may be busy.
  }, 120_000);

  it('shows a library call that works', () => {
    const text = readFileSync(file, 'utf8');
    const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(text) ?? [];
    const topology = JSON.stringify(readFileSync(join(folder, 'topology.yaml'), 'utf8'));
    const source = code
      .replace("'proxywright'", JSON.stringify(join(top, 'src/index.ts')))
      .replace('const { topology', `const text = ${topology};\nconst { topology`);
    const script = join(folder, 'library.ts');
    writeFileSync(
      script,
      `${source}\nconsole.log(files.map(({ path }) => path).join(' '), diagnostics.length > 0, staging.at(-1), waits);\n`,
    );
    const tsx = join(top, 'node_modules/tsx/dist/cli.mjs');
    const printed = execFileSync(process.execPath, [tsx, script], { encoding: 'utf8' });
    expect(printed).toMatch(
      /^caddy\/Caddyfile nginx\/nginx\.conf .*compose\/server-2\.yaml.* true staging-ca topology\.staging\.yaml \[ \[ 'www.example.com\/', 12000 \] \]\n$/,
    );
  });
});

describe('the examples', () => {
  it.each(['minimal', 'two-servers'])('%s: the committed output is what build makes', (name) => {
    const here = join(folder, name);
    cpSync(join(top, 'examples', name), here, { recursive: true });
    const result = spawnSync(
      join(folder, 'bin/proxywright'),
      ['build', join(here, 'topology.yaml'), '-o', join(here, 'out'), '--check'],
      { encoding: 'utf8' },
    );
    expect(result.stdout).toBe('');
    expect(result.status).toBe(0);
  });
});
