import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/cli/disk.ts';
import { parseManifest, printManifest } from '../../src/cli/manifest.ts';
import { both, build, caddy, emptyFolder, nginx, plan, read, snapshot } from './folder.ts';

const hash = sha256(Buffer.from('victim\n'));
const entry = { target: 'nginx', sha256: hash };
const sound = { tool: 'proxywright', manifest: 1, version: '1.0.0', options: {}, targets: ['nginx'], files: {} };
const listing = (path: string, file: unknown = entry) => ({ ...sound, files: Object.fromEntries([[path, file]]) });

const hostile: [string, unknown, string][] = [
  ['no object', [], 'does not hold an object'],
  ['null', null, 'does not hold an object'],
  ['another program', { ...sound, tool: 'webpack' }, 'another program wrote it'],
  ['a web app', { name: 'Shop', start_url: '/' }, 'another program wrote it'],
  ['a later format', { ...sound, manifest: 2 }, 'format'],
  ['no version', { ...sound, version: 1 }, '"version"'],
  ['a version that clears the screen', { ...sound, version: '\x1b[2J' }, '"version"'],
  ['options as a list', { ...sound, options: [] }, '"options"'],
  ['an option that is a number', { ...sound, options: { shadow: 8080 } }, '"options"'],
  ['an option with a line break', { ...sound, options: { env: 'a\nerror: b' } }, '"options"'],
  ['an option with an odd name', { ...sound, options: { '\x1b[31m': 'x' } }, '"options"'],
  ['targets that are no list', { ...sound, targets: 'nginx' }, '"targets"'],
  ['a target that is no name', { ...sound, targets: [{}] }, '"targets"'],
  ['files as a list', { ...sound, files: [] }, '"files"'],
  ['an absolute path', listing('/etc/passwd'), 'not relative'],
  ['a drive', listing('c:/boot.ini'), 'not relative'],
  ['a way up', listing('../victim'), '".."'],
  ['a way up in the middle', listing('nginx/../../victim'), '".."'],
  ['a way up at the end', listing('nginx/..'), '".."'],
  ['a dot', listing('./victim'), '"."'],
  ['a backslash', listing('..\\victim'), 'backslash'],
  ['an empty segment', listing('nginx//victim'), 'empty segment'],
  ['a trailing slash', listing('nginx/'), 'empty segment'],
  ['no path', listing(''), 'no name'],
  ['a NUL', listing('nginx\0'), 'control character'],
  ['an escape sequence', listing('\x1b[2Jnginx'), 'control character'],
  ['itself', listing('manifest.json'), 'the manifest itself'],
  ['itself in capitals', listing('MANIFEST.json'), 'the manifest itself'],
  ['a file that is text', listing('victim', hash), 'not described by an object'],
  ['a file that is null', listing('victim', null), 'not described by an object'],
  ['no target', listing('victim', { sha256: hash }), 'no target'],
  ['no hash', listing('victim', { target: 'nginx' }), 'no valid sha256'],
  ['a short hash', listing('victim', { target: 'nginx', sha256: 'abc' }), 'no valid sha256'],
  ['a hash that is a list', listing('victim', { target: 'nginx', sha256: [hash] }), 'no valid sha256'],
  ['an odd executable', listing('victim', { ...entry, executable: 'yes' }), '"executable"'],
  ['__proto__ with a bad entry', JSON.parse(`{${JSON.stringify(sound).slice(1, -3)}{"__proto__":{}}}`), 'no target'],
];

describe('a hostile manifest is refused, says what is wrong, and nothing changes', () => {
  test.each(hostile)('%s', async (_, content, expected) => {
    const { refusals } = await planBeside(JSON.stringify(content));
    expect(refusals).toMatchObject([
      { kind: 'unusable', path: 'manifest.json', help: expect.stringContaining('restore') },
    ]);
    expect(refusals[0]?.message).toContain('manifest.json cannot be trusted');
    expect(refusals[0]?.message).toContain(expected);
    expect(refusals[0]?.message).not.toMatch(/[\x00-\x1f]/);
  });

  test.each([
    ['no JSON', Buffer.from('<<<<<<< HEAD\n{}\n\x1b[2J'), 'it is not JSON'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'it is not JSON'],
    ['deep nesting', Buffer.from('['.repeat(500_000)), 'it is not JSON'],
    ['nothing', Buffer.alloc(0), 'it is not JSON'],
    ['twenty megabytes', Buffer.from(JSON.stringify(sound) + ' '.repeat(20_000_000)), 'too large'],
  ])('%s', async (_, bytes, expected) => {
    const { refusals } = await planBeside(bytes);
    expect(refusals[0]?.message).toContain(expected);
    expect(refusals[0]?.message).not.toMatch(/[\x00-\x1f]/);
  });

  test('a folder', async () => {
    const dir = emptyFolder();
    mkdirSync(join(dir, 'manifest.json'));
    expect((await plan(dir)).refusals[0]?.message).toContain('manifest.json is a folder');
  });

  async function planBeside(manifest: string | Buffer) {
    const parent = emptyFolder();
    const dir = join(parent, 'out');
    mkdirSync(dir);
    writeFileSync(join(parent, 'victim'), 'victim\n');
    writeFileSync(join(dir, 'manifest.json'), manifest);
    const before = snapshot(parent);
    const made = await plan(dir, both, { force: true });
    await expect(build(dir, both, { force: true })).rejects.toThrow();
    expect(snapshot(parent)).toEqual(before);
    return made;
  }
});

test('a manifest that claims a file with a wrong hash deletes nothing, with --force it is set aside', async () => {
  const dir = emptyFolder();
  writeFileSync(join(dir, 'victim'), 'not the victim\n');
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(listing('victim')));
  expect((await plan(dir, [])).refusals).toMatchObject([{ kind: 'edited', path: 'victim' }]);
  await build(dir, [], { force: true });
  expect(read(dir, 'victim.orig')).toBe('not the victim\n');
});

test('what a later version adds is no obstacle: targets that we do not know keep their files', async () => {
  const dir = emptyFolder();
  const later = {
    ...listing('haproxy/haproxy.cfg', { ...entry, target: 'haproxy', note: 1 }),
    targets: ['haproxy'],
    note: 1,
  };
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify(later));
  await build(dir, [caddy, nginx]);
  expect(parseManifest(Buffer.from(read(dir, 'manifest.json')))).toMatchObject({
    targets: ['caddy', 'haproxy', 'nginx'],
  });
  expect(read(dir, 'manifest.json')).toContain('haproxy/haproxy.cfg');
});

test('printing and parsing are inverse', () => {
  const text = `${JSON.stringify(listing('a/b', { ...entry, executable: true }), null, 2)}\n`;
  const manifest = parseManifest(Buffer.from(text));
  expect(typeof manifest === 'string' ? manifest : printManifest(manifest)).toBe(text);
});

test('a manifest that could not be read back is not written', () => {
  const files = new Map(Array.from({ length: 200_000 }, (_, index) => [`nginx/${index}.conf`, entry]));
  expect(() => printManifest({ version: '1', options: new Map(), targets: [], files })).toThrow('too many');
});
