import { spawn, spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { type Repository, repository, withoutGit } from './cli/repository.ts';
import { clean } from './cli/session.ts';

if (withoutGit) console.warn('SKIPPED test/action.test.ts: git is not installed');

const top = join(import.meta.dirname, '..');
const action = parse(readFileSync(join(top, 'action.yml'), 'utf8'));
interface Step {
  readonly name: string;
  readonly run: string;
  readonly if?: string;
  readonly uses?: string;
  readonly env: Readonly<Record<string, string>>;
}
const steps: readonly Step[] = action.runs.steps;

let bundle = '';
beforeAll(() => {
  bundle = mkdtempSync(join(tmpdir(), 'proxywright-action-'));
  const outfile = join(bundle, 'cli.cjs');
  const entryPoints = [join(top, 'src/bin.ts')];
  buildSync({ entryPoints, bundle: true, platform: 'node', format: 'cjs', outfile, logLevel: 'error' });
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

const topology = clean.replace('www.example.com: web', 'www.example.com: { upstream: web, budget: 40s }');
const slower = topology.replace('budget: 40s', 'budget: 40s, timeouts: { response_header: 50s }');

interface Event {
  readonly name?: string;
  readonly event?: object;
  readonly inputs?: Readonly<Record<string, string>>;
  /** Where the files are checked out. */
  readonly workspace?: string;
  readonly api?: string;
}

/** A run of the action's own steps, but for the installation, as a runner does it. */
async function run(here: Repository, { name = 'pull_request', event = {}, inputs = {}, workspace = '', api }: Event) {
  const temp = mkdtempSync(join(tmpdir(), 'proxywright-runner-'));
  onTestFinished(() => rmSync(temp, { recursive: true, force: true }));
  const launcher = join(temp, 'proxywright/node_modules/.bin/proxywright');
  mkdirSync(dirname(launcher), { recursive: true });
  writeFileSync(launcher, `#!/bin/sh\nexec "${process.execPath}" "${join(bundle, 'cli.cjs')}" "$@"\n`);
  chmodSync(launcher, 0o755);
  for (const file of ['output', 'summary']) writeFileSync(join(temp, file), '');
  writeFileSync(join(temp, 'event.json'), JSON.stringify(event));
  const given: Record<string, string> = {
    ...Object.fromEntries(
      Object.entries(action.inputs).map(([key, one]) => [key, (one as { default: string }).default]),
    ),
    'github-token': 'secret',
    ...inputs,
  };
  const outputs: Record<string, string> = {};
  const value = (text: string): string =>
    text
      .replace(/\$\{\{ inputs\.([a-z-]+) \}\}/g, (_, key: string) => given[key] ?? '')
      .replace(/\$\{\{ steps\.judge\.outputs\.([a-z-]+) \}\}/g, (_, key: string) => outputs[key] ?? '');
  const step = (wanted: string): Promise<{ code: number | null; stdout: string }> => {
    const found = steps.find((one) => one.name === wanted);
    if (!found) throw new Error(`there is no step ${wanted}`);
    const env = {
      ...here.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      RUNNER_TEMP: temp,
      GITHUB_ACTION_PATH: top,
      GITHUB_WORKSPACE: join(here.dir, workspace),
      GITHUB_EVENT_NAME: name,
      GITHUB_EVENT_PATH: join(temp, 'event.json'),
      GITHUB_OUTPUT: join(temp, 'output'),
      GITHUB_STEP_SUMMARY: join(temp, 'summary'),
      GITHUB_REPOSITORY: 'someone/edge',
      GITHUB_SHA: here.git(['-C', workspace || '.', 'rev-parse', 'HEAD']).trim(),
      GITHUB_API_URL: api ?? 'http://127.0.0.1:9',
      ...Object.fromEntries(Object.entries(found.env).map(([key, text]) => [key, value(text)])),
    };
    return new Promise((done) => {
      const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', found.run], { cwd: join(here.dir, workspace), env });
      let stdout = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (stdout += text));
      child.once('close', (code) => done({ code, stdout }));
    });
  };
  const judged = await step('Judge');
  for (const line of readFileSync(join(temp, 'output'), 'utf8').split('\n').filter(Boolean)) {
    const [key = '', ...rest] = line.split('=');
    outputs[key] = rest.join('=');
  }
  const commented = api === undefined ? undefined : await step('Comment');
  const sarif = outputs['sarif-file'];
  const findings = sarif === undefined ? [] : JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results;
  const summary = readFileSync(join(temp, 'summary'), 'utf8');
  return { ...judged, outputs, summary, findings, commented };
}

/** A pull request as actions/checkout has it: one merge commit, nothing else. */
function pullRequest(change: (here: Repository) => void, files: Readonly<Record<string, string>> = {}, depth = 1) {
  const here = repository({ 'topology.yaml': topology, ...files });
  here.commit('before');
  const base = here.git(['rev-parse', 'HEAD']).trim();
  here.git(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  here.git(['checkout', '-q', '-b', 'change']);
  change(here);
  here.commit('change');
  here.git(['checkout', '-q', 'main']);
  here.git(['merge', '-q', '--no-ff', '-m', 'merge', 'change']);
  here.git(['clone', '-q', '--depth', String(depth), `file://${here.dir}`, 'checkout']);
  return { here, event: { pull_request: { number: 7, base: { sha: base } } }, workspace: 'checkout' };
}

interface Comment {
  id: number;
  body: string;
  user: { type: string };
}

/** What of GitHub's API the action uses. */
async function github(comments: Comment[], allowed = true) {
  const seen: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push(`${request.method} ${request.url}`);
    const say = (status: number, data: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(data));
    };
    if (request.headers.authorization !== 'Bearer secret') return say(401, {});
    if (request.method !== 'GET' && !allowed) return say(403, { message: 'Resource not accessible by integration' });
    const url = new URL(request.url ?? '', 'http://x');
    if (request.method === 'GET') {
      const page = Number(url.searchParams.get('page'));
      return say(200, comments.slice((page - 1) * 100, page * 100));
    }
    const text = JSON.parse(body).body;
    if (request.method === 'PATCH') {
      const one = comments.find(({ id }) => url.pathname === `/repos/someone/edge/issues/comments/${id}`);
      if (!one) return say(404, {});
      one.body = text;
      return say(200, one);
    }
    comments.push({ id: 1000 + comments.length, body: text, user: { type: 'Bot' } });
    return say(201, {});
  };
  const server: Server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

describe('action.yml', () => {
  test('runs scripts that are there, and puts nothing of others into their text', () => {
    for (const { name, run: text, uses } of steps) {
      expect(uses, name).toBeUndefined();
      expect(text).not.toContain('${{');
      const [, script = ''] = /\$GITHUB_ACTION_PATH\/([a-z/.]+)/.exec(text) ?? [];
      accessSync(join(top, script), text.startsWith('node ') ? constants.R_OK : constants.X_OK);
    }
    const used = JSON.stringify(steps).match(/inputs\.[a-z-]+/g) ?? [];
    expect([...new Set(used)].sort()).toEqual(
      Object.keys(action.inputs)
        .map((name) => `inputs.${name}`)
        .sort(),
    );
  });

  test('the workflows of the documentation pin every action, and ask for no more than they need', () => {
    const text = readFileSync(join(top, 'docs/ci.md'), 'utf8');
    const uses = [...text.matchAll(/uses: (\S+)(.*)/g)].filter(([, name]) => !name?.startsWith('example/proxywright@'));
    expect(uses.length).toBeGreaterThan(1);
    for (const [, name, behind] of uses) {
      expect(name).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/);
      expect(behind).toMatch(/^ # v\d+\.\d+\.\d+$/);
    }
    expect(text).not.toMatch(/^\s*(?:on: )?pull_request_target:/m);
    expect(text).toContain('permissions:\n');
  });
});

describe.skipIf(withoutGit)('the action', () => {
  test('compares a pull request with its base, also in a clone of one commit: it fails, and says why everywhere', async () => {
    const made = pullRequest((here) => here.write('topology.yaml', slower));
    const { api, seen } = await github([]);
    const done = await run(made.here, { ...made, api });
    expect(done.code).toBe(1);
    const verdict =
      '**❌ <code>www.example.com/</code> on Caddy and nginx: 31s → 51s, over its 40s budget, because response header 30s → 50s**';
    expect(done.summary.trim().split('\n')[0]).toBe(verdict);
    expect(done.stdout).toMatch(/^::error file=topology\.yaml,line=\d+,.*title=over-budget/m);
    expect(done.findings).toMatchObject([{ ruleId: 'over-budget' }]);
    expect(done.outputs.changed).toBe('true');
    expect(seen.map((line) => line.replace(/\?.*/, ''))).toEqual([
      'GET /repos/someone/edge/issues/7/comments',
      'POST /repos/someone/edge/issues/7/comments',
    ]);
  });

  test('compares with what the pull request goes into, as it is now, where the merge is there with its parents', async () => {
    const made = pullRequest((here) => here.write('topology.yaml', slower), {}, 2);
    // What the event says is older than the branch, and not to be had.
    const event = { pull_request: { number: 7, base: { sha: 'a'.repeat(40) } } };
    expect(await run(made.here, { ...made, event })).toMatchObject({
      code: 1,
      summary: expect.stringContaining('31s → 51s'),
    });
  });

  test('has one comment, which is updated, and none where nothing is new', async () => {
    const others = Array.from({ length: 120 }, (_, id) => ({ id, body: 'hello', user: { type: 'User' } }));
    // Somebody who wants us to write into their comment.
    const comments: Comment[] = [
      { id: 999, body: '<!-- proxywright default -->\nx', user: { type: 'User' } },
      ...others,
    ];
    const { api, seen } = await github(comments);
    const quiet = pullRequest((here) => here.write('topology.yaml', `# only a comment\n${topology}`));
    const nothing = await run(quiet.here, { ...quiet, api });
    expect(nothing).toMatchObject({ code: 0, outputs: { changed: 'false' } });
    expect(nothing.summary).toMatch(/^\*\*✅ nothing new/m);
    expect(seen.filter((line) => !line.startsWith('GET'))).toEqual([]);

    const loud = pullRequest((here) => here.write('topology.yaml', slower));
    await run(loud.here, { ...loud, api });
    await run(loud.here, { ...loud, api });
    await run(quiet.here, { ...quiet, api });
    expect(seen.filter((line) => !line.startsWith('GET')).map((line) => line.split(' ')[0])).toEqual(['POST', 'PATCH']);
    expect(comments.at(-1)?.body).toMatch(/^<!-- proxywright default -->\n+\*\*✅ nothing new/);
    expect(comments[0]?.body).toBe('<!-- proxywright default -->\nx');
  });

  test('of a fork may not comment: that is said, and nothing fails', async () => {
    const made = pullRequest((here) => here.write('topology.yaml', topology.replace('40s', '50s')));
    for (const [inputs, allowed] of [
      [{}, false],
      [{ 'github-token': '' }, true],
      [{ 'github-token': 'old' }, true],
    ] as const) {
      const { api } = await github([], allowed);
      const done = await run(made.here, { ...made, inputs, api });
      expect(done.code).toBe(0);
      expect(done.commented).toEqual({
        code: 0,
        stdout: '::notice title=proxywright::the token may not comment; the summary of the run says the same\n',
      });
    }
    const away = await run(made.here, { ...made, api: 'http://127.0.0.1:9' });
    expect(away.commented).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('::warning title=proxywright::no comment'),
    });
  });

  test('what was there before does not fail, and is annotated all the same', async () => {
    const broken = slower;
    const made = pullRequest((here) => here.write('topology.yaml', broken.replace('sites:', '# x\nsites:')), {
      'topology.yaml': broken,
    });
    const done = await run(made.here, made);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout).toContain('title=over-budget');
    // Where nothing can be compared, everything counts.
    expect(await run(made.here, { ...made, name: 'workflow_dispatch' })).toMatchObject({ code: 1 });
  });

  test('a new file is reported; one that is not there is a wrong call', async () => {
    const made = pullRequest((here) => here.write('edge/new.yaml', topology));
    const done = await run(made.here, { ...made, inputs: { files: 'topology.yaml\n  ./edge/new.yaml \n' } });
    expect(done.code).toBe(0);
    expect(done.summary).toMatch(
      /### topology\.yaml\n\n\*\*✅ nothing new[^#]*### edge\/new\.yaml\n\n\*\*✅ 1 route is within/,
    );
    expect((await run(made.here, { ...made, inputs: { files: 'missing.yaml' } })).code).toBe(2);
    for (const files of ['/etc/passwd', '../x', 'a/../../x', ' \n'])
      expect((await run(made.here, { ...made, inputs: { files } })).stdout).toMatch(/^::error title=proxywright::/);
    expect((await run(made.here, { ...made, inputs: { 'fail-on': 'always' } })).code).toBe(2);
  });

  test('hand-written files, names that look like options, and a severity', async () => {
    const nginx = 'events {}\nhttp { upstream w { server 10.0.0.2:80; server 10.0.0.3:80; } include conf.d/*.conf; }\n';
    const site = (more: string) =>
      `server { listen 80; server_name a.example; location / { proxy_pass http://w; ${more} } }\n`;
    const made = pullRequest(
      (here) => here.write('-x/conf.d/a.conf', site('proxy_next_upstream error timeout http_502;')),
      {
        '-x/nginx.conf': nginx,
        '-x/conf.d/a.conf': site(''),
      },
    );
    const inputs = { files: '-x/nginx.conf', 'fail-on': 'warning' };
    const done = await run(made.here, { ...made, inputs });
    expect(done.code).toBe(1);
    expect(done.summary).toContain('slow-url-marks-pool');
    expect((await run(made.here, { ...made, inputs: { files: '-x/nginx.conf' } })).code).toBe(0);
  });

  test('a push is compared with what was there before it', async () => {
    const here = repository({ 'topology.yaml': topology });
    here.commit('before');
    const before = here.git(['rev-parse', 'HEAD']).trim();
    here.write('topology.yaml', slower);
    here.commit('slower');
    const done = await run(here, { name: 'push', event: { before } });
    expect(done).toMatchObject({ code: 1, summary: expect.stringContaining('31s → 51s') });
    // A new branch begins with nothing, and a force push with what nobody has.
    for (const sha of ['0'.repeat(40), 'a'.repeat(40), '--upload-pack=x'])
      expect((await run(here, { name: 'push', event: { before: sha } })).summary).toContain(
        '1 of 1 route can wait longer',
      );
  });

  test('the committed output must be what a build writes', async () => {
    const made = pullRequest((here) =>
      here.write('topology.yaml', topology.replace('40s', '50s').replace(':3000,', ':3001,')),
    );
    const built = repository({ 'topology.yaml': topology });
    await built.run(['build', '-o', 'deploy']);
    built.commit('built');
    const inputs = { output: 'deploy' };
    expect(await run(built, { name: 'workflow_dispatch', inputs })).toMatchObject({ code: 0 });
    built.write('deploy/caddy/Caddyfile', '~~~~~~~~\n</details>\n@someone\n');
    const drifted = await run(built, { name: 'workflow_dispatch', inputs });
    expect(drifted).toMatchObject({ code: 1, stdout: expect.stringContaining('::error title=drift::') });
    // What others wrote stays inside the code.
    expect(drifted.summary).toMatch(/^ {4}-<\/details>$/m);
    expect(await run(made.here, { ...made, inputs })).toMatchObject({
      code: 1,
      summary: expect.stringContaining('is not what a build writes'),
    });
  });

  test('installs the version of the action, apart from the files of the pull request', () => {
    const temp = mkdtempSync(join(tmpdir(), 'proxywright-install-'));
    onTestFinished(() => rmSync(temp, { recursive: true, force: true }));
    writeFileSync(join(temp, 'npm'), '#!/bin/sh\npwd\nfor one; do echo "$one"; done\n', { mode: 0o755 });
    const install = (version: string) =>
      spawnSync('bash', [join(top, 'action/install.sh')], {
        cwd: top,
        encoding: 'utf8',
        env: {
          PATH: `${temp}:${dirname(process.execPath)}:${process.env.PATH}`,
          RUNNER_TEMP: temp,
          GITHUB_ACTION_PATH: top,
          PROXYWRIGHT_VERSION: version,
        },
      });
    const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
    const lines = install('').stdout.split('\n');
    expect(lines[0]).toBe(join(temp, 'proxywright'));
    expect(lines).toContain('--ignore-scripts');
    expect(lines).toContain(`proxywright@${version}`);
    expect(install('1.2.3').stdout).toContain('proxywright@1.2.3');
    expect(install('1 --registry=http://x').status).toBe(2);
  });
});

