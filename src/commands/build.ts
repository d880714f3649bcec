import { dirname, join, relative, resolve } from 'node:path';
import { applyOutput } from '../cli/apply.ts';
import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { checkRefusals, driftDiff } from '../cli/drift.ts';
import { tellFailure } from '../cli/failure.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { type Loaded, type LoadOptions, load, readCaRoot, tellWork } from '../cli/load.ts';
import { type Plan, planOutput } from '../cli/output.ts';
import type { Refusal } from '../cli/refusal.ts';
import { topologySide } from '../cli/side.ts';
import { type Watched, watchUntil } from '../cli/watch.ts';
import { compile } from '../compile.ts';
import { counted } from '../diagnostics/counted.ts';
import type { TargetId } from '../diagnostics/diagnostic.ts';
import { visible } from '../diagnostics/visible.ts';
import { compareWaits } from '../diff/compare.ts';
import { isBroken } from '../diff/side.ts';
import { changedWaits } from '../diff/verdict.ts';
import { prettyBlocks, summary } from '../reporters/pretty.ts';
import type { OutputFile } from '../targets/files.ts';
import { version } from '../version.ts';

export interface BuildOptions extends LoadOptions {
  readonly output?: string;
  readonly target?: readonly TargetId[];
  readonly shadow?: number;
  readonly stage?: 'bootstrap';
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly stdout?: boolean;
  readonly force?: boolean;
  readonly watch?: boolean;
  readonly color: ColorFlag;
}

/** Validates, lints and writes. 1: errors in the topology, or drift with --check. */
export async function build(file: string | undefined, options: BuildOptions, io: Io): Promise<number> {
  if (!options.output && !options.stdout) {
    throw new UsageError('where to? no output folder is named', 'add `-o DIR`, or `--stdout` to only look');
  }
  if (options.watch && file === '-') throw new UsageError('standard input cannot be watched', 'name a file');
  const loaded = await load(io, file, options);
  const code = await once(loaded, options, io);
  if (!options.watch) return code;
  return watch(loaded, options, io);
}

async function once(loaded: Loaded, options: BuildOptions, io: Io): Promise<number> {
  tellFindings(loaded, options, io);
  if (!loaded.topology || loaded.diagnostics.some(({ severity }) => severity === 'error')) {
    io.stderr.write('nothing was built\n');
    return 1;
  }
  const targets = wantedTargets(loaded, options);
  const dir = resolve(io.cwd, options.output ?? '.');
  const caRoot = readCaRoot(loaded);
  tellWork(io, loaded.input, 'compiling');
  const files = compile(loaded.topology, {
    targets,
    ...(options.shadow === undefined ? {} : { shadow: options.shadow }),
    ...(options.stage ? { stage: options.stage } : {}),
    ...(caRoot === undefined ? {} : { caRoot }),
    hostPath: (path) => hostPath(path, loaded.input.folder, dir),
  });
  if (options.stdout) {
    io.stdout.write(print(files));
    return 0;
  }
  const stamp = {
    version,
    options: { env: options.env ?? '', shadow: String(options.shadow ?? ''), stage: options.stage ?? '' },
  };
  const plan = planOutput(dir, files, targets, stamp, { force: options.force === true });
  return options.check ? check(plan, io, options) : write(plan, io, options);
}

/** A relative path of the topology, as the fragments in DIR/compose write it. */
function hostPath(path: string, folder: string, dir: string): string {
  if (path.startsWith('/')) return path;
  const there = relative(join(dir, 'compose'), join(folder, path)).replaceAll('\\', '/');
  return there.startsWith('.') ? there : `./${there}`;
}

function wantedTargets({ topology }: Loaded, { target }: BuildOptions): readonly TargetId[] {
  const known = topology?.targetIds ?? [];
  const missing = target?.find((id) => !known.includes(id));
  if (missing)
    throw new UsageError(
      `\`${missing}\` is not among the targets of the topology`,
      `the topology has ${known.join(' and ')}`,
    );
  return target ?? known;
}

/** Errors and warnings in full, notes as a number: they are for `lint`. */
function tellFindings(loaded: Loaded, { color }: BuildOptions, io: Io): void {
  const chalk = chalkFor(io.stderr, io.env, color);
  for (const { source, diagnostics } of loaded.files) {
    const told = diagnostics.filter(({ severity }) => severity !== 'info');
    io.stderr.write(prettyBlocks({ source, diagnostics: told }, chalk));
  }
  if (loaded.diagnostics.length === 0) return;
  const notes = loaded.diagnostics.filter(({ severity }) => severity === 'info').length;
  const hint = notes > 0 ? ` (\`proxywright lint\` shows the notes)` : '';
  io.stderr.write(`${summary(loaded.diagnostics, chalk)}${hint}\n`);
}

