import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder } from '../output/folder.ts';
import { clean, type Session, session } from './session.ts';

async function built(): Promise<Session> {
  const here = session({ 'topology.yaml': clean });
  await here.run(['build', '-o', 'out']);
  return here;
}

/** A refused build: exit code 2, nothing written, with --force as well unless it is what --force is for. */
async function refusedBuild(here: Session, force: '--force' | '' = '') {
  const done = await here.look(['build', '-o', 'out', ...(force ? [force] : [])]);
  expect(done).toMatchObject({ code: 2, stdout: '' });
  return done.stderr.replaceAll(`${here.dir}/`, '');
}

describe('the output folder', () => {
  test('is a file', async () => {
    const here = session({ 'topology.yaml': clean, out: 'mine\n' });
    expect(await refusedBuild(here)).toBe('error out is a file, not a folder\n  help: choose another folder with -o\n');
  });

  test('has a file above it', async () => {
    const here = session({ 'topology.yaml': clean, file: '' });
    const { code, stderr } = await here.look(['build', '-o', 'file/a/out']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `error ${here.dir}/file/a/out cannot be created: ${here.dir}/file is a file\n  help: choose another folder with -o\n`,
    );
  });

  test('is a link that leads nowhere', async () => {
    const here = session({ 'topology.yaml': clean });
    symlinkSync('nowhere', join(here.dir, 'out'));
    const { code, stderr } = await here.run(['build', '-o', 'out']);
    expect(code).toBe(2);
    expect(stderr).toContain('out leads through a symbolic link whose end does not exist\n');
    expect(here.files()).toEqual(['out', 'topology.yaml']);
  });

  test('has control characters in its name: they are shown, not sent', async () => {
    const here = session({ 'topology.yaml': clean, 'o\x1b[2Jut': '' });
    const { code, stderr } = await here.look(['build', '-o', 'o\x1b[2Jut']);
    expect(code).toBe(2);
    expect(stderr).toContain('/o\\x1b[2Jut is a file, not a folder\n');
    const { stdout } = await here.look(['build', '-o', 'n\x1b[2Jew', '--dry-run']);
    expect(stdout).toContain('new     n\\x1b[2Jew/caddy/Caddyfile\n');
  });
});

describe('a link below the output folder', () => {
  test.each(['', '--force'] as const)('is never followed %s', async (force) => {
    const here = session({ 'topology.yaml': clean });
    const victim = emptyFolder();
    mkdirSync(join(here.dir, 'out'));
    symlinkSync(victim, join(here.dir, 'out/caddy'));
    expect(await refusedBuild(here, force)).toBe(
      'error out/caddy is a symbolic link; nothing below the output folder may be one, a write would land elsewhere\n' +
        '  help: remove the link, or give the folder it leads to with -o\n',
    );
  });
});

describe('a file that was edited by hand', () => {
  test('stops the build with a diff', async () => {
    const here = await built();
    here.write('out/nginx/nginx.conf', here.read('out/nginx/nginx.conf').replace(/^events .*$/m, 'events { }'));
    const told = await refusedBuild(here);
    expect(told).toContain(
      'error out/nginx/nginx.conf was changed by hand since proxywright wrote it; this build would undo that\n--- a/nginx/nginx.conf\n+++ b/nginx/nginx.conf\n@@ ',
    );
    expect(told).toContain('\n-events { }\n+events {');
    expect(told).toMatch(/\n {2}help: put the change into the topology .* as nginx\/nginx\.conf\.orig\n$/);
  });

  test('is kept with --force, each time under a name of its own', async () => {
    const here = await built();
    const original = here.read('out/caddy/Caddyfile');
    for (const [text, name] of [
      ['first\n', 'Caddyfile.orig'],
      ['second\n', 'Caddyfile.orig.1'],
    ]) {
      here.write('out/caddy/Caddyfile', `${text}`);
      expect(await here.run(['build', '-o', 'out', '--force'])).toEqual({
        code: 0,
        stdout: 'changed out/caddy/Caddyfile\n',
        stderr: `kept what was edited in out/caddy/Caddyfile as out/caddy/${name}\nwrote 1 file in out, 5 unchanged\nnext: out/RUNBOOK.md tells how to reload it, and to roll back\n`,
      });
      expect(here.read(`out/caddy/${name}`)).toBe(text);
      expect(here.read('out/caddy/Caddyfile')).toBe(original);
    }
    expect(await here.look(['build', '-o', 'out'])).toMatchObject({ code: 0, stderr: 'out is up to date (6 files)\n' });
  });
});

