import { describe, expect, it } from 'vitest';
import { parsePattern } from '../../src/model/pattern.ts';

/** What is read, and how it is spelt for the decoded path and for the bytes that came. */
const read: readonly (readonly [written: string, source: string, raw: string])[] = [
  ['^/a$', '^/a\\z', '^/a(?:\\?|\\z)'],
  ['^/u/([0-9]{1,3})/(.*)$', '^/u/([0-9]{1,3})/(.*)\\z', '^/u/([0-9]{1,3})/([^?\\n]*)(?:\\?|\\z)'],
  ['[^/]+', '[^/]+', '[^/?]+'],
  ['\\D\\d', '\\D\\d', '[^?\\d]\\d'],
  ['a}b"', 'a\\x7db\\x22', 'a\\x7db\\x22'],
  ['(?:a|b)?', '(?:a|b)?', '(?:a|b)?'],
];

/** What one of the engines does not have, or reads otherwise. */
const refused: readonly string[] = [
  '(?=a)',
  '(?<!a)',
  '(?<name>a)',
  '(?>a)',
  '(a)\\1',
  'a++',
  'a**',
  '*a',
  'a{',
  'a{5,2}',
  '(a',
  'a)',
  '[a',
  '[z-a]',
  '\\Qa\\E',
  '\\h',
  'ü',
  '(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)',
];

describe('a pattern', () => {
  it.each(read)('%s', (written, source, raw) => {
    expect(parsePattern(written)).toMatchObject({ source, raw });
  });

  it.each(refused)('%s is refused with a reason and what to do', (written) => {
    expect(parsePattern(written)).toEqual({ problem: expect.stringMatching(/./), help: expect.stringMatching(/./) });
  });
});