/** One file as it is; several with a line before each that names it. */
function print(files: readonly OutputFile[]): string {
  const [only, second] = files;
  if (only && !second) return only.text;
  return files.map(({ path, text }) => `# ==== ${path}\n${text}`).join('\n');
}

function check(plan: Plan, io: Io, options: BuildOptions): number {
  if (refuse(checkRefusals(plan), io, options)) return 2;
  const diff = driftDiff(plan);
  if (diff === '') {
    io.stderr.write(upToDate(plan, io));
    return 0;
  }
  io.stdout.write(diff);
  io.stderr.write('the output differs from the topology: build again, or undo the edit\n');
  return 1;
}

async function write(plan: Plan, io: Io, options: BuildOptions): Promise<number> {
  if (refuse(plan.refusals, io, options)) return 2;
  const chalk = chalkFor(io.stdout, io.env, options.color);
  const words = { create: 'new', update: 'changed', delete: 'deleted', mode: 'mode' } as const;
  const verb = options.dryRun ? 'would write' : 'wrote';
  if (!options.dryRun) await applyOutput(plan);
  const shown = shownFolder(plan, io);
  const changes = plan.changes.filter(({ kind }) => kind !== 'unchanged');
  for (const { path, kind } of changes) {
    if (kind !== 'unchanged') io.stdout.write(`${chalk.dim(words[kind].padEnd(8))}${visible(join(shown, path))}\n`);
  }
  for (const { path, as } of plan.kept) {
    const keep = options.dryRun ? 'would keep what was edited in' : 'kept what was edited in';
    io.stderr.write(visible(`${keep} ${join(shown, path)} as ${join(shown, as)}\n`));
  }
  const same = plan.changes.length - changes.length;
  const unchanged = same === 0 ? '' : `, ${same} unchanged`;
  io.stderr.write(
    changes.length === 0
      ? upToDate(plan, io)
      : visible(`${verb} ${counted(changes.length, 'file')} in ${shown}${unchanged}\n`),
  );
  io.stderr.write(nextStep(plan, io, options));
  return 0;
}

/** For a person who has just built; a machine that builds knows what it does next. */
function nextStep({ changes, dir }: Plan, io: Io, { dryRun, watch: again }: BuildOptions): string {
  const book = changes.find(({ path }) => path === 'RUNBOOK.md');
  if (!book || dryRun || again || io.env.CI || changes.every(({ kind }) => kind === 'unchanged')) return '';
  const file = join(relative(io.cwd, dir), book.path);
  const what =
    book.kind === 'create' ? 'how to start it, reload it and roll back' : 'how to reload it, and to roll back';
  return visible(`next: ${file} tells ${what}\n`);
}

function upToDate(plan: Plan, io: Io): string {
  const { length } = plan.changes;
  return visible(`${shownFolder(plan, io)} is up to date (${counted(length, 'file')})\n`);
}

function shownFolder({ dir }: Plan, io: Io): string {
  return relative(io.cwd, dir) || '.';
}

function refuse(refusals: readonly Refusal[], io: Io, { color }: BuildOptions): boolean {
  const chalk = chalkFor(io.stderr, io.env, color);
  for (const { message, help, diff } of refusals) {
    io.stderr.write(
      `${chalk.red('error')} ${chalk.bold(visible(message))}\n${diff ?? ''}  ${chalk.dim('help:')} ${visible(help)}\n`,
    );
  }
  return refusals.length > 0;
}

/** Builds again whenever a file of the topology is saved, and says which routes wait otherwise, until Ctrl-C. */
async function watch(first: Loaded, options: BuildOptions, io: Io): Promise<number> {
  const { name } = first.input;
  let watched = watchedOf(first, options, io);
  // Mistakes come and go while somebody types: compared is with what was last known.
  let known = topologySide(name, '', first);
  const again = async (): Promise<Watched> => {
    try {
      // By its name: when it is deleted, another one further up is not meant.
      const loaded = await load(io, name, options);
      watched = watchedOf(loaded, options, io);
      await once(loaded, options, io);
      const now = topologySide(name, '', loaded);
      for (const line of changedWaits({ routes: compareWaits(known, now) })) io.stderr.write(visible(`${line}\n`));
      if (!isBroken(now)) known = now;
    } catch (problem) {
      tellFailure(problem, options.color, io);
    }
    return watched;
  };
  const started = (): void => io.stderr.write(visible(`watching ${name}; Ctrl-C ends\n`));
  await watchUntil(io.interrupted, watched, again, started);
  return 0;
}

/** All that the output depends on, but for what compose and the proxies read themselves. */
function watchedOf({ files, input }: Loaded, { envFile = [] }: BuildOptions, { cwd }: Io): Watched {
  const [, ...others] = files.map(({ source }) => resolve(cwd, source.name));
  return {
    files: [resolve(cwd, input.name), ...others, ...envFile.map((name) => resolve(cwd, name))],
    folders: others.map((one) => dirname(one)),
  };
}
