import { join } from 'node:path';
import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { pretty } from '../src/reporters/pretty.ts';
import { cases, expectFile, judgeCase } from './golden.ts';

const plain = new Chalk({ level: 0 });

describe('findings', () => {
  it.each(cases('findings'))('$name', ({ folder }) => {
    const { files, problem } = judgeCase(folder);
    expect(problem).toBeUndefined();
    expectFile(join(folder, 'findings.txt'), pretty(files, plain) || 'nothing\n');
  });
});
