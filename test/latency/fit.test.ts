import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fitBudgets } from '../../src/fit.ts';
import { milliseconds } from '../../src/model/duration.ts';
import { analyse } from '../../src/pipeline.ts';
import { smallest } from '../../src/report/fit.ts';
import { withBudget } from '../../src/report/report.ts';
import { tuningOf } from '../../src/report/tuning.ts';
import { plainTopologies, print, seed } from '../properties/topologies.ts';

function fitted(text: string, budget?: number) {
  const { source, topology, reports } = analyse('topology.yaml', text);
  if (!topology || !reports) throw new Error('the topology has mistakes');
  const again = (texts: ReadonlyMap<string, string>) => analyse(source.name, texts.get(source.name) ?? text);
  const judged = budget === undefined ? reports : withBudget(reports, milliseconds(budget), ({ route }) => route.at);
  const fit = fitBudgets({ source, again }, topology, judged);
  return { ...fit, text: fit.texts.get(source.name) ?? text };
}

/** Each proposal of the first route in a line. */
function offers(words: string, budget: number): string[] {
  const [route] = fitted(`version: 1\nsites:\n  a.example.com: ${words}\n`, budget).routes;
  return (route?.proposals ?? []).map(({ changes }) => changes.map(({ text }) => text).join(', '));
}

const two = '10.0.0.1:80, 10.0.0.2:80';

describe('what fits', () => {
  test('the default that nobody chose goes first, and keeps the second attempt', () => {
    expect(offers(`[${two}]`, 12_000)[0]).toBe('response_header 5s instead of 30s (the default)');
  });

  test('fewer of many attempts before shorter ones', () => {
    const words = `{ upstream: [${two}, 10.0.0.3:80], timeouts: { response_header: 5s }, retry: { tries: 3 } }`;
    expect(offers(words, 12_000)).toEqual([
      'tries 2 instead of 3',
      'response_header 3s instead of 5s',
      'window 6s instead of none (the default)',
    ]);
  });

  test('one word where one is enough, two where it takes two', () => {
    const words = `{ upstream: [${two}], timeouts: { connect: 5s, response_header: 5s } }`;
    expect(offers(words, 8_000)[0]).toBe('connect 2s instead of 5s, response_header 2s instead of 5s');
  });

  test('nothing changes what fits already, and nothing that makes no sense is offered', () => {
    expect(offers(`[${two}]`, 62_000)).toEqual([]);
    expect(offers(`[${two}]`, 250)).toEqual([]);
  });

  test('attempts without a number get one only when shorter ones do not help', () => {
    const words = `{ upstream: [${two}], timeouts: { response_header: 2s }, retry: { tries: unlimited, window: 3s } }`;
    for (const offer of offers(words, 5_000)) expect(offer).toMatch(/window|response_header|tries 2/);
  });

  test('a connect limit below 300ms is the last resort', () => {
    for (const budget of [60_000, 10_000, 3_000, 1_000]) {
      const first = offers(`[${two}]`, budget)[0] ?? '';
      expect(first).not.toMatch(/connect [12]\d\dms/);
    }
    expect(offers(`[${two}]`, 400)[0]).toMatch(/connect 200ms/);
  });
});

describe('as a patch', () => {
  const head = `version: 1
# the pool
upstreams:
  web:
    servers: [${two}]
    timeouts: { response_header: 10s } # slow pages
sites:
`;

  test('the line that all have their value from is changed once', () => {
    const { text } = fitted(`${head}  a.example.com: web\n  b.example.com: web\n`, 12_000);
    expect(text).toBe(`${head.replace('10s', '5s')}  a.example.com: web\n  b.example.com: web\n`);
  });

  test('a route that alone is over its budget gets a value of its own', () => {
    const { text } = fitted(`${head}  a.example.com: web\n  b.example.com: { upstream: web, budget: 12s } # b\n`);
    expect(text).toBe(
      `${head}  a.example.com: web\n  b.example.com: { upstream: web, budget: 12s, timeouts: { response_header: 5s } } # b\n`,
    );
  });

  test('a default that fits nobody is written once', () => {
    const sites = `sites:\n  a.example.com: [${two}]\n  b.example.com: ["10.0.0.3:80", "10.0.0.4:80"]\n`;
    expect(fitted(`version: 1\n${sites}`, 12_000).text).toBe(
      `version: 1\n${sites}defaults: { timeouts: { response_header: 5s } }\n`,
    );
  });

  test('what stands behind an alias is left to a person', () => {
    const text = `version: 1
sites:
  a.example.com: { upstream: [${two}], timeouts: &slow { response_header: 10s } }
  b.example.com: { upstream: ["10.0.0.3:80", "10.0.0.4:80"], budget: 12s, timeouts: *slow }
`;
    expect(fitted(text)).toMatchObject({ text, problem: expect.stringContaining('alias') });
  });
});

it(`is within the budget afterwards, or says why it is not (PROXYWRIGHT_SEED=${seed})`, () => {
  let patched = 0;
  fc.assert(
    fc.property(plainTopologies, fc.integer({ min: 400, max: 60_000 }), (sketch, budget) => {
      const text = print(sketch);
      const { topology, reports } = analyse('topology.yaml', text);
      const over = withBudget(reports ?? [], milliseconds(budget), ({ route }) => route.at);
      if (!topology || over.length > 4) return;
      const { routes, text: after, problem } = fitted(text, budget);
      // A proposal exists for each route or for none of the cheap ones.
      for (const { report, proposals } of routes) {
        for (const { targets } of proposals) for (const { worst } of targets) expect(worst).toBeLessThanOrEqual(budget);
        const [first] = proposals;
        expect(smallest(tuningOf(topology, report), milliseconds(budget)) === undefined).toBe(first === undefined);
      }
      if (problem !== undefined) return;
      const open = routes.filter(({ proposals, report }) => {
        return proposals.length === 0 && report.targets.some(({ within }) => !within);
      });
      const left = withBudget(
        analyse('topology.yaml', after).reports ?? [],
        milliseconds(budget),
        ({ route }) => route.at,
      ).filter(({ targets }) => targets.some(({ within }) => !within));
      expect(left.map(({ route }) => route.id)).toEqual(open.map(({ report }) => report.route.id));
      if (after !== text) patched++;
    }),
    { seed, numRuns: 12 },
  );
  expect(patched).toBeGreaterThan(0);
});
