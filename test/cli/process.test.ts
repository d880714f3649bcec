import { appendFileSync, chmodSync, closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { version } from '../../src/version.ts';
import { shipped } from './child.ts';
import { clean, session } from './session.ts';

const { start } = shipped();

/** Two findings each: far more than a pipe holds (64 KiB). */
const large = `version: 1\nsites:\n${Array.from({ length: 400 }, (_, i) => `  s${i}.example.com: 10.0.0.2:80\n`).join('')}`;

describe('the program as a process', () => {
  test('its exit code arrives', async () => {
    const here = session({ 'topology.yaml': clean, 'bad.yaml': '' });
    const calls: [string[], number][] = [
      [['--version'], 0],
      [['build'], 2],
      [['bild'], 2],
      [['lint', 'topology.yaml'], 0],
      [['lint', 'bad.yaml'], 1],
    ];
    const done = await Promise.all(calls.map(([args]) => start(here.dir, args).ended));
    expect(done.map(({ code }) => code)).toEqual(calls.map(([, code]) => code));
    expect(done[0]).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('a pipe whose reader takes its time gets everything', async () => {
    const here = session({ 'topology.yaml': large });
    const { child, ended } = start(here.dir, ['lint', '--format', 'json']);
    child.stdout?.pause();
    await pause(150);
    child.stdout?.resume();
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(3 * 65536);
    expect(JSON.parse(stdout).findings.length).toBeGreaterThan(400);
  });

  test('a reader that has enough (`| head -1`) is no failure', async () => {
    const here = session({ 'topology.yaml': large });
    const { child, ended } = start(here.dir, ['lint', '--format', 'json']);
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('standard input through a pipe', async () => {
    const { child, ended } = start(session().dir, ['build', '-', '--stdout', '-t', 'caddy']);
    child.stdin?.end(clean);
    expect(await ended).toMatchObject({ code: 0, stdout: expect.stringContaining('www.example.com') });
  });

  test.runIf(existsSync('/dev/full'))('a full disk behind `>` is told', async () => {
    const stdout = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(stdout));
    const { code, stderr } = await start(session().dir, ['print', 'schema'], { stdout }).ended;
    expect(stderr).toMatch(
      /^error standard output cannot be written: no space left on device \(ENOSPC\)\n {2}help: .*\n$/,
    );
    expect(code).toBe(2);
  });
});

describe('build --watch', () => {
  test('builds again when the topology is saved, survives mistakes, and Ctrl-C ends it well', async () => {
    const here = session({ 'topology.yaml': clean });
    const file = join(here.dir, 'topology.yaml');
    const { says, ended, kill } = start(here.dir, ['build', '-o', 'out', '--watch']);
    await says('watching topology.yaml; Ctrl-C ends\n');
    appendFileSync(file, 'edge: { http_prt: 1 }\n');
    await says('unknown key `http_prt` in edge');
    rmSync(file);
    await says('error cannot read topology.yaml: there is no such file');
    here.write('topology.yaml', clean.replace('10.0.0.3:3000', '10.0.0.4:3000'));
    await says('wrote 3 files in out, 3 unchanged\n');
    kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0 });
    expect(here.read('out/caddy/Caddyfile')).toContain('10.0.0.4:3000');
  });

  test('says which routes wait otherwise, compared with what was last without mistakes', async () => {
    const slow = (time: string) => clean.replace('health:', `timeouts: { response_header: ${time} }\n    health:`);
    const here = session({ 'topology.yaml': slow('10s') });
    const { says, ended, kill } = start(here.dir, ['build', '-o', 'out', '--watch']);
    await says('watching topology.yaml; Ctrl-C ends\n');
    here.write('topology.yaml', slow('20s'));
    await says('`www.example.com/` on Caddy and nginx: 11s → 21s, because response header 10s → 20s\n');
    here.write('topology.yaml', slow('20seconds'));
    await says('nothing was built\n');
    here.write('topology.yaml', `${slow('5s').replace('sites:\n', 'sites:\n  b.example.com: web\n')}# more\n`);
    await says('`www.example.com/` on Caddy and nginx: 21s → 6s, because response header 20s → 5s\n');
    await says('`b.example.com/` is new: 6s on Caddy, 6s on nginx\n');
    kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0 });
  });

  test('watches overlays, values, included files and those that come to be', async () => {
    const here = session({
      'topology.yaml': `include: [./sites/*.yaml]\n${clean}`,
      'topology.staging.yaml': '',
      'values/a.env': 'A=10.0.0.7\n',
      'sites/a.yaml': 'sites: { a.example.com: web }\n',
    });
    const args = ['build', '-o', 'out', '--watch', '--env', 'staging', '--env-file', 'values/a.env'];
    const { says, ended, kill } = start(here.dir, args);
    await says('watching topology.yaml; Ctrl-C ends\n');
    here.write('topology.staging.yaml', 'edge: { http_prt: 1 }\n');
    await says('topology.staging.yaml:1:9: error unknown key `http_prt` in edge');
    here.write('topology.staging.yaml', '');
    here.write('sites/b.yaml', 'sites: { b.example.com: ["${A}:80", "${B:-10.0.0.8}:80"] }\n');
    await says('wrote ', 2);
    here.write('values/a.env', 'A=10.0.0.7\nB="');
    await says('error values/a.env:2: a quote is not closed');
    here.write('values/a.env', 'A=10.0.0.9\n');
    await says('wrote ', 3);
    kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0 });
    expect(here.read('out/caddy/Caddyfile')).toContain('reverse_proxy 10.0.0.9:80 10.0.0.8:80');
  });
});

