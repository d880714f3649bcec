import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkRefusals, driftDiff } from '../../src/cli/drift.ts';
import { both, build, caddy, emptyFolder, nginx, plan, site } from './folder.ts';

test('no drift, no text', async () => {
  const dir = emptyFolder();
  await build(dir);
  expect(driftDiff(await plan(dir))).toBe('');
});

test('what lacks, differs, is stale or not executable is named and shown', async () => {
  const dir = emptyFolder();
  const script = { path: 'nginx/renew.sh', text: '#!/bin/sh\n', target: 'nginx', executable: true } as const;
  await build(dir, [...both, script]);
  rmSync(join(dir, caddy.path));
  chmodSync(join(dir, script.path), 0o644);
  const drift = driftDiff(await plan(dir, [caddy, { ...nginx, text: 'events {}\nhttp { }\n' }, script]));
  expect(drift).toMatchInlineSnapshot(`
    "caddy/Caddyfile: lacking, a build would create it
    --- /dev/null
    +++ b/caddy/Caddyfile
    @@ -0,0 +1,3 @@
    +:80 {
    +	respond ok
    +}
    nginx/conf.d/00-http.conf: stale, a build would delete it
    --- a/nginx/conf.d/00-http.conf
    +++ /dev/null
    @@ -1,1 +0,0 @@
    -server {}
    nginx/nginx.conf: differs from this build
    --- a/nginx/nginx.conf
    +++ b/nginx/nginx.conf
    @@ -1,2 +1,2 @@
     events {}
    -http {}
    +http { }
    nginx/renew.sh: not executable, a build would change that
    "
  `);
});

test('an edit by hand is drift, not a reason to say nothing', async () => {
  const dir = emptyFolder();
  await build(dir);
  writeFileSync(join(dir, nginx.path), 'mine');
  writeFileSync(join(dir, site.path), '');
  const made = await plan(dir);
  expect(checkRefusals(made)).toEqual([]);
  expect(driftDiff(made)).toMatchInlineSnapshot(`
    "nginx/conf.d/00-http.conf: differs from this build, changed by hand
    --- a/nginx/conf.d/00-http.conf
    +++ b/nginx/conf.d/00-http.conf
    @@ -0,0 +1,1 @@
    +server {}
    nginx/nginx.conf: differs from this build, changed by hand
    --- a/nginx/nginx.conf
    +++ b/nginx/nginx.conf
    @@ -1,1 +1,2 @@
    -mine
    \\ No newline at end of file
    +events {}
    +http {}
    "
  `);
});

test('without a manifest the files are compared all the same', async () => {
  const dir = emptyFolder();
  await build(dir);
  rmSync(join(dir, 'manifest.json'));
  const made = await plan(dir, [caddy, { ...nginx, text: '' }, site]);
  expect(checkRefusals(made)).toEqual([]);
  expect(driftDiff(made)).toContain(
    'nginx/nginx.conf: not written by proxywright, differs from this build\n--- a/nginx',
  );
});

test('the manifest is shown when it is all that differs', async () => {
  const dir = emptyFolder();
  await build(dir);
  const drift = driftDiff(await plan(dir, both, { version: '2.0.0' }));
  expect(drift).toContain('manifest.json: differs from this build\n');
  expect(drift).toContain('-  "version": "1.0.0",\n+  "version": "2.0.0",');
});

test('a folder of another program is no drift but a refusal', async () => {
  const dir = emptyFolder();
  writeFileSync(join(dir, 'manifest.json'), '{}');
  expect(checkRefusals(await plan(dir))).toMatchObject([{ kind: 'unusable' }]);
});

test('control characters do not reach the terminal', async () => {
  const dir = emptyFolder();
  await build(dir);
  writeFileSync(join(dir, nginx.path), 'a\x1b]0;title\x07\u202e\x9b\r\n');
  expect(driftDiff(await plan(dir))).toContain('-a\\x1b]0;title\\x07\\u202e\\x9b\\r\n');
});

test('two long files with nothing in common are compared in no time', async () => {
  const dir = emptyFolder();
  const long = (word: string) => Array.from({ length: 30_000 }, (_, index) => `${word} ${index}\n`).join('');
  await build(dir, [{ ...nginx, text: long('a') }]);
  const drift = driftDiff(await plan(dir, [{ ...nginx, text: long('b') }]));
  expect(drift).toContain('@@ -1,30000 +1,30000 @@\n-a 0\n');
}, 5_000);
