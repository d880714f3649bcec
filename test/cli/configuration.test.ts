import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { session } from './session.ts';

const nginx = `events {}
http {
  include conf.d/*.conf;
  upstream web {
    server 10.0.0.2:3000 max_fails=1 fail_timeout=10s;
    server 10.0.0.3:3000 max_fails=1 fail_timeout=10s;
  }
  server {
    listen 80;
    server_name www.example.com;
    location / {
      proxy_pass http://web;
      proxy_connect_timeout 1s;
      proxy_read_timeout 5s;
      proxy_next_upstream_tries 2;
    }
  }
}
`;
const caddy = `www.example.com {
	reverse_proxy web:3000 10.0.0.3:3100 {
		lb_try_duration 3s
		lb_try_interval 250ms
		transport http {
			dial_timeout 1s
			response_header_timeout 2s
		}
	}
}
`;
/** A server of conf.d that says nothing of waiting. */
const plain = 'server { listen 80; server_name api.example.com; location / { proxy_pass http://web; } }\n';

describe('a hand-written configuration', () => {
  test('of nginx is judged by its name, with what it includes', async () => {
    const here = session({ 'nginx.conf': nginx, 'conf.d/api.conf': plain });
    const done = await here.look(['report', 'nginx.conf']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/api\.example\.com\/ +nginx 1\.30 +4m /);
    expect(done.stdout).toMatch(/www\.example\.com\/ +nginx 1\.30 +12s /);
    expect(done.stdout).toContain(
      'api.example.com/ can wait 4m: `proxy_connect_timeout 1s` (conf.d/api.conf:1) and `proxy_read_timeout 5s` (conf.d/api.conf:1) make it 12s\n',
    );
  });

  test('gets the lines that fit as a patch, in every format', async () => {
    const here = session({ 'nginx.conf': nginx, 'conf.d/api.conf': plain, Caddyfile: caddy });
    const done = await here.look(['report', 'nginx.conf', '--fit', '5s']);
    expect(done).toMatchObject({ code: 1, stderr: '' });
    expect(done.stdout).toContain('1. proxy_read_timeout 1500ms instead of 5s\n');
    expect(done.stdout).toMatch(/^--- a\/conf\.d\/api\.conf$/m);
    expect(done.stdout).toMatch(/^\+ {6}proxy_read_timeout 1500ms;$/m);
    const json = JSON.parse((await here.look(['report', 'nginx.conf', '--fit', '5s', '--format', 'json'])).stdout);
    expect(json.patch).toBe(done.stdout.slice(done.stdout.indexOf('--- a/')));
    expect(json.fit[1].proposals[0].changes).toMatchObject([
      { setting: 'response_header', from: 5000, to: 1500, text: 'proxy_read_timeout 1500ms instead of 5s' },
    ]);
    const markdown = await here.look(['report', 'Caddyfile', '--fit', '4s', '--format', 'markdown']);
    expect(markdown.stdout).toMatch(/```diff\n--- a\/Caddyfile\n[\s\S]*\n-\t\tlb_try_duration 3s\n/);
    // Nobody has written a budget: what people accept is one.
    const usual = await here.look(['report', 'nginx.conf', '--fit']);
    expect(usual.stdout).toContain('no budget is written in these files: 12s is taken');
    expect(usual.stdout).toContain('+server { listen 80; server_name api.example.com; location / {');
    expect((await here.look(['report', 'nginx.conf', '--fit', '5m'])).code).toBe(0);
  });

  test('is told which lines, as data too', async () => {
    const here = session({ 'nginx.conf': nginx, 'conf.d/api.conf': plain });
    const json = JSON.parse((await here.look(['report', 'nginx.conf', '--format', 'json'])).stdout);
    const [connect, read] = ['proxy_connect_timeout 1s', 'proxy_read_timeout 5s'].map((text) => {
      return { file: 'conf.d/api.conf', line: 1, text };
    });
    expect(json.advice).toEqual([
      { route: 'api.example.com/', worst_wait_ms: 240_000, would_be_ms: 12_000, lines: [connect, read] },
    ]);
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/report.schema.json'), 'utf8'));
    const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
    validate(json);
    expect(validate.errors).toBe(null);
  });

  test('says so where no line can be changed, and gives the rest', async () => {
    const shared = plain.replace('proxy_pass', 'include p.inc; proxy_pass');
    const other = shared.replace('api.', 'two.').replace('http://web', 'http://10.0.0.2:80');
    const lines = 'proxy_connect_timeout 60s; proxy_next_upstream_tries 2; proxy_next_upstream_timeout 60s;';
    const here = session({
      'nginx.conf': nginx,
      'conf.d/a.conf': shared + other,
      'p.inc': 'proxy_connect_timeout 60s;\n',
    });
    const done = await here.look(['report', 'nginx.conf', '--fit', '160s']);
    // The smallest change stands where it would change the other route as well: then the next one is taken.
    expect(done.stdout).toMatch(/api\.example\.com\/ within 2m 40s:\n {2}1\. proxy_read_timeout 20s /);
    here.write('p.inc', `${lines} proxy_read_timeout 60s;\n`);
    const none = await here.look(['report', 'nginx.conf', '--fit', '160s']);
    expect(none.stdout).toMatch(
      /There is no patch: `api\.example\.com\/`: `proxy_\w+` stands in a file that other routes include as well\. Change the file by hand\.\n$/,
    );
  });

  test('of Caddy too, and every format has it', async () => {
    const here = session({ Caddyfile: caddy });
    expect((await here.look(['report', 'Caddyfile'])).stdout).toMatch(/www\.example\.com\/ +caddy 2\.11 +6\.25s /);
    const json = JSON.parse((await here.look(['report', 'Caddyfile', '--format', 'json'])).stdout);
    expect(json).toMatchObject({
      version: 1,
      file: 'Caddyfile',
      routes: [{ id: 'www.example.com/', budget_ms: null }],
    });
    expect(json.routes[0].targets).toMatchObject([{ target: 'caddy', target_version: '2.11', worst_wait_ms: 6250 }]);
    const markdown = await here.look(['report', 'Caddyfile', '--format', 'markdown', '--caddy-version', '2.6']);
    expect(markdown.stdout).toContain('caddy 2.6 | 6.25s |');
  });

  test('is explained with the lines of its own files', async () => {
    const here = session({ 'nginx.conf': nginx });
    const done = await here.look(['explain', 'www.example.com/', 'nginx.conf']);
    expect(done.stdout).toContain('2 attempts × (1s connect + 5s response header) = 12s');
    expect(done.stdout).toMatch(/response header +5s +proxy_read_timeout +nginx\.conf:14:26/);
    const unknown = await here.look(['explain', 'www.example.com/x', 'nginx.conf']);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
  });

  test('is what --as says, also from standard input and in a folder', async () => {
    const here = session({ 'edge/a.conf': nginx.replace(/^events.*\nhttp \{\n.*\n|\}\n$/g, ''), 'sites/one': plain });
    const stdin = await here.look(['report', '-', '--as', 'caddy'], { stdin: caddy });
    expect(stdin.stdout).toMatch(/6\.25s/);
    expect((await here.look(['report', 'edge'])).stdout).toMatch(/12s/);
    expect((await here.look(['report', 'sites', '--as', 'nginx'])).stdout).toMatch(/api\.example\.com/);
  });

  test('has findings in its own words, with an exit code', async () => {
    const here = session({ 'nginx.conf': nginx.replace('tries 2', 'tries 5').replace('1s;', '50ms;') });
    const done = await here.look(['lint', 'nginx.conf']);
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('`proxy_next_upstream_tries 5`, and the pool has 2 servers [tries-beyond-pool]');
    expect(done.stdout).toContain('nginx.conf:13:29: warning 50ms to connect is less than ordinary jitter');
    const broken = session({ 'nginx.conf': 'server { listen 80\n}\n' });
    expect(await broken.look(['lint', 'nginx.conf'])).toMatchObject({ code: 1 });
    expect(await broken.look(['report', 'nginx.conf'])).toMatchObject({ code: 1 });
  });

  test('can be silenced by a comment with a reason', async () => {
    const text = nginx
      .replace('upstream web {', 'upstream web { # proxywright-ignore spof -- it is a demo')
      .replace(/ {4}server 10\.0\.0\.3.*\n/, '');
    const done = await session({ 'nginx.conf': text }).look(['lint', 'nginx.conf', '--format', 'json']);
    expect(JSON.parse(done.stdout).findings.map(({ rule }: { rule: string }) => rule)).not.toContain('spof');
  });

  test('says where an older version would wait for another time', async () => {
    const alone = plain
      .replace('http://web', 'http://10.0.0.2:80')
      .replace('location', 'keepalive_timeout 5s; location');
    const here = session({ 'a.conf': `upstream web { server 10.0.0.2:80; server 10.0.0.3:80; }\n${alone}` });
    expect((await here.look(['report', 'a.conf'])).code).toBe(0);
  });

  test('says what the last patch of a version does otherwise, when none is named', async () => {
    // One server, and whether its connections are kept.
    const text = nginx.replace(/ {4}server 10\.0\.0\.3.*\n/, '');
    const here = session({ 'nginx.conf': text });
    const named = async (version: string) =>
      (await here.look(['report', 'nginx.conf', '--nginx-version', version])).stdout;
    expect(await named('1.29')).toMatch(/www\.example\.com\/ on nginx 1\.29, last patch: up to .* if servers close/);
    expect(await named('1.29.0')).not.toContain('last patch');
    expect(await named('1.28')).not.toContain('last patch');
  });

  test('becomes a topology that says the same, under what that cannot say', async () => {
    const text = nginx.replace('location /', 'location /api');
    const here = session({ 'nginx.conf': text, Caddyfile: caddy, 'topology.yaml': 'version: 1\n' });
    const done = await here.look(['import', 'nginx.conf']);
    expect(done).toMatchObject({ code: 0, stderr: '2 things could not be said: the comments at its top name them\n' });
    expect(done.stdout).toContain('# - nginx.conf:11: `location /api` also takes paths such as `/apix`\nversion: 1\n');
    const report = await here.look(['report', '-', '--format', 'json'], { stdin: done.stdout });
    const [route] = JSON.parse(report.stdout).routes;
    expect(route).toMatchObject({
      id: 'www.example.com/api/',
      targets: [{}, { target: 'nginx', worst_wait_ms: 12_000 }],
    });
    const caddyfile = await here.look(['import', 'Caddyfile']);
    expect(caddyfile.stdout).toContain('retry: { tries: unlimited, window: 3250ms, interval: 250ms }');
    expect((await here.look(['import', 'nginx.conf', 'Caddyfile'])).stderr).toContain('make a topology of each');
    expect((await here.look(['import', 'topology.yaml'])).stderr).toContain('is a topology already');
    const broken = await session({ 'nginx.conf': 'server {' }).look(['import', 'nginx.conf']);
    expect(broken).toMatchObject({ code: 1, stdout: '' });
  });

  test.each([
    [['report', 'nginx.conf', '--set', 'a=b'], '--set speaks of a topology'],
    [['report', 'nginx.conf', '--nginx-version', 'new'], '`new` is not a version'],
    [['report', 'nginx.conf', '--nginx-version', '1.10'], 'nginx 1.10 is too old'],
    [['report', '--as', 'nginx'], 'which file?'],
    [['report', 'empty'], 'empty is a folder without a Caddyfile, a .conf file or a topology.yaml'],
    [['report', 'missing.conf'], 'cannot read missing.conf: there is no such file'],
  ])('%s is refused', async (args, message) => {
    const here = session({ 'nginx.conf': nginx, 'empty/readme': '' });
    const done = await here.look(args);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain(message);
  });
});
