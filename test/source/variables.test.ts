import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readEnvFile } from '../../src/source/env-file.ts';
import { filled, printed, template } from '../../src/source/variables.ts';
import { seed } from '../properties/topologies.ts';
import { envFiles, templates } from './variable-cases.ts';

const values = new Map([
  ['A', 'v'],
  ['B', 'w'],
  ['E', ''],
]);

function made(text: string): string | undefined {
  const parts = template(text, { operators: 'all' });
  const value = 'problem' in parts ? undefined : filled(parts, values);
  return typeof value === 'string' ? value : undefined;
}

describe('a template', () => {
  test.each(templates)('%j is %j', (text, value) => {
    expect(made(text)).toBe(value);
  });

  test.each(['${A-b}', '${A:+b}', '${A?b}', '${A+b}'])('%s is a form of compose alone', (text) => {
    expect(template(text)).toMatchObject({ problem: expect.stringContaining('is not a form that is known') });
  });

  test('whose message is told when its variable is not set', () => {
    const parts = template('x${NO:?ask ${B} for it}');
    expect('problem' in parts ? parts : filled(parts, values)).toEqual({ unset: 'NO', message: 'ask ${B} for it' });
  });

  test('whose defaults stand inside one another without end is refused, not followed', () => {
    expect(template(`${'${A:-'.repeat(100_000)}x${'}'.repeat(100_000)}`)).toMatchObject({
      problem: expect.any(String),
    });
  });

  it('looks at no value again, and nothing but `${` is a sign', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'${}A:-?\n'.split(''), '${A}') }), (value) => {
        const parts = template('<${A}>');
        expect('problem' in parts ? parts : filled(parts, new Map([['A', value]]))).toBe(`<${value}>`);
        const own = template(value.replaceAll('${', () => '$${'));
        expect('problem' in own ? own : filled(own, new Map())).toBe(value);
      }),
      { seed },
    );
  });

  it('means the same when it is printed for compose', () => {
    for (const [text] of templates) {
      const parts = template(text, { operators: 'all' });
      if ('problem' in parts) continue;
      const again = template(printed(parts), { operators: 'all', bare: true });
      expect('problem' in again ? again : filled(again, values)).toEqual(filled(parts, values));
    }
  });
});

describe('an env file', () => {
  test.each(envFiles)('%j: A is %j', (text, value) => {
    const read = readEnvFile(text, new Map());
    expect(read instanceof Map ? read.get('A') : undefined).toBe(value);
  });

  test.each([
    ['B=1\nA=pa$word', 2, '`word` is not set'],
    ['A="x\ny"\nB="z', 3, 'a quote is not closed'],
    ['\nA=${B', 2, '`${B` is not closed'],
  ])('%j: the line and what is wrong, but no value', (text, line, problem) => {
    expect(readEnvFile(text, new Map())).toEqual({ line, problem, help: expect.any(String) });
  });

  test('takes what is known from elsewhere', () => {
    expect(readEnvFile('A=$HOME/x', new Map([['HOME', '/root']]))).toEqual(new Map([['A', '/root/x']]));
  });

  test('of many lines is read in time', () => {
    const text = Array.from({ length: 50_000 }, (_, index) => `NAME_${index}="value ${index}" # why`).join('\n');
    const read = readEnvFile(text, new Map());
    expect(read instanceof Map && read.size).toBe(50_000);
  });
});
