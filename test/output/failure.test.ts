import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import * as disk from 'node:fs/promises';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { applyOutput } from '../../src/cli/apply.ts';
import { OutputError } from '../../src/cli/output-error.ts';
import { both, build, caddy, emptyFolder, nginx, plan, read, site, snapshot, tree } from './folder.ts';

vi.mock('node:fs/promises', { spy: true });
afterEach(() => void vi.resetAllMocks());

const changed = [caddy, nginx, site].map((file) => ({ ...file, text: `# new\n${file.text}` }));

function noSpace(): Error {
  return Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28 });
}

test('a full disk in the middle: old files are whole, the message says how far it came', async () => {
  const dir = emptyFolder();
  await build(dir);
  const before = snapshot(dir);
  const { rename } = await vi.importActual<typeof disk>('node:fs/promises');
  vi.mocked(disk.rename).mockImplementationOnce(rename).mockRejectedValueOnce(noSpace());
  const error = await build(dir, changed).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OutputError);
  expect(error).toMatchObject({
    message: `${dir}/nginx/conf.d/00-http.conf could not be written: no space left on device (ENOSPC); done before: caddy/Caddyfile; not done: nginx/conf.d/00-http.conf, nginx/nginx.conf, manifest.json; no file is half-written`,
    help: expect.stringContaining('run the same build again'),
    done: ['caddy/Caddyfile'],
  });
  expect(snapshot(dir)).toEqual({ ...before, 'caddy/Caddyfile': expect.any(String) });
  expect(await build(dir, changed)).toMatchObject({ written: [site.path, nginx.path] });
});

test('a failure while the temporary file is written leaves none behind', async () => {
  const dir = emptyFolder();
  await build(dir);
  const before = snapshot(dir);
  const { open } = await vi.importActual<typeof disk>('node:fs/promises');
  vi.mocked(disk.open).mockImplementation(async (...how) => {
    const handle = await open(...how);
    handle.writeFile = () => Promise.reject(noSpace());
    return handle;
  });
  await expect(build(dir, changed)).rejects.toThrow('no space left');
  expect(snapshot(dir)).toEqual(before);
});

test('stale files are still there when the manifest could not be written', async () => {
  const dir = emptyFolder();
  await build(dir);
  vi.mocked(disk.rename).mockRejectedValueOnce(noSpace());
  await expect(build(dir, [caddy])).rejects.toThrow('manifest.json could not be written');
  expect(tree(dir)).toContain(nginx.path);
});

test('a stale file that cannot be deleted is named', async () => {
  const dir = emptyFolder();
  await build(dir);
  vi.mocked(disk.rm).mockRejectedValueOnce(Object.assign(new Error('EPERM'), { code: 'EPERM', errno: -1 }));
  await expect(build(dir, [caddy, nginx])).rejects.toMatchObject({
    message: expect.stringContaining('00-http.conf could not be deleted: operation not permitted (EPERM)'),
    help: expect.stringContaining('by hand'),
  });
});

test('where the file system has no hard links an edited file is copied', async () => {
  const dir = emptyFolder();
  await build(dir);
  writeFileSync(join(dir, nginx.path), 'mine\n');
  vi.mocked(disk.link).mockRejectedValueOnce(Object.assign(new Error('EPERM'), { code: 'EPERM' }));
  await build(dir, both, { force: true });
  expect([read(dir, nginx.path), read(dir, `${nginx.path}.orig`)]).toEqual([nginx.text, 'mine\n']);
});

test.each<[string, (dir: string) => void]>([
  ['a person saves the file', (dir) => writeFileSync(join(dir, caddy.path), 'mine\n')],
  ['a link appears', (dir) => symlinkSync(join(dir, 'manifest.json'), join(dir, 'caddy/new'))],
  ['a folder appears', (dir) => mkdirSync(join(dir, 'caddy/new'))],
])('between planning and writing %s: it stops there', async (_, meanwhile) => {
  const dir = emptyFolder();
  await build(dir);
  const files = [...changed, { ...caddy, path: 'caddy/new' }];
  const made = await plan(dir, files);
  meanwhile(dir);
  const before = snapshot(dir);
  await expect(applyOutput(made)).rejects.toBeInstanceOf(OutputError);
  expect(snapshot(dir)['manifest.json']).toBe(before['manifest.json']);
  expect(tree(dir).filter((path) => path.endsWith('.tmp'))).toEqual([]);
});

test('between planning and writing .orig appears: it is not overwritten', async () => {
  const dir = emptyFolder();
  await build(dir);
  writeFileSync(join(dir, nginx.path), 'mine\n');
  const made = await plan(dir, both, { force: true });
  writeFileSync(join(dir, `${nginx.path}.orig`), 'other\n');
  await expect(applyOutput(made)).rejects.toThrow('file already exists (EEXIST)');
  expect([read(dir, nginx.path), read(dir, `${nginx.path}.orig`)]).toEqual(['mine\n', 'other\n']);
});

// Root may write anywhere, so the question is put by a child without rights, to a bundle that it can surely read.
test('a folder that this user may not write is refused before anything is written', async () => {
  const work = emptyFolder();
  const dir = join(work, 'out');
  await build(dir);
  const bundle = join(work, 'output.mjs');
  buildSync({ entryPoints: ['src/cli/output.ts'], bundle: true, platform: 'node', format: 'esm', outfile: bundle });
  const folders = ['', 'caddy', 'nginx', 'nginx/conf.d'].map((path) => join(dir, path));
  onTestFinished(() => folders.forEach((folder) => void chmodSync(folder, 0o755)));
  for (const folder of folders.toReversed()) chmodSync(folder, 0o555);
  const asked = (files: unknown) => askUnprivileged(work, bundle, dir, files);
  expect(asked(changed)).toEqual([
    `unwritable: ${dir}/caddy cannot be written: permission denied (EACCES)`,
    `unwritable: ${dir}/nginx/conf.d cannot be written: permission denied (EACCES)`,
    `unwritable: ${dir}/nginx cannot be written: permission denied (EACCES)`,
    `unwritable: ${dir} cannot be written: permission denied (EACCES)`,
  ]);
  expect(asked(both)).toEqual([]); // nothing to write, nothing to refuse
  chmodSync(join(dir, caddy.path), 0);
  expect(asked(both)).toEqual([`unusable: ${dir}/caddy/Caddyfile cannot be read: permission denied (EACCES)`]);
  chmodSync(dir, 0);
  expect(asked(both)).toEqual([`unusable: ${dir}/manifest.json cannot be read: permission denied (EACCES)`]);
});

function askUnprivileged(work: string, bundle: string, dir: string, files: unknown): string[] {
  const code = `
    const { planOutput } = await import(${JSON.stringify(bundle)});
    const plan = await planOutput(${JSON.stringify(dir)}, ${JSON.stringify(files)}, ['caddy', 'nginx'], { version: '1.0.0', options: {} }, { force: false });
    console.log(JSON.stringify(plan.refusals.map(({ kind, message }) => kind + ': ' + message)));`;
  const who = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: work, ...who, encoding: 'utf8' }),
  );
}
