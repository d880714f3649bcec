import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shipped } from './child.ts';
import { session } from './session.ts';

const { start } = shipped();
const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

const topology = `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    tls: { certificate: ./site.pem, key: ./site.key }
`;

/** Node refuses what is not allowed: other files, other programs, threads. */
const flags = (read: readonly string[]): string[] => [
  permission,
  '--no-warnings',
  '--allow-fs-read=PROGRAM',
  ...read.map((path) => `--allow-fs-read=${path}`),
];

describe('the program touches', () => {
  const here = () => {
    const made = session({
      'topology.yaml': topology,
      'nginx.conf': 'server { location / { proxy_pass http://10.0.0.2; } }',
    });
    const dir = realpathSync(made.dir);
    mkdirSync(join(dir, 'out'));
    // Whether they are there is looked at, and nothing in them.
    for (const name of ['site.pem', 'site.key']) writeFileSync(join(dir, name), 'secret');
    return dir;
  };

  it.each([
    // Writing sets modes of open files, which Node knows no permission for.
    ['build', ['build', 'topology.yaml', '-o', 'out', '--dry-run']],
    ['lint', ['lint', 'topology.yaml']],
    ['report', ['report', 'topology.yaml']],
    ['report on nginx.conf', ['report', 'nginx.conf']],
    ['import', ['import', 'nginx.conf']],
    ['print', ['print', 'schema']],
  ])('no other file, program or thread: %s', async (_name, args) => {
    const dir = here();
    const done = await start(dir, args, { flags: flags([dir]), path: '' }).ended;
    expect(done).toMatchObject({ code: 0, stderr: expect.not.stringContaining('ERR_ACCESS') });
    expect(done.stderr).not.toContain('ERR_ACCESS_DENIED');
  });
});
