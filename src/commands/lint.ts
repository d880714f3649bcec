import { writeFileSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { type Baseline, news, readBaseline, updateBaseline } from '../cli/baseline.ts';
import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { fixedFiles } from '../cli/fix.ts';
import { type Io, reason, UsageError } from '../cli/io.ts';
import { type JudgedInput, type JudgeOptions, judgeInput, refuseReading } from '../cli/judge.ts';
import { type Loaded, type LoadOptions, load } from '../cli/load.ts';
import { counted } from '../diagnostics/counted.ts';
import { type Diagnostic, reaches, type Severity } from '../diagnostics/diagnostic.ts';
import { visible } from '../diagnostics/visible.ts';
import { patchOf } from '../diff/patch.ts';
import { reporters } from '../reporters/index.ts';
import { summary } from '../reporters/pretty.ts';
import type { Report, Reporter } from '../reporters/reporter.ts';
import { isFatal } from '../source/ignore.ts';

export interface LintOptions extends JudgeOptions, LoadOptions {
  /** `pretty`, or `json=out.json`: to a file. Empty: `pretty`. */
  readonly format: readonly string[];
  readonly failOn: Severity | 'never';
  readonly maxWarnings?: number;
  /** What-ifs: `path=value`. */
  readonly set: readonly string[];
  readonly fix?: boolean;
  readonly dryRun?: boolean;
  /** The file of the findings that are known. */
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
  readonly color: ColorFlag;
}

/** All findings of all files. 1: one of them is at or above --fail-on, or there are more warnings than allowed. */
export async function lint(files: readonly string[], options: LintOptions, io: Io): Promise<number> {
  const outputs = outputsOf(options);
  refuseCombinations(files, options);
  const baseline =
    options.baseline === undefined ? undefined : readBaseline(io, options.baseline, options.updateBaseline === true);
  const named = files.length > 0 ? files : [undefined];
  let inputs: Input[] = [];
  for (const file of named.filter((one, index) => isFirst(io.cwd, named, one, index))) {
    inputs.push(await inputOf(file, options, io));
  }
  if (options.fix) inputs = await fix(inputs, options.dryRun === true, io);

  const found = together(inputs.flatMap(({ files: all }) => all.map((one) => reportOf(one, io.cwd))));
  const reports = baseline ? await newsOf(found, baseline, options.updateBaseline === true, io) : found;
  write(outputs, reports, options, io);
  const all = reports.flatMap(({ diagnostics }) => diagnostics);
  if (options.dryRun && all.length > 0) note(io, `left: ${summary(all, chalkFor(io.stderr, io.env, options.color))}`);
  return exitCode(all, options, io);
}

type Input = Loaded | JudgedInput;

async function inputOf(file: string | undefined, options: LintOptions, io: Io): Promise<Input> {
  const judged = await judgeInput(io, file, options);
  if (!judged) return load(io, file, options);
  refuseReading(options, judged.name);
  return judged;
}

function exitCode(all: readonly Diagnostic[], { failOn, maxWarnings }: LintOptions, io: Io): number {
  if (failOn !== 'never' && all.some(({ severity }) => reaches(severity, failOn))) return 1;
  const warnings = all.filter(({ severity }) => severity === 'warning').length;
  if (maxWarnings === undefined || warnings <= maxWarnings) return 0;
  const are = warnings === 1 ? 'is 1 warning' : `are ${warnings} warnings`;
  note(io, `there ${are}, and --max-warnings allows ${maxWarnings}`);
  return 1;
}

/** What makes no sense together, said before anything is read. */
function refuseCombinations(files: readonly string[], options: LintOptions): void {
  const { fix, dryRun, baseline, updateBaseline, set } = options;
  if (dryRun && !fix) throw new UsageError('--dry-run shows what --fix would do', 'write `--fix --dry-run`');
  if (fix && set.length > 0) {
    throw new UsageError('--fix cannot mend a what-if (--set)', 'leave one of the two away');
  }
  if (fix && !dryRun && files.includes('-')) {
    throw new UsageError('--fix cannot write to standard input', 'name a file, or see the changes with --dry-run');
  }
  if (!updateBaseline) return;
  if (baseline === undefined) {
    throw new UsageError(
      '--update-baseline needs the name of the baseline',
      'write `--baseline FILE --update-baseline`',
    );
  }
  if (set.length > 0 || dryRun) {
    const option = dryRun ? '--dry-run' : '--set';
    throw new UsageError(
      `--update-baseline records what is there, and ${option} only supposes`,
      `leave ${option} away`,
    );
  }
}

/** The same file twice would be found, counted and mended twice. */
function isFirst(
  cwd: string,
  files: readonly (string | undefined)[],
  file: string | undefined,
  index: number,
): boolean {
  const path = (one: string | undefined) => (one === undefined || one === '-' ? one : resolve(cwd, one));
  return files.findIndex((one) => path(one) === path(file)) === index;
}

/** Writes what can be mended, or shows it; what is left of each input comes back. */
async function fix(inputs: readonly Input[], dryRun: boolean, io: Io): Promise<Input[]> {
  const left: Input[] = [];
  for (const before of inputs) {
    const { left: after, files } = 'input' in before ? fixedFiles(before) : fixedFiles(before);
    left.push(after);
    for (const { name, bytes, text, fixed } of files) {
      if (dryRun) io.stdout.write(patchOf({ path: name, before: Buffer.from(bytes).toString(), after: text }));
      else {
        const { rewrite } = await import('../cli/rewrite.ts');
        await rewrite(io.cwd, name, text, bytes);
      }
      const findings = counted(fixed, 'finding');
      note(io, `${findings} ${dryRun ? 'would be fixed' : 'fixed'} in ${visible(name)}`);
    }
  }
  return left;
}

function reportOf({ source, diagnostics }: Report, cwd: string): Report {
  const pathOf = (name: string): string => {
    const path = isAbsolute(name) ? relative(cwd, name).replaceAll('\\', '/') : name;
    return path.startsWith('../') || isAbsolute(path) ? name : path;
  };
  return { source, diagnostics, pathOf };
}

/** A file that several topologies include is told once. */
function together(reports: readonly Report[]): Report[] {
  const files = new Map<string, Report>();
  for (const report of reports) {
    const { name } = report.source;
    const before = files.get(name);
    const keys = new Set(before?.diagnostics.map(keyOf));
    const fresh = report.diagnostics.filter((one) => !keys.has(keyOf(one)));
    files.set(name, before ? { ...before, diagnostics: [...before.diagnostics, ...fresh] } : report);
  }
  return [...files.values()];
}

function keyOf({ rule, message, place, targets }: Diagnostic): string {
  return JSON.stringify([rule, message, place, targets]);
}

/** The findings that the baseline does not know, after it was written if that was asked for. */
async function newsOf(found: readonly Report[], baseline: Baseline, update: boolean, io: Io): Promise<Report[]> {
  const broken = found.find(({ diagnostics }) => diagnostics.some(isFatal));
  const known = update && !broken ? await updateBaseline(io, baseline, found) : baseline;
  const sorted = found.map((report) => ({ report, ...news(io, known, report) }));
  tellBaseline(known.name, sorted, io);
  if (update && broken) {
    const [name, file] = [visible(baseline.name), visible(broken.source.name)];
    note(io, `${name} is not written: while ${file} has such mistakes, nobody knows what else would be found`);
  }
  return sorted.map(({ report, shown }) => ({ ...report, diagnostics: shown }));
}

function tellBaseline(
  name: string,
  sorted: readonly { readonly hidden: number; readonly stale: number }[],
  io: Io,
): void {
  const hidden = sorted.reduce((total, one) => total + one.hidden, 0);
  const stale = sorted.reduce((total, one) => total + one.stale, 0);
  const shown = visible(name);
  const findings = hidden === 1 ? '1 known finding is' : `${hidden} known findings are`;
  const entries = stale === 1 ? `1 entry of ${shown} matches` : `${stale} entries of ${shown} match`;
  if (hidden > 0) note(io, `${findings} hidden by ${shown}`);
  if (stale > 0) note(io, `${entries} nothing any more; --update-baseline tidies up`);
}

function note({ stderr }: Io, text: string): void {
  stderr.write(`${text}\n`);
}

interface Output {
  readonly name: string;
  readonly report: Reporter;
  /** Absent: standard output. */
  readonly path?: string;
}

/** All formats are looked at before anything is written: one that does not exist must not leave half of the others. */
function outputsOf({ format: formats, dryRun }: LintOptions): Output[] {
  // Findings would spoil the patch on standard output.
  const wanted = formats.length > 0 || dryRun ? formats : ['pretty'];
  const outputs = wanted.map((format): Output => {
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
  if (first && dryRun) {
    throw new UsageError(
      `the changes of --dry-run and the format ${first.name} would be mixed on standard output`,
      `give the format a file: \`--format ${first.name}=FILE\``,
    );
  }
  if (first && second) {
    throw new UsageError(
      `the formats ${first.name} and ${second.name} would be mixed on standard output`,
      `give one of them a file: \`--format ${second.name}=FILE\``,
    );
  }
  return outputs;
}

function write(outputs: readonly Output[], reports: readonly Report[], { color }: LintOptions, io: Io): void {
  for (const { name, report, path } of outputs) {
    if (path === undefined) {
      io.stdout.write(report(reports, chalkFor(io.stdout, io.env, name === 'pretty' ? color : false)));
    } else {
      toFile(io.cwd, path, report(reports, chalkFor(io.stdout, io.env, false)));
    }
  }
}

function toFile(cwd: string, path: string, text: string): void {
  try {
    writeFileSync(resolve(cwd, path), text);
  } catch (problem) {
    const why = (problem as { code?: string }).code === 'ENOENT' ? 'its folder is not there' : reason(problem);
    throw new UsageError(`cannot write ${path}: ${why}`, 'name another file behind `--format FORMAT=`');
  }
}
