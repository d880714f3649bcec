import { describe, expect, test } from 'vitest';
import { repository, withoutGit } from './repository.ts';
import { type Session, session } from './session.ts';

/** A topology in four files: two findings in the included one, one in the overlay. */
const files = {
  'edge/topology.yaml': `version: 1
include: [./sites/*.yaml]
acme: { email: "\${EMAIL:-ops@example.com}" }
lint: { rules: { no-active-check: off, stale-reuse: off, portability-timeouts-idle-none: off, portability-retry-body: off } }
sites:
  www.example.com: shop
`,
  'edge/sites/shop.yaml': `upstreams:
  shop:
    servers: [10.0.0.2:3000, 10.0.0.3:3000]
    keepalive: { idle: 10s }
    timeouts: { response_header: 10s }
sites:
  "shop.\${DOMAIN}": { upstream: shop, budget: 90s } # proxywright-ignore stale-dns -- gone
`,
  'edge/topology.staging.yaml': `acme: { ca: staging }
sites:
  "shop.\${DOMAIN}": { budget: 15s }
`,
  'values.env': 'DOMAIN=example.com\n',
};
const wanted = ['--env', 'staging', '--env-file', 'values.env'];
const made = (more: Readonly<Record<string, string>> = {}): Session => session({ ...files, ...more });

interface Found {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly pointer: string | null;
}

