import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chalk } from 'chalk';
import { describe, it } from 'vitest';
import { analyse } from '../src/pipeline.ts';
import { pretty } from '../src/reporters/pretty.ts';
import { cases, expectFile } from './golden.ts';

const plain = new Chalk({ level: 0 });

describe('findings', () => {
  it.each(cases('findings'))('$name', ({ folder }) => {
    const { source, diagnostics } = analyse('topology.yaml', readFileSync(join(folder, 'topology.yaml')));
    expectFile(join(folder, 'findings.txt'), pretty([{ source, diagnostics }], plain) || 'nothing\n');
  });
});
