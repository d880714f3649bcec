import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { analyse } from '../../src/pipeline.ts';
import { applyEdits, removalOf, renamingOf, write } from '../../src/source/edit.ts';
import { mender } from '../../src/source/mend.ts';
import { toData } from '../../src/source/node.ts';
import { child, segments } from '../../src/source/pointer.ts';
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

/** `keys` removed, or renamed where there is a name. */
const without = (text: string, path: string, name?: string): string => {
  const { source, root } = read('', text);
  if (!root) throw new Error('not YAML');
  const keys = segments(path);
  const edit = name === undefined ? removalOf({ source, root }, keys) : renamingOf({ source, root }, keys, name);
  return 'problem' in edit ? `problem: ${edit.problem}` : applyEdits(text, [edit]);
};

describe('a key is removed', () => {
  test('with its whole lines and the comment there; comments on lines of their own stay', () => {
    expect(without('a: 1\n# own\nb: 2 # why\n# more\nc: 3\n', '/b')).toBe('a: 1\n# own\n# more\nc: 3\n');
    expect(without('a: 1\nb: # x\n  # own\n  c: 2 # y\n# z\n', '/b')).toBe('a: 1\n  # own\n# z\n');
    expect(without('a: 1\nb: |\n  # text\n  more\nc: 3\n', '/b')).toBe('a: 1\nc: 3\n');
    expect(without('a: 1\nb:\n  - x\n  - y\n', '/b')).toBe('a: 1\n');
    expect(without('a: 1\nb: 2', '/b')).toBe('a: 1');
    expect(without('a: 1\n"b c": "2" # why\n', '/b c')).toBe('a: 1\n');
  });

  test('behind the dash of a list, where the next key takes its place', () => {
    expect(without('- a: 1 # why\n  b: 2\n', '/0/a')).toBe('- b: 2\n');
    expect(without('- a: 1\n  b: 2\n', '/0/b')).toBe('- a: 1\n');
    expect(without('- a: 1\n  # own\n  b: 2\n', '/0/a')).toBe('problem: it shares its line with something else');
  });

  test('out of braces, with its comma', () => {
    expect(without('m: { a: 1, b: 2 }\n', '/m/a')).toBe('m: { b: 2 }\n');
    expect(without('m: { a: 1, b: 2 }\n', '/m/b')).toBe('m: { a: 1 }\n');
    expect(without('m: {a: 1,b: 2,}\n', '/m/b')).toBe('m: {a: 1,}\n');
    expect(without('m: { a: 1, b: { c: 2 }, d: 3 }\n', '/m/b/c')).toBe('m: { a: 1, d: 3 }\n');
    expect(without('m: {\n  a: 1, # why\n  # own\n  b: 2 # too\n}\n', '/m/a')).toBe('m: {\n  # own\n  b: 2 # too\n}\n');
    expect(without('m: {\n  a: 1,\n  b: 2 # too\n}\n', '/m/b')).toBe('m: {\n  a: 1,\n}\n');
    expect(without('m: { a: 1,\n  b: 2 }\n', '/m/b')).toBe('problem: it shares its line with something else');
    expect(without('m: { a: 1,\n  b: 2, c: 3 }\n', '/m/b')).toBe('m: { a: 1,\n  c: 3 }\n');
  });

  test('with the maps that would be empty, but never the whole file', () => {
    expect(without('x: 1\na:\n  b:\n    c: 1\n', '/a/b/c')).toBe('x: 1\n');
    expect(without('x: 1\na: { b: { c: 1 } } # why\ny: 2\n', '/a/b/c')).toBe('x: 1\ny: 2\n');
    expect(without('a: { b: 1 }\n', '/a/b')).toBe('problem: nothing would be left of the file');
    expect(without('x: 1\na:\n  - b: 1\n', '/a/0/b')).toBe("problem: nothing would be left of the list's entry");
  });

  test('with Windows line ends', () => {
    expect(without('a: 1\r\nb: 2 # why\r\nc: 3\r\n', '/b')).toBe('a: 1\r\nc: 3\r\n');
    expect(without('a: 1\r\nb:\r\n  # own\r\n  c: 2\r\n', '/b/c')).toBe('a: 1\r\n  # own\r\n');
    expect(without('a: 1\r\nb: 2', '/b')).toBe('a: 1');
    expect(without('m: {\r\n  a: 1, # why\r\n  b: 2\r\n}\r\n', '/m/a')).toBe('m: {\r\n  b: 2\r\n}\r\n');
  });

  test('not where an alias or a merge key would mean something else then', () => {
    expect(without('x: &x { b: 1 }\na: { <<: *x, c: 1 }\n', '/a/b')).toBe('problem: `b` comes from a merge key');
    expect(without('x: &x { b: 1 }\na: { <<: *x, b: 2 }\n', '/a/b')).toBe('problem: a merge key stands beside `b`');
    expect(without('x: &x { b: 1 }\na: *x\n', '/a/b')).toBe('problem: `a` stands behind an alias');
    expect(without('y: 1\nx: &x { b: 1 }\na: { <<: *x, b: 2 }\n', '/x/b')).toBe('problem: `x` has an anchor');
  });
});

test('a key gets another name', () => {
  expect(without('a: { "bb": 1 } # why\n', '/a/bb', 'b')).toBe('a: { b: 1 } # why\n');
  expect(without('x: &x { b: 1 }\na: { <<: *x }\n', '/a/b', 'c')).toBe('problem: `b` comes from a merge key');
});

it(`removes nothing else from any topology (PROXYWRIGHT_SEED=${seed})`, () => {
  fc.assert(
    fc.property(topologies, fc.nat(), (sketch, chosen) => {
      const text = print(sketch);
      const before = dataOf(text);
      const paths = pathsIn(before);
      const keys = paths[chosen % paths.length] ?? [];
      const { source, root } = read('', text);
      const remove = { source: '', path: keys.reduce(child, ''), part: 'value' } as const;
      const fix = root && mender([{ source, root }])({ remove });
      if (fix) expect(dataOf(applyEdits(text, fix.edits))).toEqual(removed(before, keys));
    }),
    { seed, numRuns: 40 },
  );
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
    { seed, numRuns: 12 },
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

/** Every key of a map, as a path. */
function pathsIn(data: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const own = [...path, key];
    return Array.isArray(data) ? pathsIn(value, own) : [own, ...pathsIn(value, own)];
  });
}

/** What removing means for the data: a map that is left empty goes as well. */
function removed(data: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(data)) return data.map((item, index) => (index === Number(key) ? removed(item, rest) : item));
  const { [key]: value, ...others } = data as Record<string, unknown>;
  const inner = rest.length === 0 ? undefined : removed(value, rest);
  const gone = inner === undefined || (!Array.isArray(inner) && Object.keys(inner as object).length === 0);
  return gone ? others : { ...(data as object), [key]: inner };
}
