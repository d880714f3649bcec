import { defineConfig } from 'vitest/config';

// `unit` needs nothing but Node, and its files share modules: loading them anew for each would take longer than the tests.
// `mocked` replaces modules of Node, which the others must not see. `real` starts real proxies on loopback, one file at a
// time, because timing on two cores is only honest when nothing else runs. `random` puts random input to the program:
// worth more time than somebody has who waits for the others. `programs` asks real programs what they accept: nothing
// of it is timed, so its files run side by side.
const mocked = ['test/output/failure.test.ts'];
const random = [
  'test/properties/*.test.ts',
  'test/import/topology.test.ts',
  'test/judge/fuzz.test.ts',
  'test/judge/caddy-bounds/round-trip.test.ts',
  'test/judge/nginx-bounds/own-output.test.ts',
  'test/cli/interrupted.test.ts',
];
const programs = [
  'accept',
  'acme',
  'completion',
  'configurations',
  'injection',
  'newcomer',
  'package',
  'parse',
  'runbook',
].map((name) => `test/real/${name}.test.ts`);
// A busy machine is slow, not wrong.
const testTimeout = 120_000;
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/real/**', ...mocked, ...random],
          isolate: false,
          testTimeout,
        },
      },
      { test: { name: 'mocked', include: mocked, testTimeout } },
      { test: { name: 'random', include: random, isolate: false, testTimeout } },
      { test: { name: 'programs', include: programs, testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          exclude: programs,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
