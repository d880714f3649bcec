import { describe, expect, it } from 'vitest';
import { parseSiteAddress } from '../../src/judge/caddy/address.ts';
import { directiveOrder, matcherOf } from '../../src/judge/caddy/directives.ts';
import { lex } from '../../src/judge/caddy/lexer.ts';
import type { CaddyDirective } from '../../src/judge/caddy/tree.ts';
import { parseCaddyDuration, parseCaddySize } from '../../src/judge/caddy/units.ts';
import { parseVersion } from '../../src/model/version.ts';
import { caddy, newest, type Texts, toldCaddy } from './told.ts';

const old = parseVersion('2.6.2');

/** The words of each line as Caddy counts them. */
function lines(text: string, version = newest.caddy): string[][] {
  const rows: string[][] = [];
  let last = 0;
  for (const { text: word, line, breaks } of lex('x', text, version).tokens) {
    if (line > last || rows.length === 0) rows.push([]);
    rows.at(-1)?.push(word);
    last = line + breaks;
  }
  return rows;
}

describe('the words of Caddy', () => {
  it.each([
    ['a b\nc', [['a', 'b'], ['c']]],
    ['a\u00a0b\u2003c', [['a', 'b', 'c']]],
    ['a # b\nc#d #e', [['a'], ['c#d']]],
    ['"a b" `c "d` ""', [['a b', 'c "d', '']]],
    ['"a \\"b\\" \\n \\\\" c', [['a "b" \\n \\\\', 'c']]],
    ['`a\\`b', [['a\\', 'b']]],
    ['a"b c"', [['a"b', 'c"']]],
    ['a \\\n b\nc', [['a', 'b'], ['c']]],
    ['a \\\r\n b\r\nc', [['a', 'b'], ['c']]],
    ['a\\b \\c', [['a\\b', '\\c']]],
    ['a "b\nc" d\ne', [['a', 'b\nc', 'd'], ['e']]],
    // A backslash in a comment takes the line break away, too.
    ['a # b \\\nc', [['a', 'c']]],
    ['a "b', [['a', 'b']]],
    ['\uFEFFa', [['a']]],
    ['a\r\nb', [['a'], ['b']]],
    ['a {$B} "{$C:d e}" f', [['a', '{$B}', '{$C:d e}', 'f']]],
    ['a {$B:"x\ny} z\nc', [['a', '{$B:"x\ny}', 'z'], ['c']]],
    ['# {$A\nb}\nc', [['c']]],
    ['{$} {$a', [['{$}', '{$a']]],
    ['a <<E\n  b\n   c\n  E d\ne', [['a', 'b\n c', 'd'], ['e']]],
    ['a <<E\r\n\tb\r\n\r\n\tE\r\nc', [['a', 'b\n'], ['c']]],
    ['a <<E\nE b', [['a', '', 'b']]],
    ['a << b', [['a', '<<', 'b']]],
    ['a \\<<b\nc', [['a', '<<b'], ['c']]],
    ['a <<E', [['a', '<<E']]],
    ['a <<E\n', [['a']]],
    ['', []],
  ] as const)('%j', (text, expected) => {
    expect(lines(text)).toEqual(expected);
  });

  it('have no heredocs before 2.7', () => {
    expect(lines('a <<E\nb\nE', old)).toEqual([['a', '<<E'], ['b'], ['E']]);
    expect(lines('a \\<<E', old)).toEqual([['a', '\\<<E']]);
  });

  it('have places', () => {
    const text = '\uFEFFa "b c" `d` # e\r\nf\\\n<<G\nh\nG i';
    const { tokens, comments } = lex('x', text, newest.caddy);
    expect(tokens.map(({ span }) => text.slice(span.start, span.end))).toEqual([
      'a',
      '"b c"',
      '`d`',
      'f',
      '<<G\nh\nG',
      'i',
    ]);
    expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual(['# e']);
  });

  it('name environment variables', () => {
    const { tokens } = lex('x', 'a{$B}c{$D:e:f} `{$G:}`', newest.caddy);
    expect(tokens.map(({ env }) => env)).toEqual([
      [{ name: 'B' }, { name: 'D', fallback: 'e:f' }],
      [{ name: 'G', fallback: '' }],
    ]);
  });
});

