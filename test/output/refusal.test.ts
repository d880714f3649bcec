import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { both, build, caddy, emptyFolder, nginx, plan, read, refusals, site, snapshot, tree } from './folder.ts';

describe('a file of ours that a person changed', () => {
  test('stops the build with a diff', async () => {
    const dir = emptyFolder();
    await build(dir);
    writeFileSync(join(dir, nginx.path), 'events {}\nhttp { gzip on; }\n\x1b[31m');
    const { refusals, kept } = await plan(dir);
    expect(kept).toEqual([]);
    expect(refusals).toEqual([
      {
        kind: 'edited',
        path: 'nginx/nginx.conf',
        message: `${dir}/nginx/nginx.conf was changed by hand since proxywright wrote it; this build would undo that`,
        help: 'put the change into the topology and take it out of the file, or build with --force, which keeps the file as nginx/nginx.conf.orig',
        diff: [
          '--- a/nginx/nginx.conf',
          '+++ b/nginx/nginx.conf',
          '@@ -1,3 +1,2 @@',
          ' events {}',
          '-http { gzip on; }',
          '-\\x1b[31m',
          '\\ No newline at end of file',
          '+http {}',
          '',
        ].join('\n'),
      },
    ]);
  });

  test('is kept under a free name with --force', async () => {
    const dir = emptyFolder();
    await build(dir);
    writeFileSync(join(dir, nginx.path), 'mine\n');
    writeFileSync(join(dir, `${nginx.path}.orig`), 'older\n');
    symlinkSync('nowhere', join(dir, `${nginx.path}.orig.1`));
    const done = await build(dir, both, { force: true });
    expect(done.kept).toEqual([{ path: 'nginx/nginx.conf', as: 'nginx/nginx.conf.orig.2' }]);
    expect(read(dir, 'nginx/nginx.conf')).toBe(nginx.text);
    expect(read(dir, 'nginx/nginx.conf.orig')).toBe('older\n');
    expect(read(dir, 'nginx/nginx.conf.orig.2')).toBe('mine\n');
    expect(await build(dir, both)).toEqual({ written: [], deleted: [], kept: [] });
  });

  test('stops the build when it would be deleted, and is kept with --force', async () => {
    const dir = emptyFolder();
    await build(dir);
    writeFileSync(join(dir, site.path), 'mine\n');
    expect((await plan(dir, [caddy, nginx])).refusals).toMatchObject([
      { kind: 'edited', path: site.path, diff: expect.stringContaining('+++ /dev/null\n@@ -1,1 +0,0 @@\n-mine') },
    ]);
    await build(dir, [caddy, nginx], { force: true });
    expect(tree(join(dir, 'nginx'))).toEqual(['conf.d', 'conf.d/00-http.conf.orig', 'nginx.conf']);
  });

  test('is no obstacle when it is what this build would write', async () => {
    const dir = emptyFolder();
    await build(dir);
    writeFileSync(join(dir, nginx.path), 'new\n');
    expect(await build(dir, [caddy, { ...nginx, text: 'new\n' }, site])).toMatchObject({ written: [], kept: [] });
    expect((await plan(dir, [caddy, { ...nginx, text: 'newer\n' }, site])).refusals).toEqual([]);
  });

  test('is told apart from a checkout with other line endings', async () => {
    const dir = emptyFolder();
    await build(dir);
    writeFileSync(join(dir, nginx.path), nginx.text.replaceAll('\n', '\r\n'));
    expect((await plan(dir)).refusals).toMatchObject([
      { kind: 'edited', message: expect.stringContaining('CRLF'), help: expect.stringContaining('.gitattributes') },
    ]);
  });
});

describe('a file that is not ours', () => {
  test.each([false, true])('is never replaced, --force: %s', async (force) => {
    const dir = emptyFolder();
    await build(dir, [caddy], { targets: ['caddy'] });
    mkdirSync(join(dir, 'nginx'));
    writeFileSync(join(dir, nginx.path), 'theirs\n');
    const before = snapshot(dir);
    const { refusals, changes } = await plan(dir, both, { force });
    expect(refusals).toEqual([
      {
        kind: 'foreign',
        path: nginx.path,
        message: `${dir}/nginx/nginx.conf is in the way: as far as is known, proxywright did not write it (manifest.json does not list it)`,
        help: 'move it away or choose another folder with -o; --force does not replace it either',
      },
    ]);
    expect(changes).toContainEqual(expect.objectContaining({ path: nginx.path, inTheWay: 'foreign' }));
    await expect(build(dir, both, { force })).rejects.toThrow('refusals');
    expect(snapshot(dir)).toEqual(before);
  });

  test('is what every file is when the manifest is gone', async () => {
    const dir = emptyFolder();
    await build(dir);
    rmSync(join(dir, 'manifest.json'));
    const changed = [caddy, { ...nginx, text: 'new\n' }, site];
    const { refusals } = await plan(dir, changed, { force: true });
    expect(refusals).toMatchObject([{ kind: 'foreign', path: nginx.path, help: expect.stringContaining('restore') }]);
  });

  test('is adopted when its bytes are the same', async () => {
    const dir = emptyFolder();
    await build(dir);
    rmSync(join(dir, 'manifest.json'));
    expect(await build(dir)).toMatchObject({ written: [] });
    expect(await build(dir, [])).toMatchObject({ deleted: [caddy.path, site.path, nginx.path] });
  });
});

