import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compile.ts';
import { compareSides, isFailed, isNothing } from '../../src/diff/compare.ts';
import { diffData } from '../../src/diff/data.ts';
import { markdownDiff } from '../../src/diff/markdown.ts';
import { isBroken, type Side } from '../../src/diff/side.ts';
import { textDiff } from '../../src/diff/text.ts';
import { evaluate } from '../../src/latency/term.ts';
import { withoutSecrets } from '../../src/model/secrets.ts';
import { analyse } from '../../src/pipeline.ts';
import { fields, hostile } from './fields.ts';
import { print, seed, topologies } from './topologies.ts';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/diff.schema.json'), 'utf8'));
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
const plain = new Chalk({ level: 0 });

function sideOf(name: string, text: string): Side {
  const { files, reports = [], topology, diagnostics } = analyse(name, text);
  const side: Side = { name, prefix: '', files, routes: reports };
  if (!topology || diagnostics.some(({ severity, rule }) => severity === 'error' && rule !== 'over-budget'))
    return side;
  const shown = compile(withoutSecrets(topology));
  return { ...side, output: compile(topology).map((file, index) => ({ ...file, shown: shown[index]?.text ?? '' })) };
}

/** Every format of it, checked; the tags of the Markdown are ours alone. */
function told(base: Side, head: Side) {
  const difference = compareSides(base, head, 'error');
  const data = diffData(difference);
  expect(validate(JSON.parse(JSON.stringify(data))), JSON.stringify(validate.errors)).toBe(true);
  const [first] = textDiff(difference, plain).split('\n');
  expect(first?.replaceAll(/`[^`]*`/g, '')).not.toMatch(/undefined|NaN|null|\[object/);
  const markdown = markdownDiff(difference);
  const prose = markdown.replace(/^(`{3,})diff\n[\s\S]*?^\1$/gm, '');
  const text = prose.replaceAll(/<code>[^<>]*<\/code>|<\/?(?:details|summary)>|<br>/g, '');
  expect(text).not.toMatch(/(?<!\\)[<>]/);
  return { difference, data };
}

describe('the difference of', () => {
  it('two topologies says the same in every format, and the reverse the reverse', () => {
    fc.assert(
      fc.property(topologies, topologies, (one, other) => {
        const [base, head] = [sideOf('base.yaml', print(one)), sideOf('head.yaml', print(other))];
        const { difference, data } = told(base, head);
        const back = compareSides(head, base, 'error');
        if (isBroken(base) || isBroken(head)) return;
        expect(difference.findings.fresh.length).toBe(back.findings.gone.length);
        expect(difference.findings.changed.length).toBe(back.findings.changed.length);
        expect(difference.output?.map(({ path }) => path)).toEqual(back.output?.map(({ path }) => path));
        for (const { cells } of difference.routes) {
          for (const { before, after, terms, budget } of cells) {
            // Another wait has a reason, and a budget that is exceeded is.
            const differs = before && after && evaluate(before.bounds.headline) !== evaluate(after.bounds.headline);
            if (differs) expect(terms.length).toBeGreaterThan(0);
            if (budget === 'exceeded') expect(isFailed(difference) && after?.within === false).toBe(true);
          }
        }
        expect(data.routes.length).toBe(new Set([...base.routes, ...head.routes].map(({ id }) => id)).size);
      }),
      { seed, numRuns: 20 },
    );
  });

  it('a topology and itself is nothing', () => {
    fc.assert(
      fc.property(topologies, (sketch) => {
        const [base, head] = [sideOf('base.yaml', print(sketch)), sideOf('head.yaml', print(sketch))];
        const { difference } = told(base, head);
        if (!isBroken(head)) expect([isNothing(difference), isFailed(difference)]).toEqual([true, false]);
      }),
      { seed, numRuns: 20 },
    );
  });

  it('hostile values adds nothing to what is printed', () => {
    // Each value in some places, and some values in each place.
    fields().forEach(({ harmless, text }, place) => {
      const base = sideOf('base.yaml', text(harmless));
      const values = hostile.filter((_, index) => (index + place) % 30 === 0);
      for (const value of values) told(base, sideOf('head.yaml', text(value)));
    });
  });
});
