import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, reason, UsageError } from '../cli/io.ts';
import { load } from '../cli/load.ts';
import { reaches, type Severity } from '../diagnostics/diagnostic.ts';
import { reporters } from '../reporters/index.ts';
import type { Report, Reporter } from '../reporters/reporter.ts';

export interface LintOptions {
  /** `pretty`, or `json=out.json`: to a file. */
  readonly format: readonly string[];
  readonly failOn: Severity | 'never';
  readonly maxWarnings?: number;
  /** What-ifs: `path=value`. */
  readonly set: readonly string[];
  readonly color: ColorFlag;
}

/** All findings of all files. 1: one of them is at or above --fail-on, or there are more warnings than allowed. */
export async function lint(files: readonly string[], options: LintOptions, io: Io): Promise<number> {
  const outputs = outputsOf(options.format);
  const reports: Report[] = [];
  for (const file of files.length > 0 ? files : [undefined]) reports.push(await load(io, file, options.set));

  for (const { name, report, path } of outputs) {
    if (path === undefined) {
      io.stdout.write(report(reports, chalkFor(io.stdout, io.env, name === 'pretty' ? options.color : false)));
    } else {
      toFile(io.cwd, path, report(reports, chalkFor(io.stdout, io.env, false)));
    }
  }
  const all = reports.flatMap(({ diagnostics }) => diagnostics);
  const { failOn, maxWarnings } = options;
  if (failOn !== 'never' && all.some(({ severity }) => reaches(severity, failOn))) return 1;
  const warnings = all.filter(({ severity }) => severity === 'warning').length;
  if (maxWarnings !== undefined && warnings > maxWarnings) {
    const are = warnings === 1 ? 'is 1 warning' : `are ${warnings} warnings`;
    io.stderr.write(`there ${are}, and --max-warnings allows ${maxWarnings}\n`);
    return 1;
  }
  return 0;
}

interface Output {
  readonly name: string;
  readonly report: Reporter;
  /** Absent: standard output. */
  readonly path?: string;
}

/** All formats are looked at before anything is written: one that does not exist must not leave half of the others. */
function outputsOf(formats: readonly string[]): Output[] {
  const outputs = formats.map((format): Output => {
    const [name = '', ...rest] = format.split('=');
    const report = Object.hasOwn(reporters, name) ? reporters[name] : undefined;
    const known = Object.keys(reporters);
    if (!report) throw new UsageError(`there is no format \`${name}\``, `the formats are ${known.join(', ')}`);
    if (rest.length === 0) return { name, report };
    const path = rest.join('=');
    if (path === '') throw new UsageError(`\`${format}\` names no file`, `write \`--format ${name}=FILE\``);
    return { name, report, path };
  });
  const [first, second] = outputs.filter(({ path }) => path === undefined);
  if (first && second) {
    throw new UsageError(
      `the formats ${first.name} and ${second.name} would be mixed on standard output`,
      `give one of them a file: \`--format ${second.name}=FILE\``,
    );
  }
  return outputs;
}

function toFile(cwd: string, path: string, text: string): void {
  try {
    writeFileSync(resolve(cwd, path), text);
  } catch (problem) {
    const why = (problem as { code?: string }).code === 'ENOENT' ? 'its folder is not there' : reason(problem);
    throw new UsageError(`cannot write ${path}: ${why}`, 'name another file behind `--format FORMAT=`');
  }
}
