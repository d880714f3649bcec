import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { clean, session } from './session.ts';

const tight = clean.replace('lint:', 'defaults: { budget: 10s }\nlint:');

describe('report', () => {
  test('within every budget', async () => {
    const done = await session({ 'topology.yaml': clean.replace('lint:', 'defaults: { budget: 31s }\nlint:') }).look([
      'report',
    ]);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/^1 route is within its budget\n/);
  });

  test('over a budget: exit 1, the equation, and how much is too long, and what would fit', async () => {
    const done = await session({ 'topology.yaml': tight }).look(['report']);
    expect(done).toMatchObject({ code: 1, stderr: '' });
    expect(done.stdout).toContain(
      'over budget www.example.com/ on nginx can wait 31s, 21s too long\n  1s connect + 30s response header = 31s\n  fits with response_header 9s instead of 30s (the default)\n',
    );
  });

  test('json for programs, also when it is over budget', async () => {
    const done = await session({ 'topology.yaml': tight }).look(['report', '--format', 'json']);
    const data = JSON.parse(done.stdout);
    expect(done.code).toBe(1);
    expect(data).toMatchObject({
      version: 1,
      file: 'topology.yaml',
      routes: [{ id: 'www.example.com/', budget_ms: 10_000 }],
    });
    expect(data.routes[0].targets[1]).toMatchObject({ target: 'nginx', worst_wait_ms: 31_000, within_budget: false });
  });

  test('markdown for a pull request', async () => {
    const done = await session({ 'topology.yaml': tight }).look(['report', '--format', 'markdown']);
    expect(done.stdout).toMatch(/^\*\*❌ 1 of 1 route can wait longer/);
  });

  test('a topology with mistakes has no report', async () => {
    const done = await session({ 'topology.yaml': clean.replace('1\n', '1\nsitez: {}\n') }).look(['report']);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain('topology.yaml:2:1: error unknown key `sitez`');
  });

  test('what would fit, as text with a patch, as Markdown and as data', async () => {
    const here = session({ 'topology.yaml': clean });
    const text = await here.look(['report', '--fit', '5s']);
    expect(text).toMatchObject({ code: 1, stderr: '' });
    expect(text.stdout).toContain(
      'www.example.com/ within 5s:\n  1. response_header 4s instead of 30s (the default)\n     caddy 5s, nginx 5s\n',
    );
    expect(text.stdout).toMatch(
      /\n--- a\/topology.yaml\n\+\+\+ b\/topology.yaml\n@@ .*\n[\s\S]*\n\+.*response_header: 4s/,
    );
    const markdown = await here.look(['report', '--fit', '5s', '--format', 'markdown']);
    expect(markdown.stdout).toContain('<code>www.example.com/</code> within 5s:\n\n1. response\\_header 4s');
    expect(markdown.stdout).toMatch(/```diff\n--- a[\s\S]*```\n$/);
    const json = await here.look(['report', '--fit', '5s', '--format', 'json']);
    const data = JSON.parse(json.stdout);
    expect(data.fit[0]).toMatchObject({
      route: 'www.example.com/',
      budget_ms: 5000,
      proposals: [
        {
          changes: [{ setting: 'response_header', from: 30_000, to: 4000 }],
          worst_wait_ms: { caddy: 5000, nginx: 5000 },
        },
        {},
      ],
    });
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/report.schema.json'), 'utf8'));
    const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
    validate(data);
    expect(validate.errors).toBe(null);
  });

  test('--fit alone takes the budgets that are written, and says when they hold', async () => {
    const done = await session({ 'topology.yaml': tight }).look(['report', '--fit']);
    expect(done.stdout).toContain('www.example.com/ within 10s:\n  1. response_header 9s');
    const fine = await session({ 'topology.yaml': clean }).look(['report', '--fit']);
    expect(fine).toMatchObject({ code: 0, stderr: '' });
    expect(fine.stdout).toMatch(/\nNothing need be changed\.\n$/);
  });

  test('--fit wants a duration, and the file as it is', async () => {
    const here = session({ 'topology.yaml': clean });
    const word = await here.look(['report', '--fit', 'topology.yaml']);
    expect(word).toMatchObject({ code: 2, stdout: '' });
    expect(word.stderr).toContain('`topology.yaml` is not a duration');
    const both = await here.look(['report', '--fit', '5s', '--set', 'version=1']);
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toContain("cannot be used with option '--set");
  });

  test('what jitter does is said before a connect limit that is shorter', async () => {
    const { stdout } = await session({ 'topology.yaml': clean }).look(['report', '--fit', '350ms']);
    const [note, proposal] = [stdout.indexOf('makes jitter an error'), stdout.search(/connect 1[05]0ms/)];
    expect(note).toBeGreaterThan(0);
    expect(proposal).toBeGreaterThan(note);
  });

  test('another format is refused', async () => {
    const done = await session({ 'topology.yaml': clean }).look(['report', '--format', 'html']);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain('text, json, markdown');
  });

  test('a budget that is exceeded stops build', async () => {
    const here = session({ 'topology.yaml': tight });
    const done = await here.look(['build', '-o', 'out']);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain(
      '`www.example.com/` can wait 31s on Caddy and nginx, and its budget is 10s [over-budget]',
    );
  });
});