describe('a user without rights', () => {
  test('cannot read the topology', async () => {
    const here = session({ 'topology.yaml': clean });
    chmodSync(join(here.dir, 'topology.yaml'), 0);
    chmodSync(here.dir, 0o777);
    expect(await start(here.dir, ['build', '-o', 'out'], { unprivileged: true }).ended).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error cannot read topology.yaml: permission denied\n  help: let the user who runs this read the file\n',
    });
    expect(here.files()).toEqual(['topology.yaml']);
  });

  test('cannot read the certificate of a CA', async () => {
    const here = session({ 'topology.yaml': clean.replace('acme: { ', 'acme: { ca_root: ca.pem, ') });
    here.write('ca.pem', '', 0);
    const done = await start(here.dir, ['build', '--stdout'], { unprivileged: true }).ended;
    expect(done).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('error cannot read ca.pem: permission denied\n'),
    });
  });

  test('cannot write the output folder, or create it', async () => {
    const here = session({ 'topology.yaml': clean });
    await here.run(['build', '-o', 'out']);
    here.write('topology.yaml', clean.replace('10.0.0.3:3000', '10.0.0.4:3000'));
    const before = here.state();
    const folders = ['out/nginx/conf.d', 'out/caddy', 'out'].map((path) => join(here.dir, path));
    for (const folder of folders) chmodSync(folder, 0o555);
    onTestFinished(() => folders.forEach((folder) => void chmodSync(folder, 0o755)));
    const [full, fresh, checked] = await Promise.all([
      start(here.dir, ['build', '-o', 'out'], { unprivileged: true }).ended,
      start(here.dir, ['build', '-o', 'new'], { unprivileged: true }).ended,
      start(here.dir, ['build', '-o', 'out', '--check'], { unprivileged: true }).ended,
    ]);
    expect(full).toMatchObject({ code: 2, stdout: '' });
    expect(full.stderr).toContain(
      `error ${here.dir}/out/caddy cannot be written: permission denied (EACCES)\n  help: build as the user that it belongs to, or choose another folder with -o\n`,
    );
    expect(fresh).toMatchObject({ code: 2, stdout: '' });
    expect(fresh.stderr).toContain(`error ${here.dir} cannot be written: permission denied (EACCES)\n`);
    expect(checked).toMatchObject({ code: 1, stdout: expect.stringContaining('10.0.0.4:3000') });
    expect(here.state()).toEqual(before);
  });

  test('cannot mend a topology, or write a baseline', async () => {
    const here = session({ 'topology.yaml': `${clean}# proxywright-ignore stale-dns -- long gone\n` });
    const before = here.state();
    chmodSync(here.dir, 0o555);
    onTestFinished(() => chmodSync(here.dir, 0o755));
    const calls = [['--fix'], ['--baseline', 'known.json', '--update-baseline']];
    const done = await Promise.all(
      calls.map((args) => start(here.dir, ['lint', ...args], { unprivileged: true }).ended),
    );
    for (const [index, name] of ['topology.yaml', 'known.json'].entries()) {
      expect(done[index]).toEqual({
        code: 2,
        stdout: '',
        stderr: `error cannot write ${name}: permission denied\n  help: let the user who runs this write the file and its folder\n`,
      });
    }
    expect(here.state()).toEqual(before);
  });

  test('cannot write a first topology, or the file of a format', async () => {
    const here = session({ 'topology.yaml': clean });
    rmSync(join(here.dir, 'topology.yaml'));
    here.write('other.yaml', clean);
    const [made, linted] = await Promise.all([
      start(here.dir, ['init'], { unprivileged: true }).ended,
      start(here.dir, ['lint', 'other.yaml', '--format', 'json=out.json'], { unprivileged: true }).ended,
    ]);
    expect(made).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error cannot write topology.yaml: permission denied\n  help: choose another folder\n',
    });
    expect(linted).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot write out.json: permission denied\n'),
    });
    expect(here.files()).toEqual(['other.yaml']);
  });
});
