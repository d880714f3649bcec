import { describe, expect, test } from 'vitest';
import { version } from '../../src/version.ts';
import { clean, type Machine, session } from './session.ts';

const commands = ['init', 'build', 'lint', 'report', 'explain', 'import', 'diff', 'verify', 'drill', 'print'];

describe('a wrong call', () => {
  test.each([
    [['bild'], "unknown command 'bild'", 'did you mean build? `proxywright --help` lists commands and options'],
    [['frobnicate'], "unknown command 'frobnicate'", '`proxywright --help` lists commands and options'],
    [['b\x1b[31mild'], "unknown command 'b\\x1b[31mild'", '`proxywright --help` lists commands and options'],
    [
      ['--colour', 'lint'],
      "unknown option '--colour'",
      'did you mean --color? `proxywright lint --help` lists its options',
    ],
    [
      ['build', '--chekc'],
      "unknown option '--chekc'",
      'did you mean --check? `proxywright build --help` lists its options',
    ],
    [['lint', '-x'], "unknown option '-x'", '`proxywright lint --help` lists its options'],
    [['build', '-o'], "option '-o, --output <dir>' argument missing", '`proxywright build --help` lists its options'],
    [['print'], "missing required argument 'what'", '`proxywright print --help` lists its options'],
    [
      ['build', 'a', 'b', '-o', 'c'],
      "too many arguments for 'build'",
      'expected 1 argument but got 2; `proxywright build --help` lists its options',
    ],
  ])('%j', async (args, message, help) => {
    expect(await session().look(args)).toEqual({
      code: 2,
      stdout: '',
      stderr: `error ${message}\n  help: ${help}\n`,
    });
  });

  test('nothing at all: the help, where errors go', async () => {
    const { code, stdout, stderr } = await session().look([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: proxywright /);
  });
});

describe('help', () => {
  test.each([['--help'], ['-h'], ['help']])('%s names every command and the exit codes', async (...args) => {
    const { code, stdout, stderr } = await session().look(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of commands) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(stdout).toMatch(/\nExit codes: 0 fine; 1 the input is at fault; 2 the call or the machine is\.\n$/);
  });

  test.each(commands)('of %s, in three ways of asking', async (name) => {
    const here = session();
    const done = await here.look([name, '--help']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(new RegExp(`^Usage: proxywright ${name} `));
    // Switches are off unless given: that need not be said.
    expect(done.stdout).not.toContain('default: false');
    expect(await here.look([name, '-h'])).toEqual(done);
    expect(await here.look(['help', name])).toEqual(done);
  });

  test.each([['--version'], ['-V']])('%s', async (...args) => {
    expect(await session().look(args)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

const noted = clean.replace(/acme:.*\n/, '');
const start = '\x1b[';

async function coloured(args: readonly string[], machine: Machine): Promise<boolean[]> {
  const here = session({ 'topology.yaml': noted });
  const { stdout } = await here.run([...args, 'lint'], machine);
  const { stderr } = await here.run([...args, 'lint', 'missing.yaml'], machine);
  const wrong = await here.run(['lint', '--nonsense', ...args], machine);
  return [stdout, stderr, wrong.stderr].map((text) => text.includes(start));
}

describe('colour', () => {
  test.each<[boolean, string, string[], Record<string, string>, boolean]>([
    // coloured? why                                    arguments       environment                              terminal
    [true, 'a terminal', [], {}, true],
    [false, 'no terminal', [], {}, false],
    [false, 'TERM=dumb', [], { TERM: 'dumb' }, true],
    [true, 'another TERM', [], { TERM: 'xterm' }, true],
    [false, 'NO_COLOR', [], { NO_COLOR: '1', TERM: 'xterm' }, true],
    [true, 'an empty NO_COLOR is none', [], { NO_COLOR: '' }, true],
    [true, 'FORCE_COLOR without a terminal', [], { FORCE_COLOR: '1' }, false],
    [true, 'FORCE_COLOR above NO_COLOR and TERM', [], { FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }, false],
    [false, 'FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, true],
    [true, '--color above everything', ['--color'], { FORCE_COLOR: '0', NO_COLOR: '1', TERM: 'dumb' }, false],
    [false, '--no-color above everything', ['--no-color'], { FORCE_COLOR: '1' }, true],
    [true, 'the last flag', ['--no-color', '--color'], {}, false],
  ])('%s: %s', async (expected, _, args, env, tty) => {
    expect(await coloured(args, { env, tty })).toEqual([expected, expected, expected]);
  });

  test('never in json, in files, in what is built', async () => {
    const here = session({ 'topology.yaml': noted });
    const loud = { tty: true, env: { FORCE_COLOR: '3' } };
    const results = [
      await here.run(['--color', 'lint', '--format', 'json'], loud),
      await here.run(['--color', 'lint', '--format', 'pretty=pretty.txt', '--format', 'json=a.json'], loud),
      await here.run(['--color', 'build', '--stdout'], loud),
      await here.run(['--color', 'print', 'model'], loud),
      await here.run(['--color', 'print', 'schema'], loud),
    ];
    for (const { stdout } of results) expect(stdout).not.toContain(start);
    expect(here.read('pretty.txt') + here.read('a.json')).not.toContain(start);
  });

  test('build, verify and findings on standard error', async () => {
    const here = session({ 'topology.yaml': noted });
    const loud = { tty: true };
    const done = await here.run(['build', '-o', 'out'], loud);
    expect([done.stdout, done.stderr]).toEqual([expect.stringContaining(start), expect.stringContaining(start)]);
    here.write('out/caddy/Caddyfile', 'mine\n');
    expect((await here.run(['build', '-o', 'out'], loud)).stderr).toContain(start);
    expect((await here.run(['build', '-o', 'out', '--no-color'], loud)).stderr).not.toContain(start);
  });
});