type Shape = (string | Shape)[];
const shape = (directives: readonly CaddyDirective[]): Shape =>
  directives.map(({ name, args, block }) => [
    name,
    ...args.map(({ text }) => text),
    ...(block ? ['{', shape(block)] : []),
  ]);
const shapes = (texts: Texts) =>
  caddy(texts).blocks.map(({ kind, keys, name, directives }) => [
    kind,
    name ?? keys.map(({ text }) => text).join(' '),
    shape(directives),
  ]);

describe('the blocks of Caddy', () => {
  it('are options, snippets, named routes and sites', () => {
    const text =
      '{\n\tdebug\n}\n(s) {\n\ta {args[0]}\n}\n&(r) {\n\tb\n}\nx, y:80,\nz {\n\timport s 1\n\tc {\n\t\td\n\t}\n}\n';
    expect(shapes(text)).toEqual([
      ['options', '', [['debug']]],
      ['snippet', 's', [['a', '{args[0]}']]],
      ['route', 'r', [['b']]],
      [
        'site',
        'x y:80 z',
        [
          ['a', '1'],
          ['c', '{', [['d']]],
        ],
      ],
    ]);
  });

  it('bring arguments, and take the backslash of a brace off', () => {
    const text =
      '(s) {\n\ta {args[0]}-{args.1} {args[2]} \\{args[0]\\} "{args[:]}" {args[0:1]}x\n\tb {args[1:]} {args[:1]} {args[3:]}\n}\n:80 {\n\timport s 1 "2 3"\n}\n';
    expect(shapes(text)[1]?.[2]).toEqual([
      ['a', '1-2 3', '{args[2]}', '{args[0]}', '1', '2 3', '{args[0:1]}x'],
      ['b', '2 3', '1', '{args[3:]}'],
    ]);
  });

  it('bring blocks', () => {
    const text =
      '(s) {\n\th {\n\t\t{block}\n\t}\n\t{blocks.a}\n\t{blocks.b}\n\t{blocks.c}\n}\n:80 {\n\timport s {\n\t\ta x {\n\t\t\ty\n\t\t}\n\t\tb z\n\t}\n}\n';
    expect(shapes(text)[1]?.[2]).toEqual([
      [
        'h',
        '{',
        [
          ['a', 'x', '{', [['y']]],
          ['b', 'z'],
        ],
      ],
      ['x'],
      ['y'],
      ['z'],
    ]);
  });

  it('come from files, by the folder of the file that imports', () => {
    const texts = {
      Caddyfile: 'import sub/*.caddy\nimport one\n',
      'sub/a.caddy': 'a {\n\timport x\n}\n',
      'sub/.h.caddy': 'hidden {\n}\n',
      'sub/b.caddy': 'b {\n}\n',
      'sub/x': 'c d\n',
      one: '(t) {\n\te {args[0]}\n}\nf {\n\timport t 1\n}\n',
    };
    expect(shapes(texts)).toEqual([
      ['site', 'a', [['c', 'd']]],
      ['site', 'b', []],
      ['snippet', 't', [['e', '{args[0]}']]],
      ['site', 'f', [['e', '1']]],
    ]);
  });

  it('are not followed elsewhere, nor by a variable', () => {
    const text = 'import ../a\nimport /etc/b/*\n:80 {\n\timport {$C}\n}\n';
    expect(caddy(text).unresolved.map(({ pattern, reason }) => `${pattern} ${reason}`)).toEqual([
      '../a outside',
      '/etc/b/* outside',
      '{$C} environment',
    ]);
    expect(toldCaddy(text)).toEqual([]);
  });

  it('tell where what is imported is wrong, and where it is imported', () => {
    const { diagnostics, sources } = caddy({ Caddyfile: 'import a\n', a: 'x {\n\tb }\n}\n' });
    const at = ({ source, path }: { source: string; path: string }) => `${source} ${path}`;
    expect(
      diagnostics.map(({ place, related }) => [at(place), ...(related ?? []).map((one) => at(one.place))]),
    ).toEqual([['a #7-8', 'Caddyfile #0-6']]);
    expect([...sources.keys()]).toEqual(['Caddyfile', 'a']);
  });

  it('do not multiply without an end', () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `(s${level + 1}) {\n\timport s${level}\n\timport s${level}\n}\n`,
    );
    const bomb = `(s0) {\n\ta b\n}\n${levels.join('')}:80 {\n\timport s40\n}\n`;
    expect(toldCaddy(bomb)[0]).toMatch(/with this import the file has more than 100000 words$/);
    const many = `(s) {\n${'\ta b\n'.repeat(10_000)}}\n:80 {\n${'\timport s\n'.repeat(1000)}}\n`;
    expect(toldCaddy(many)[0]).toMatch(/more than 100000 words$/);
  });

  it('have a limit for blocks in blocks', () => {
    expect(toldCaddy(`:80 {\n${'a {\n'.repeat(20_000)}${'}\n'.repeat(20_001)}`)).toEqual([
      'Caddyfile:66:3 more than 64 blocks inside each other',
    ]);
  });
});

