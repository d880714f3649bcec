import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Session, session } from './session.ts';

/** `init --from compose.yaml`: the topology as data, and what was said of it. */
async function imported(compose: string) {
  const here = session({ 'compose.yaml': compose });
  const { code, stdout, stderr } = await here.run(['init', '--from', 'compose.yaml']);
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: 'wrote topology.yaml\n' });
  await expectSound(here);
  return { ...parse(here.read('topology.yaml')), leftOut: stderr.match(/(?<=^left out ).*/gm) ?? [] };
}

/** Its own lint finds neither errors nor warnings (but for images that have no version in compose.yaml either), and it can be built. */
async function expectSound(here: Session): Promise<void> {
  const { stdout } = await here.run(['lint', '--format', 'json']);
  const findings: { rule: string; severity: string }[] = JSON.parse(stdout).findings;
  expect(findings.filter(({ rule, severity }) => severity !== 'info' && rule !== 'image-tag')).toEqual([]);
  expect((await here.run(['build', '-o', 'out'])).code).toBe(0);
}

describe('init', () => {
  test('writes a topology without errors and warnings', async () => {
    const here = session();
    expect(await here.run(['init'])).toEqual({
      code: 0,
      stdout: 'wrote topology.yaml\n',
      stderr: 'next: put your names and addresses in, then `proxywright lint` and `proxywright build -o out`\n',
    });
    expect(here.files()).toEqual(['topology.yaml']);
    await expectSound(here);
  });

  test.each([
    ['a file', (path: string, here: Session) => here.write(path, 'mine\n')],
    ['a folder', (path: string, here: Session) => void mkdirSync(join(here.dir, path))],
    ['a link that leads nowhere', (path: string, here: Session) => symlinkSync('nowhere', join(here.dir, path))],
  ])('never replaces what is there: %s', async (_, put) => {
    const here = session({ 'compose.yaml': 'services: { web: { image: web, expose: [80] } }' });
    put('topology.yaml', here);
    for (const args of [[], ['--from', 'compose.yaml']]) {
      expect(await here.run(['init', ...args])).toEqual({
        code: 2,
        stdout: '',
        stderr: 'error topology.yaml exists already\n  help: it is left as it is: edit it, or move it away first\n',
      });
    }
    expect(here.files()).toEqual(['compose.yaml', 'topology.yaml']);
  });
});

describe('init on a terminal', () => {
  test('asks, and writes what was answered', async () => {
    const here = session();
    const answers = ['shop.example.com', '10.0.0.7:8080, 10.0.0.8:8080', 'ops@example.com'];
    const done = await here.run(['init'], { answers });
    expect(done).toEqual({
      code: 0,
      stdout: 'wrote topology.yaml\n',
      stderr: `Name of the site, as browsers know it [www.example.com]: shop.example.com
Servers that answer for it, with ports [web:3000 10.0.0.3:3100]: 10.0.0.7:8080, 10.0.0.8:8080
Address that the CA warns when certificates end [none]: ops@example.com
next: look at it, then \`proxywright lint\` and \`proxywright build -o out\`
`,
    });
    expect(parse(here.read('topology.yaml'))).toMatchObject({
      acme: { email: 'ops@example.com' },
      upstreams: { web: { servers: ['10.0.0.7:8080', '10.0.0.8:8080'] } },
      sites: { 'shop.example.com': { upstream: 'web' } },
    });
    await expectSound(here);
  });

  test('nothing but Enter writes what is written without a terminal', async () => {
    const [here, other] = [session(), session()];
    await here.run(['init'], { answers: ['', ' ', ''] });
    await other.run(['init']);
    expect(here.read('topology.yaml')).toBe(other.read('topology.yaml'));
  });

  test('a wrong answer is told, and asked for again', async () => {
    const here = session();
    const answers = ['https://shop.example.com/', 'shop.example.com', '10.0.0.7', '10.0.0.7:80', 'nobody', ''];
    const { code, stderr } = await here.run(['init'], { answers });
    expect(code).toBe(0);
    expect(stderr.match(/^ {2}.*/gm)).toHaveLength(3);
    // One server alone is no surprise to who has just said so.
    await expectSound(here);
  });

  test('hostile answers are values, and never structure', async () => {
    const here = session();
    const answers = ['a: b', 'a.example.com', '*x', '{}', '"', '\u001b[31m', 'web:80', '# no', 'x@y: z', ''];
    const { stderr } = await here.run(['init'], { answers });
    expect(stderr.match(/^ {2}.*/gm)?.join('')).not.toContain('\u001b');
    expect(parse(here.read('topology.yaml')).sites).toEqual({
      'a.example.com': { upstream: 'web', budget: '12s' },
    });
    await expectSound(here);
  });

  test('offers the compose file that is there', async () => {
    const compose = 'services: { shop: { image: "shop:1", ports: ["8080:80"] } }';
    const here = session({ 'compose.yml': compose });
    const { stderr } = await here.run(['init'], { answers: ['', 'shop.example.com', ''] });
    expect(stderr).toContain('Take the services of compose.yml? [Y/n] \n');
    expect(parse(here.read('topology.yaml')).services).toEqual({ shop: { image: 'shop:1', port: 80 } });
    const without = session({ 'compose.yml': compose });
    await without.run(['init'], { answers: ['n', '', '', ''] });
    expect(parse(without.read('topology.yaml')).services).toBeUndefined();
  });

  test('asks nothing when there is a topology, and writes nothing when the input ends', async () => {
    const there = session({ 'topology.yaml': 'mine\n' });
    expect(await there.look(['init'], { answers: [] })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error topology.yaml exists already\n  help: it is left as it is: edit it, or move it away first\n',
    });
    const here = session();
    const done = await here.look(['init'], { answers: ['a.example.com'] });
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain('error no answer\n  help: nothing was written');
  });
});

