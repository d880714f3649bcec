import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { clean, type Machine, type Session, session } from './session.ts';

vi.mock('node:fs', { spy: true });

// On a machine with a proxy in /usr/sbin the tests must not find it: only the programs of the test exist.
beforeEach(async () => {
  const { accessSync } = await vi.importActual<typeof fs>('node:fs');
  vi.mocked(fs.accessSync).mockImplementation((path, mode) => {
    if (/^\/(?:usr\/(?:local\/)?)?sbin\//.test(String(path))) throw new Error('hidden');
    accessSync(path, mode);
  });
});

/** A session whose search path has these programs only. */
function machine(programs: Readonly<Record<string, string>> = {}, text = clean): [Session, Machine] {
  const here = session({ 'topology.yaml': text, 'bin/.keep': '' });
  for (const [name, body] of Object.entries(programs)) here.write(`bin/${name}`, `#!/bin/sh\n${body}\n`, 0o755);
  return [here, { env: { PATH: join(here.dir, 'bin') } }];
}

const nothing = 'error there is no proxy to drill\n  help: install caddy or nginx from your package manager\n';

describe('drill', () => {
  test('nothing installed', async () => {
    const [here, where] = machine();
    expect(await here.look(['drill'], where)).toEqual({
      code: 2,
      stdout: '',
      stderr: `caddy is not installed: not drilled\nnginx is not installed: not drilled\n${nothing}`,
    });
  });

  test('programs that are too old, or no proxies at all', async () => {
    const [here, where] = machine({ caddy: 'echo v2.5.2', nginx: 'echo nothing to see' });
    expect(await here.look(['drill'], where)).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        'caddy 2.5.2 is older than 2.6, the oldest that is known: not drilled\n',
        `${here.dir}/bin/nginx does not tell its version: not drilled\n`,
        nothing,
      ].join(''),
    });
  });

  test('a proxy that does not start', async () => {
    const [here, where] = machine({
      nginx: 'if [ "$1" = -v ]; then echo 1.30.6; else echo no memory left >&2; exit 1; fi',
    });
    const { code, stdout, stderr } = await here.look(['drill'], where);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^caddy is not installed: not drilled\nmeasuring \d+ faults on nginx 1\.30\.6: .* at most\nerror nginx 1\.30\.6 does not start\nthe program ended by itself\nno memory left\n {2}help: .*verify.*\n$/,
    );
  });

  test('a topology with a mistake is told before anything runs', async () => {
    const [here, where] = machine({ caddy: 'exit 1' }, clean.replace('example.com: web', 'example.com: wbe'));
    const done = await here.look(['drill'], where);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toMatch(/^topology\.yaml:9:20: error there is no pool or service `wbe`/);
  });

  test('a budget that is too short is no mistake here', async () => {
    const text = clean.replace('www.example.com: web', 'www.example.com: { upstream: web, budget: 1s }');
    const [here, where] = machine({}, text);
    expect(await here.run(['lint'], where)).toMatchObject({ code: 1, stdout: expect.stringContaining('over-budget') });
    expect(await here.look(['drill'], where)).toMatchObject({ code: 2, stderr: expect.stringContaining(nothing) });
  });

  test('another system', async () => {
    const [here, where] = machine();
    const platform = Object.getOwnPropertyDescriptor(process, 'platform');
    Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' });
    try {
      expect(await here.look(['drill'], where)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^error a drill needs Linux: .*\n {2}help: run it in a container or in CI\n$/),
      });
    } finally {
      Object.defineProperty(process, 'platform', platform ?? {});
    }
  });

  test.each([
    [['--format', 'markdown'], "option '--format <format>' argument 'markdown' is invalid"],
    [['--set', 'a=b'], "unknown option '--set'"],
    [['a', 'b'], "too many arguments for 'drill'"],
  ])('a wrong call: %j', async (args, message) => {
    const { code, stderr } = await session().look(['drill', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(`error ${message}\n`);
  });
});
