import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { type LoadOptions, load } from '../cli/load.ts';
import { findProgram, versionOf } from '../cli/programs.ts';
import { visible } from '../diagnostics/visible.ts';
import { drillData, isGood, outcomesOf } from '../drill/outcome.ts';
import { type Program, planOf } from '../drill/plan.ts';
import { progress } from '../drill/progress.ts';
import { holesProblem, type Installed, type Results, run } from '../drill/run.ts';
import { drillText, programsOf } from '../drill/text.ts';
import { oldest } from '../model/resolve.ts';
import type { Topology } from '../model/topology.ts';
import { atLeast, parseVersion, type Version } from '../model/version.ts';
import { pretty } from '../reporters/pretty.ts';

export interface DrillOptions extends LoadOptions {
  readonly format: 'text' | 'json';
  readonly color: ColorFlag;
}

/**
 * Runs the topology on the installed proxies, lets every fault of the report happen, and compares. 1: the topology has
 * mistakes, or a request waited longer than predicted or than its budget; 2: nothing could be drilled.
 */
export async function drill(file: string | undefined, options: DrillOptions, io: Io): Promise<number> {
  const { topology, files, diagnostics, input } = await load(io, file, options);
  // A budget is what a drill is for.
  const fatal = diagnostics.some(({ severity, rule }) => severity === 'error' && rule !== 'over-budget');
  if (!topology || fatal) {
    io.stderr.write(pretty(files, chalkFor(io.stderr, io.env, options.color)));
    return 1;
  }
  if (process.platform !== 'linux') {
    throw new UsageError(
      'a drill needs Linux: 127.0.0.0/8, and a kernel that tells which connections it dropped',
      'run it in a container or in CI',
    );
  }
  const perl = findProgram('perl', io.env);
  const proxies = await installed(topology, perl, io);
  const plans = proxies.map(({ plan }) => plan);
  const outcomes = outcomesOf(plans, await measured(proxies, perl, io));
  io.stdout.write(
    options.format === 'json'
      ? `${JSON.stringify(drillData(input.name, outcomes), null, 2)}\n`
      : drillText(plans, outcomes, chalkFor(io.stdout, io.env, options.color)),
  );
  return outcomes.every(isGood) ? 0 : 1;
}

const versionArguments: Readonly<Record<Program, string>> = { caddy: 'version', nginx: '-v' };

/** The targets of the topology whose programs are there; the others are told. */
async function installed(topology: Topology, perl: string | undefined, io: Io): Promise<Installed[]> {
  const wanted = (['caddy', 'nginx'] as const).filter((program) => topology.targets[program]);
  const found: { program: Program; path: string; version: Version }[] = [];
  for (const program of wanted) {
    const path = findProgram(program, io.env);
    const text = path && (await versionOf(path, [versionArguments[program]], io.env));
    const version = text ? parseVersion(text) : undefined;
    if (!path) io.stderr.write(`${program} is not installed: not drilled\n`);
    else if (!version) io.stderr.write(`${visible(path)} does not tell its version: not drilled\n`);
    else if (!atLeast(version, oldest[program])) {
      io.stderr.write(
        `${program} ${version.text} is older than ${oldest[program]}, the oldest that is known: not drilled\n`,
      );
    } else found.push({ program, path, version });
  }
  if (found.length === 0) {
    throw new UsageError('there is no proxy to drill', `install ${wanted.join(' or ')} from your package manager`);
  }
  const holes = await holesProblem(perl);
  return found.map(({ program, path, version }) => ({ path, plan: planOf(topology, program, version, holes) }));
}

/** The results, or that somebody did not want to wait for them. */
async function measured(proxies: readonly Installed[], perl: string | undefined, io: Io): Promise<Results> {
  const { interrupted } = io;
  const listener = progress(`on ${programsOf(proxies.map(({ plan }) => plan))}`, io.stderr);
  try {
    return await run(proxies, perl, listener, interrupted);
  } catch (problem) {
    if (!interrupted.aborted) throw problem;
    throw new UsageError('interrupted', 'half of a table would mislead: nothing is printed');
  } finally {
    listener.stop();
  }
}
