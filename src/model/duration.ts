declare const brand: unique symbol;

/** A time in whole milliseconds. The only type for times: everything that adds or compares them is in this file. */
export type Duration = number & { readonly [brand]: 'milliseconds' };

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof units;

/** Longer than anything that means something (HSTS is told in years), and short enough for both proxies' number types. */
export const longest = (3650 * units.d) as Duration;

export function milliseconds(value: number): Duration {
  return Math.round(value) as Duration;
}

/** `250ms`, `1m30s`, `1.5s`; nothing when it is not a duration in whole milliseconds up to a year. */
export function parseDuration(text: string): Duration | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * units[unit as Unit];
  }
  const whole = Math.round(total);
  return Math.abs(total - whole) < 1e-6 && whole <= longest ? (whole as Duration) : undefined;
}

/** The shortest exact form with units as people write them: `1m30s`, `250ms`, `0s`. */
export function formatDuration(duration: Duration): string {
  if (duration === 0) return '0s';
  let rest: number = duration;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const amount = Math.floor(rest / units[unit]);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * units[unit];
  }
  return text;
}

/** As people say it, for reports: `250ms`, `6.25s`, `2m 52s`, `1h 30m`. */
export function humanDuration(duration: Duration): string {
  if (duration < 1000) return `${duration}ms`.replace(/^0ms$/, '0s');
  if (duration < units.m) return `${Number((duration / 1000).toFixed(3))}s`;
  const parts: string[] = [];
  let rest: number = duration;
  for (const unit of ['d', 'h', 'm'] as const) {
    const amount = Math.floor(rest / units[unit]);
    if (amount > 0) parts.push(`${amount}${unit}`);
    rest -= amount * units[unit];
  }
  if (rest > 0) parts.push(`${Number((rest / 1000).toFixed(3))}s`);
  return parts.join(' ');
}

/** Milliseconds or whole seconds, as nginx and Caddy both read them without surprise: `250ms`, `90s`. */
export function directiveDuration(duration: Duration): string {
  return duration % 1000 === 0 ? `${duration / 1000}s` : `${duration}ms`;
}

/** For headers such as Retry-After. */
export function wholeSeconds(duration: Duration): number {
  return Math.ceil(duration / 1000);
}

export function subtract(a: Duration, b: Duration): Duration {
  return (a - b) as Duration;
}

export function add(...parts: readonly Duration[]): Duration {
  return parts.reduce((sum: number, part) => sum + part, 0) as Duration;
}

export function longer(a: Duration, b: Duration): Duration {
  return a > b ? a : b;
}
