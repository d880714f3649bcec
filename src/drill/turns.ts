import { setTimeout as sleep } from 'node:timers/promises';

/** Lets things happen when there is room for them, in the order in which they were asked for. */
export type Turn = <T>(act: () => Promise<T>) => Promise<T>;

/** At most `size` at the same time. */
export function limit(size: number): Turn {
  let free = size;
  const queue: (() => void)[] = [];
  return async (act) => {
    if (free === 0) await new Promise<void>((resolve) => queue.push(resolve));
    else free--;
    try {
      return await act();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  };
}

/** None sooner than `ms` milliseconds after the one before: what begins together also ends together.
 * Throws when the signal ends it. */
export function paced(ms: number): (signal: AbortSignal) => Promise<void> {
  let next = 0;
  return async (signal) => {
    const now = performance.now();
    next = Math.max(now, next + ms);
    await sleep(next - now, undefined, { signal });
  };
}
