import type { Place } from '../diagnostics/diagnostic.ts';
import { type Duration, longest, milliseconds } from '../model/duration.ts';
import type { Hsts } from '../model/topology.ts';

export const hstsHeader = 'strict-transport-security';

/** What a written `Strict-Transport-Security` says; nothing where a topology cannot say it: no age, or what is computed. */
export function parseHsts(text: string, at: Place): Hsts | undefined {
  const words = text.split(';').map((word) => word.trim().toLowerCase());
  const seconds = words.flatMap((word) => /^max-age="?(\d{1,12})"?$/.exec(word)?.[1] ?? [])[0];
  const known = words.every((word) => /^(?:max-age=.*|includesubdomains|preload|)$/.test(word));
  const age: Duration = milliseconds(Number(seconds ?? 0) * 1000);
  if (!known || age === 0 || age > longest) return undefined;
  const given = <T>(value: T) => ({ value, at, origin: 'written' as const });
  return {
    at,
    max_age: given(age),
    include_subdomains: given(words.includes('includesubdomains')),
    preload: given(words.includes('preload')),
  };
}
