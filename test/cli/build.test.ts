import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clean, session } from './session.ts';

const written = [
  'out/RUNBOOK.md',
  'out/caddy/Caddyfile',
  'out/compose/edge.yaml',
  'out/nginx/conf.d/00-http.conf',
  'out/nginx/conf.d/www.example.com.conf',
  'out/nginx/nginx.conf',
];

const next = 'next: out/RUNBOOK.md tells how to start it, reload it and roll back\n';

function project() {
  return session({ 'topology.yaml': clean });
}

async function built() {
  const here = project();
  expect((await here.run(['build', '-o', 'out'])).code).toBe(0);
  return here;
}

describe('build', () => {
  test('writes every file into a fresh folder and lists them', async () => {
    const here = project();
    expect(await here.run(['build', '-o', 'out'])).toEqual({
      code: 0,
      stdout: written.map((path) => `new     ${path}\n`).join(''),
      stderr: `wrote 6 files in out\n${next}`,
    });
    expect(here.files()).toEqual(
      [...written, 'out', 'out/caddy', 'out/compose', 'out/manifest.json']
        .concat('out/nginx', 'out/nginx/conf.d', 'topology.yaml')
        .sort(),
    );
  });

  test('says what is next to a person alone', async () => {
    const { stderr } = await project().run(['build', '-o', 'out'], { env: { CI: 'true' } });
    expect(stderr).toBe('wrote 6 files in out\n');
  });

  test('a second time writes nothing and says so', async () => {
    const here = await built();
    expect(await here.look(['build', '-o', 'out'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'out is up to date (6 files)\n',
    });
  });

  test('writes and deletes what the topology changed, no more', async () => {
    const here = await built();
    here.write('topology.yaml', clean.replaceAll('www.example.com', 'shop.example.com'));
    expect(await here.run(['build', '-o', 'out'])).toEqual({
      code: 0,
      stdout: [
        'changed out/RUNBOOK.md\n',
        'changed out/caddy/Caddyfile\n',
        'new     out/nginx/conf.d/shop.example.com.conf\n',
        'deleted out/nginx/conf.d/www.example.com.conf\n',
      ].join(''),
      stderr: 'wrote 4 files in out, 3 unchanged\nnext: out/RUNBOOK.md tells how to reload it, and to roll back\n',
    });
    expect(here.files()).not.toContain('out/nginx/conf.d/www.example.com.conf');
  });

  test('takes a folder outside, a link to a folder, and names with spaces', async () => {
    const here = session({ 'a b/topology.yaml': clean, 'real/.keep': '' });
    symlinkSync(join(here.dir, 'real'), join(here.dir, 'link'));
    const done = await here.run(['build', '-o', '../link/my out'], { cwd: 'a b' });
    expect(done.stderr).toBe(`wrote 6 files in ../link/my out\n${next.replace('out/', '../link/my out/')}`);
    expect(here.files()).toContain('real/my out/manifest.json');
  });

  test('needs to know where to', async () => {
    expect(await project().look(['build'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error where to? no output folder is named\n  help: add `-o DIR`, or `--stdout` to only look\n',
    });
  });

  test('warnings are shown in full, notes are counted', async () => {
    const text = clean.replace('portability-timeouts-idle-none: off', 'portability-timeouts-idle-none: warning');
    const here = session({ 'topology.yaml': text.replace('acme: { email: ops@example.com }\n', '') });
    const { code, stderr } = await here.run(['build', '-o', 'out']);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^topology\.yaml:\d+:\d+: warning nginx only approximates .* \[portability-timeouts-idle-none\]$/m,
    );
    expect(stderr).toContain('\n1 warning, 1 note (`proxywright lint` shows the notes)\nwrote 6 files in out\n');
    expect(stderr).not.toContain('acme-email');
  });
});

describe('build --check', () => {
  test('of what was built is fine', async () => {
    expect(await (await built()).look(['build', '-o', 'out', '--check'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'out is up to date (6 files)\n',
    });
  });

  test('of a hand edit prints a unified diff and touches nothing', async () => {
    const here = await built();
    here.write('out/nginx/nginx.conf', `${here.read('out/nginx/nginx.conf')}# mine \x1b[31m\n`);
    const { code, stdout, stderr } = await here.look(['build', '-o', 'out', '--check']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^nginx\/nginx\.conf: differs from this build, changed by hand\n--- a\/nginx\/nginx\.conf\n\+\+\+ b\/nginx\/nginx\.conf\n@@ -\d+,4 \+\d+,3 @@\n(?: .*\n)+-# mine \\x1b\[31m\n$/,
    );
    expect(stderr).toBe('the output differs from the topology: build again, or undo the edit\n');
  });

  test('of a changed topology and of a folder that is not there', async () => {
    const here = await built();
    here.write('topology.yaml', clean.replace('10.0.0.3:3000', '10.0.0.4:3000'));
    const drift = await here.look(['build', '-o', 'out', '--check']);
    expect(drift).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^-.*10\.0\.0\.3:3000.*\n\+.*10\.0\.0\.4:3000/m),
    });
    const none = await here.look(['build', '-o', 'new', '--check']);
    expect(none).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^RUNBOOK\.md: lacking, a build would create it\n--- \/dev\/null\n/),
    });
  });
});