const lint = async (here: Session, ...args: readonly string[]) => {
  const { code, stdout, stderr } = await here.look(['lint', 'edge/topology.yaml', '--format', 'json', ...args]);
  const findings: Found[] = stdout === '' ? [] : JSON.parse(stdout).findings;
  return { code, stderr, found: findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`), findings };
};

describe('a topology in several files', () => {
  const all = [
    'staging-ca edge/topology.staging.yaml:1',
    'over-budget edge/topology.staging.yaml:3',
    'keepalive-race edge/sites/shop.yaml:4',
    'ignore-unused edge/sites/shop.yaml:7',
  ];

  test('has each finding in the file that wrote the value', async () => {
    const { code, found, findings } = await lint(made(), ...wanted);
    expect({ code, found }).toEqual({ code: 1, found: all });
    expect(findings[1]?.pointer).toBe('/sites/shop.${DOMAIN}/budget');
    expect((await lint(made(), '--env-file', 'values.env')).found).toEqual(all.slice(2));
  });

  test('is the same on standard input: what it includes is beside where the program was started', async () => {
    const here = made();
    const machine = { stdin: files['edge/topology.yaml'], cwd: 'edge' };
    const args = ['lint', '-', '--format', 'json', '--env', 'staging', '--env-file', '../values.env'];
    const { findings } = JSON.parse((await here.look(args, machine)).stdout);
    expect(findings.map(({ rule, file, line }: Found) => `${rule} edge/${file}:${line}`)).toEqual(all);
  });

  test('is told to CI systems in the paths of the repository, also what a finding points to elsewhere', async () => {
    const here = made();
    const { stdout } = await here.look(['lint', `${here.dir}/edge/topology.yaml`, '--format', 'sarif', ...wanted]);
    const [run] = JSON.parse(stdout).runs;
    const uri = (one: { physicalLocation: { artifactLocation: { uri: string } } }) =>
      one.physicalLocation.artifactLocation.uri;
    const uris = run.results.map((one: { locations: never[]; relatedLocations?: never[] }) =>
      [...one.locations, ...(one.relatedLocations ?? [])].map(uri),
    );
    expect(uris).toEqual([
      ['edge/topology.staging.yaml'],
      ['edge/topology.staging.yaml', 'edge/sites/shop.yaml'],
      ['edge/sites/shop.yaml'],
      ['edge/sites/shop.yaml'],
    ]);
    const { artifactChanges } = run.results[3].fixes[0];
    expect(artifactChanges).toMatchObject([{ artifactLocation: { uri: 'edge/sites/shop.yaml' } }]);
    const { stdout: github } = await here.look(['lint', 'edge/topology.yaml', '--format', 'github', ...wanted]);
    expect(github.match(/file=[^,]+/g)).toEqual(all.map((one) => `file=${one.split(' ')[1]?.split(':')[0]}`));
  });

  test('is mended where it is written', async () => {
    const here = made();
    const patch = await here.look(['lint', 'edge/topology.yaml', '--fix', '--dry-run', ...wanted]);
    expect(patch.stdout.match(/^\+\+\+ .*$/gm)).toEqual(['+++ b/edge/sites/shop.yaml']);
    expect(patch.stderr).toContain('2 findings would be fixed in edge/sites/shop.yaml\n');
    const { stderr } = await here.run(['lint', 'edge/topology.yaml', '--fix', ...wanted]);
    expect(stderr).toBe('2 findings fixed in edge/sites/shop.yaml\n');
    const shop = files['edge/sites/shop.yaml'].replace('idle: 10s', 'idle: 4s');
    expect(here.read('edge/sites/shop.yaml')).toBe(shop.replace(/ # .*/, ''));
    expect(here.read('edge/topology.yaml')).toBe(files['edge/topology.yaml']);
    expect((await lint(here, ...wanted)).found).toEqual(all.slice(0, 2));
  });

  test('has one baseline, and a file that two topologies include is told once', async () => {
    const here = made({ 'edge/other.yaml': files['edge/topology.yaml'].replace('www.', 'other.') });
    const both = ['lint', 'edge/topology.yaml', 'edge/other.yaml', '--env-file', 'values.env'];
    const { findings } = JSON.parse((await here.look([...both, '--format', 'json'])).stdout);
    expect(findings.map(({ rule, file, line }: Found) => `${rule} ${file}:${line}`)).toEqual(all.slice(2));
    const known = ['--baseline', 'known.json'];
    await here.run([...both, ...known, '--update-baseline']);
    const entries: { file: string; count: number }[] = JSON.parse(here.read('known.json')).findings;
    expect(entries.map(({ file, count }) => `${file} ${count}`)).toEqual([
      'edge/sites/shop.yaml 1',
      'edge/sites/shop.yaml 1',
    ]);
    const done = await here.look([...both, ...known, '--max-warnings', '0']);
    expect(done).toEqual({ code: 0, stdout: '', stderr: '2 known findings are hidden by known.json\n' });
    await here.look([...both, ...known, '--update-baseline']);
  });

  test('says what fits as a patch of the right file', async () => {
    const here = made();
    const { code, stdout } = await here.look(['report', 'edge/topology.yaml', '--fit', '--format', 'json', ...wanted]);
    const { patch, patch_problem } = JSON.parse(stdout);
    expect({ code, patch_problem }).toEqual({ code: 1, patch_problem: null });
    expect(patch.match(/^[+-].*$/gm)).toEqual([
      '--- a/edge/sites/shop.yaml',
      '+++ b/edge/sites/shop.yaml',
      expect.stringMatching(/^-\s+"shop\./),
      expect.stringMatching(/^\+\s+"shop\..*timeouts: \{ response_header: \d+/),
    ]);
  });

  test('says nothing in a patch over a value that comes from a variable', async () => {
    const shop = files['edge/sites/shop.yaml'].replace('response_header: 10s', 'response_header: "${SLOW:-10s}"');
    const here = made({
      'edge/sites/shop.yaml': shop,
      'edge/topology.staging.yaml': 'sites: { "shop.${DOMAIN}": { budget: 15s }, www.example.com: { budget: 15s } }\n',
    });
    const { stdout } = await here.look(['report', 'edge/topology.yaml', '--fit', ...wanted]);
    expect(stdout).toContain('There is no patch: `response_header` takes its value from a variable.');
    expect(stdout).toContain('response_header');
  });

  test('is explained and printed with the files that wrote it', async () => {
    const here = made();
    const explained = await here.look(['explain', 'shop.example.com/', 'edge/topology.yaml', ...wanted]);
    expect(explained.stdout).toContain('edge/sites/shop.yaml:5:34');
    const { stdout } = await here.look(['print', 'model', 'edge/topology.yaml', ...wanted]);
    expect(stdout).toContain('ca: staging # written edge/topology.staging.yaml:1\n');
    expect(stdout).toContain('email: ops@example.com # written edge/topology.yaml:3\n');
    expect(stdout).toContain('idle: 10s # written edge/sites/shop.yaml:4\n');
  });
});

describe('--env', () => {
  const [clean, overlay] = ['sites: { www.example.com: [10.0.0.1:80, 10.0.0.2:80] }\n', 'edge: { http_port: 8080 }\n'];
  const here = () => session({ 'topology.yaml': `version: 1\n${clean}`, 'topology.staging.yaml': overlay });

  test('is a variant of the output: another one into the same folder is refused', async () => {
    const one = here();
    expect((await one.run(['build', '-o', 'out', '--env', 'staging'])).code).toBe(0);
    expect(one.read('out/caddy/Caddyfile')).toContain('8080');
    expect(JSON.parse(one.read('out/manifest.json')).options).toEqual({ env: 'staging' });
    const { code, stderr } = await one.look(['build', '-o', 'out']);
    expect(code).toBe(2);
    expect(stderr).toContain('was built with --env staging, this build has no --env\n');
    expect((await one.run(['build', '-o', 'out', '--env', 'staging'])).stderr).toContain('up to date');
    expect((await one.look(['build', '-o', 'out', '--env', 'staging', '--check'])).code).toBe(0);
    expect((await one.run(['build', '-o', 'out', '--force'])).code).toBe(0);
    expect(JSON.parse(one.read('out/manifest.json')).options).toEqual({});
  });

  test.each([
    ['stagin', 'there is no file topology.stagin.yaml', 'did you mean `--env staging`?'],
    ['production', 'there is no file topology.production.yaml', 'there is `--env staging`'],
    ['../x', '`../x` is not a name of an environment', 'write one of letters, digits, `-`, `_` and `.`'],
  ])('%s: %s', async (name, message, help) => {
    for (const command of [['lint'], ['build', '--stdout'], ['report'], ['print', 'model'], ['verify'], ['drill']]) {
      const done = await here().look([...command, '--env', name]);
      expect(done, command[0]).toEqual({ code: 2, stdout: '', stderr: `error ${message}\n  help: ${help}\n` });
    }
  });

  test('says where to write the first one', async () => {
    const { stderr } = await session({ 'a.yml': `version: 1\n${clean}` }).look(['lint', 'a.yml', '--env', 'b']);
    expect(stderr).toBe('error there is no file a.b.yml\n  help: write it: what it says is laid over the topology\n');
  });

  test('speaks of topologies alone', async () => {
    const one = session({ 'nginx.conf': 'events {}\nhttp {}\n', 'a.env': '' });
    for (const option of [
      ['--env', 'staging'],
      ['--env-file', 'a.env'],
      ['--allow-env', 'A'],
    ]) {
      const done = await one.look(['lint', 'nginx.conf', ...option]);
      expect(done).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`error ${option[0]} speaks of a topology`),
      });
    }
  });

  test.skipIf(withoutGit)('is laid over both sides of a diff, each with its own files', async () => {
    const one = repository({ ...files });
    one.commit('before');
    const shop = files['edge/sites/shop.yaml'];
    one.write('edge/sites/shop.yaml', shop.replace('response_header: 10s', 'response_header: 5s'));
    const args = ['diff', 'git:HEAD:edge/topology.yaml', 'edge/topology.yaml', '--format', 'json', ...wanted];
    const { code, stdout } = await one.look(args, { env: one.env });
    expect(code).toBe(0);
    const difference = JSON.parse(stdout);
    expect(difference.base.files).toEqual(['edge/topology.yaml', 'edge/topology.staging.yaml', 'edge/sites/shop.yaml']);
    expect(stdout).toContain('shop.example.com/');
  });
});

describe('variables', () => {
  const topology = 'version: 1\nsites: { www.example.com: ["${A}:80", "${B:-b}:80"] }\n';
  const addresses = async (here: Session, args: readonly string[], env: Record<string, string> = {}) => {
    const { stdout, stderr } = await here.look(['print', 'model', ...args], { env });
    return stdout.match(/\S+(?=:80 # )/g) ?? stderr.split('\n')[0];
  };

  test('come from files, a later one counting, and more from what is allowed of the environment', async () => {
    const here = session({ 'topology.yaml': topology, 'a.env': 'A=file\nB=other', 'b.env': 'A=later' });
    const env = { A: 'process', B: 'mine' };
    expect(await addresses(here, ['--env-file', 'a.env'], env)).toEqual(['file', 'other']);
    expect(await addresses(here, ['--env-file', 'a.env', '--env-file', 'b.env'], env)).toEqual(['later', 'other']);
    expect(await addresses(here, ['--env-file', 'a.env', '--allow-env', 'A'], env)).toEqual(['process', 'other']);
    expect(await addresses(here, ['--allow-env', 'A'], env)).toEqual(['process', 'b']);
    expect(await addresses(here, ['--allow-env', 'B'], env)).toContain('`A` is not set');
    expect(await addresses(here, ['--allow-env', 'A'])).toContain('`A` is not set');
  });

  test('a what-if may hold one', async () => {
    const here = session({ 'topology.yaml': topology });
    const env = { A: 'a', TRIES: '1' };
    const args = ['lint', '--set', 'defaults.retry.tries=${TRIES}', '--allow-env', 'TRIES', '--allow-env', 'A'];
    expect((await here.look([...args, '--fail-on', 'error'], { env })).code).toBe(0);
    expect((await here.look(args.slice(0, -2), { env })).stdout).toContain('`A` is not set');
  });

  test.each([
    ['A=$secret-word', 'a.env:1: `secret` is not set'],
    ['A=1\nB="secret', 'a.env:2: a quote is not closed'],
    ['A=1\nsecret word=2', 'a.env:2: a name holds no spaces'],
  ])('a file that cannot be read: %j', async (text, message) => {
    const here = session({ 'topology.yaml': topology, 'a.env': text });
    const { code, stderr } = await here.look(['lint', '--env-file', 'a.env']);
    expect({ code, said: stderr.split('\n')[0] }).toEqual({ code: 2, said: `error ${message}` });
    expect(stderr).not.toContain('word=2');
  });

  test('a file that is not there, no text, or a name that is none', async () => {
    const here = session({ 'topology.yaml': topology });
    here.write('a.env', new Uint8Array([0x41, 0x3d, 0xff]));
    const first = async (...args: string[]) => (await here.look(['lint', ...args])).stderr.split('\n')[0];
    expect(await first('--env-file', 'no.env')).toBe('error cannot read no.env: there is no such file');
    expect(await first('--env-file', 'a.env')).toBe('error cannot read a.env: the file is not valid UTF-8');
    expect(await first('--allow-env', 'A=1')).toBe('error `A=1` is not a name of a variable');
  });

  test('their values are no part of what is said about them', async () => {
    const text = `version: 1
acme: { email: "\${SECRET}" }
services: { web: { image: "x:1", port: "\${SECRET}", environment: { PASSWORD: "\${SECRET}" } } }
sites: { www.example.com: { upstream: web, budget: "\${SECRET}", traffic: { rps: "\${SECRET}" } } }
`;
    const here = session({ 'topology.yaml': text });
    const env = { SECRET: 'hunter2\nx' };
    for (const format of ['pretty', 'json', 'sarif', 'github', 'gitlab', 'junit', 'markdown']) {
      const { stdout } = await here.look(['lint', '--allow-env', 'SECRET', '--format', format], { env });
      expect(stdout).toContain('schema-value');
      expect(stdout).not.toContain('hunter2');
    }
  });
});
