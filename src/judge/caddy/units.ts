import { type Duration, milliseconds } from '../../model/duration.ts';

/** In milliseconds; both spellings of the micro sign. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Go counts nanoseconds in 64 bits: 292 years. */
const most = 2 ** 63 / 1e6;

/**
 * A time as Caddy reads it: `1.5s`, `1m30s`, `2d`, `-1s` and a bare `0`. To the millisecond; nothing when Caddy refuses
 * it, as it does a number without a unit.
 */
export function parseCaddyDuration(text: string): Duration | undefined {
  if (text.length > 1024) return undefined;
  const [, sign, body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return milliseconds(0);
  const part = /(?=\.?\d)(\d*\.?\d*)(ns|us|µs|μs|ms|s|m|h|d)/y;
  let total = 0;
  let at = 0;
  for (; at < body.length; at = part.lastIndex) {
    part.lastIndex = at;
    const found = part.exec(body);
    if (!found) return undefined;
    total += Number(found[1]) * (units[found[2] ?? ''] ?? 0);
  }
  if (at === 0 || total >= most) return undefined;
  return milliseconds(sign === '-' && total > 0 ? -total : total);
}

const powers = ['', 'k', 'm', 'g', 't', 'p', 'e'];

/** Bytes as Caddy reads them (go-humanize): `10MB` are 10 million, `10MiB` are 10 times 1024 × 1024; case does not matter. */
export function parseCaddySize(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^([\d.,]+)(.*)$/s.exec(text) ?? [];
  const number = digits.replaceAll(',', '');
  if (!/^(?:\d+\.?\d*|\.\d+)$/.test(number)) return undefined;
  const [, power, binary] = /^([kmgtpe]?)(i?)b?$/.exec(unit.trim().toLowerCase()) ?? [];
  if (power === undefined || (power === '' && binary === 'i')) return undefined;
  const size = Math.floor(Number(number) * (binary ? 1024 : 1000) ** powers.indexOf(power));
  return size < 2 ** 64 ? size : undefined;
}
