import fc from 'fast-check';
import { expect, it } from 'vitest';
import { topologyText } from '../../src/import/topology.ts';
import { bound } from '../../src/latency/term.ts';
import { type Analysis, analyse } from '../../src/pipeline.ts';
import { plainTopologies, print, seed } from '../properties/topologies.ts';

/** Every route with its waits on the targets that both have. */
function waits({ reports = [] }: Analysis, targets: readonly string[]) {
  return reports.map(({ id, targets: list }) => [
    id,
    ...list
      .filter(({ target }) => targets.includes(target))
      .map(({ target, bounds }) => [target, bound(bounds.headline), bounds.rows.map(({ wait }) => bound(wait))]),
  ]);
}

it(`a topology as a person would write it says the same (PROXYWRIGHT_SEED=${seed})`, () => {
  fc.assert(
    fc.property(plainTopologies, (sketch) => {
      const before = analyse('topology.yaml', print(sketch));
      if (!before.topology) throw new Error('the topology has mistakes');
      // Services belong to compose: a configuration of a proxy has none.
      fc.pre(before.topology.services.length === 0);
      const text = topologyText({ ...before.topology, machines: [] }, ['what cannot be said']);
      const after = analyse('topology.yaml', text);
      expect(
        after.diagnostics.filter(({ severity, rule }) => severity === 'error' && !rule.startsWith('portability')),
      ).toEqual([]);
      const targets = before.topology.targetIds;
      expect(waits(after, targets), text).toEqual(waits(before, targets));
    }),
    { seed, numRuns: 10 },
  );
});
