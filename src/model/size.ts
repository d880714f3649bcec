/** Bytes. */
export type Size = number;

const units = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const;

/** A size of the schema's form: `16k`, `10m`, `1g`. */
export function parseSize(written: string): Size {
  const unit = written.slice(-1) as keyof typeof units;
  return Number(written.slice(0, -1)) * units[unit];
}

/** In the largest unit that it is a whole number of: people and nginx write it alike. */
export function formatSize(size: Size): string {
  const unit = (['g', 'm', 'k'] as const).find((one) => size % units[one] === 0) ?? 'k';
  return `${size / units[unit]}${unit}`;
}

/** Has it a form as `parseSize` reads it? */
export function isSayableSize(size: number): boolean {
  return size > 0 && size % units.k === 0;
}
