import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Repository, repository, withoutGit } from './repository.ts';
import { clean, session } from './session.ts';

if (withoutGit) console.warn('SKIPPED test/cli/diff.test.ts: git is not installed');

const topology = clean.replace('www.example.com: web', 'www.example.com: { upstream: web, budget: 40s }');
const slower = topology.replace('budget: 40s', 'budget: 40s, timeouts: { response_header: 50s }');

/** conf.d of a distribution: the sites that are on are links. */
const nginx = {
  'etc/nginx.conf': `events {}
http {
  upstream web { server 10.0.0.2:80 max_fails=3; server 10.0.0.3:80 max_fails=3; }
  include conf.d/*.conf;
  include sites-enabled/*;
}
`,
  'etc/conf.d/limits.conf': 'proxy_connect_timeout 1s;\nproxy_read_timeout 1s;\n',
  'etc/sites-available/a': 'server { listen 80; server_name a.example; location / { proxy_pass http://web; } }\n',
};

function made(files: Readonly<Record<string, string>>): Repository {
  const here = repository(files);
  here.commit('before');
  return here;
}

/** The first line of what is said, and the exit code. */
async function verdict(here: Repository, args: readonly string[], cwd = '') {
  const { code, stdout, stderr } = await here.look(['diff', ...args], { env: here.env, cwd });
  return { code, said: (stdout || stderr).split('\n')[0], help: /^ {2}help: (.*)$/m.exec(stderr)?.[1] };
}

