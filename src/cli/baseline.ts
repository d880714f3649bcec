import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { type Known, knownOf, parseBaseline, printBaseline, unknown } from '../diagnostics/baseline.ts';
import type { Report } from '../reporters/reporter.ts';
import { isFatal } from '../source/ignore.ts';
import { type Io, reason, UsageError } from './io.ts';
import { diskTree } from './tree.ts';

/** A file of findings that are known: what it is called, its bytes (absent: it is to be written), what it says. */
export interface Baseline {
  readonly name: string;
  readonly bytes?: Buffer;
  readonly known: readonly Known[];
}

/** Throws a UsageError when it cannot be read, is no baseline, or is not there and not to be written either. */
export function readBaseline({ cwd }: Pick<Io, 'cwd'>, name: string, update: boolean): Baseline {
  let bytes: Buffer;
  try {
    bytes = readFileSync(resolve(cwd, name));
  } catch (problem) {
    const missing = (problem as { code?: string }).code === 'ENOENT';
    if (missing && update) return { name, known: [] };
    const help = missing ? 'write it with --update-baseline' : 'check the path, and that this user may read it';
    throw new UsageError(`cannot read the baseline ${name}: ${reason(problem)}`, help);
  }
  const parsed = parseBaseline(bytes.toString());
  if ('known' in parsed) return { name, bytes, known: parsed.known };
  throw new UsageError(
    `${name} is no baseline: ${parsed.problem}`,
    'restore it, or delete it and write it anew with --update-baseline',
  );
}

/**
 * Makes the findings of these files known and writes that down, unless the bytes stay the same. What the baseline says
 * of other files stays, as long as they are there.
 */
export async function updateBaseline(
  io: Pick<Io, 'cwd'>,
  baseline: Baseline,
  found: readonly Report[],
): Promise<Baseline> {
  const { name, bytes } = baseline;
  const files = found.map(({ source }) => nameIn(io.cwd, name, source.name));
  const { exists } = diskTree(dirname(resolve(io.cwd, name)));
  const others = baseline.known.filter(({ file }) => !files.includes(file) && exists(file));
  const own = found.flatMap(({ source, diagnostics }) => {
    return knownOf(nameIn(io.cwd, name, source.name), diagnostics);
  });
  const known = [...others, ...own];
  const { rewrite } = await import('./rewrite.ts');
  await rewrite(io.cwd, name, printBaseline(known), bytes);
  return { ...baseline, known };
}

/** The findings of a file that are not known. Mistakes that leave nothing to build always are news. */
export function news(io: Pick<Io, 'cwd'>, { name, known }: Baseline, { source, diagnostics }: Report) {
  const { fresh, stale } = unknown(
    nameIn(io.cwd, name, source.name),
    diagnostics.filter((one) => !isFatal(one)),
    known,
  );
  const isFresh = new Set(fresh);
  const shown = diagnostics.filter((one) => isFatal(one) || isFresh.has(one));
  // Until such a mistake is mended, nobody has looked for the others.
  return { shown, hidden: diagnostics.length - shown.length, stale: diagnostics.some(isFatal) ? 0 : stale };
}

/** Relative to the baseline, so that it means the same wherever the program is started. */
function nameIn(cwd: string, baseline: string, file: string): string {
  if (file === '<stdin>') return file;
  return relative(dirname(resolve(cwd, baseline)), resolve(cwd, file)).replaceAll('\\', '/');
}
