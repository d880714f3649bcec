import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, reason, UsageError } from '../cli/io.ts';
import { load } from '../cli/load.ts';
import { reaches, type Severity } from '../diagnostics/diagnostic.ts';
import { reporters } from '../reporters/index.ts';
import type { Report } from '../reporters/reporter.ts';

export interface LintOptions {
  /** `pretty`, or `json=out.json`: to a file. */
  readonly format: readonly string[];
  readonly failOn: Severity | 'never';
  readonly maxWarnings?: number;
  readonly color: ColorFlag;
}

/** All findings of all files. 1: one of them is at or above --fail-on, or there are more warnings than allowed. */
export async function lint(files: readonly string[], options: LintOptions, io: Io): Promise<number> {
  const reports: Report[] = [];
  for (const file of files.length > 0 ? files : [undefined]) reports.push(await load(io, file));

  for (const format of options.format) {
    const [name = '', ...path] = format.split('=');
    const report = reporters[name];
    if (!report)
      throw new UsageError(`there is no format \`${name}\``, `the formats are ${Object.keys(reporters).join(', ')}`);
    if (path.length === 0) {
      io.stdout.write(report(reports, chalkFor(io.stdout, io.env, name === 'pretty' ? options.color : false)));
    } else {
      toFile(resolve(io.cwd, path.join('=')), report(reports, chalkFor(io.stdout, io.env, false)));
    }
  }
  const all = reports.flatMap(({ diagnostics }) => diagnostics);
  const { failOn, maxWarnings } = options;
  if (failOn !== 'never' && all.some(({ severity }) => reaches(severity, failOn))) return 1;
  const warnings = all.filter(({ severity }) => severity === 'warning').length;
  if (maxWarnings !== undefined && warnings > maxWarnings) {
    io.stderr.write(`${warnings} warnings, and ${maxWarnings} are allowed (--max-warnings)\n`);
    return 1;
  }
  return 0;
}

function toFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (problem) {
    throw new UsageError(`cannot write ${path}: ${reason(problem)}`, 'choose another file for the format');
  }
}