describe.skipIf(withoutGit)('the example for GitLab', () => {
  test('writes a code quality report and the comparison, and ends with its exit code', async () => {
    const text = readFileSync(join(top, 'docs/ci.md'), 'utf8');
    const [, yaml = ''] = /```yaml\n(# \.gitlab-ci\.yml\n[\s\S]*?)```/.exec(text) ?? [];
    const { script, artifacts, variables } = parse(yaml).proxywright;
    expect(variables).toEqual({ GIT_DEPTH: 0 });
    const here = repository({ 'topology.yaml': topology });
    here.commit('before');
    const base = here.git(['rev-parse', 'HEAD']).trim();
    here.write('topology.yaml', slower);
    here.write('bin/npm', '#!/bin/sh\n', 0o755);
    here.write('bin/proxywright', `#!/bin/sh\nexec "${process.execPath}" "${join(bundle, 'cli.cjs')}" "$@"\n`, 0o755);
    const { status, stdout } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script.join('\n')], {
      cwd: here.dir,
      env: { ...here.env, PATH: `${join(here.dir, 'bin')}:${here.env.PATH}`, CI_MERGE_REQUEST_DIFF_BASE_SHA: base },
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toContain('31s → 51s');
    for (const file of artifacts.paths) expect(here.read(file)).toBe(stdout);
    expect(JSON.parse(here.read(artifacts.reports.codequality))).toMatchObject([{ check_name: 'over-budget' }]);
  });
});

