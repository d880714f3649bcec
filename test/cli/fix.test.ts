import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { fixAll } from '../../src/source/fix.ts';
import { createSource } from '../../src/source/source.ts';
import { cases, judgeCase } from '../golden.ts';
import { modeOf } from '../output/folder.ts';
import { clean, session } from './session.ts';

/** `clean` with a comment of no use in its first line. */
const useless = clean.replace('version: 1', 'version: 1 # proxywright-ignore stale-dns -- long gone');
const rulesIn = (stdout: string): string[] =>
  JSON.parse(stdout).findings.map((one: { rule: string; fixable: boolean }) => `${one.rule} ${one.fixable}`);

describe('lint --fix', () => {
  test.each([
    ['behind a value', 'version: 1 # proxywright-ignore stale-dns -- why  \n', 'version: 1\n'],
    ['on a line of its own', 'version: 1\n  # proxywright-ignore stale-dns -- why\n', 'version: 1\n'],
    ['with Windows line ends', 'version: 1\r\n# proxywright-ignore stale-dns -- why\r\n', 'version: 1\r\n'],
    ['behind a value, Windows', 'version: 1 # proxywright-ignore stale-dns -- why\r\n', 'version: 1\r\n'],
    ['of several rules', 'version: 1 # proxywright-ignore stale-dns over-budget -- why\n', 'version: 1\n'],
    [
      'above another',
      '# proxywright-ignore stale-dns -- a\n# other\n# proxywright-ignore over-budget\nversion: 1\n',
      '# other\nversion: 1\n',
    ],
  ])('removes a suppression of no use %s, and nothing else', async (_name, written, left) => {
    const rest = clean.replace('version: 1\n', '').replace('sites:', '# a comment  that stays\nsites:   ');
    const ends = written.includes('\r') ? (text: string) => text.replaceAll('\n', '\r\n') : (text: string) => text;
    const here = session({ 'topology.yaml': written + ends(rest) });
    const before = rulesIn((await here.look(['lint', '--format', 'json'])).stdout);
    const unused = before.filter((one) => one === 'ignore-unused true').length;
    expect(unused).toBeGreaterThan(0);
    const done = await here.run(['lint', '--fix']);
    expect(done).toEqual({
      code: 0,
      stdout: '',
      stderr: `${unused === 1 ? '1 finding' : `${unused} findings`} fixed in topology.yaml\n`,
    });
    expect(here.read('topology.yaml')).toBe(left + ends(rest));
  });

  test.each(cases('targets'))('removes them from every line of "$name"', ({ folder }) => {
    const written = readFileSync(join(folder, 'topology.yaml'), 'utf8').trimEnd();
    const text = written.replaceAll(/\s*$/gm, ' # proxywright-ignore ignore-reason, ignore-unused -- né\u{1f600}');
    // The rules have fixes of their own.
    const judge = (next: string) => {
      const analysis = judgeCase(folder, next);
      const diagnostics = analysis.diagnostics.filter(({ rule }) => rule.startsWith('ignore-'));
      return { ...analysis, files: [{ source: analysis.source, diagnostics }] };
    };
    const { fixed, last } = fixAll(judge(text), (texts) => judge(texts.get('topology.yaml') ?? ''));
    expect(fixed.get('topology.yaml')).toBe(2 * written.split('\n').length);
    expect(last.source.text).toBe(written);
  });

  test('a suppression that is partly of use keeps the other rules and the reason', async () => {
    const here = session({
      'topology.yaml': clean
        .replace(
          'www.example.com: web',
          'www.example.com: web # proxywright-ignore stale-dns, portability-timeouts-idle-none, over-budget -- slow',
        )
        .replace(/lint:.*\n/, ''),
    });
    const done = await here.run(['lint', '--fix']);
    expect(done).toEqual({ code: 0, stdout: '', stderr: '2 findings fixed in topology.yaml\n' });
    expect(here.read('topology.yaml')).toContain('web # proxywright-ignore portability-timeouts-idle-none -- slow\n');
  });

  test('a rule that does not exist may be misspelt: its comment stays', async () => {
    const here = session({
      'topology.yaml': clean.replace('sites:', 'sites: # proxywright-ignore stale-dsn, stale-dns -- why'),
    });
    const done = await here.run(['lint', '--fix', '--format', 'json']);
    expect(rulesIn(done.stdout)).toEqual(['ignore-unused false']);
    expect(here.read('topology.yaml')).toContain('sites: # proxywright-ignore stale-dsn -- why\n');
  });

  test('while a file has mistakes the rules are not asked, and no suppression counts as unused', async () => {
    const text = clean.replace('sites:', '# proxywright-ignore stale-dns -- why\nsite: {}\nsites:');
    const here = session({ 'topology.yaml': text });
    const done = await here.look(['lint', '--fix', '--format', 'json']);
    expect(rulesIn(done.stdout)).toEqual(['schema-unknown-key false']);
    expect(done).toMatchObject({ code: 1, stderr: '' });
  });

  test('what is left is reported, in each format, and decides the exit code', async () => {
    const here = session({ 'a.yaml': useless.replace(/acme:.*\n/, ''), 'b.yaml': useless, 'c.yaml': clean });
    expect((await here.look(['lint', 'a.yaml'])).stdout).toMatch(
      /\n1 warning, 1 note; 1 finding can be fixed with `lint --fix`\n$/,
    );
    const done = await here.run([
      'lint',
      'a.yaml',
      'b.yaml',
      './b.yaml',
      'c.yaml',
      '--fix',
      '--fail-on',
      'info',
      '--format',
      'github=a.log',
      '--format',
      'json',
    ]);
    expect(rulesIn(done.stdout)).toEqual(['acme-email false']);
    expect(done).toMatchObject({ code: 1, stderr: '1 finding fixed in a.yaml\n1 finding fixed in b.yaml\n' });
    expect(here.read('a.log')).toMatch(/^::notice file=a\.yaml,[^\n]*\n$/);
    // A file that needs no fix is not even touched.
    await here.look(['lint', '--fix', 'b.yaml', 'c.yaml']);
  });

  test('mode and byte order mark stay', async () => {
    const here = session();
    here.write('topology.yaml', `\uFEFF${useless}`, 0o640);
    expect((await here.run(['lint', '--fix'])).code).toBe(0);
    expect(here.read('topology.yaml')).toBe(`\uFEFF${clean}`);
    expect(modeOf(here.dir, 'topology.yaml')).toBe('640');
    expect(here.files()).toEqual(['topology.yaml']);
  });

  test('--dry-run writes nothing and prints a diff; what would be left goes to stderr', async () => {
    const here = session({ 'topology.yaml': useless.replace(/acme:.*\n/, '') });
    const done = await here.look(['lint', '--fix', '--dry-run']);
    expect(done).toEqual({
      code: 0,
      stdout: `--- a/topology.yaml
+++ b/topology.yaml
@@ -1,4 +1,4 @@
-version: 1 # proxywright-ignore stale-dns -- long gone
+version: 1
 upstreams:
   web:
     servers: [10.0.0.2:3000, 10.0.0.3:3000]
`,
      stderr: '1 finding would be fixed in topology.yaml\nleft: 1 note\n',
    });
    expect((await here.look(['lint', '-', '--fix', '--dry-run'], { stdin: useless })).stdout).toMatch(
      /^--- a\/<stdin>\n/,
    );
    await here.run(['lint', '--fix', '--dry-run', '--format', 'json=left.json']);
    expect(rulesIn(here.read('left.json'))).toEqual(['acme-email false']);
  });

  test.each([
    [['--dry-run'], '--dry-run shows what --fix would do', 'write `--fix --dry-run`'],
    [['--fix', '--set', 'edge.http_port=81'], '--fix cannot mend a what-if (--set)', 'leave one of the two away'],
    [['--fix', '-'], '--fix cannot write to standard input', 'name a file, or see the changes with --dry-run'],
    [
      ['--fix', '--dry-run', '--format', 'json'],
      'the changes of --dry-run and the format json would be mixed on standard output',
      'give the format a file: `--format json=FILE`',
    ],
  ])('%j is a wrong call', async (args, message, help) => {
    const here = session({ 'topology.yaml': useless });
    const done = await here.look(['lint', ...args], { stdin: useless });
    expect(done).toEqual({ code: 2, stdout: '', stderr: `error ${message}\n  help: ${help}\n` });
  });

  test('a link, a file that is closed for writing: nothing is written', async () => {
    const here = session({ 'real.yaml': useless });
    symlinkSync(join(here.dir, 'real.yaml'), join(here.dir, 'link.yaml'));
    expect(await here.look(['lint', '--fix', 'link.yaml'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error cannot write link.yaml: it is a symbolic link\n  help: name the file that it leads to\n',
    });
    chmodSync(join(here.dir, 'real.yaml'), 0o444);
    expect(await here.look(['lint', '--fix', 'real.yaml'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error cannot write real.yaml: it is read-only\n  help: `chmod u+w real.yaml` if it may be changed\n',
    });
  });
});

describe('fixes of rules', () => {
  /** Each letter of `found` is a finding whose fix is looked up; judged anew after each round. */
  const fix = (text: string, fixes: (text: string) => [start: number, end: number, text: string][][]) =>
    mended(judge(text, fixes), (next) => judge(next, fixes));
  const judge = (text: string, fixes: (text: string) => [number, number, string][][]) => {
    const source = createSource('a.yaml', text);
    const diagnostics = fixes(text).map((edits): Diagnostic => {
      const fix = {
        title: 'mend',
        edits: edits.map(([start, end, to]) => ({ source: 'a.yaml', start, end, text: to })),
      };
      return { rule: 'some', severity: 'warning', message: 'm', place: source.place(0, 1), fix };
    });
    return { files: [{ source, diagnostics }] };
  };
  type Judged = ReturnType<typeof judge>;
  const mended = (first: Judged, judgeText: (text: string) => Judged) => {
    const { fixed, last } = fixAll(first, (texts) => judgeText(texts.get('a.yaml') ?? ''));
    return { fixed: fixed.get('a.yaml'), text: last.files[0]?.source.text };
  };
  const each = (text: string, sign: string, to: string): [number, number, string][][] =>
    [...text.matchAll(new RegExp(sign, 'g'))].map(({ index }) => [[index, index + sign.length, to]]);

  test('all of a file at once; of two that touch the first wins, and the other has its turn', () => {
    const whole = fix('ab.ab', (text) => [...each(text, 'a', 'x'), ...each(text, 'b', 'y')]);
    expect([whole.fixed, whole.text]).toEqual([4, 'xy.xy']);
    const half = fix('ab', (text) => (text === 'ab' ? [[[0, 1, 'x']], [[0, 2, 'long']]] : []));
    expect([half.fixed, half.text]).toEqual([1, 'xb']);
  });

  test('a fix of several edits is applied whole or not at all', () => {
    const done = fix('a-b-a', (text) =>
      text === 'a-b-a'
        ? [
            [[0, 1, 'x']],
            [
              [0, 1, 'y'],
              [4, 5, 'y'],
            ],
          ]
        : [],
    );
    expect(done.text).toBe('x-b-a');
  });

  test('two findings with one cure are both mended', () => {
    const done = fix('aa', (text) => (text === 'aa' ? [[[0, 1, '']], [[0, 1, '']]] : []));
    expect([done.fixed, done.text]).toEqual([2, 'a']);
  });

  test('two that disagree for ever come to an end', () => {
    const done = fix('a', (text) => [...each(text, 'a', 'b'), ...each(text, 'b', 'a')]);
    expect([done.fixed, done.text]).toEqual([10, 'a']);
  });

  test('a fix that would break the file stops the program', () => {
    const broken: Diagnostic = {
      rule: 'yaml-syntax',
      severity: 'error',
      message: 'm',
      place: createSource('a', '').place(0, 1),
    };
    const first = judge('a', (text) => each(text, 'a', '{'));
    const after = (text: string) => ({ files: [{ source: createSource('a.yaml', text), diagnostics: [broken] }] });
    expect(() => mended(first, after)).toThrow('a fix would break a.yaml');
  });
});
