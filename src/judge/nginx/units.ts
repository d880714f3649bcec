import { type Duration, milliseconds } from '../../model/duration.ts';

/** In milliseconds, the largest first, as they must follow each other; `M` is a month of 30 days. */
const units = new Map<string, { readonly rank: number; readonly scale: bigint }>(
  Object.entries({
    y: 31_536_000_000n,
    M: 2_592_000_000n,
    w: 604_800_000n,
    d: 86_400_000n,
    h: 3_600_000n,
    m: 60_000n,
    s: 1000n,
    ms: 1n,
    // A number before a space counts seconds, and only a number without a unit may follow.
    ' ': 1000n,
  }).map(([unit, scale], rank) => [unit, { rank, scale }] as const),
);
const second = 6;

/** Numbers of nginx are signed, and as long as a machine word. */
const most = 2n ** 63n - 1n;

/**
 * A time as nginx reads it (`ngx_parse_time`): `90`, `1h 30m`, `500ms`. Units may neither repeat nor climb, a number
 * without one counts seconds, and there are no fractions. A directive in whole seconds (`sec`) has no `ms`; one in
 * milliseconds (`msec`) has no `y` and `M`. Nothing when nginx refuses it.
 */
export function parseTime(text: string, precision: 'sec' | 'msec'): Duration | undefined {
  const limit = precision === 'msec' ? most : most * 1000n;
  let total = 0n;
  let least = precision === 'msec' ? 2 : 0;
  let valid = false;
  const part = /(\d*)(?:(ms|[yMwdhms ]) *|$)/y;
  for (let at = 0; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const [, digits = '', unit] = part.exec(text) ?? [];
    if (digits.replace(/^0+/, '').length > 19 || (digits === '' && unit === undefined)) return undefined;
    valid ||= digits !== '';
    if (unit === undefined) total += BigInt(digits) * 1000n;
    else {
      const { rank, scale } = units.get(unit) ?? { rank: -1, scale: 0n };
      const refused = unit === ' ' ? least > second : rank < least || (unit === 'ms' && precision === 'sec');
      if (refused) return undefined;
      total += BigInt(digits || 0) * scale;
      least = rank + 1;
    }
    if (total > limit) return undefined;
  }
  return valid ? milliseconds(Number(total)) : undefined;
}

/** Bytes: `8k`, `1M`; where nginx counts file offsets (`client_max_body_size`) also `1g`. */
export function parseSize(text: string, kind: 'size' | 'offset'): number | undefined {
  const found = /^(\d+)([kmg]?)$/i.exec(text);
  if (!found || (kind === 'size' && /g/i.test(found[2] ?? ''))) return undefined;
  const value = Number(found[1]) * 1024 ** ' kmg'.indexOf(found[2]?.toLowerCase() || ' ');
  return value <= Number(most) ? value : undefined;
}

/** A number of nginx: digits, without a sign. */
export function parseNumber(text: string): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value <= Number(most) ? value : undefined;
}

/** `on` or `off`, in any case. */
export function parseFlag(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return word === 'on' ? true : word === 'off' ? false : undefined;
}
