import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/pipeline.ts';
import { reportData } from '../../src/report/data.ts';
import { judge } from '../../src/report/report.ts';
import { judgeCase } from '../golden.ts';
import { strict } from '../strict.ts';

const top = join(import.meta.dirname, '../..');
const schema = JSON.parse(readFileSync(join(top, 'schemas/report.schema.json'), 'utf8'));

/** Every topology of the examples and of the golden cases that compiles. */
const files = ['examples', 'test/targets'].flatMap((folder) =>
  readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('topology.yaml'))
    .map((file) => join(folder, file)),
);

describe('schemas/report.schema.json', () => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  const validate = ajv.compile(schema);
  const validateAll = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(strict(schema) as object);

  it.each(files)('describes the report of %s, and all of it', (file) => {
    const { topology, lowered } = judgeCase(join(top, dirname(file)));
    if (!topology || !lowered) throw new Error(`${file} has mistakes`);
    const data: unknown = JSON.parse(JSON.stringify(reportData(file, judge(topology, lowered))));
    validate(data);
    expect(validate.errors ?? []).toEqual([]);
    validateAll(data);
    expect(validateAll.errors ?? []).toEqual([]);
  });

  it('says why there is no number', () => {
    const text = `version: 1
targets: { caddy: {} }
sites: { a.example.org: { tls: none, budget: 1m, upstream: { servers: [10.0.0.1:1], timeouts: { response_header: none } } } }
`;
    const { topology, lowered } = analyse('topology.yaml', text);
    if (!topology || !lowered) throw new Error('mistakes');
    const data = reportData('topology.yaml', judge(topology, lowered));
    expect(validate(data)).toBe(true);
    expect(data.routes[0]?.targets[0]).toMatchObject({
      worst_wait_ms: null,
      within_budget: false,
      equation: expect.stringContaining('unbounded: no response_header_timeout'),
    });
  });

  it('refuses what is no report', () => {
    expect(validate({ version: 2, file: 'topology.yaml', routes: [] })).toBe(false);
    expect(validate({ version: 1, file: 'topology.yaml', routes: [{ id: 'a/' }] })).toBe(false);
  });
});
