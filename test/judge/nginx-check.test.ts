import { describe, expect, it } from 'vitest';
import { parseVersion } from '../../src/model/version.ts';
import { accepted, framed, refused } from './nginx-cases.ts';
import { newest, nginx, toldNginx } from './told.ts';

const old = parseVersion('1.22.1');

describe('nginx', () => {
  it.each(accepted)('takes in %s: %s', (frame, text) => {
    expect([toldNginx(framed(frame, text).text), toldNginx(framed(frame, text).text, old)]).toEqual([[], []]);
  });

  it.each(refused.map((one) => [one.frame, one.text.slice(0, 80), one] as const))(
    'refuses in %s: %s',
    (_frame, _text, { frame, text, told, only }) => {
      const whole = framed(frame, text);
      const [first = ''] = toldNginx(whole.text, only === 'old' ? old : newest.nginx);
      const [, line = 0, rest = ''] = /^nginx\.conf:(\d+)(.*)$/s.exec(first) ?? [];
      expect(`${Number(line) - whole.above}${rest}`).toBe(told);
      if (only) expect(toldNginx(whole.text, only === 'old' ? newest.nginx : old)).toEqual([]);
    },
  );

  it('is told all mistakes in one run', () => {
    const text = 'events {}\nhttp { foo;\n server { listen 80 x; proxy_read_timeout 1.5s;\n listen a b c;\n } }';
    expect(toldNginx(text)).toEqual([
      'nginx.conf:3:21 "x" is no parameter here',
      'nginx.conf:3:43 "1.5s" is no value of "proxy_read_timeout"',
      'nginx.conf:4:11 "b" is no parameter here',
    ]);
  });

  it('is asked for a semicolon that was forgotten', () => {
    const { diagnostics } = nginx('server {\n  listen 80\n  server_name a;\n}');
    expect(diagnostics[0]?.help).toBe('is a ";" missing at the end of line 2?');
  });

  it('is not blamed for modules', () => {
    const { diagnostics, notUnderstood } = nginx(
      'http { brotli on; server { location / { content_by_lua_block { x = "}" } more_clear_headers A; } } }\nmodsec { listen { x; } }',
    );
    expect(diagnostics).toEqual([]);
    expect(notUnderstood.map(({ name }) => name)).toEqual([
      'brotli',
      'content_by_lua_block',
      'more_clear_headers',
      'modsec',
    ]);
  });

  it.each([
    ['main', 'events {} http {}'],
    ['main', 'worker_processes 1; http {}'],
    ['main', 'stream { server { listen 1; proxy_pass a:1; } }'],
    ['http', 'upstream a { server b:1; } server { listen 80; }'],
    ['http', 'map $a $b { c d; }'],
    ['http', 'proxy_read_timeout 5s; proxy_set_header A b;'],
    ['server', 'listen 80; server_name a; location / {}'],
    ['server', 'location / { proxy_pass http://a; }'],
    ['location', 'proxy_pass http://a; proxy_set_header A b;'],
    ['location', 'if ($a) { add_header B c; }'],
    ['server', 'if ($a) { return 403; }'],
    ['upstream', 'server 10.0.0.1:80; server 10.0.0.2:80 backup;'],
    ['upstream', 'least_conn; server 10.0.0.1:80;'],
    ['http', 'brotli on;'],
    ['http', ''],
  ])('takes a fragment of %s: %s', (context, text) => {
    const read = nginx(text, newest.nginx, 'some.name');
    expect([read.context, read.diagnostics]).toEqual([context, []]);
  });

  it('does not ask a fragment for what another file may have', () => {
    expect(toldNginx('upstream a { include /elsewhere/*.servers; }')).toEqual([]);
  });
});