describe('build --dry-run', () => {
  test('lists what would be written and writes nothing', async () => {
    const here = project();
    expect(await here.look(['build', '-o', 'out', '--dry-run'])).toEqual({
      code: 0,
      stdout: written.map((path) => `new     ${path}\n`).join(''),
      stderr: 'would write 6 files in out\n',
    });
  });

  test('with --force says what would be kept', async () => {
    const here = await built();
    here.write('out/caddy/Caddyfile', 'mine\n');
    expect(await here.look(['build', '-o', 'out', '--dry-run', '--force'])).toEqual({
      code: 0,
      stdout: 'changed out/caddy/Caddyfile\n',
      stderr:
        'would keep what was edited in out/caddy/Caddyfile as out/caddy/Caddyfile.orig\nwould write 1 file in out, 5 unchanged\n',
    });
  });
});

describe('build --stdout', () => {
  test('one file comes raw', async () => {
    const here = await built();
    const done = await here.look(['build', '--stdout', '-t', 'caddy']);
    expect(done).toEqual({ code: 0, stdout: here.read('out/caddy/Caddyfile'), stderr: '' });
  });

  test('several files come with a line before each', async () => {
    const { code, stdout } = await project().look(['build', '--stdout', '-t', 'nginx,caddy']);
    expect(code).toBe(0);
    expect(stdout.match(/^# ==== .*$/gm)).toEqual([
      '# ==== caddy/Caddyfile',
      '# ==== nginx/nginx.conf',
      '# ==== nginx/conf.d/00-http.conf',
      '# ==== nginx/conf.d/www.example.com.conf',
    ]);
  });

  test('reads standard input', async () => {
    const done = await session().look(['build', '-', '--stdout', '-t', 'caddy'], { stdin: clean });
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('www.example.com') });
  });

  test.each([
    ['--check', '--stdout'],
    ['--check', '--dry-run'],
    ['--check', '--watch'],
    ['--dry-run', '--watch'],
    ['--stdout', '--watch'],
  ])('%s and %s exclude one another', async (one, other) => {
    const { code, stderr } = await project().look(['build', '-o', 'out', one, other]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error option '--[a-z-]+' cannot be used with option '--[a-z-]+'\n {2}help: `proxywright build --help`/,
    );
  });
});

describe('build --target', () => {
  test('one target leaves the others alone, in a new folder and in a full one', async () => {
    const here = project();
    await here.run(['build', '-o', 'out', '-t', 'nginx']);
    expect(here.files()).toContain('out/nginx/nginx.conf');
    expect(here.files()).not.toContain('out/caddy');
    const next = await here.run(['build', '-o', 'out', '-t', 'caddy']);
    expect(next).toMatchObject({ code: 0, stdout: 'new     out/caddy/Caddyfile\n' });
    expect(here.files()).toContain('out/nginx/nginx.conf');
    expect(Object.keys(JSON.parse(here.read('out/manifest.json')).files)).toHaveLength(4);
  });

  test.each(['foo', 'nginx,foo', 'Caddy', 'nginx,'])('`%s` names no target', async (target) => {
    const { code, stdout, stderr } = await project().look(['build', '-o', 'out', '-t', target]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error `(?:foo|Caddy|)` is no target\n {2}help: `--target` takes caddy, nginx and compose/);
  });

  test('a target that the topology does not have', async () => {
    const here = session({ 'topology.yaml': `${clean}targets: { nginx: {} }\n` });
    expect(await here.look(['build', '-o', 'out', '-t', 'caddy'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error `caddy` is not among the targets of the topology\n  help: the topology has nginx\n',
    });
  });
});

describe('variants', () => {
  test('--shadow listens on that port only', async () => {
    const here = project();
    expect(await here.run(['build', '-o', 'shadow', '--shadow', '8080'])).toMatchObject({ code: 0 });
    const nginx = here.read('shadow/nginx/conf.d/www.example.com.conf');
    expect(new Set(nginx.match(/\blisten .*/g))).toEqual(new Set(['listen 8080;']));
    expect(nginx).not.toContain('ssl_certificate');
    expect(JSON.parse(here.read('shadow/manifest.json')).options).toEqual({ shadow: '8080' });
  });

  test.each(['0', '65536', '99999', 'x', '-1', '8o80', '1e3'])('--shadow %s is no port', async (port) => {
    const { code, stderr } = await project().look(['build', '-o', 'out', `--shadow=${port}`]);
    expect(code).toBe(2);
    expect(stderr).toBe(`error \`${port}\` is no port\n  help: \`--shadow\` takes a number from 1 to 65535\n`);
  });

  test('another variant into the same folder is refused, and replaces it with --force', async () => {
    const here = await built();
    expect(await here.look(['build', '-o', 'out', '--shadow', '8080'])).toEqual({
      code: 2,
      stdout: '',
      stderr: `error ${here.dir}/out was built with no --shadow, this build has --shadow 8080\n  help: give each variant a folder of its own with -o, or replace the earlier one with --force\n`,
    });
    expect(await here.run(['build', '-o', 'out', '--shadow', '8080', '--force'])).toMatchObject({ code: 0 });
    const back = await here.look(['build', '-o', 'out']);
    expect(back).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('was built with --shadow 8080, this build has no'),
    });
  });

  test('--stage bootstrap needs no certificate', async () => {
    const here = project();
    expect(await here.run(['build', '-o', 'out', '--stage', 'bootstrap'])).toMatchObject({ code: 0 });
    expect(here.read('out/nginx/conf.d/www.example.com.conf')).not.toContain('ssl_certificate');
    const wrong = await here.look(['build', '-o', 'out', '--stage', 'bootsrap']);
    expect(wrong).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "error option '--stage <stage>' argument 'bootsrap' is invalid\n  help: allowed choices are bootstrap; `proxywright build --help` lists its options\n",
    });
  });
});

test('standard input cannot be watched', async () => {
  const done = await session().run(['build', '-', '-o', 'out', '--watch'], { stdin: clean });
  expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining('error standard input cannot be watched\n') });
});
