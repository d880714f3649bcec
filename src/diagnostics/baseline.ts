import type { Diagnostic } from './diagnostic.ts';
import { type Identity, identityOf } from './identity.ts';

/** Findings that are known and not mended yet. `file` is relative to the file of the baseline; `count`: so many equal ones. */
export interface Known extends Identity {
  readonly file: string;
  readonly count: number;
}

/** The text of a baseline → what it knows, or why it is none. */
export function parseBaseline(text: string): { readonly known: readonly Known[] } | { readonly problem: string } {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  if (!isRecord(data) || !Array.isArray(data.findings)) return { problem: 'it has no list `findings`' };
  if (data.version !== 1) return { problem: 'its version is not 1' };
  const known = data.findings.filter(isKnown);
  const wrong = data.findings.findIndex((one) => !isKnown(one));
  return wrong < 0 ? { known } : { problem: `its finding number ${wrong + 1} lacks something` };
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function isKnown(data: unknown): data is Known {
  if (!isRecord(data)) return false;
  const { file, rule, pointer, message, count } = data;
  const texts = [file, rule, message].every((one) => typeof one === 'string');
  return texts && (pointer === null || typeof pointer === 'string') && Number.isInteger(count) && Number(count) > 0;
}

/** Sorted, one finding a line: what a change adds or mends is a line of its diff, and branches seldom clash. */
export function printBaseline(known: readonly Known[]): string {
  const lines = known
    .map(({ file, rule, pointer, message, count }) => ({ file, rule, pointer, message, count }))
    .map((one) => ({ key: keyOf(one), line: `    ${JSON.stringify(one)}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ line }) => line);
  const findings = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  return `{\n  "version": 1,\n  "findings": ${findings}\n}\n`;
}

/** What a baseline has to say for these findings of one file to be known. */
export function knownOf(file: string, diagnostics: readonly Diagnostic[]): Known[] {
  const counts = new Map<string, Known>();
  for (const diagnostic of diagnostics) {
    const one = { file, ...identityOf(diagnostic) };
    const count = (counts.get(keyOf(one))?.count ?? 0) + 1;
    counts.set(keyOf(one), { ...one, count });
  }
  return [...counts.values()];
}

/** The findings of one file that a baseline does not know, and how many of its own entries match nothing any more. */
export function unknown(
  file: string,
  diagnostics: readonly Diagnostic[],
  known: readonly Known[],
): { readonly fresh: readonly Diagnostic[]; readonly stale: number } {
  const left = new Map<string, number>();
  for (const one of known.filter((entry) => entry.file === file)) {
    left.set(keyOf(one), (left.get(keyOf(one)) ?? 0) + one.count);
  }
  const fresh = diagnostics.filter((diagnostic) => {
    const key = keyOf({ file, ...identityOf(diagnostic) });
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  });
  return { fresh, stale: [...left.values()].filter((count) => count > 0).length };
}

function keyOf({ file, rule, pointer, message }: Omit<Known, 'count'>): string {
  return JSON.stringify([file, rule, pointer, message]);
}
