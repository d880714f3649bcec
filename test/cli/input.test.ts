import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clean, session } from './session.ts';

const site = 'version: 1\nsites:\n  a.example.com: 10.0.0.2:80\n';
const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  .concat(
    [...'bcdefgh'].map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(', ')}]`),
  )
  .join('\n');

/** The place, what is wrong, and the line that says what to do. */
const mistakes: [string, string | Uint8Array, string, string][] = [
  [
    'an unknown key',
    `${site}edge: { http_prt: 8080 }\n`,
    '4:9: error unknown key `http_prt` in edge [schema-unknown-key]',
    'did you mean `http_port`?',
  ],
  [
    'a wrong type',
    `${site}edge: { http_port: [80] }\n`,
    '4:20: error a list cannot stand here [schema-type]',
    'expected a port from 1 to 65535, without quotes',
  ],
  [
    'a bare number',
    'version: 1\nsites:\n  a.example.com:\n    upstream: 10.0.0.2:80\n    timeouts: { connect: 5 }\n',
    '5:26: error `5` has no unit [schema-duration]',
    'write 5s or 5ms',
  ],
  [
    'an upstream that is not there',
    'version: 1\nupstreams: { web: { servers: [10.0.0.2:80] } }\nsites:\n  a.example.com: wbe\n',
    '4:18: error there is no pool or service `wbe` [reference-unknown]',
    'did you mean `web`?',
  ],
  [
    'a key written twice',
    `${site}version: 1\n`,
    '4:1: error `version` is written twice [yaml-duplicate-key]',
    'keep one of the two',
  ],
  [
    'a name served twice',
    'version: 1\nsites:\n  a.example.com: { upstream: 10.0.0.2:80, aliases: [b.example.com] }\n  b.example.com: 10.0.0.2:80\n',
    '4:3: error `b.example.com` is served twice [reference-duplicate]',
    'keep one of the two',
  ],
  [
    'an alias inside itself',
    'version: 1\nsites: &s\n  a.example.com: *s\n',
    '3:18: error `*s` contains itself [yaml-cycle]',
    'an alias cannot stand inside the value that it names',
  ],
  [
    'an alias bomb',
    bomb,
    ': error more than 200,000 values or 64 levels once its aliases are followed [yaml-too-large]',
    'write the file without nested aliases',
  ],
  [
    '__proto__',
    `${site}__proto__: { x: 1 }\n`,
    '4:1: error unknown key `__proto__` at the top [schema-unknown-key]',
    'the keys known here are version, targets,',
  ],
  [
    'an unquoted *.x',
    'version: 1\nsites:\n  *.example.com: 10.0.0.2:80\n',
    '3:3: error `*.example.com` without quotes is a YAML alias [yaml-alias]',
    'put it in quotes: "*.example.com"',
  ],
  [
    'an unquoted 1.30',
    `${site}targets: { nginx: { version: 1.30 } }\n`,
    '4:30: error `1.30` without quotes is the number 1.3 [schema-type]',
    'write "1.30"',
  ],
  [
    'an empty file',
    '',
    '1:1: error the file is empty [yaml-empty]',
    'a topology starts with `version: 1` and `sites:`',
  ],
  [
    'a binary file',
    new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]),
    '1:1: error the file is binary, not text [yaml-not-text]',
    'is it the right file?',
  ],
];

describe('a topology with a mistake is refused by name, line and column, and nothing is written:', () => {
  test.each(mistakes)('%s', async (_, text, message, help) => {
    const here = session();
    here.write('my topology.yaml', text);
    const done = await here.look(['build', 'my topology.yaml', '-o', 'out']);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain(message);
    expect(done.stderr).toMatch(/^my topology\.yaml:\d+:\d+: error /);
    expect(done.stderr).toContain(`\n  help: ${help}`);
    expect(done.stderr).toMatch(/\n1 error\nnothing was built\n$/);
    if (text === bomb) return;
    const linted = await here.look(['lint', 'my topology.yaml']);
    expect({ ...linted, stdout: linted.stdout.replace(/; 1 finding can be fixed with `lint --fix`$/m, '') }).toEqual({
      code: 1,
      stdout: done.stderr.replace('nothing was built\n', ''),
      stderr: '',
    });
  });

  test('into a folder of an earlier build, which stays', async () => {
    const here = session({ 'topology.yaml': clean });
    await here.run(['build', '-o', 'out']);
    here.write('topology.yaml', clean.replace('www.example.com: web', 'www.example.com: wbe'));
    expect(await here.look(['build', '-o', 'out', '--force'])).toMatchObject({ code: 1 });
    expect(await here.look(['build', '-o', 'out', '--check'])).toMatchObject({ code: 1, stdout: '' });
    expect(await here.look(['build', '--stdout'])).toMatchObject({ code: 1, stdout: '' });
    expect(await here.look(['verify'])).toMatchObject({ code: 1, stdout: '' });
    expect(await here.look(['print', 'model'])).toMatchObject({ code: 1, stdout: '' });
  });

  test('all of them in one run', async () => {
    const here = session({ 'topology.yaml': `${site}edge: { http_prt: 1, https_port: x }\nacme: 7\n` });
    const { stderr } = await here.look(['build', '-o', 'out']);
    expect(stderr.match(/^topology\.yaml:\d+:\d+/gm)).toEqual([
      'topology.yaml:4:9',
      'topology.yaml:4:34',
      'topology.yaml:5:7',
    ]);
    expect(stderr).toContain('\n3 errors\nnothing was built\n');
  });

  test('a certificate that is not there', async () => {
    const text =
      'version: 1\nsites:\n  a.example.com:\n    upstream: 10.0.0.2:80\n    tls: { certificate: a.pem, key: b.pem }\n';
    const here = session({ 'topology.yaml': text, 'b.pem': '-----BEGIN PRIVATE KEY-----' });
    const done = await here.look(['build', '-o', 'out']);
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('topology.yaml:5:25: error there is no file "a.pem" [reference-file]');
    here.write('a.pem', '-----BEGIN CERTIFICATE-----');
    expect(await here.run(['build', '-o', 'out'])).toMatchObject({ code: 0 });
  });
});

describe('an input that cannot be read', () => {
  test.each([['build', '-o', 'out'], ['lint'], ['verify'], ['print', 'model']])(
    'by %s: no topology anywhere',
    async (...args) => {
      const done = await session().look(args);
      expect(done).toEqual({
        code: 2,
        stdout: '',
        stderr:
          'error there is no topology.yaml here or in a folder above\n  help: name a file, or write one with `proxywright init`\n',
      });
    },
  );

  test.each([
    ['missing.yaml', 'cannot read missing.yaml: there is no such file', 'check the path; `proxywright init` writes a'],
    ['folder', 'folder is a folder', 'name a topology file'],
    ['file/topology.yaml', 'cannot read file/topology.yaml: a part of the path is a file', 'check the path'],
    ['a\x1b[31m.yaml', 'cannot read a\\x1b[31m.yaml: there is no such file', 'check the path'],
  ])('%j', async (name, message, help) => {
    const here = session({ file: '' });
    mkdirSync(join(here.dir, 'folder'));
    const done = await here.look(['build', name, '-o', 'out']);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain(`error ${message}\n  help: ${help}`);
  });

  test('a private CA that is a folder', async () => {
    const here = session({ 'topology.yaml': clean.replace('acme: { ', 'acme: { ca_root: ca, ') });
    mkdirSync(join(here.dir, 'ca'));
    const done = await here.look(['build', '-o', 'out']);
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no file "ca" [reference-file]') });
  });
});