describe('explain', () => {
  test('a route: the timeline, and the lines that make it', async () => {
    const done = await session({ 'topology.yaml': clean }).look(['explain', 'www.example.com/']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain(
      'www.example.com/ on nginx 1.30 can wait 31s at worst\n  1s connect + 30s response header = 31s\n',
    );
    expect(done.stdout).toMatch(/tries +1 {2}proxy_next_upstream_tries +topology\.yaml:7:21, with 2 servers\n/);
    expect(done.stdout).toMatch(/connect +1s {2}proxy_connect_timeout +default: a server on the same network/);
  });

  test('a rule, without any topology', async () => {
    const done = await session().look(['explain', 'over-budget']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/^over-budget: A request can wait longer/);
  });

  test('neither: what was meant', async () => {
    const done = await session({ 'topology.yaml': clean }).look(['explain', 'www.exmaple.com/']);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain('did you mean `www.example.com/`?');
  });

  test('a route of a topology with mistakes', async () => {
    const done = await session({ 'topology.yaml': 'version: 1\n' }).look(['explain', 'www.example.com/']);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain('`sites` is missing');
  });
});

describe('--set', () => {
  const worst = async (...set: string[]) => {
    const args = ['report', '--format', 'json', ...set.flatMap((one) => ['--set', one])];
    const done = await session({ 'topology.yaml': clean }).look(args);
    return JSON.parse(done.stdout).routes[0].targets[1].worst_wait_ms;
  };

  test('lays values over the topology, with dots or as pointers, also where nothing was written', async () => {
    expect(await worst('upstreams.web.timeouts.response_header=5s')).toBe(6_000);
    expect(await worst('/upstreams/web/retry/tries=2', 'upstreams.web.timeouts={connect: 2s}')).toBe(64_000);
    expect(await worst('upstreams.web.servers.1=10.0.0.9:80', 'upstreams.web.retry.tries=2')).toBe(62_000);
  });

  test('finds a key that has dots itself', async () => {
    const args = ['lint', '--set', 'sites.www.example.com={ upstream: web, budget: 30s }'];
    const done = await session({ 'topology.yaml': clean }).look(args);
    expect(done.code).toBe(1);
    expect(done.stdout).toContain('topology.yaml:9:20: error `www.example.com/` can wait 31s on Caddy and nginx');
  });

  test.each([
    ['budget', '`budget` is not of the form path=value'],
    ['sites.www.example.com.budget=3s', 'goes into `budget` of something that is `web`, not a map'],
    ['upstreams.web.servers.7=a:1', 'names `7` of a list of 2'],
    ['version="', 'the value of `version="` is not YAML'],
  ])('%s is refused: the call is at fault', async (setting, message) => {
    const done = await session({ 'topology.yaml': clean }).look(['report', '--set', setting]);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain(message);
  });

  test('a value that the language does not have is a finding', async () => {
    const done = await session({ 'topology.yaml': clean }).look([
      'report',
      '--set',
      'upstreams.web.timeouts.connect=5',
    ]);
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('[schema-duration]');
  });

  test('build does not take it', async () => {
    const done = await session({ 'topology.yaml': clean }).look(['build', '-o', 'out', '--set', 'version=1']);
    expect(done.code).toBe(2);
    expect(done.stderr).toContain("unknown option '--set'");
  });
});
