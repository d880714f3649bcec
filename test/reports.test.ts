import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chalk } from 'chalk';
import { describe, it } from 'vitest';
import { analyse } from '../src/pipeline.ts';
import { explainRoute } from '../src/report/explain.ts';
import { markdownReport } from '../src/report/markdown.ts';
import { textReport } from '../src/report/text.ts';
import { cases, expectFile } from './golden.ts';

const plain = new Chalk({ level: 0 });

describe('the report of', () => {
  it.each(cases('reports'))('$name', ({ folder }) => {
    const { reports, topology, source } = analyse('topology.yaml', readFileSync(join(folder, 'topology.yaml')));
    if (!reports || !topology) throw new Error('the topology has mistakes');
    expectFile(join(folder, 'report.txt'), textReport(topology, reports, plain));
    expectFile(join(folder, 'report.md'), markdownReport(reports));
    const explained = reports.map((one) => explainRoute(one, source, plain));
    expectFile(join(folder, 'explain.txt'), explained.join('\n'));
  });
});
