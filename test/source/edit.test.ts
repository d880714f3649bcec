import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { analyse } from '../../src/pipeline.ts';
import { write } from '../../src/source/edit.ts';
import { toData } from '../../src/source/node.ts';
import { segments } from '../../src/source/pointer.ts';
import { read } from '../../src/source/read.ts';
import { print, seed, topologies } from '../properties/topologies.ts';

const written = (text: string, path: string, value = '5s'): string => {
  const result = write(text, { keys: segments(path), value, wrap: 'upstream' });
  return 'text' in result ? result.text : `problem: ${result.problem}`;
};

describe('a value is written', () => {
  test('over another one, between its neighbours', () => {
    expect(written('a: { b: 1s, c: "2s" } # why\n', '/a/c')).toBe('a: { b: 1s, c: 5s } # why\n');
    expect(written('a:\n  b: 1s # why\n  c: 2s\n', '/a/b')).toBe('a:\n  b: 5s # why\n  c: 2s\n');
    expect(written('a:\n  - b: 1s\n  - b: 2s\n', '/a/1/b')).toBe('a:\n  - b: 1s\n  - b: 5s\n');
  });

  test('behind the last entry of a block, with the comment of its line', () => {
    expect(written('a:\n    b: 1 # why\n    # more\nz: 1\n', '/a/c')).toBe(
      'a:\n    b: 1 # why\n    c: 5s\n    # more\nz: 1\n',
    );
    expect(written('a:\n  b: |\n    text\nz: 1\n', '/a/c')).toBe('a:\n  b: |\n    text\n  c: 5s\nz: 1\n');
    expect(written('a:\n  b: [\n    1,\n    2\n  ]\n', '/a/c')).toBe('a:\n  b: [\n    1,\n    2\n  ]\n  c: 5s\n');
    expect(written('a:\n  - b: 1\n    d: 2\n', '/a/0/c')).toBe('a:\n  - b: 1\n    d: 2\n    c: 5s\n');
    expect(written('x: &x 1\na:\n  b: *x # why\nz: 1\n', '/a/c')).toBe('x: &x 1\na:\n  b: *x # why\n  c: 5s\nz: 1\n');
    expect(written('a: 1', '/c')).toBe('a: 1\nc: 5s');
  });

  test('at the end of braces, before them when an alias or a comment is last', () => {
    expect(written('a: { b: 1 }\n', '/a/c')).toBe('a: { b: 1, c: 5s }\n');
    expect(written('a: {}\n', '/a/c')).toBe('a: { c: 5s }\n');
    expect(written('x: &x 1\na: { b: *x }\n', '/a/c')).toBe('x: &x 1\na: { c: 5s, b: *x }\n');
    expect(written('a: { b: 1 # why\n  }\n', '/a/c')).toBe('a: { c: 5s, b: 1 # why\n  }\n');
  });

  test('with the maps that lead to it', () => {
    expect(written('a:\n  b: 1\n', '/a/timeouts/connect')).toBe('a:\n  b: 1\n  timeouts: { connect: 5s }\n');
    expect(written('a: 1\n', '/defaults/timeouts/connect')).toBe('a: 1\ndefaults: { timeouts: { connect: 5s } }\n');
    expect(written('a: { b: 1 }\n', '/a/no word/c')).toBe('a: { b: 1, "no word": { c: 5s } }\n');
  });

  test('into a map that takes the place of a short form', () => {
    expect(written('a: web # why\n', '/a/c')).toBe('a: { upstream: web, c: 5s } # why\n');
    expect(written('a: [x, y] # why\n', '/a/c')).toBe('a: { upstream: [x, y], c: 5s } # why\n');
    expect(written('s:\n  a:\n    - x\n    - y # why\n  b: 1\n', '/s/a/c')).toBe(
      's:\n  a:\n      upstream:\n        - x\n        - y # why\n      c: 5s\n  b: 1\n',
    );
    expect(written('s:\n  a:\n  - x\n  - y\n', '/s/a/c')).toBe(
      's:\n  a:\n    upstream:\n      - x\n      - y\n    c: 5s\n',
    );
  });

  test('with the line ends of the file', () => {
    expect(written('a:\r\n  b: 1 # why\r\nz: 1\r\n', '/a/c')).toBe('a:\r\n  b: 1 # why\r\n  c: 5s\r\nz: 1\r\n');
    expect(written('s:\r\n  a:\r\n  - x\r\n  - y\r\n', '/s/a/c')).toBe(
      's:\r\n  a:\r\n    upstream:\r\n      - x\r\n      - y\r\n    c: 5s\r\n',
    );
  });

  test('beside a merge key, but never into what another one shares', () => {
    expect(written('x: &x { b: 1 }\na: { <<: *x }\n', '/a/b')).toBe('x: &x { b: 1 }\na: { b: 5s, <<: *x }\n');
    expect(written('x: &x { b: { d: 1 } }\na: { <<: *x }\n', '/a/b/c')).toBe('problem: `b` comes from a merge key');
    expect(written('x: &x { b: 1 }\na: *x\n', '/a/c')).toBe('problem: `a` stands behind an alias');
    expect(written('a: { b: 1 }\n', '/a')).toBe('problem: `a` is not a single value');
  });
});

it(`changes nothing else in any topology (PROXYWRIGHT_SEED=${seed})`, () => {
  fc.assert(
    fc.property(topologies, (sketch) => {
      const text = print(sketch);
      const { topology } = analyse('topology.yaml', text);
      const before = dataOf(text);
      for (const { at } of topology?.sites.flatMap(({ routes }) => routes).slice(0, 3) ?? []) {
        const keys = [...segments(at.path), 'timeouts', 'connect'];
        const result = write(text, { keys, value: '123ms', wrap: 'upstream' });
        if (!('text' in result)) throw new Error(result.problem);
        expect(dataOf(result.text)).toEqual(changed(before, keys));
      }
    }),
    { seed, numRuns: 20 },
  );
});

function dataOf(text: string): unknown {
  const { root, diagnostics } = read('', text);
  expect(diagnostics).toEqual([]);
  return root && JSON.parse(JSON.stringify(toData(root)));
}

/** What writing means for the data. */
function changed(data: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return '123ms';
  if (Array.isArray(data) && /^\d+$/.test(key)) {
    return data.map((item, index) => (index === Number(key) ? changed(item, rest) : item));
  }
  const map = typeof data === 'object' && data !== null && !Array.isArray(data);
  const old: Record<string, unknown> = map ? { ...data } : data === undefined ? {} : { upstream: data };
  return { ...old, [key]: changed(old[key], rest) };
}
