import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseManifest } from '../../src/cli/manifest.ts';
import {
  both,
  build,
  caddy,
  emptyFolder,
  modeOf,
  nginx,
  plan,
  read,
  refusals,
  site,
  snapshot,
  tree,
} from './folder.ts';

const script = { path: 'nginx/renew.sh', text: '#!/bin/sh\n', target: 'nginx', executable: true } as const;

test('a first build writes the files, then a manifest of fixed bytes', async () => {
  const dir = join(emptyFolder(), 'out/two-servers');
  const done = await build(dir, [...both, script], { options: { stage: '', shadow: '8080', env: 'staging' } });
  expect(done).toEqual({
    written: ['caddy/Caddyfile', 'nginx/conf.d/00-http.conf', 'nginx/nginx.conf', 'nginx/renew.sh'],
    deleted: [],
    kept: [],
  });
  expect(read(dir, 'nginx/nginx.conf')).toBe(nginx.text);
  expect(read(dir, 'manifest.json')).toMatchInlineSnapshot(`
    "{
      "tool": "proxywright",
      "manifest": 1,
      "version": "1.0.0",
      "options": {
        "env": "staging",
        "shadow": "8080"
      },
      "targets": [
        "caddy",
        "nginx"
      ],
      "files": {
        "caddy/Caddyfile": {
          "target": "caddy",
          "sha256": "3b84aca4a4864e25c4254691d28793ad6fe4f1abcd9e3fc75d1bcd7630f5e889"
        },
        "nginx/conf.d/00-http.conf": {
          "target": "nginx",
          "sha256": "355da02c030cafce7f50bba6a64ec89983df42d6d1861cb9c9a8f38db15f674d"
        },
        "nginx/nginx.conf": {
          "target": "nginx",
          "sha256": "b08b92245ad272cc67601eeb5aac300b75121bb7ef6eab7d0b7c77fb3122fe37"
        },
        "nginx/renew.sh": {
          "target": "nginx",
          "sha256": "a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf",
          "executable": true
        }
      }
    }
    "
  `);
  expect(tree(dir).filter((path) => path.includes('.tmp'))).toEqual([]);
});

test('the order of the files does not matter', async () => {
  const [one, other] = [emptyFolder(), emptyFolder()];
  await build(one, both, { options: { shadow: '1', env: 'a' } });
  await build(other, both.toReversed(), { targets: ['nginx', 'caddy'], options: { env: 'a', shadow: '1' } });
  expect(read(one, 'manifest.json')).toBe(read(other, 'manifest.json'));
});

test('a second build writes nothing, not even the manifest', async () => {
  const dir = emptyFolder();
  await build(dir, [...both, script]);
  const before = snapshot(dir);
  expect(await build(dir, [...both, script])).toEqual({ written: [], deleted: [], kept: [] });
  expect(snapshot(dir)).toEqual(before);
});

test('only the file that differs is written', async () => {
  const dir = emptyFolder();
  await build(dir);
  const before = snapshot(dir);
  expect(await build(dir, [caddy, { ...nginx, text: 'new\n' }, site])).toMatchObject({ written: ['nginx/nginx.conf'] });
  expect(snapshot(dir)).toMatchObject({ 'caddy/Caddyfile': before['caddy/Caddyfile'] });
  expect(read(dir, 'nginx/nginx.conf')).toBe('new\n');
});

test('planning writes nothing', async () => {
  const dir = emptyFolder();
  await plan(join(dir, 'out'));
  expect(tree(dir)).toEqual([]);
});

test('modes do not depend on the umask', async () => {
  const dir = emptyFolder();
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));
  await build(dir, [...both, script]);
  const paths = ['nginx', 'nginx/nginx.conf', 'nginx/renew.sh', 'manifest.json'];
  expect(paths.map((path) => modeOf(dir, path))).toEqual(['755', '644', '755', '644']);
});

test('a lost executable bit is a change, and set again', async () => {
  const dir = emptyFolder();
  await build(dir, [script]);
  chmodSync(join(dir, script.path), 0o640);
  expect((await plan(dir, [script])).changes).toMatchObject([{ path: script.path, kind: 'mode' }]);
  await build(dir, [script]);
  expect(modeOf(dir, script.path)).toBe('750');
});

test('a file that stops being executable loses the bit', async () => {
  const dir = emptyFolder();
  await build(dir, [script]);
  expect(await build(dir, [{ ...script, executable: false }])).toMatchObject({ written: [script.path] });
  expect(modeOf(dir, script.path)).toBe('644');
});

