import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { session } from './cli/session.ts';
import { cases, expectFile } from './golden.ts';
import { strict } from './strict.ts';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../schemas/diff.schema.json'), 'utf8'));
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
const validateAll = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(strict(schema) as object);

describe('the difference:', () => {
  it.each(cases('diff'))('$name', async ({ folder }) => {
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const here = session({ 'base.yaml': read('base.yaml'), 'head.yaml': read('head.yaml') });
    const told = async (...args: string[]) => {
      const { code, stdout, stderr } = await here.look(['diff', 'base.yaml', 'head.yaml', ...args]);
      expect(stderr).toBe('');
      return { code, stdout };
    };
    const text = await told();
    expectFile(join(folder, 'diff.txt'), `${text.stdout}\nexit code ${text.code}\n`);
    expectFile(join(folder, 'diff.md'), (await told('--format', 'markdown')).stdout);
    const json = await told('--format', 'json');
    const data = JSON.parse(json.stdout);
    validate(data);
    expect(validate.errors ?? []).toEqual([]);
    validateAll(data);
    expect(validateAll.errors ?? []).toEqual([]);
    expect(data.verdict).toBe(text.stdout.split('\n')[0]);
    expect([text.code, json.code]).toEqual([data.failed ? 1 : 0, text.code]);
  });

  it('of what is no difference is no difference', () => {
    expect(validate({ version: 2 })).toBe(false);
    expect(validate({ version: 1, verdict: 'x', failed: 'no' })).toBe(false);
  });
});
