import { describe, expect, test } from 'vitest';
import { session } from './session.ts';

const web = 'upstream web {\n  server 10.0.0.2:80;\n  server 10.0.0.3:80;\n}\n';

describe('lint --fix of hand-written files', () => {
  test.each([
    [
      'more tries than servers',
      `${web}server {\n  proxy_next_upstream_tries 5; # five\n  location / { proxy_pass http://web; }\n}\n`,
      `${web}server {\n  proxy_next_upstream_tries 2; # five\n  location / { proxy_pass http://web; }\n}\n`,
    ],
    [
      'a limit for connecting that is shorter than jitter, and one that is far too long',
      `${web}server {\n  location / { proxy_pass http://web; proxy_connect_timeout 50ms; }\n  location /a/ { proxy_pass http://web; proxy_connect_timeout "60s"; }\n}\n`,
      `${web}server {\n  location / { proxy_pass http://web; proxy_connect_timeout 1s; }\n  location /a/ { proxy_pass http://web; proxy_connect_timeout 1s; }\n}\n`,
    ],
    [
      'POST that is sent again',
      `${web}server {\n  proxy_next_upstream error timeout non_idempotent;\n  location / { proxy_pass http://web; }\n}\n`,
      `${web}server {\n  proxy_next_upstream error timeout;\n  location / { proxy_pass http://web; }\n}\n`,
    ],
    [
      'idle connections that the application closes sooner',
      `${web.replace('}\n', '  keepalive 8;\n  keepalive_timeout 60s;\n}\n')}server {\n  location / { proxy_pass http://web; }\n}\n`,
      `${web.replace('}\n', '  keepalive 8;\n  keepalive_timeout 4s;\n}\n')}server {\n  location / { proxy_pass http://web; }\n}\n`,
    ],
    [
      'the same line twice, with which nginx does not start',
      `${web}server {\n  location / {\n    proxy_read_timeout 5s;\n    proxy_pass http://web;\n    proxy_read_timeout 5s;\n  }\n}\n`,
      `${web}server {\n  location / {\n    proxy_read_timeout 5s;\n    proxy_pass http://web;\n  }\n}\n`,
    ],
    [
      'a byte order mark, which nginx takes for a part of the first word',
      `\uFEFF${web}server { location / { proxy_pass http://web; } }\n`,
      `${web}server { location / { proxy_pass http://web; } }\n`,
    ],
    [
      'a suppression of no use',
      `# proxywright-ignore spof -- long gone\n${web}server { location / { proxy_pass http://web; } }\n`,
      `${web}server { location / { proxy_pass http://web; } }\n`,
    ],
  ])('nginx: %s', async (_, before, after) => {
    const here = session({ 'a.conf': before });
    const shown = await here.look(['lint', '--fix', '--dry-run', 'a.conf']);
    expect(shown.stdout).toMatch(/^--- a\/a\.conf\n\+\+\+ b\/a\.conf\n/);
    const done = await here.run(['lint', '--fix', 'a.conf', '--fail-on', 'never']);
    expect(done.stderr).toMatch(/^\d findings? fixed in a\.conf\n$/);
    expect(here.read('a.conf')).toBe(after);
    // What is left, and nothing more to do.
    await here.look(['lint', '--fix', 'a.conf', '--fail-on', 'never']);
  });

  const proxy = (lines: string): string =>
    `:80 {\n\treverse_proxy 10.0.0.2:80 10.0.0.3:80 {\n${lines.replace(/^/gm, '\t\t')}\n\t}\n}\n`;
  const checks = (timeout: string): string => `health_uri /healthz\nhealth_interval 5s\nhealth_timeout ${timeout}`;
  test.each([
    [
      'a limit for connecting that is far too long',
      proxy('transport http {\n\tdial_timeout 30s\n}'),
      proxy('transport http {\n\tdial_timeout 1s\n}'),
    ],
    ['a check that lasts longer than the pause before the next one', proxy(checks('10s')), proxy(checks('4500ms'))],
    [
      'idle connections that the application closes sooner',
      proxy('transport http {\n\tkeepalive 2m\n}'),
      proxy('transport http {\n\tkeepalive 4s\n}'),
    ],
    ['the last brace is missing', proxy('').replace(/\}\n$/, ''), proxy('')],
  ])('Caddy: %s', async (_, before, after) => {
    const here = session({ Caddyfile: before });
    const done = await here.run(['lint', '--fix', 'Caddyfile', '--fail-on', 'never']);
    expect(done.stderr).toMatch(/^\d findings? fixed in Caddyfile\n$/);
    expect(here.read('Caddyfile')).toBe(after);
    await here.look(['lint', '--fix', 'Caddyfile', '--fail-on', 'never']);
  });

  test('in the file of the tree that has the line', async () => {
    const here = session({
      'nginx.conf': `events {}\nhttp {\n  ${web}  include conf.d/*.conf;\n}\n`,
      'conf.d/a.conf': 'server { location / { proxy_pass http://web; proxy_next_upstream_tries 9; } }\n',
    });
    const done = await here.run(['lint', '--fix', 'nginx.conf']);
    expect(done.stderr).toBe('1 finding fixed in conf.d/a.conf\n');
    expect(here.read('conf.d/a.conf')).toContain('proxy_next_upstream_tries 2;');
  });

  test.each([
    [
      'by an argument',
      '(p) {\n\treverse_proxy 10.0.0.2:80 {\n\t\ttransport http {\n\t\t\tdial_timeout {args[0]}\n\t\t}\n\t}\n}\n:80 {\n\timport p 30s\n}\n',
    ],
    ['by a variable', proxy('transport http {\n\tdial_timeout {$DIAL:30s}\n}')],
  ])('a value that is given %s is left to a person', async (_, text) => {
    const here = session({ Caddyfile: text });
    const { stdout } = await here.look(['lint', 'Caddyfile', '--format', 'json']);
    const found = JSON.parse(stdout).findings.filter(({ rule }: { rule: string }) => rule === 'connect-too-long');
    expect(found).toMatchObject([{ fixable: false }]);
    await here.look(['lint', '--fix', 'Caddyfile', '--fail-on', 'never']);
  });

  test('a number of tries that a route has use for which rules do not see', async () => {
    const many = 'upstream many { server 10.0.1.1:80; server 10.0.1.2:80; server 10.0.1.3:80; server 10.0.1.4:80; }\n';
    const here = session({
      'a.conf': `${web}${many}server {\n  proxy_next_upstream_tries 4;\n  location / { proxy_pass http://web; }\n  location ~ \\.x$ { proxy_pass http://many; }\n}\n`,
    });
    const done = await here.look(['lint', '--fix', 'a.conf', '--format', 'json']);
    expect(done.stdout).toContain('tries-beyond-pool');
  });

  test('what is not UTF-8 is not written', async () => {
    const here = session();
    here.write(
      'a.conf',
      Buffer.from(
        `# caf\xe9\n${web}server { proxy_next_upstream_tries 9; location / { proxy_pass http://web; } }\n`,
        'latin1',
      ),
    );
    const done = await here.look(['lint', '--fix', 'a.conf']);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain('cannot mend a.conf: it is not UTF-8 text');
  });
});
