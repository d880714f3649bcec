import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../src/compile.ts';
import { cases, expectFolder, judgeCase, optionsOf } from './golden.ts';

describe('the output of', () => {
  it.each(cases('targets'))('$name', ({ folder }) => {
    const { topology, diagnostics } = judgeCase(folder);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    if (!topology) throw new Error('no topology');
    const files = compile(topology, optionsOf(folder));
    expectFolder(join(folder, 'expected'), new Map(files.map(({ path, text }) => [path, text])));
  });
});
