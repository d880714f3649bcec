import * as fs from 'node:fs';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

const programs = {
  nginx: `if [ "$1" = -v ]; then echo 'nginx version: nginx/1.30.0' >&2; exit 0; fi\n`,
  caddy: `if [ "$1" = version ]; then echo 'v2.11.4 h1:abc='; exit 0; fi\n`,
  docker: `if [ "$2" = version ]; then echo 'Docker Compose version v2.40.1'; exit 0; fi\n`,
};

/** A session with programs of its own on its search path, and those only. */
function machine(bodies: Partial<Record<keyof typeof programs | 'docker-compose', string>>): [Session, Machine] {
  const here = session({ 'topology.yaml': clean, 'bin/.keep': '' });
  for (const [name, body] of Object.entries(bodies)) {
    const first = programs[name as keyof typeof programs] ?? `if [ "$1" = version ]; then echo 1.29.2; exit; fi\n`;
    here.write(`bin/${name}`, `#!/bin/sh\n${first}${body}\n`, 0o755);
  }
  return [here, { env: { PATH: join(here.dir, 'bin') } }];
}

function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('proxywright-verify-'));
}

describe('verify', () => {
  test('every program is asked about files that are there, and says yes', async () => {
    const [here, where] = machine({
      nginx: '[ "$1" = -t ] && shift && while [ "$1" != -c ]; do shift; done; /usr/bin/test -s "$2"',
      caddy: '[ "$1 $2" = "validate --config" ] && /usr/bin/test -s "$3"',
      docker: '[ "$1 $2" = "compose -f" ] && /usr/bin/test -s "$3" && [ "$4" = config ]',
    });
    expect(await here.look(['verify'], where)).toEqual({
      code: 0,
      stdout: [
        'ok      caddy validate         2.11.4\n',
        'ok      nginx -t               1.30.0\n',
        'ok      docker compose config  2.40.1\n',
      ].join(''),
      stderr: '',
    });
    expect(leftovers()).toEqual([]);
  });

  test('a refusal is shown with what the program said, and nothing is left behind', async () => {
    const said =
      "echo 'nginx: [emerg] unknown directive \"foo\" in '$5/nginx/nginx.conf:7 >&2; printf 'red \\033[31m\\n' >&2; exit 1";
    const [here, where] = machine({ nginx: said, caddy: 'exit 0' });
    const done = await here.look(['verify'], where);
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(
      /^ok {6}caddy validate {9}2\.11\.4\nrefused nginx -t {15}1\.30\.0\n {8}nginx: \[emerg\] unknown directive "foo" in .*nginx\.conf:7\n {8}red \\x1b\[31m\n$/,
    );
    expect(done.stderr).toBe('docker compose is not installed: not checked\n');
    expect(leftovers()).toEqual([]);
  });

  test('an older program than the topology is compiled for: that is likely why', async () => {
    const [here, where] = machine({ caddy: 'echo nope >&2; exit 1' });
    here.write('bin/caddy', here.read('bin/caddy').replace('v2.11.4', 'v2.6.2'), 0o755);
    const { code, stdout } = await here.look(['verify'], where);
    expect(code).toBe(1);
    expect(stdout).toBe(
      'refused caddy validate         2.6.2\n        nope\n        the topology is compiled for caddy 2.11, and 2.6.2 is installed\n',
    );
  });

  test('compose under its own name, where docker has no plugin', async () => {
    const [here, where] = machine({ docker: 'exit 1', 'docker-compose': '[ "$1" = -f ] && /usr/bin/test -s "$2"' });
    here.write('bin/docker', '#!/bin/sh\nexit 1\n', 0o755);
    const { code, stdout } = await here.look(['verify'], where);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'ok      docker compose config  1.29.2\n' });
  });

  test('a program that dies is a refusal with a reason', async () => {
    const [here, where] = machine({ caddy: 'kill -9 $$' });
    const { code, stdout } = await here.look(['verify'], where);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^refused caddy validate {9}2\.11\.4\n {8}it was ended by SIGKILL\n$/);
  });

  test('nothing installed', async () => {
    const [here, where] = machine({});
    const none =
      'caddy is not installed: not checked\nnginx is not installed: not checked\ndocker compose is not installed: not checked\n';
    expect(await here.look(['verify'], where)).toEqual({
      code: 2,
      stdout: '',
      stderr: `${none}error none of the programs is installed: nothing was checked\n  help: install one of them, or add --allow-missing where that is fine\n`,
    });
    expect(await here.look(['verify', '--allow-missing'], where)).toEqual({ code: 0, stdout: '', stderr: none });
    expect(leftovers()).toEqual([]);
  });

  test('a topology with a mistake is told before anything runs', async () => {
    const [here, where] = machine({ caddy: 'exit 0' });
    here.write('topology.yaml', clean.replace('example.com: web', 'example.com: wbe'));
    const done = await here.look(['verify'], where);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toMatch(/^topology\.yaml:9:20: error there is no pool or service `wbe`/);
  });
});