describe.skipIf(withoutGit)('diff in a git repository', () => {
  test('compares what is checked out with a commit, and two commits', async () => {
    const here = made({ 'topology.yaml': topology });
    expect(await verdict(here, ['git:HEAD:topology.yaml', 'topology.yaml'])).toMatchObject({
      code: 0,
      said: 'nothing new: every route waits as long as before, and no finding and no output file differs',
    });
    here.write('topology.yaml', slower);
    here.commit('slower');
    const said =
      '`www.example.com/` on Caddy and nginx: 31s → 51s, over its 40s budget, because response header 30s → 50s';
    for (const base of ['HEAD~1', 'main~1', here.git(['rev-parse', 'HEAD~1']).trim(), 'HEAD^{/before}'])
      expect(await verdict(here, [`git:${base}:topology.yaml`, 'topology.yaml'])).toMatchObject({ code: 1, said });
    here.git(['checkout', '-q', '--detach', 'HEAD~1']);
    expect(await verdict(here, ['git:HEAD:topology.yaml', 'git:main:topology.yaml'])).toMatchObject({ code: 1, said });
    expect((await verdict(here, ['git:main:topology.yaml', 'git:HEAD:topology.yaml'])).code).toBe(0);
  });

  test('finds files wherever they have moved to, and names paths as git does', async () => {
    const here = made({ 'edge/topology.yaml': topology, 'other/.keep': '' });
    here.write('proxy/edge.yaml', slower);
    here.git(['rm', '-q', 'edge/topology.yaml']);
    here.commit('moved');
    expect((await verdict(here, ['git:HEAD~1:edge/topology.yaml', 'git:HEAD:proxy/edge.yaml'])).code).toBe(1);
    expect((await verdict(here, ['git:HEAD~1:edge', 'edge.yaml'], 'proxy')).code).toBe(1);
    expect((await verdict(here, ['git:HEAD~1:../edge/topology.yaml', './edge.yaml'], 'proxy')).code).toBe(1);
    expect((await verdict(here, ['git:HEAD:./edge.yaml', 'edge.yaml'], 'proxy')).code).toBe(0);
    expect(await verdict(here, ['git:HEAD:edge.yaml', 'edge.yaml'], 'proxy')).toEqual({
      code: 2,
      said: 'error `HEAD` has no file and no folder `edge.yaml`',
      help: 'paths begin at the top of the repository: write `git:HEAD:./edge.yaml` or `git:HEAD:proxy/edge.yaml`',
    });
    expect(await verdict(here, ['git:HEAD:edge/topology.yaml', 'proxy/edge.yaml'])).toEqual({
      code: 2,
      said: 'error `HEAD` has no file and no folder `edge/topology.yaml`',
      help: '`git ls-tree -r --name-only HEAD` lists what it has',
    });
    expect(await verdict(here, ['git:HEAD:topology/edge.yaml', 'proxy/edge.yaml'])).toMatchObject({
      code: 2,
      help: 'it has `proxy/edge.yaml`: was it moved?',
    });
  });

  test('reads a whole configuration of a commit, with what it includes and through links', async () => {
    const here = repository(nginx);
    here.write('etc/sites-enabled/.keep', '');
    symlinkSync('../sites-available/a', join(here.dir, 'etc/sites-enabled/a'));
    here.commit('before');
    here.write('etc/conf.d/limits.conf', 'proxy_read_timeout 1s;\n');
    const said = '`a.example/` on nginx: 4s → 2m 2s, because connect was removed';
    expect(await verdict(here, ['git:HEAD:etc/nginx.conf', 'etc/nginx.conf'])).toMatchObject({ code: 0, said });
    expect(await verdict(here, ['git:HEAD:./nginx.conf', 'nginx.conf'], 'etc')).toMatchObject({ code: 0, said });
    expect(await verdict(here, ['git:HEAD:etc', 'etc'])).toMatchObject({ code: 0, said });
    const text = (await here.look(['diff', 'git:HEAD:etc', 'etc'], { env: here.env })).stdout;
    expect(text).toContain('it was at git:HEAD:etc/conf.d/limits.conf:1');
    // An included file under another name is no other finding.
    here.git(['checkout', '-q', '.']);
    renameSync(join(here.dir, 'etc/conf.d/limits.conf'), join(here.dir, 'etc/conf.d/00.conf'));
    expect((await verdict(here, ['git:HEAD:etc', 'etc'])).said).toMatch(/^nothing new/);
  });

  test('a conf.d folder of a commit is judged as if it were included', async () => {
    const here = made({ 'conf.d/a.conf': 'upstream web { server 10.0.0.2:80; server 10.0.0.3:80; }\n' });
    here.write('conf.d/b.conf', 'server { listen 80; server_name b.example; location / { proxy_pass http://web; } }\n');
    const done = await verdict(here, ['git:HEAD:conf.d', 'conf.d', '--fail-on', 'never']);
    expect(done).toMatchObject({ code: 0, said: '`b.example/` is new: 4m on nginx' });
    const text = await here.look(['diff', 'git:HEAD:conf.d', 'conf.d'], { env: here.env });
    expect(text.stdout).toMatch(/^b\.example\/ +nginx 1\.30 +new +4m/m);
  });

  test('a link that leads out of the commit is told, and one into itself is no file', async () => {
    const here = repository({ 'a/nginx.conf': 'events {}\nhttp { include sites/*; }\n', 'a/sites/.keep': '' });
    symlinkSync('/etc/nginx/sites-available/a', join(here.dir, 'a/sites/a'));
    symlinkSync('loop', join(here.dir, 'loop'));
    here.commit('links');
    for (const link of ['a/sites/a', 'loop']) rmSync(join(here.dir, link));
    expect(await verdict(here, ['git:HEAD:a', 'a'])).toEqual({
      code: 2,
      said: 'error `a/sites/a` of `HEAD` is a link to /etc/nginx/sites-available/a, which is in no commit',
      help: 'compare files that are checked out, or make it a relative link',
    });
    expect((await verdict(here, ['git:HEAD:loop', 'a'])).code).toBe(2);
  });

  test('mistakes of the new side fail, whatever else; those of the old one leave nothing to compare', async () => {
    const here = made({ 'topology.yaml': topology });
    here.write('topology.yaml', topology.replace('servers:', 'severs:'));
    const broken = '`topology.yaml` has mistakes: 1 error, and how long it waits is not known';
    for (const failOn of ['error', 'never'])
      expect(await verdict(here, ['git:HEAD:topology.yaml', 'topology.yaml', '--fail-on', failOn])).toMatchObject({
        code: 1,
        said: broken,
      });
    expect(await verdict(here, ['topology.yaml', 'git:HEAD:topology.yaml'])).toMatchObject({
      code: 0,
      said: '`topology.yaml` had mistakes (1 error): there is nothing to compare with',
    });
    here.write('topology.yaml', Buffer.from([0, 1, 2, 0xff, 0xfe]).toString('latin1'));
    expect((await verdict(here, ['git:HEAD:topology.yaml', 'topology.yaml'])).code).toBe(1);
  });

  test('--fail-on says which new findings fail; a budget newly exceeded does, unless nothing may', async () => {
    const here = made({ 'topology.yaml': topology });
    here.write('topology.yaml', topology.replace('sites:', '  spare: { servers: [10.0.0.9:80] }\nsites:'));
    const code = async (...args: string[]) =>
      (await verdict(here, ['git:HEAD:topology.yaml', 'topology.yaml', ...args])).code;
    expect([await code(), await code('--fail-on', 'warning')]).toEqual([0, 1]);
    // The rule is silent, and the budget is exceeded all the same.
    here.write('topology.yaml', slower.replace('rules: {', 'rules: { over-budget: off,'));
    expect([await code(), await code('--fail-on', 'info'), await code('--fail-on', 'never')]).toEqual([1, 1, 0]);
  });

  test('files that a topology names are those of the commit; a key that is not committed is where it always is', async () => {
    const files = (text: string) =>
      topology
        .replace('sites:', 'sites:\n  b.example.com: { upstream: web, budget: 40s, tls: FILES }')
        .replace('FILES', text);
    const here = made({
      'edge/topology.yaml': files('{ certificate: tls/chain.pem, key: tls/key.pem }'),
      'edge/tls/chain.pem': 'x',
      '.gitignore': 'key.pem\n',
    });
    here.write('edge/tls/key.pem', 'x');
    here.git(['rm', '-q', 'edge/tls/chain.pem']);
    const done = await here.look(['diff', 'git:HEAD:edge/topology.yaml', 'edge/topology.yaml'], { env: here.env });
    expect(done.code).toBe(1);
    expect(done.stdout.match(/there is no file .*/g)).toEqual(['there is no file "tls/chain.pem" [reference-file]']);
  });

  test('includes, overlays and variables are those of the commit, and the environment that is named', async () => {
    const here = made({
      'edge/topology.yaml': topology
        .replace('version: 1\n', 'version: 1\ninclude: [./parts/*.yaml]\n')
        .replace('40s', '"${LIMIT:-40s}"'),
      'edge/parts/a.yaml': 'sites:\n  b.example.com: { upstream: web, budget: 40s }\n',
      'edge/topology.prod.yaml': 'sites: { b.example.com: { budget: 45s } }\n',
    });
    const both = ['git:HEAD:edge/topology.yaml', 'edge/topology.yaml'];
    expect(await verdict(here, both)).toMatchObject({ code: 0, said: expect.stringMatching(/^nothing new/) });
    here.write(
      'edge/parts/a.yaml',
      'sites:\n  b.example.com: { upstream: web, budget: 40s, timeouts: { response_header: 42s } }\n',
    );
    const said =
      '`b.example.com/` on Caddy and nginx: 31s → 43s, over its 40s budget, because response header 30s → 42s';
    expect(await verdict(here, both)).toMatchObject({ code: 1, said });
    expect(await verdict(here, [...both, '--env', 'prod'])).toMatchObject({
      code: 0,
      said: said.replace('over its 40s', 'within its 45s'),
    });
    const json = await here.look(['diff', ...both, '--format', 'json'], { env: here.env });
    expect(JSON.parse(json.stdout)).toMatchObject({
      base: { files: ['edge/topology.yaml', 'edge/parts/a.yaml'] },
      head: { files: ['edge/topology.yaml', 'edge/parts/a.yaml'] },
      routes: [{}, { targets: [{ terms: [{ is: { file: 'edge/parts/a.yaml', line: 2 } }] }, {}] }],
    });
    here.write('edge/parts/b.yaml', 'sites: { c.example.com: web }\n');
    expect((await here.look(['diff', ...both], { env: here.env })).stdout).toMatch(
      /^c\.example\.com\/ +caddy 2\.11 +new/m,
    );
  });

  test('a revision is never an option of git', async () => {
    const here = made({ 'topology.yaml': topology });
    for (const rev of ['--all', '-x', '--output=/tmp/x', '--git-dir=/', 'HEAD --all', 'HEAD..HEAD', '$(touch x)'])
      expect(await verdict(here, [`git:${rev}:topology.yaml`, 'topology.yaml'])).toEqual({
        code: 2,
        said: `error this repository has no revision \`${rev}\``,
        help: expect.stringContaining('name a branch, a tag or a commit'),
      });
    // Not even when there is one of that name.
    here.git(['update-ref', 'refs/tags/-x', 'HEAD']);
    expect((await verdict(here, ['git:-x:topology.yaml', 'topology.yaml'])).code).toBe(0);
  });

  test('a shallow clone says what is missing and how to get it', async () => {
    const here = made({ 'topology.yaml': topology });
    here.write('topology.yaml', slower);
    here.commit('slower');
    here.git(['clone', '-q', '--depth', '1', `file://${here.dir}`, 'clone']);
    expect(await verdict(here, ['git:HEAD:topology.yaml', 'topology.yaml'], 'clone')).toMatchObject({ code: 0 });
    for (const rev of ['HEAD~1', 'origin/release'])
      expect(await verdict(here, [`git:${rev}:topology.yaml`, 'topology.yaml'], 'clone')).toEqual({
        code: 2,
        said: `error this clone has no revision \`${rev}\`: it is a shallow one, with the last commits only`,
        help: expect.stringContaining('`fetch-depth: 0`'),
      });
  });

  test('a bare repository has commits as well', async () => {
    const here = made({ 'topology.yaml': topology });
    here.git(['clone', '-q', '--bare', here.dir, 'bare']);
    expect((await verdict(here, ['git:HEAD:topology.yaml', 'git:main:topology.yaml'], 'bare')).code).toBe(0);
  });

  test.each([
    ['git:HEAD', 'git:HEAD names no path', 'write `git:REV:PATH`, such as `git:main:edge/topology.yaml`'],
    ['git::topology.yaml', 'git::topology.yaml names no revision', 'write `git:REV:PATH`'],
    ['git:HEAD:/topology.yaml', 'git:HEAD:/topology.yaml: a path of a commit begins at the top of the repository', ''],
    ['git:HEAD:../topology.yaml', 'git:HEAD:../topology.yaml leads out of the repository', 'name a path inside it'],
    ['git:HEAD:sub', '`HEAD` has no file and no folder `sub`', '`git ls-tree'],
    ['missing.yaml', 'cannot read missing.yaml: there is no such file', 'check the path'],
  ])('%s cannot be read: exit code 2', async (spec, message, help) => {
    const here = made({ 'topology.yaml': topology });
    for (const args of [
      [spec, 'topology.yaml'],
      ['topology.yaml', spec],
    ]) {
      const done = await verdict(here, args);
      expect(done).toMatchObject({ code: 2, said: `error ${message}` });
      expect(done.help).toContain(help);
    }
  });

  test('without a repository, and without git', async () => {
    const here = session({ 'topology.yaml': topology });
    // Not the repository of whoever keeps temporary files in one.
    const env = { PATH: process.env.PATH ?? '', GIT_CEILING_DIRECTORIES: join(here.dir, '..') };
    const outside = await here.look(['diff', 'git:HEAD:topology.yaml', 'topology.yaml'], { env });
    expect(outside).toMatchObject({ code: 2, stdout: '' });
    expect(outside.stderr).toContain('error this folder is in no git repository');
    const none = await here.look(['diff', 'git:HEAD:topology.yaml', 'topology.yaml'], { env: { PATH: here.dir } });
    expect(none.stderr).toContain('error git is not installed');
  });

  test('what is shown of a patch is what git would take', async () => {
    const here = made({ 'topology.yaml': topology });
    await here.run(['build', '-o', 'out']);
    here.commit('built');
    here.write('topology.yaml', slower.replace('40s', '60s'));
    const { stdout } = await here.run(['diff', 'git:HEAD:topology.yaml', 'topology.yaml', '--format', 'json'], {
      env: here.env,
    });
    const patch = JSON.parse(stdout).output.map((one: { patch: string }) => one.patch);
    here.git(['apply', '--directory=out'], patch.join(''));
    expect((await here.run(['build', '-o', 'out', '--check', '--force'])).stdout).not.toContain(
      'caddy/Caddyfile: lacking',
    );
    expect(execFileSync('git', ['diff', '--stat'], { cwd: here.dir, encoding: 'utf8' })).toContain(
      'out/caddy/Caddyfile',
    );
  });
});

