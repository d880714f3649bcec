import { describe, expect, it } from 'vitest';
import { type Directive, flatten } from '../../src/judge/nginx/parse.ts';
import { newest, nginx, type Texts, toldNginx } from './told.ts';

const names = (directives: readonly Directive[]): string[] =>
  [...flatten(directives)].flatMap(({ name, block }) => [name, ...(block ? names(block) : [])]);

const read = (texts: Texts, main?: string) => names(nginx(texts, newest.nginx, main).main.directives);
const unresolved = (texts: Texts, main?: string) =>
  nginx(texts, newest.nginx, main).unresolved.map(({ pattern, reason }) => `${pattern} ${reason}`);

describe('include', () => {
  it('begins at the folder of the main file, also in files elsewhere', () => {
    const files = {
      'etc/nginx.conf': 'http { include sub/a.conf; }',
      'etc/sub/a.conf': 'a1; include b.conf; a2;',
      'etc/b.conf': 'b;',
      'etc/sub/b.conf': 'wrong;',
    };
    expect(read(files, 'etc/nginx.conf')).toEqual(['http', 'a1', 'b', 'a2']);
  });

  it.each([
    ['*.conf', ['a', 'b', 'c']],
    ['[bc].conf', ['b', 'c']],
    ['[a-b].conf', ['a', 'b']],
    ['[!a].conf', ['b', 'c']],
    ['?.conf', ['a', 'b', 'c']],
    ['*', ['a', 'b', 'c', 'other']],
    ['.*', ['hidden']],
    ['*b*', ['b']],
    ['x*', []],
    ['[', []],
  ])('takes %s in the order of names', (pattern, expected) => {
    const files = { 'd/c.conf': 'c;', 'd/a.conf': 'a;', 'd/b.conf': 'b;', 'd/.h.conf': 'hidden;', 'd/other': 'other;' };
    const texts = { ...files, 'd/e/f.conf': 'deeper;', 'nginx.conf': `http{include d/${pattern};}` };
    expect(read(texts).slice(1)).toEqual(expected);
    expect(toldNginx(texts)).toEqual([]);
  });

  it('looks into folders by pattern', () => {
    expect(read({ 'nginx.conf': 'http{include */*.conf;}', 'a/x.conf': 'a;', 'b/x.conf': 'b;', 'c/x': 'c;' })).toEqual([
      'http',
      'a',
      'b',
    ]);
  });

  it('needs a file without a pattern, and none with one', () => {
    expect(toldNginx('http {\n  include a.conf;\n  include b*.conf;\n}')).toEqual([
      'nginx.conf:2:11 the included file "a.conf" is not there',
    ]);
  });

  it('names what is elsewhere, and does not guess', () => {
    const text = 'http { include /etc/other/a.conf; include ../up.conf; include /srv/*.conf; }';
    expect(unresolved(text)).toEqual(['/etc/other/a.conf outside', '/srv/*.conf outside']);
    expect(toldNginx(text)).toEqual(['nginx.conf:1:43 the included file "../up.conf" is not there']);
  });

  it('finds beside the main file what will be below /etc/nginx', () => {
    const texts = { 'conf/nginx.conf': 'http { include /etc/nginx/conf.d/*.conf; }', 'conf/conf.d/a.conf': 'a;' };
    expect(read(texts, 'conf/nginx.conf')).toEqual(['http', 'a']);
  });

  it('asks the folders above a fragment', () => {
    const texts = { 'etc/conf.d/a.conf': 'server { include snippets/x; include snippets/y; }', 'etc/snippets/x': 'x;' };
    expect(read(texts, 'etc/conf.d/a.conf')).toEqual(['server', 'x']);
    expect(unresolved(texts, 'etc/conf.d/a.conf')).toEqual(['snippets/y fragment']);
    expect(toldNginx(texts, newest.nginx, 'etc/conf.d/a.conf')).toEqual([]);
  });

  it('reads the entries of a map from a file', () => {
    const texts = {
      'nginx.conf': 'http { map $a $b { include m; x y; } types { include t; } }',
      m: 'c d;',
      t: 'text/html html htm;',
    };
    expect(toldNginx(texts)).toEqual([]);
    expect(toldNginx({ ...texts, m: 'c;\n' })).toEqual(['m:1:1 an entry of "map" has two words, not 1']);
  });

  it('ends where files include each other', () => {
    const texts = { 'nginx.conf': 'http { include a; }', a: 'include b;', b: 'x;\ninclude a;' };
    expect(toldNginx(texts)).toEqual(['b:2:9 "a" includes itself, here or by way of other files']);
    expect(toldNginx('events {}\ninclude nginx.conf;')).toEqual([
      'nginx.conf:2:9 "nginx.conf" includes itself, here or by way of other files',
    ]);
  });

  it('does not follow files that multiply, or go too deep', () => {
    const levels = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [`f${level}`, `x;include f${level + 1};include f${level + 1};`]),
    );
    const bomb = toldNginx({ 'nginx.conf': 'http { include f0; }', ...levels, f40: 'x;' });
    expect(bomb[0]).toMatch(/^f\d+:1:\d+ with this include the configuration has more than 200000 directives$/);
    const chain = Object.fromEntries(
      Array.from({ length: 5000 }, (_, level) => [`f${level}`, `include f${level + 1};`]),
    );
    expect(toldNginx({ 'nginx.conf': 'http { include f0; }', ...chain })).toEqual([
      'f62:1:9 with this include there are more than 64 includes and blocks inside each other',
    ]);
  });

  it('tells a mistake of a shared file once', () => {
    const texts = {
      'nginx.conf': 'http { server { include p; } server { include p; } }',
      p: 'proxy_read_timeout 1.5s;',
    };
    expect(toldNginx(texts)).toEqual(['p:1:20 "1.5s" is no value of "proxy_read_timeout"']);
  });
});
