import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clean, session, told } from './session.ts';

const broken = 'version: 1\nsites:\n  a.example.com: wbe\n';

describe('lint for people', () => {
  test('says nothing of a file without findings', async () => {
    const done = await session({ 'topology.yaml': clean }).look(['lint']);
    expect(done).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('file:line:column, the line, why and what to do, and a last line that counts', async () => {
    const text = clean.replace('acme: { email: ops@example.com }\n', '');
    const done = await session({ 'topology.yaml': text }).look(['lint']);
    expect(done).toEqual({
      code: 0,
      stderr: '',
      stdout: `topology.yaml:8:3: info the CA gets no email address [acme-email]
    7 | sites:
    8 |   www.example.com: web
      |   ^^^^^^^^^^^^^^^
  why:  when renewals fail for weeks, nobody is told before browsers refuse the site
  help: write \`acme: { email: … }\`

1 note
`,
    });
  });

  test('several files: each finding names its own', async () => {
    const here = session({ 'a.yaml': told, 'sub/b.yaml': broken, 'c.yaml': clean });
    const { code, stdout } = await here.look(['lint', 'a.yaml', 'sub/b.yaml', 'c.yaml']);
    expect(code).toBe(1);
    const places = stdout.match(/^\S+\.yaml:\d+:\d+: \w+/gm) ?? [];
    expect(new Set(places.map((place) => place.split(':')[0]))).toEqual(new Set(['a.yaml', 'sub/b.yaml']));
    expect(places).toContain('sub/b.yaml:3:18: error');
    expect(stdout).toMatch(/\n1 error, 2 warnings, 1 note\n$/);
  });

  test('`-` reads standard input', async () => {
    const done = await session().look(['lint', '-'], { stdin: broken });
    expect(done).toMatchObject({ code: 1, stderr: '' });
    expect(done.stdout).toMatch(/^<stdin>:3:18: error there is no pool or service `wbe` \[reference-unknown\]\n/);
  });

  test('without a file: the nearest topology.yaml upward, named as one would open it from here', async () => {
    const here = session({ 'topology.yaml': broken, 'a/b/c/.keep': '', 'a/d/topology.yaml': clean, 'a/d/e/.keep': '' });
    const up = await here.look(['lint'], { cwd: 'a/b/c' });
    expect(up).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^\.\.\/\.\.\/\.\.\/topology\.yaml:3:18: error/),
    });
    expect(await here.look(['lint'], { cwd: 'a/d/e' })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('control characters of a topology are shown, not sent', async () => {
    const here = session({ 'topology.yaml': `version: 1\nsites:\n  "a\\e[31m": 10.0.0.2:80 # \x1b[2J\u202e\n` });
    const { code, stdout } = await here.look(['lint'], { tty: true, env: { NO_COLOR: '1' } });
    expect(code).toBe(1);
    expect(stdout).toContain('\\x1b[2J\\u202e');
    expect(stdout).not.toMatch(/[\x1b\u202e]/);
  });
});

describe('lint --format json', () => {
  test('every key of every finding, as it is promised', async () => {
    const here = session({ 'topology.yaml': `${told}# proxywright-ignore nonsense\n`, 'b.yaml': broken });
    const { stdout } = await here.look(['lint', 'topology.yaml', 'b.yaml', '--format', 'json']);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual(['version', 'findings']);
    expect(report.version).toBe(1);
    const textOrNull = (value: unknown) => value === null || (typeof value === 'string' && value !== '');
    const shape: Record<string, (value: unknown) => boolean> = {
      rule: (value) => /^[a-z]+(?:-[a-z]+)*$/.test(String(value)),
      severity: (value) => ['error', 'warning', 'info'].includes(String(value)),
      message: (value) => typeof value === 'string' && value !== '' && !value.endsWith('.'),
      why: textOrNull,
      help: textOrNull,
      url: textOrNull,
      file: (value) => ['topology.yaml', 'b.yaml'].includes(String(value)),
      line: (value) => Number.isInteger(value) && Number(value) > 0,
      column: (value) => Number.isInteger(value) && Number(value) > 0,
      end_line: (value) => Number.isInteger(value) && Number(value) > 0,
      end_column: (value) => Number.isInteger(value) && Number(value) > 0,
      pointer: (value) => value === null || value === '' || String(value).startsWith('/'),
      targets: (value) => Array.isArray(value) && value.every((id) => ['caddy', 'nginx', 'compose'].includes(id)),
      fixable: (value) => typeof value === 'boolean',
    };
    expect(report.findings.length).toBeGreaterThan(4);
    for (const finding of report.findings) {
      expect(Object.keys(finding)).toEqual(Object.keys(shape));
      const wrong = Object.entries(finding).filter(([key, value]) => !shape[key]?.(value));
      expect(wrong, JSON.stringify(finding)).toEqual([]);
      const [from, to] = [finding.line * 1000 + finding.column, finding.end_line * 1000 + finding.end_column];
      expect(to, JSON.stringify(finding)).toBeGreaterThanOrEqual(from);
    }
    expect(report.findings.at(-1)).toEqual({
      rule: 'reference-unknown',
      severity: 'error',
      message: 'there is no pool or service `wbe`',
      why: null,
      help: expect.any(String),
      url: null,
      file: 'b.yaml',
      line: 3,
      column: 18,
      end_line: 3,
      end_column: 21,
      pointer: '/sites/a.example.com',
      targets: [],
      fixable: false,
    });
  });

  test('without findings it is still a report', async () => {
    const done = await session({ 'topology.yaml': clean }).look(['lint', '--format', 'json']);
    expect(done).toEqual({ code: 0, stdout: '{\n  "version": 1,\n  "findings": []\n}\n', stderr: '' });
  });
});

describe('lint --format', () => {
  test('several at once: one to a file, one to the terminal', async () => {
    const here = session({ 'topology.yaml': told });
    const both = await here.run(['lint', '--format', 'json=out=1.json', '--format', 'pretty']);
    const alone = await here.run(['lint']);
    expect(both).toEqual(alone);
    expect(here.read('out=1.json')).toBe((await here.run(['lint', '--format', 'json'])).stdout);
    await here.run(['lint', '--format', 'pretty=pretty.txt', '--format', 'json'], { tty: true });
    expect(here.read('pretty.txt')).toBe(alone.stdout);
  });

  test.each([
    ['foo', 'there is no format `foo`', 'the formats are pretty, json, sarif, github, gitlab, junit, markdown'],
    [
      'constructor',
      'there is no format `constructor`',
      'the formats are pretty, json, sarif, github, gitlab, junit, markdown',
    ],
    [
      '__proto__',
      'there is no format `__proto__`',
      'the formats are pretty, json, sarif, github, gitlab, junit, markdown',
    ],
    ['json=', '`json=` names no file', 'write `--format json=FILE`'],
    ['json=no/such/folder', 'cannot write no/such/folder: its folder is not there', 'name another file behind'],
    ['json=.', 'cannot write .: it is a folder', 'name another file behind'],
  ])('%s is refused, and no other format is written first', async (format, message, help) => {
    const here = session({ 'topology.yaml': told });
    const { code, stdout, stderr } = await here.look(['lint', '--format', format, '--format', 'json=out.json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error ${message}\n  help: ${help}`);
  });

  test('each file of several is named as CI systems know it: from here, also when its path was given in full', async () => {
    const here = session({ 'edge/a.yaml': broken, 'b.yaml': broken, 'sub/.keep': '' });
    const outputs = ['sarif', 'gitlab', 'github', 'junit', 'json'].flatMap((name) => ['--format', `${name}=${name}`]);
    await here.run(['lint', join(here.dir, 'edge/a.yaml'), './b.yaml', ...outputs]);
    const [run] = JSON.parse(here.read('sarif')).runs;
    const uris = run.results.map(
      (one: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) => {
        return one.locations[0]?.physicalLocation.artifactLocation.uri;
      },
    );
    expect(uris).toEqual(['edge/a.yaml', 'b.yaml']);
    const issues = JSON.parse(here.read('gitlab'));
    expect(issues.map((one: { location: { path: string } }) => one.location.path)).toEqual(['edge/a.yaml', 'b.yaml']);
    expect(here.read('github').match(/file=[^,]*/g)).toEqual(['file=edge/a.yaml', 'file=b.yaml']);
    expect(here.read('junit').match(/testsuite name="[^"]*"/g)).toEqual([
      'testsuite name="edge/a.yaml"',
      'testsuite name="b.yaml"',
    ]);
    const { findings } = JSON.parse(here.read('json'));
    expect(findings.map(({ file }: { file: string }) => file)).toEqual([join(here.dir, 'edge/a.yaml'), './b.yaml']);
    const above = await here.run(['lint', join(here.dir, 'b.yaml'), '--format', 'github'], { cwd: 'sub' });
    expect(above.stdout).toContain(`file=${here.dir}/b.yaml,`);
  });

  test('two formats are not mixed on standard output', async () => {
    const here = session({ 'topology.yaml': told });
    expect(await here.look(['lint', '--format', 'json', '--format', 'pretty'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error the formats json and pretty would be mixed on standard output\n  help: give one of them a file: `--format pretty=FILE`\n',
    });
  });
});

describe('the exit code of lint', () => {
  const text = { error: broken, warning: told, info: clean.replace(/acme:.*\n/, ''), nothing: clean };

  test.each([
    ['error', { error: 1, warning: 0, info: 0, nothing: 0 }],
    ['warning', { error: 1, warning: 1, info: 0, nothing: 0 }],
    ['info', { error: 1, warning: 1, info: 1, nothing: 0 }],
    ['never', { error: 0, warning: 0, info: 0, nothing: 0 }],
  ] as const)('--fail-on %s', async (severity, codes) => {
    for (const [worst, code] of Object.entries(codes)) {
      const here = session({ 'topology.yaml': text[worst as keyof typeof text] });
      expect((await here.look(['lint', '--fail-on', severity])).code, worst).toBe(code);
    }
  });

  test('--max-warnings', async () => {
    const here = session({ 'topology.yaml': told });
    expect(await here.look(['lint', '--max-warnings', '2'])).toMatchObject({ code: 0, stderr: '' });
    expect(await here.look(['lint', '--max-warnings', '1'])).toMatchObject({
      code: 1,
      stderr: 'there are 2 warnings, and --max-warnings allows 1\n',
    });
    const one = session({ 'topology.yaml': told.replace('api:3000', '10.0.0.2:3000') });
    expect(await one.look(['lint', '--max-warnings', '0', '--fail-on', 'never'])).toMatchObject({
      code: 1,
      stderr: 'there is 1 warning, and --max-warnings allows 0\n',
    });
  });

  test.each([
    [
      ['--fail-on', 'warn'],
      "option '--fail-on <severity>' argument 'warn' is invalid",
      'allowed choices are error, warning,',
    ],
    [['--max-warnings', '-1'], '`-1` is no number', '`--max-warnings` takes a whole number'],
    [['--max-warnings', '1.5'], '`1.5` is no number', '`--max-warnings` takes a whole number'],
  ])('%j is a wrong call', async (args, message, help) => {
    const { code, stderr } = await session({ 'topology.yaml': clean }).look(['lint', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(`error ${message}\n  help: ${help}`);
  });
});

describe('findings are silenced', () => {
  const rulesIn = async (text: string) => {
    const { stdout } = await session({ 'topology.yaml': text }).look(['lint', '--format', 'json']);
    return JSON.parse(stdout).findings.map((one: { rule: string; severity: string }) => `${one.severity} ${one.rule}`);
  };

  test('by a comment with a reason, on the line or above it', async () => {
    const line = '    servers: [web:3000, api:3000]';
    const comment = '# proxywright-ignore stale-dns -- both have fixed addresses';
    expect(await rulesIn(told)).toEqual(['warning stale-dns', 'warning stale-dns', 'info acme-email']);
    expect(await rulesIn(told.replace(line, `${line} ${comment}`))).toEqual(['info acme-email']);
    expect(await rulesIn(told.replace(line, `    ${comment}\n${line}`))).toEqual(['info acme-email']);
  });

  test('but a comment without a reason, or that matches nothing, is a finding itself', async () => {
    const reasonless = told.replace('api:3000]', 'api:3000] # proxywright-ignore stale-dns');
    expect(await rulesIn(reasonless)).toEqual(['warning ignore-reason', 'info acme-email']);
    const useless = told.replace('version: 1', 'version: 1 # proxywright-ignore stale-dns -- not here');
    expect(await rulesIn(useless)).toContain('warning ignore-unused');
  });

  test('by lint.rules, which also raises', async () => {
    const rules = (lines: string) => told.replace('  rules:\n', `  rules:\n${lines}`);
    expect(await rulesIn(rules('    stale-dns: off\n'))).toEqual(['info acme-email']);
    expect(await rulesIn(rules('    stale-dns: info\n    acme-email: error\n'))).toEqual([
      'info stale-dns',
      'info stale-dns',
      'error acme-email',
    ]);
    const raised = session({ 'topology.yaml': rules('    acme-email: error\n') });
    expect((await raised.look(['lint'])).code).toBe(1);
    expect(await raised.look(['build', '-o', 'out'])).toMatchObject({ code: 1, stdout: '' });
    const misspelt = await session({ 'topology.yaml': rules('    stale-dsn: off\n') }).look(['lint']);
    expect(misspelt.stdout).toContain('error there is no rule `stale-dsn` [reference-unknown]');
    expect(misspelt.stdout).toContain('help: did you mean `stale-dns`?');
  });
});

test('an unreadable file among several: nothing is reported, exit code 2', async () => {
  const here = session({ 'a.yaml': broken });
  const done = await here.look(['lint', 'a.yaml', 'missing.yaml', '--format', `json=${join(here.dir, 'out.json')}`]);
  expect(done).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('cannot read missing.yaml') });
});
