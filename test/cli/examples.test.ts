import { describe, expect, test } from 'vitest';
import { examples } from '../../src/cli/examples.ts';
import { program } from '../../src/cli/program.ts';
import { repository, withoutGit } from './repository.ts';
import { session, told } from './session.ts';

const tree = program({ stdout: { write() {} }, stderr: { write() {} } } as never, () => {});
const all = Object.values(examples).flatMap((list) => list.map(([typed]) => typed));
const server = 'server { listen 80; server_name a.example; location / { proxy_pass http://10.0.0.2:80; } }\n';
const files = {
  'topology.yaml': told.replace('www.example.com: web', 'www.example.com: { upstream: web }'),
  'topology.staging.yaml': 'acme: { ca: staging }\n',
  'staging.env': 'NAME=value\n',
  'nginx.conf': `events {}\nhttp { ${server} }\n`,
  'conf.d/a.conf': server,
  Caddyfile: 'a.example {\n\treverse_proxy 10.0.0.2:80\n}\n',
  'compose.yaml': 'services: { web: { image: "a:1", ports: ["3000"] } }\n',
  'known.json': '{ "version": 1, "findings": [] }',
};

describe('the examples of --help', () => {
  test('are there for every command, and are shown', async () => {
    expect(Object.keys(examples)).toEqual(tree.commands.map((command) => command.name()));
    for (const [name, list] of Object.entries(examples)) {
      const { stdout } = await session().look([name, '--help']);
      for (const [typed, what] of list) {
        expect(stdout).toContain(typed);
        expect(stdout).toContain(what);
      }
      expect(stdout).toMatch(/\n\nExamples:\n {2}\S/);
    }
  });

  // What watches does not end, and what is installed here is not known.
  const typed = all.filter((line) => !/--watch|verify|drill/.test(line));
  test.skipIf(withoutGit).each(typed)('`%s` is no wrong call', async (line) => {
    const here = repository(files);
    here.git(['add', '-A']);
    for (const message of ['one', 'two']) here.git(['commit', '-q', '--allow-empty', '-m', message]);
    if (line.includes(' init')) here.git(['rm', '-q', 'topology.yaml']);
    const [, args = ''] = /proxywright ([^>|)]*[^>|)\s])/.exec(line) ?? [];
    const { code, stderr } = await here.run(args.split(' '), { env: here.env });
    expect(stderr).not.toMatch(/^error/);
    expect(code).toBeLessThan(2);
  });
});