describe('.pre-commit-hooks.yaml', () => {
  const hooks: { id: string; files: string; entry: string; language: string }[] = parse(
    readFileSync(join(top, '.pre-commit-hooks.yaml'), 'utf8'),
  );

  test.each([
    ['topology.yaml', 'proxywright'],
    ['edge/topology.yml', 'proxywright'],
    ['my-topology.yaml', undefined],
    ['compose.yaml', undefined],
    ['nginx.conf', 'proxywright-configuration'],
    ['etc/nginx/conf.d/a.conf', 'proxywright-configuration'],
    ['Caddyfile', 'proxywright-configuration'],
    ['edge/site.caddy', 'proxywright-configuration'],
    ['redis.conf', undefined],
  ])('%s is judged by %s', (file, id) => {
    expect(hooks.find(({ files }) => new RegExp(files).test(file))?.id).toBe(id);
  });

  test('start a program that the package has, and are the hooks of the documentation', () => {
    const { bin } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'));
    for (const { entry, language } of hooks) {
      expect(language).toBe('node');
      expect(Object.keys(bin)).toContain(entry.split(' ')[0]);
    }
    const text = readFileSync(join(top, 'docs/ci.md'), 'utf8');
    const used = [...text.matchAll(/- id: (proxywright\S*)(?= #)/g)].map(([, id]) => id);
    expect(used).toEqual(hooks.map(({ id }) => id));
  });
});