describe('diff', () => {
  test('of a topology and a hand-written file: routes of the same name are compared, output is not', async () => {
    const here = session({
      'topology.yaml': topology,
      'nginx.conf': `events {}
http {
  upstream web { server 10.0.0.2:3000; server 10.0.0.3:3000; }
  server { listen 80; server_name www.example.com; location / { proxy_pass http://web; } }
}
`,
    });
    const done = await here.look(['diff', 'nginx.conf', 'topology.yaml', '--format', 'json', '--fail-on', 'never']);
    const data = JSON.parse(done.stdout);
    expect(data).toMatchObject({ output: null, base: { files: ['nginx.conf'] } });
    expect(data.routes).toMatchObject([
      {
        id: 'www.example.com/',
        targets: [
          { target: 'caddy', before: null },
          { target: 'nginx', before: {}, after: {} },
        ],
      },
    ]);
  });

  test('takes one side from standard input, and judges as the version that is named', async () => {
    const here = session({ Caddyfile: 'a.example {\n\treverse_proxy 10.0.0.2:80 10.0.0.3:80\n}\n' });
    const stdin = here.read('Caddyfile');
    const same = await here.look(['diff', '-', 'Caddyfile', '--as', 'caddy', '--caddy-version', '2.6'], { stdin });
    expect(same).toMatchObject({ code: 0, stdout: expect.stringMatching(/^nothing new/) });
    expect((await here.look(['diff', '-', '-'])).stderr).toContain('error standard input cannot be both');
    expect((await here.look(['diff', 'Caddyfile'])).stderr).toContain("error missing required argument 'head'");
    expect((await here.look(['diff', 'Caddyfile', 'Caddyfile', '--caddy-version', 'x'])).code).toBe(2);
  });

  test('hides secrets in every format unless they are asked for', async () => {
    const text = `version: 1
machines: { one: { address: 10.0.0.2, edge: true } }
services:
  web: { image: "a/web:1", port: 3000, instances: [{ machine: one }], environment: { TOKEN: hunter2 } }
sites: { www.example.com: { upstream: web } }
`;
    const here = session({ 'a.yaml': text, 'b.yaml': text.replace('hunter2', 'correct-horse') });
    for (const format of ['text', 'json', 'markdown']) {
      const args = ['diff', 'a.yaml', 'b.yaml', '--format', format];
      expect((await here.look(args)).stdout).not.toMatch(/hunter2|correct-horse/);
      const shown = (await here.look([...args, '--show-secrets'])).stdout;
      if (format !== 'text') expect(shown).toContain('correct-horse');
    }
  });

  test('nothing of others begins a tag, a cell, a mention or a colour', async () => {
    const hostile =
      'version: 1\nsites: { "a.example.com": { upstream: "@someone | <b>x</b> \\u001b[31m", budget: 1s } }\n';
    const here = session({ 'a.yaml': topology, 'b.yaml': hostile });
    const markdown = (await here.look(['diff', 'a.yaml', 'b.yaml', '--format', 'markdown'])).stdout;
    const text = markdown.replaceAll(/<code>[^<>]*<\/code>|<\/?(?:details|summary)>|<br>/g, '');
    expect(text).not.toMatch(/(?<!\\)[<>]|@someone/);
    expect(text).toContain('@&#8203;someone');
    expect((await here.look(['diff', 'a.yaml', 'b.yaml'])).stdout).not.toContain('\x1b');
  });
});
