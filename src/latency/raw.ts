import type { Place } from '../diagnostics/diagnostic.ts';
import type { Bounds } from './bounds.ts';
import { unbounded } from './term.ts';

/** The bounds of a route with lines that may wait, retry or answer by themselves: none. */
export function doubtful({ rows, staleReuse, ...bounds }: Bounds, because: string, at: Place): Bounds {
  const { amplification: _amplification, ...rest } = bounds;
  const headline = unbounded('raw', because, at);
  return {
    ...rest,
    headline,
    rows: rows.map((row) => ({ ...row, wait: headline })),
    staleReuse: { ...staleReuse, wait: headline },
    clientFirstByte: { because },
    failWindow: [],
  };
}