describe('init --from', () => {
  test.each([
    ['ports: [80]', 80],
    ['ports: ["8080:80"]', 80],
    ['ports: ["127.0.0.1:8080:80/tcp"]', 80],
    ['ports: ["[::1]:8080:80"]', 80],
    ['ports: ["${PORT:-8080}:80"]', 80],
    ['ports: ["53:53/udp", "8080:80"]', 80],
    ['ports: ["3000-3005"]', 3000],
    ['ports: ["8000-8005:3000-3005"]', 3000],
    ['ports: [{ target: 80, published: "8080" }]', 80],
    ['ports: [{ target: 53, protocol: udp }, { target: 80, protocol: tcp }]', 80],
    ['expose: ["80"]', 80],
    ['expose: [80]', 80],
    ['ports: ["8080:80"]\n    expose: [80]', 80],
  ])('%s', async (lines, port) => {
    const { services, leftOut } = await imported(`services:\n  app:\n    image: example/app:1.0\n    ${lines}\n`);
    expect(services).toEqual({ app: { image: 'example/app:1.0', port } });
    expect(leftOut).toEqual([]);
  });

  test.each([
    ['a list', '[A=1, "B=x: # y=z", C=true, D=]'],
    ['a map', '{ A: 1, B: "x: # y=z", C: true, D: "" }'],
  ])('environment as %s', async (_, environment) => {
    const { services } = await imported(`services: { app: { image: app, expose: [80], environment: ${environment} } }`);
    expect(services.app.environment).toEqual({ A: '1', B: 'x: # y=z', C: 'true', D: '' });
  });

  test('what cannot be said is left out, and that is said', async () => {
    const compose = `
x-logging: &logging
  logging: { driver: local }
services:
  app:
    <<: *logging
    image: example/app:1.0
    ports: ["80:80", "443:443"]
    environment: { PLAIN: text, KEY: "\${KEY}", SHELL_ONLY: , "bad name": x }
    volumes: [./data:/data]
    depends_on: [db]
  built: { build: ., ports: ["80:80"] }
  variable: { image: "app:\${TAG}", expose: [80] }
  silent: { image: redis }
  worker: { image: app, ports: ["53:53/udp"] }
  Upper: { image: app, expose: [80] }
  nginx: { image: nginx, ports: ["80:80"] }
  odd: { image: "no image at all", expose: [80] }
  scalar: 7
`;
    const { services, leftOut } = await imported(compose);
    expect(services).toEqual({ app: { image: 'example/app:1.0', port: 80, environment: { PLAIN: 'text' } } });
    expect(leftOut).toEqual([
      '`443` of `app`: a service has one port, and the first is taken',
      '`KEY` of `app`: its value holds a variable',
      '`SHELL_ONLY` of `app`: its value comes from the shell',
      '`bad name` of `app`: it is no name of a variable',
      '`volumes`, `depends_on`, `logging` of `app`: a topology has no such key',
      '`built`: it has no image',
      '`variable`: its image holds a variable',
      '`silent`: it says no TCP port (`ports` or `expose`)',
      '`worker`: it says no TCP port (`ports` or `expose`)',
      '`Upper`: its name has other characters than lower-case letters, digits, - _ and .',
      '`nginx`: the compiler writes a service of that name',
      '`odd`: its image cannot be read',
      '`scalar`: it has no image',
    ]);
  });

  test('names that YAML would read as something else', async () => {
    const names = ['1.30', 'true', 'null', 'web', 'app', 'site', '0x1f', '1e3', '__proto__', 'constructor'];
    const compose = `services:\n${names.map((name) => `  "${name}": { image: "1.30", expose: [80] }\n`).join('')}`;
    const { services, leftOut } = await imported(compose);
    expect(Object.keys(services)).toEqual(names.filter((name) => name !== '__proto__'));
    expect(services['1.30']).toEqual({ image: '1.30', port: 80 });
    expect(leftOut).toEqual([expect.stringMatching(/^`__proto__`: its name has other characters/)]);
  });

  test.each([
    ['missing.yaml', 'cannot read missing.yaml: there is no such file', 'name a compose file'],
    ['folder', 'folder is a folder', 'name a compose file'],
    ['tab.yaml', 'tab.yaml:2:1: a tab is used to indent', 'YAML is indented with spaces'],
    ['binary.yaml', 'binary.yaml:1:1: the file is binary, not text', 'is it the right file?'],
    ['empty.yaml', 'empty.yaml:1:1: the file is empty', ''],
    ['cycle.yaml', 'cycle.yaml:1:30: `*s` contains itself', 'an alias cannot stand inside'],
    [
      'none.yaml',
      'none.yaml has no service with an image and a port',
      'name another compose file, or leave `--from` away',
    ],
    [
      'list.yaml',
      'list.yaml has no service with an image and a port',
      'name another compose file, or leave `--from` away',
    ],
  ])('%s is refused', async (name, message, help) => {
    const here = session({
      'folder/x': '',
      'tab.yaml': 'services:\n\tweb: {}\n',
      'binary.yaml': 'a\0b',
      'empty.yaml': '',
      'cycle.yaml': 'services: &s { web: { image: *s } }\n',
      'none.yaml': 'services: { web: { build: . } }\n',
      'list.yaml': '- web\n',
    });
    const { code, stdout, stderr } = await here.look(['init', '--from', name]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error ${message}`);
    expect(stderr).toContain(`\n  help: ${help}`);
    if (name === 'none.yaml') expect(stderr).toMatch(/^left out `web`: it has no image\n/);
  });
});