describe('other options', () => {
  test('need --force', async () => {
    const dir = emptyFolder();
    await build(dir, both, { options: { shadow: '8080', env: 'a' } });
    const other = { options: { env: 'b', stage: 'bootstrap', shadow: '' } };
    expect(await refusals(dir, both, other)).toEqual([
      'DIR was built with --env a, --shadow 8080, no --stage, this build has --env b, no --shadow, --stage bootstrap',
    ]);
    await build(dir, both, { ...other, force: true });
    expect(await refusals(dir, both, other)).toEqual([]);
  });
});

describe('a link below the folder', () => {
  test.each([
    ['as a file', 'nginx/nginx.conf'],
    ['as a folder on the way', 'nginx'],
    ['as the manifest', 'manifest.json'],
  ])('is refused by name: %s', async (_, path) => {
    const dir = emptyFolder();
    await build(dir);
    renameSync(join(dir, path), join(dir, 'elsewhere'));
    symlinkSync(join(dir, 'elsewhere'), join(dir, path));
    const before = snapshot(dir);
    const files = [caddy, { ...nginx, text: 'new\n' }];
    expect((await refusals(dir, files, { force: true }))[0]).toContain(`${path} is a symbolic link`);
    expect(snapshot(dir)).toEqual(before);
  });

  test('is refused when it leads nowhere', async () => {
    const dir = emptyFolder();
    symlinkSync('/nowhere/at/all', join(dir, 'nginx'));
    expect((await refusals(dir))[0]).toContain('nginx is a symbolic link');
  });

  test('on the way to a stale file saves the file behind it', async () => {
    const [dir, victim] = [emptyFolder(), emptyFolder()];
    await build(dir);
    writeFileSync(join(victim, 'nginx.conf'), nginx.text);
    rmSync(join(dir, 'nginx'), { recursive: true });
    symlinkSync(victim, join(dir, 'nginx'));
    expect(await refusals(dir, [caddy], { force: true })).toHaveLength(2);
    expect(tree(victim)).toEqual(['nginx.conf']);
  });
});

describe('something that is no file', () => {
  test('a folder where a file belongs', async () => {
    const dir = emptyFolder();
    mkdirSync(join(dir, nginx.path), { recursive: true });
    expect(await refusals(dir)).toEqual(['nginx/nginx.conf is a folder, a file is expected there']);
  });

  test('a file where a folder belongs', async () => {
    const dir = emptyFolder();
    writeFileSync(join(dir, 'nginx'), '');
    expect(await refusals(dir, [nginx])).toEqual(['nginx is not a folder']);
  });

  test('a pipe, without waiting for its other end', async () => {
    const dir = emptyFolder();
    mkdirSync(join(dir, 'nginx'));
    execFileSync('mkfifo', [join(dir, nginx.path)]);
    expect(await refusals(dir, [nginx])).toEqual(['nginx/nginx.conf is not a regular file']);
  });
});

describe('the output folder', () => {
  test('is a file', async () => {
    const dir = join(emptyFolder(), 'out');
    writeFileSync(dir, '');
    expect(await refusals(dir)).toEqual(['DIR is a file, not a folder']);
  });

  test('has a file above it', async () => {
    const parent = emptyFolder();
    writeFileSync(join(parent, 'file'), '');
    const { refusals } = await plan(join(parent, 'file/a/out'));
    expect(refusals).toMatchObject([{ message: `${parent}/file/a/out cannot be created: ${parent}/file is a file` }]);
  });

  test('is a link that leads nowhere', async () => {
    const dir = join(emptyFolder(), 'out');
    symlinkSync('nowhere', dir);
    expect(await refusals(dir)).toEqual(['DIR leads through a symbolic link whose end does not exist']);
  });
});

test('a disk that ignores case: the renamed file is not deleted as stale', async () => {
  const dir = emptyFolder();
  await build(dir);
  // Two names for one inode is what such a disk shows.
  linkSync(join(dir, nginx.path), join(dir, 'nginx/Nginx.conf'));
  expect(await build(dir, [caddy, { ...nginx, path: 'nginx/Nginx.conf' }, site])).toMatchObject({ deleted: [] });
  expect(readFileSync(join(dir, 'nginx/Nginx.conf'), 'utf8')).toBe(nginx.text);
});
