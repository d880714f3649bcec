import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { compile } from '../../src/compile.ts';
import type { Place } from '../../src/diagnostics/diagnostic.ts';
import {
  add,
  type Duration,
  directiveDuration,
  formatDuration,
  longest,
  parseDuration,
} from '../../src/model/duration.ts';
import { analyse } from '../../src/pipeline.ts';
import type { Source } from '../../src/source/source.ts';
import { hostile } from './fields.ts';
import { print, seed, topologies, valid } from './topologies.ts';

/** Reads whatever it is: never throws, is done in time, and every finding stands inside the text. */
function read(bytes: Uint8Array | string) {
  // Microseconds of the processor: other programs of a busy machine do not count.
  const before = process.cpuUsage();
  const { source, diagnostics, topology } = analyse('topology.yaml', bytes);
  const { user, system } = process.cpuUsage(before);
  expect(user + system).toBeLessThan(3_000_000);
  const outside = diagnostics.filter(({ message, place, related = [] }) => {
    const places = [place, ...related.map((other) => other.place)];
    return message === '' || places.some((one) => !isInside(source, one));
  });
  expect(outside).toEqual([]);
  return { topology, failed: diagnostics.some(({ severity, rule }) => severity === 'error' && rule !== 'over-budget') };
}

function isInside(source: Source, place: Place): boolean {
  const { start, end } = source.span(place);
  const { line, column } = source.position(start);
  const ordered = 0 <= start && start <= end && end <= source.text.length;
  return ordered && line <= source.lines && column - 1 <= source.line(line).length + 1;
}

const many = fc.sample(topologies, { seed, numRuns: 24 });

describe('any topology of the language', () => {
  it(`has no error: 24 at random, seed ${seed}`, () => {
    for (const [number, sketch] of many.entries()) {
      const text = print(sketch);
      const files = compile(valid(text, `topology ${number} of seed ${seed}`));
      expect(files.length).toBeGreaterThan(0);
      expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    }
  });

  it('is compiled to the same bytes again', () => {
    for (const sketch of many.slice(0, 15)) {
      const text = print(sketch);
      expect(compile(valid(text, 'again'))).toEqual(compile(valid(text, 'once')));
    }
  });

  it('does not care in which order the words of a map stand', () => {
    for (const sketch of many.slice(0, 15)) {
      const turned = print({ ...sketch, document: turn(sketch.document, '') as Record<string, unknown> });
      expect(compile(valid(turned, 'turned'))).toEqual(compile(valid(print(sketch), 'as it was')));
    }
  });
});

/** Maps whose keys are names: their order is that of the output. */
const ordered = /\/(?:sites|services|machines|upstreams|environment)$|\/compose(?:\/|$)/;

/** All maps backwards, but for those of names. */
function turn(value: unknown, path: string): unknown {
  if (Array.isArray(value)) return value.map((item) => turn(item, `${path}/#`));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, turn(item, `${path}/${key}`)] as const);
  return Object.fromEntries(ordered.test(path) ? entries : entries.reverse());
}