test('a disk that calls every file executable causes no endless rewriting', async () => {
  const dir = emptyFolder();
  await build(dir);
  chmodSync(join(dir, nginx.path), 0o777);
  expect((await plan(dir)).changes.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged', 'unchanged']);
});

test('a file that a person closed stays closed', async () => {
  const dir = emptyFolder();
  await build(dir);
  chmodSync(join(dir, caddy.path), 0o600);
  await build(dir, [{ ...caddy, text: 'new\n' }, nginx, site]);
  expect(modeOf(dir, caddy.path)).toBe('600');
});

test('a file that a person deleted is created again', async () => {
  const dir = emptyFolder();
  await build(dir);
  rmSync(join(dir, 'nginx'), { recursive: true });
  expect((await plan(dir)).changes.map(({ kind }) => kind)).toEqual(['unchanged', 'create', 'create']);
  await build(dir);
  expect(read(dir, site.path)).toBe(site.text);
});

test('stale files go, and folders that this empties', async () => {
  const dir = emptyFolder();
  await build(dir);
  mkdirSync(join(dir, 'empty-and-not-ours'));
  expect(await build(dir, [caddy])).toMatchObject({ deleted: ['nginx/conf.d/00-http.conf', 'nginx/nginx.conf'] });
  expect(tree(dir)).toEqual(['caddy', 'caddy/Caddyfile', 'empty-and-not-ours', 'manifest.json']);
});

test('a folder with something of a person in it stays', async () => {
  const dir = emptyFolder();
  await build(dir);
  writeFileSync(join(dir, 'nginx/conf.d/mine.conf'), '');
  await build(dir, [caddy]);
  expect(tree(dir)).toContain('nginx/conf.d/mine.conf');
});

test('targets that are not built stay, on disk and in the manifest', async () => {
  const dir = emptyFolder();
  await build(dir);
  writeFileSync(join(dir, caddy.path), 'edited\n');
  await build(dir, [{ ...nginx, text: 'new\n' }], { targets: ['nginx'] });
  expect(tree(dir)).toEqual(['caddy', 'caddy/Caddyfile', 'manifest.json', 'nginx', 'nginx/nginx.conf']);
  const manifest = parseManifest(Buffer.from(read(dir, 'manifest.json')));
  expect(manifest).toMatchObject({ targets: ['caddy', 'nginx'] });
  expect(await refusals(dir, [caddy, { ...nginx, text: 'new\n' }])).toEqual([
    expect.stringContaining('changed by hand'),
  ]);
});

test('another version of the tool is no obstacle, its manifest is brought up to date', async () => {
  const dir = emptyFolder();
  await build(dir);
  expect(await build(dir, both, { version: '2.0.0' })).toMatchObject({ written: [] });
  expect(read(dir, 'manifest.json')).toContain('"version": "2.0.0"');
});

test('the output folder may be a link', async () => {
  const parent = emptyFolder();
  mkdirSync(join(parent, 'real'));
  symlinkSync('real', join(parent, 'link'));
  await build(join(parent, 'link'));
  expect(read(parent, 'real/nginx/nginx.conf')).toBe(nginx.text);
  expect(statSync(join(parent, 'real/manifest.json')).isFile()).toBe(true);
});

test('a file called __proto__ is a file', async () => {
  const dir = emptyFolder();
  const odd = { ...nginx, path: 'nginx/__proto__' };
  const odder = { ...nginx, path: '__proto__' };
  await build(dir, [odd, odder]);
  expect(await build(dir, [odd, odder])).toMatchObject({ written: [] });
  expect(await build(dir, [])).toMatchObject({ deleted: ['__proto__', 'nginx/__proto__'] });
});

test.each([
  ['twice the same path', [nginx, nginx]],
  ['paths that differ in case only', [nginx, { ...nginx, path: 'nginx/NGINX.conf' }]],
  ['a file below a file', [nginx, { ...nginx, path: 'Nginx/nginx.conf/a' }]],
  ['the manifest', [{ ...nginx, path: 'Manifest.json' }]],
  ['a way out', [{ ...nginx, path: '../nginx.conf' }]],
  ['a file of a target that is not built', [{ ...nginx, target: 'compose' as const }]],
])('a programming mistake is thrown: %s', async (_, files) => {
  await expect(plan(emptyFolder(), files)).rejects.toThrow();
});
