import { describe, expect, it } from 'vitest';
import { type Directive, parse } from '../../src/judge/nginx/parse.ts';
import { toldNginx } from './told.ts';

/** Names and words as lists, blocks after `{`. */
type Shape = (string | Shape)[];
function shape(directives: readonly Directive[]): Shape {
  return directives.map(({ name, args, block, lua }) => [
    name,
    ...args.map(({ text }) => text),
    ...(lua ? ['lua'] : block ? ['{', shape(block)] : []),
  ]);
}

const words = (text: string): Shape => {
  const file = parse('a', text);
  return file.fault ? ['fault', file.fault.message] : shape(file.directives);
};

describe('the words of nginx', () => {
  it.each([
    ['a b;', [['a', 'b']]],
    ['a  \t b\r\n c ;', [['a', 'b', 'c']]],
    ['a;b;', [['a'], ['b']]],
    ['a{b;}c;', [['a', '{', [['b']]], ['c']]],
    ['a "b c" \'d e\';', [['a', 'b c', 'd e']]],
    ['a "";', [['a', '']]],
    [String.raw`a "\"\\\'\t\r\n\x\$";`, [['a', '"\\\'\t\r\n\\x\\$']]],
    [String.raw`a b\"c\;d\ e\{;`, [['a', 'b"c\\;d\\ e\\{']]],
    ['a b"c d"e;', [['a', 'b"c', 'd"e']]],
    ['a b#c;#d;\n#\ne;', [['a', 'b#c'], ['e']]],
    ['a "b#";', [['a', 'b#']]],
    ['a ${b}c "${d}" e$f{g;}', [['a', '${b}c', '${d}', 'e$f', '{', [['g']]]]],
    ['a ${{b;', [['a', '${{b']]],
    ['if ($a = "b") {c;}', [['if', '($a', '=', 'b', ')', '{', [['c']]]]],
    ['a b}c;', [['a', 'b}c']]],
    ['a "b\nc";', [['a', 'b\nc']]],
    ['"a b" c;', [['a b', 'c']]],
    ['', []],
    ['# only this', []],
    ['a é\u{1f600};', [['a', 'é\u{1f600}']]],
  ] as const)('%j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ['a "b"c;', 'unexpected "c"'],
    ['a', 'unexpected end of file, expecting ";" or "}"'],
    ['a "b', 'unexpected end of file: a quote is never closed'],
    ['a "b" ', 'unexpected end of file, expecting ";" or "}"'],
    [';', 'unexpected ";"'],
    ['{', 'unexpected "{"'],
    ['}', 'unexpected "}"'],
    ['a{b}', 'unexpected end of file, expecting ";" or "}"'],
    ['a{b }', 'unexpected "}"'],
    ['a{b;', 'unexpected end of file, expecting "}"'],
    ['\uFEFFa;', 'the file begins with a byte order mark'],
  ])('%j is refused', (text, message) => {
    expect(words(text)).toEqual(['fault', message]);
  });

  it('has them fit into the buffer of nginx, and comments too', () => {
    expect(words(`a ${'b'.repeat(4094)};`)).toHaveLength(1);
    expect(words(`a ${'b'.repeat(4096)};`)[0]).toBe('fault');
    expect(words(`a '${'b'.repeat(4094)}';`)).toHaveLength(1);
    expect(words(`a '${'b'.repeat(4096)}';`)).toEqual([
      'fault',
      "the word is too long, probably the closing ' is missing",
    ]);
    // Two bytes each.
    expect(words(`a ${'é'.repeat(2047)};`)).toHaveLength(1);
    expect(words(`a ${'é'.repeat(2048)};`)[0]).toBe('fault');
    expect(words(`# ${'c'.repeat(4000)}\n# ${'c'.repeat(4000)}\na;`)).toEqual([['a']]);
    expect(words(`\n#${'c'.repeat(5000)}\na;`)).toEqual(['fault', 'the comment "#ccccccccc…" is too long']);
  });

  it('leaves Lua to Lua', () => {
    const lua = `
      -- a } in a comment
      --[[ } ]] --[==[ } ]] ]==]
      local a = { b = "}" , c = '}\\'' , d = [[ } ]] , e = [=[ ]] } ]=] }
      if a.b[1] then return { } end
    `;
    expect(words(`a { content_by_lua_block {${lua}} b; } c;`)).toEqual([
      ['a', '{', [['content_by_lua_block', 'lua'], ['b']]],
      ['c'],
    ]);
    expect(words('set_by_lua_block $a { return 1 } b;')).toEqual([['set_by_lua_block', '$a', 'lua'], ['b']]);
    expect(words('content_by_lua_block { { }')).toEqual(['fault', 'the Lua block is never closed']);
    expect(words('content_by_lua_block { [[ }')).toEqual(['fault', 'the Lua block is never closed']);
  });

  it('knows where everything is', () => {
    const text = 'a; # one\r\n  "b c" {\n\td "e";\n}# two\n# three';
    const { directives, comments, source } = parse('x', text);
    const [a, b] = directives;
    const d = b?.block?.[0];
    const written = (span = { start: 0, end: 0 }) => text.slice(span.start, span.end);
    expect([a, b, d].map((one) => [one?.line, one?.column])).toEqual([
      [1, 1],
      [2, 3],
      [3, 2],
    ]);
    expect([a, b, d].map((one) => written(one?.span))).toEqual(['a;', '"b c" {\n\td "e";\n}', 'd "e";']);
    expect(written(d?.args[0]?.span)).toBe('"e"');
    expect([a, b, d].map((one) => text[one?.mark ?? 0])).toEqual([';', '{', ';']);
    expect(comments.map(written)).toEqual(['# one', '# two', '# three']);
    expect(source.name).toBe('x');
  });

  it('keeps what it could read before a mistake', () => {
    const { directives, fault } = parse('x', 'a; b { c; d { e; f "g"h; } } i;');
    expect(shape(directives)).toEqual([['a'], ['b', '{', [['c'], ['d', '{', [['e']]]]]]);
    expect(fault?.message).toBe('unexpected "h"');
  });

  it('has a limit for blocks in blocks', () => {
    expect(toldNginx('a{'.repeat(100_000))).toEqual(['nginx.conf:1:129 more than 64 blocks inside each other']);
    expect(toldNginx(`${'a{'.repeat(64)}${'}'.repeat(64)}`)).toEqual([]);
  });
});
