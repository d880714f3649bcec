import { type Duration, milliseconds } from '../model/duration.ts';

/** Times that people write, in milliseconds, up to an hour. */
export const steps = [
  ...range(100, 300, 50),
  ...range(300, 1_000, 100),
  ...range(1_000, 10_000, 500),
  ...range(10_000, 30_000, 1_000),
  ...range(30_000, 120_000, 5_000),
  ...range(120_000, 600_000, 30_000),
  ...range(600_000, 3_600_001, 300_000),
].map(milliseconds);

/** The longest time that people write below a limit; nothing below 100ms. */
export function longestBelow(limit: Duration): Duration | undefined {
  return steps.findLast((step) => step < limit);
}

/** The shortest time that people write above a limit; nothing above an hour. */
export function shortestAbove(limit: Duration): Duration | undefined {
  return steps.find((step) => step > limit);
}

/** Few enough to try all of them with everything else. */
export const coarse = [100, 200, 300, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000].map(milliseconds);

function range(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / by) }, (_, index) => from + index * by);
}