describe('the reader', () => {
  it('survives bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void read(bytes)),
      { seed, numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void read(text)),
      { seed, numRuns: 300 },
    );
  });

  it('survives words of YAML and of the language in any order', () => {
    const word = fc.constantFrom(
      ...['version: 1', 'sites:', 'a.example.com:', 'upstream:', 'web:3000', 'routes:', 'services:', 'upstreams:'],
      ...[
        '\n',
        '\n  ',
        '\n    ',
        '\n- ',
        '- ',
        ': ',
        ', ',
        '[',
        ']',
        '{',
        '}',
        '&a ',
        '*a',
        '<<: ',
        '? ',
        '|\n',
        '>\n',
      ],
      ...['---\n', '...\n', '%YAML 1.1\n', '!!str ', '"', "'", '#', '\t', '\r', '*.x', '[::1]:80', '1.30', 'null', '~'],
      ...['__proto__: ', 'constructor: ', 'tls: ', 'match: { path: /x }', 'timeouts: { connect: 1s }', '${X}', '0s'],
    );
    const text = fc.array(word, { maxLength: 40 }).map((words) => words.join(''));
    fc.assert(
      fc.property(text, (one) => void read(one)),
      { seed, numRuns: 400 },
    );
  });

  it('survives a topology that somebody has mangled', () => {
    const texts = many.slice(0, 10).map((sketch) => print(sketch));
    const slip = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(20),
      inserted: fc.constantFrom('', ...hostile),
    });
    fc.assert(
      fc.property(slip, ({ text, at, length, inserted }) => {
        const start = Math.floor(at * text.length);
        const { topology, failed } = read(text.slice(0, start) + inserted + text.slice(start + length));
        if (topology && !failed) compile(topology);
      }),
      { seed, numRuns: 50 },
    );
  });

  it('survives a value of any kind in any place', () => {
    const [sketch] = many;
    const document = parse(print(sketch ?? { document: {}, flow: false })) as unknown;
    const paths = placesOf(document);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(...hostile),
      fc.double(),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, (path, put) => {
        const { topology, failed } = read(stringify(replaced(document, path, put)) ?? '');
        if (topology && !failed) compile(topology);
      }),
      { seed, numRuns: 40 },
    );
  });

  it.each([
    ['open lists', '['.repeat(40_000)],
    ['lists in lists', '['.repeat(20_000) + ']'.repeat(10_000)],
    ['a little too deep', `a: ${'['.repeat(70)}${']'.repeat(70)}`],
    ['maps in maps', '{a: '.repeat(10_000)],
    ['a staircase', Array.from({ length: 1500 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
    ['dashes', '- '.repeat(10_000)],
    ['question marks', '? '.repeat(10_000)],
    ['anchors', '&a '.repeat(10_000)],
    ['commas', `[${','.repeat(10_000)}]`],
    ['colons in a bracket', `a: [${':'.repeat(50_000)}`],
    ['quotes', '"\n'.repeat(2000)],
    ['documents', '---\n'.repeat(10_000)],
    ['comments', `${'# proxywright-ignore a,b -- x\n'.repeat(1000)}version: 1\nsites: { a: b:1 }\n`],
    ['laughs', bomb((name) => `[${Array(10).fill(`*${name}`).join(', ')}]`)],
    ['merged laughs', bomb((name) => `{ <<: [*${name}, *${name}] }`)],
    ['an alias inside itself', 'a: &a [*a]\n'],
    ['a merge inside itself', 'a: &a\n  <<: *a\n'],
    ['a merged list inside itself', 'a: &a [{ <<: *a }]\nb: { <<: *a }\n'],
    ['many unknown keys', Array.from({ length: 2000 }, (_, index) => `upstream${index}: 1`).join('\n')],
    ['many lines', 'a: b\n'.repeat(10_000)],
  ])('is done in time with %s', (_what, text) => {
    read(text);
  });
});

function bomb(next: (name: string) => string): string {
  const lines = Array.from({ length: 18 }, (_, index) => `a${index + 1}: &a${index + 1} ${next(`a${index}`)}`);
  return `a0: &a0 { x: 1 }\n${lines.join('\n')}\n`;
}

type Path = readonly (string | number)[];

function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => placesOf(item, [...path, key]))];
}

function replaced(value: unknown, [first, ...rest]: Path, put: unknown): unknown {
  if (first === undefined) return put;
  if (Array.isArray(value)) return value.map((item, index) => (index === first ? replaced(item, rest, put) : item));
  const entries = Object.entries(value as object).map(([key, item]) => [
    key,
    key === first ? replaced(item, rest, put) : item,
  ]);
  return Object.fromEntries(entries);
}

describe('a duration', () => {
  const milliseconds = fc.oneof(fc.nat(5000), fc.nat(longest)).map((value) => value as Duration);

  it('is read as it is printed', () => {
    fc.assert(
      fc.property(milliseconds, (duration) => {
        expect(parseDuration(formatDuration(duration))).toBe(duration);
        expect(parseDuration(directiveDuration(duration))).toBe(duration);
      }),
      { seed },
    );
  });

  it('is the sum of its parts, in whole milliseconds', () => {
    const part = fc.tuple(fc.nat(50), fc.constantFrom('ms', 's', 'm', 'h', 'd'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const alone = parts.map(([amount, unit]) => parseDuration(`${amount}${unit}`) as Duration);
        expect(parseDuration(parts.map((one) => one.join('')).join(''))).toBe(add(...alone));
      }),
      { seed },
    );
  });

  it('is nothing when it is anything else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.smhd -+e') }), (text) => {
        const duration = parseDuration(text);
        if (duration === undefined) return;
        expect(Number.isInteger(duration)).toBe(true);
        expect(duration).toBeGreaterThanOrEqual(0);
        expect(duration).toBeLessThanOrEqual(longest);
        expect(text).toMatch(/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/);
      }),
      { seed, numRuns: 500 },
    );
  });
});
