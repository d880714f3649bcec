import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { told as old, type Session, session } from './session.ts';

const broken = 'version: 1\nsites:\n  a.example.com: wbe\n';
const write = ['--baseline', 'known.json', '--update-baseline'];
const known = ['--baseline', 'known.json'];

const found = async (here: Session, ...args: string[]) => {
  const { stdout, ...done } = await here.look(['lint', '--format', 'json', ...args]);
  return { ...done, rules: JSON.parse(stdout).findings.map(({ rule }: { rule: string }) => rule) };
};

describe('lint --baseline', () => {
  test('is written as a readable file, and then hides what it knows', async () => {
    const here = session({ 'topology.yaml': old });
    const wrote = await here.run(['lint', '--fail-on', 'info', ...write]);
    expect(wrote).toEqual({ code: 0, stdout: '', stderr: '3 known findings are hidden by known.json\n' });
    const lines = here.read('known.json').split('\n');
    expect(lines.slice(0, 3)).toEqual(['{', '  "version": 1,', '  "findings": [']);
    expect(lines).toContain(
      '    {"file":"topology.yaml","rule":"acme-email","pointer":"/sites/www.example.com","message":"the CA gets no email address","count":1},',
    );
    expect(lines.filter((line) => line.includes('"stale-dns"'))).toHaveLength(2);
    expect(JSON.parse(here.read('known.json')).findings).toHaveLength(3);
    const done = await found(here, '--fail-on', 'info', '--max-warnings', '0', ...known);
    expect(done).toEqual({ code: 0, rules: [], stderr: '3 known findings are hidden by known.json\n' });
    // The same bytes are not written again.
    await here.look(['lint', ...write]);
  });

  test('what is new is shown and counts, wherever lines and list entries move to', async () => {
    const here = session({ 'topology.yaml': old });
    await here.run(['lint', ...write]);
    here.write(
      'topology.yaml',
      `# a line more\n${old.replace('[web', '[10.0.0.2:3000, web').replace('sites:', '  spare: { servers: [10.0.0.9:80] }\nsites:')}`,
    );
    const done = await found(here, '--fail-on', 'info', ...known);
    expect(done).toEqual({
      code: 1,
      rules: ['reference-unused'],
      stderr: '3 known findings are hidden by known.json\n',
    });
  });

  test('equal findings are counted: one more is news', async () => {
    const listed = (names: string) => old.replace('[web:3000, api:3000]', `[${names}]`);
    const here = session({
      'topology.yaml': `${listed('10.0.0.2:80')}# proxywright-ignore nonsense\n# proxywright-ignore nonsense\n`,
    });
    await here.run(['lint', ...write]);
    expect(here.read('known.json')).toContain('"pointer":null,"message":"there is no rule `nonsense`","count":2}');
    here.write('topology.yaml', `${here.read('topology.yaml')}# proxywright-ignore nonsense -- x\n`);
    const done = await found(here, ...known);
    expect(done).toMatchObject({
      rules: ['ignore-unused'],
      stderr: expect.stringMatching(/^\d known findings are hidden/),
    });
  });

  test('what it lists and nobody finds any more is said, and tidied up when it is written', async () => {
    const here = session({ 'topology.yaml': old });
    await here.run(['lint', ...write]);
    here.write('topology.yaml', old.replace('web:3000, api:3000', '10.0.0.2:80, 10.0.0.3:80'));
    const done = await found(here, ...known);
    expect(done).toEqual({
      code: 0,
      rules: [],
      stderr:
        '1 known finding is hidden by known.json\n2 entries of known.json match nothing any more; --update-baseline tidies up\n',
    });
    const tidied = await here.run(['lint', ...write]);
    expect(tidied.stderr).toBe('1 known finding is hidden by known.json\n');
    expect(JSON.parse(here.read('known.json')).findings).toHaveLength(1);
  });

  test('files are named from its folder; those that are not linted keep theirs until they are gone', async () => {
    const here = session({ 'edge/a.yaml': old, 'edge/b.yaml': old, 'ci/.keep': '' });
    const baseline = ['--baseline', '../ci/known.json'];
    await here.run(['lint', 'a.yaml', 'b.yaml', ...baseline, '--update-baseline'], { cwd: 'edge' });
    const filesIn = () => [
      ...new Set(JSON.parse(here.read('ci/known.json')).findings.map((one: { file: string }) => one.file)),
    ];
    expect(filesIn()).toEqual(['../edge/a.yaml', '../edge/b.yaml']);
    const elsewhere = ['lint', join(here.dir, 'edge/a.yaml'), './edge/b.yaml', '--baseline', 'ci/known.json'];
    expect(await here.look(elsewhere)).toMatchObject({ code: 0, stdout: '' });
    await here.look([...elsewhere.filter((one) => !one.endsWith('b.yaml')), '--update-baseline']);
    here.write('edge/c.yaml', old);
    await here.run(['lint', 'edge/c.yaml', '--baseline', 'ci/known.json', '--update-baseline']);
    expect(filesIn()).toEqual(['../edge/a.yaml', '../edge/b.yaml', '../edge/c.yaml']);
  });

  test('mistakes that leave nothing to build are never hidden, and never written down', async () => {
    const here = session({ 'topology.yaml': old });
    await here.run(['lint', ...write]);
    here.write('topology.yaml', broken);
    const done = await here.look(['lint', ...write]);
    expect(done.code).toBe(1);
    expect(done.stdout).toContain('error there is no pool or service `wbe` [reference-unknown]');
    expect(done.stderr).toBe(
      'known.json is not written: while topology.yaml has such mistakes, nobody knows what else would be found\n',
    );
    const forged = [
      {
        file: 'topology.yaml',
        rule: 'reference-unknown',
        pointer: '/sites/a.example.com',
        message: 'there is no pool or service `wbe`',
        count: 9,
      },
    ];
    here.write('known.json', JSON.stringify({ version: 1, findings: forged }));
    expect(await found(here, ...known)).toMatchObject({ code: 1, rules: ['reference-unknown'] });
  });

  test('--fix comes first: what it mends need not be known', async () => {
    const here = session({ 'topology.yaml': `${old}# proxywright-ignore over-budget -- x\n` });
    await here.run(['lint', '--fix', ...write]);
    expect(here.read('topology.yaml')).toBe(old);
    expect(here.read('known.json')).not.toContain('ignore-unused');
  });

  test('without findings it is an empty list', async () => {
    const here = session({ 'topology.yaml': old.replace('rules:', 'rules:\n    stale-dns: off\n    acme-email: off') });
    expect(await here.run(['lint', ...write])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(here.read('known.json')).toBe('{\n  "version": 1,\n  "findings": []\n}\n');
    expect((await here.look(['lint', ...known])).code).toBe(0);
  });

  test.each([
    [undefined, 'cannot read the baseline known.json: there is no such file', 'write it with --update-baseline'],
    ['', 'known.json is no baseline: it is not JSON', 'restore it, or delete it'],
    ['<<<<<<< HEAD\n{}', 'known.json is no baseline: it is not JSON', 'restore it, or delete it'],
    ['{"name":"some-package"}', 'known.json is no baseline: it has no list `findings`', 'restore it'],
    ['{"version":2,"findings":[]}', 'known.json is no baseline: its version is not 1', 'restore it'],
    [
      '{"version":1,"findings":[{"file":"a"}]}',
      'known.json is no baseline: its finding number 1 lacks something',
      'restore it',
    ],
    ['[null]', 'known.json is no baseline: it has no list `findings`', 'restore it'],
  ])('%j instead of one: exit code 2, also before it would be written over', async (text, message, help) => {
    const here = session({ 'topology.yaml': old, ...(text === undefined ? {} : { 'known.json': text }) });
    for (const args of text === undefined ? [known] : [known, write]) {
      const done = await here.look(['lint', ...args]);
      expect(done).toMatchObject({ code: 2, stdout: '' });
      expect(done.stderr).toContain(`error ${message}\n  help: ${help}`);
    }
  });

  test.each([
    [
      ['--update-baseline'],
      '--update-baseline needs the name of the baseline',
      'write `--baseline FILE --update-baseline`',
    ],
    [
      [...write, '--set', 'edge.http_port=81'],
      '--update-baseline records what is there, and --set only supposes',
      'leave --set away',
    ],
    [
      [...write, '--fix', '--dry-run'],
      '--update-baseline records what is there, and --dry-run only supposes',
      'leave --dry-run away',
    ],
  ])('%j is a wrong call', async (args, message, help) => {
    const done = await session({ 'topology.yaml': old }).look(['lint', ...args]);
    expect(done).toEqual({ code: 2, stdout: '', stderr: `error ${message}\n  help: ${help}\n` });
  });

  test('a link is not replaced, and a folder that is not there not made', async () => {
    const here = session({ 'topology.yaml': old, 'real.json': '{"version":1,"findings":[]}' });
    symlinkSync('real.json', join(here.dir, 'known.json'));
    expect((await here.look(['lint', ...write])).stderr).toContain('cannot write known.json: it is a symbolic link');
    const missing = await here.look(['lint', '--baseline', 'no/known.json', '--update-baseline']);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('cannot write no/known.json: its folder is not there');
  });
});