describe('what Caddy reads of words', () => {
  it.each([
    ['a.B', '', 'a.b', '', ''],
    ['http://A:80/x/*', 'http', 'a', '80', '/x/*'],
    [':443', '', '', '443', ''],
    ['[::1]:80', '', '::1', '80', ''],
    ['[::1]', '', '::1', '', ''],
    ['::1', '', '::1', '', ''],
    ['{$A:b.c:80}:8{$P}', '', '{$A:b.c:80}', '8{$P}', ''],
    ['{env.X}.Y', '', '{env.X}.y', '', ''],
    ['/x', '', '', '', '/x'],
  ])('the address %s', (text, scheme, host, port, path) => {
    expect(parseSiteAddress(text)).toEqual({ ok: true, address: { scheme, host, port, path } });
  });

  it.each([
    ['1.5s', 1500],
    ['1m30s', 90_000],
    ['2d', 172_800_000],
    ['1d2h', 93_600_000],
    ['-1s', -1000],
    ['+1s', 1000],
    ['0', 0],
    ['.5s', 500],
    ['1.s', 1000],
    ['1500us', 2],
    ['5', undefined],
    ['', undefined],
    ['s', undefined],
    ['1 s', undefined],
    ['.s', undefined],
    ['1S', undefined],
    ['300000d', undefined],
  ])('the duration %j', (text, expected) => {
    expect(parseCaddyDuration(text)).toBe(expected);
  });

  it.each([
    ['10MB', 10_000_000],
    ['10MiB', 10_485_760],
    ['10mi', 10_485_760],
    ['1,000', 1000],
    ['1.5 k', 1500],
    ['5b', 5],
    ['5x', undefined],
    ['', undefined],
    ['-5', undefined],
    ['5ib', undefined],
  ])('the size %j', (text, expected) => {
    expect(parseCaddySize(text)).toBe(expected);
  });

  it('matchers are first arguments of a certain kind', () => {
    const [site] = caddy(':80 {\n\trespond /a b\n\trespond @c d\n\trespond * e\n\trespond f\n\tdebug\n}\n').blocks;
    const found = site?.directives.map((directive) => {
      const { matcher, args } = matcherOf(directive);
      return [matcher?.kind, args.length];
    });
    expect(found).toEqual([
      ['path', 1],
      ['named', 1],
      ['all', 1],
      [undefined, 1],
      [undefined, 0],
    ]);
  });

  it('handlers have an order', () => {
    expect(directiveOrder(old).slice(0, 6)).toEqual(['tracing', 'map', 'vars', 'root', 'skip_log', 'header']);
    expect(directiveOrder(newest.caddy).slice(0, 6)).toEqual(['tracing', 'map', 'vars', 'fs', 'root', 'log_append']);
    expect([directiveOrder(old).length, directiveOrder(newest.caddy).length]).toEqual([31, 38]);
  });
});
