import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chalk } from 'chalk';
import { describe, it } from 'vitest';
import type { Duration } from '../src/model/duration.ts';
import { analyse } from '../src/pipeline.ts';
import { explainRoute } from '../src/report/explain.ts';
import { smallest } from '../src/report/fit.ts';
import { markdownReport } from '../src/report/markdown.ts';
import type { RouteReport } from '../src/report/report.ts';
import { textReport } from '../src/report/text.ts';
import { tuningOf } from '../src/report/tuning.ts';
import { cases, expectFile } from './golden.ts';

/** Only asked of what is over a budget. */
function budgetOf({ budget }: RouteReport): Duration {
  return budget?.value as Duration;
}

const plain = new Chalk({ level: 0 });

describe('the report of', () => {
  it.each(cases('reports'))('$name', ({ folder }) => {
    const { reports, topology, source } = analyse('topology.yaml', readFileSync(join(folder, 'topology.yaml')));
    if (!reports || !topology) throw new Error('the topology has mistakes');
    expectFile(
      join(folder, 'report.txt'),
      textReport(reports, plain, (one) => smallest(tuningOf(topology, one), budgetOf(one))),
    );
    expectFile(join(folder, 'report.md'), markdownReport(reports));
    const explained = reports.map((one) => explainRoute(one, () => source, plain));
    expectFile(join(folder, 'explain.txt'), explained.join('\n'));
  });
});
