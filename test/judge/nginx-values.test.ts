import { describe, expect, it } from 'vitest';
import { blocks, effective } from '../../src/judge/nginx/inherit.ts';
import { parseFlag, parseNumber, parseSize, parseTime } from '../../src/judge/nginx/units.ts';
import { nginx } from './told.ts';

describe('times of nginx', () => {
  it.each([
    ['90', 90_000],
    ['1h 30m', 5_400_000],
    ['500ms', 500],
    ['1d', 86_400_000],
    ['1w2d3h4m5s6ms', 788_645_006],
    ['1m 30', 90_000],
    ['30 15', 45_000],
    ['10ms5', 5010],
    ['0', 0],
    ['1.5s', undefined],
    ['', undefined],
    ['s', undefined],
    ['1s 1s', undefined],
    ['1s 1m', undefined],
    ['-1', undefined],
    ['$a', undefined],
    ['1y', undefined],
    ['1M', undefined],
    ['9223372036854776', undefined],
    ['99999999999999999999', undefined],
    ['000000000000000000000000000000001', 1000],
  ])('%j in milliseconds', (text, expected) => {
    expect(parseTime(text, 'msec')).toBe(expected);
  });

  it.each([
    ['1y 1M', 34_128_000_000],
    ['1M1y', undefined],
    ['500ms', undefined],
    ['10', 10_000],
  ])('%j in seconds', (text, expected) => {
    expect(parseTime(text, 'sec')).toBe(expected);
  });
});

describe('other values of nginx', () => {
  it('are sizes', () => {
    expect(
      ['0', '1k', '1K', '8m', '1g', '1.5k', '', 'k', '-1', '99999999999999999999'].map((text) =>
        parseSize(text, 'size'),
      ),
    ).toEqual([0, 1024, 1024, 8_388_608, undefined, undefined, undefined, undefined, undefined, undefined]);
    expect(parseSize('1g', 'offset')).toBe(1_073_741_824);
  });

  it('are numbers and flags', () => {
    expect(['0', '12', '-1', '1.5', ''].map(parseNumber)).toEqual([0, 12, undefined, undefined, undefined]);
    expect(['on', 'OFF', 'yes'].map(parseFlag)).toEqual([true, false, undefined]);
  });
});

describe('what is in force', () => {
  const text = `
    proxy_read_timeout 1s;
    http {
      proxy_read_timeout 2s; proxy_set_header A 1; proxy_set_header B 1; proxy_next_upstream error; add_header X 1;
      include more;
      server {
        proxy_next_upstream timeout; proxy_next_upstream http_500;
        add_header Y 1;
        location /a { proxy_read_timeout 3s; proxy_pass http://a; if ($b) { set $c d; } location /a/b { } }
        location /b { proxy_set_header C 1; add_header_inherit merge; add_header Z 1; }
        location /c { add_header_inherit off; return 204; }
      }
    }`;
  const { main } = nginx({ 'nginx.conf': text, more: 'proxy_send_timeout 4s;' });
  const locations = [...blocks(main.directives, 'location')];
  const at = (path: string) => locations.find(({ directive }) => directive.args[0]?.text === path)?.scopes ?? [];
  const values = (path: string, name: string) =>
    effective(at(path), name).map(({ args }) => args.map((word) => word.text).join(' '));

  it('is found by the path of blocks', () => {
    expect(locations.map(({ around }) => around.map(({ name }) => name).join(' '))).toEqual([
      'http server',
      'http server location',
      'http server',
      'http server',
    ]);
  });

  it('is the innermost value', () => {
    expect(['/a', '/a/b', '/b'].map((path) => values(path, 'proxy_read_timeout'))).toEqual([['3s'], ['3s'], ['2s']]);
    expect(values('/a', 'proxy_send_timeout')).toEqual(['4s']);
    expect(values('/a', 'proxy_connect_timeout')).toEqual([]);
  });

  it('replaces lists as a whole', () => {
    expect(values('/a', 'proxy_set_header')).toEqual(['A 1', 'B 1']);
    expect(values('/b', 'proxy_set_header')).toEqual(['C 1']);
    expect(values('/a', 'proxy_next_upstream')).toEqual(['timeout', 'http_500']);
    expect(values('/a', 'add_header')).toEqual(['Y 1']);
  });

  it('merges headers where that is said', () => {
    expect(values('/b', 'add_header')).toEqual(['X 1', 'Y 1', 'Z 1']);
    expect(values('/c', 'add_header')).toEqual([]);
  });

  it('has the handler only where it is, and in an `if` of it', () => {
    expect([values('/a', 'proxy_pass'), values('/a/b', 'proxy_pass'), values('/b', 'return')]).toEqual([
      ['http://a'],
      [],
      [],
    ]);
    const [inner] = [...blocks(main.directives, 'if')];
    expect(effective(inner?.scopes ?? [], 'proxy_pass').map(({ args }) => args[0]?.text)).toEqual(['http://a']);
  });
});
