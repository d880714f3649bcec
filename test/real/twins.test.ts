import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../src/rules/index.ts';
import type { Twin, TwinRequest } from '../twins/case.ts';
import { cases } from '../twins/cases/index.ts';
import { compare, type Outcome, type Outcomes } from '../twins/compare.ts';
import { type Known, known } from '../twins/known.ts';
import { grouped, type RunningTwin, startTwin, twinBinaries } from '../twins/run.ts';

const binaries = twinBinaries();

async function outcomesOf(running: readonly RunningTwin[], request: TwinRequest): Promise<Outcomes> {
  const pairs = running.map(async (one): Promise<readonly [Twin, Outcome]> => [one.twin, await one.send(request)]);
  return Object.fromEntries(await Promise.all(pairs)) as Outcomes;
}

describe.skipIf(binaries.length === 0).each(grouped(cases).map((group) => ({ group })))('twins', ({ group }) => {
  let running: readonly RunningTwin[] = [];
  beforeAll(async () => {
    running = await Promise.all(binaries.map((binary) => startTwin(binary, group)));
  });
  afterAll(() => Promise.all(running.map((one) => one.stop())));

  it.each(group)('answer alike: $name', async ({ requests }) => {
    const wrong: string[] = [];
    for (const request of requests) {
      const lines = compare(request, await outcomesOf(running, request));
      if (lines.length > 0) wrong.push([request.name, ...lines].join('\n'));
    }
    expect(wrong.join('\n')).toBe('');
  });
});

it('each known difference is one that a case names', () => {
  const named = cases.flatMap(({ requests }) =>
    requests.flatMap((request) => [...(request.differences ?? []), ...(request.otherwise ? [request.otherwise] : [])]),
  );
  expect(Object.keys(known).filter((id) => !named.some((one) => one.known === id))).toEqual([]);
});

it('each finding that tells of a difference is one of ours', () => {
  const findings = Object.values<Known>(known).map(({ finding }) => finding);
  expect(findings.filter((finding) => finding !== 'always' && !catalogue.has(finding))).toEqual([]);
});