describe('a file that proxywright did not write', () => {
  test.each(['', '--force'] as const)('is never replaced %s', async (force) => {
    const here = session({ 'topology.yaml': clean, 'out/caddy/Caddyfile': 'theirs\n' });
    expect(await refusedBuild(here, force)).toBe(
      'error out/caddy/Caddyfile is in the way: as far as is known, proxywright did not write it (there is no manifest.json beside it)\n' +
        '  help: move it away or choose another folder with -o; if an earlier build wrote it, restore out/manifest.json; --force does not replace it either\n',
    );
  });

  test('lies in peace beside ours', async () => {
    const here = session({ 'topology.yaml': clean, 'out/nginx/conf.d/theirs.conf': 'theirs\n', 'out/README': 'x' });
    expect(await here.run(['build', '-o', 'out'])).toMatchObject({ code: 0 });
    here.write('topology.yaml', clean.replaceAll('www.example.com', 'b.example.com'));
    expect(await here.run(['build', '-o', 'out', '--force'])).toMatchObject({ code: 0 });
    expect(here.read('out/nginx/conf.d/theirs.conf')).toBe('theirs\n');
  });
});

describe('a manifest that cannot be trusted', () => {
  const entry = { target: 'nginx', sha256: 'a'.repeat(64) };
  const manifest = (changed: object) =>
    JSON.stringify({ tool: 'proxywright', manifest: 1, version: '1', options: {}, targets: [], files: {}, ...changed });

  test.each([
    ['no JSON', '{', 'it is not JSON: '],
    ['of another program', '{}', 'another program wrote it'],
    ['of a later format', manifest({ manifest: 2 }), 'its format ("manifest") is not 1'],
    [
      'climbing out',
      manifest({ files: { '../../etc/passwd': entry } }),
      'the file "../../etc/passwd" has "." or ".." in its path',
    ],
    [
      'absolute',
      manifest({ files: { '/etc/passwd': entry } }),
      'the file "/etc/passwd" is not relative to the output folder',
    ],
    [
      'with an escape',
      manifest({ files: { 'a\x1b[2J': entry } }),
      'the file "a\\u001b[2J" has a control character in its name',
    ],
    ['without a hash', manifest({ files: { a: { target: 'nginx' } } }), 'the file "a" has no valid sha256'],
    [
      'with an option that escapes',
      manifest({ options: { shadow: '\x1b[31m' } }),
      '"options" holds something other than',
    ],
  ])('%s', async (_, text, why) => {
    const here = await built();
    here.write('out/manifest.json', text);
    for (const force of ['', '--force'] as const) {
      const told = await refusedBuild(here, force);
      expect(told).toContain(`error out/manifest.json cannot be trusted: ${why}`);
      expect(told).toContain('\n  help: restore it (git checkout), or choose another folder with -o;');
      expect(told).not.toContain('\x1b');
    }
    expect(await here.look(['build', '-o', 'out', '--check'])).toMatchObject({ code: 2, stdout: '' });
  });

  test('a file of somebody else, listed with a hash that is not its own, is not deleted', async () => {
    const here = await built();
    const made = JSON.parse(readFileSync(join(here.dir, 'out/manifest.json'), 'utf8'));
    made.files['precious.txt'] = entry;
    here.write('out/manifest.json', JSON.stringify(made));
    here.write('out/precious.txt', 'precious\n');
    expect(await refusedBuild(here)).toContain(
      'error out/precious.txt was changed by hand since proxywright wrote it; this build has no such file and would delete it\n',
    );
  });
});
