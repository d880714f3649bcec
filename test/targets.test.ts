import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../src/compile.ts';
import { analyse } from '../src/pipeline.ts';
import { cases, expectFolder } from './golden.ts';

describe('the output of', () => {
  it.each(cases('targets'))('$name', ({ folder }) => {
    const { topology, diagnostics } = analyse('topology.yaml', readFileSync(join(folder, 'topology.yaml')));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    if (!topology) throw new Error('no topology');
    const file = join(folder, 'options.json');
    const options = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    const files = compile(topology, options);
    expectFolder(join(folder, 'expected'), new Map(files.map(({ path, text }) => [path, text])));
  });
});
