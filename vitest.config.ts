import { defineConfig } from 'vitest/config';

// Two projects: `unit` needs nothing but Node; `real` starts real proxies on loopback, one file at a time,
// because timing on two cores is only honest when nothing else runs.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      // A busy machine is slow, not wrong.
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/real/**'], testTimeout: 30_000 } },
      {
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
