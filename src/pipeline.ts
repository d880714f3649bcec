import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { readRaw } from './judge/raw.ts';
import { withUsers } from './model/basic-auth.ts';
import { views } from './model/edges.ts';
import { namedFiles } from './model/files.ts';
import { resolve } from './model/resolve.ts';
import type { Topology } from './model/topology.ts';
import { judge, judgeAuths, listed, longest, type RouteReport, type RouteWaits } from './report/report.ts';
import { catalogue, check } from './rules/index.ts';
import { type Settled, settle } from './rules/settle.ts';
import { assemble, type Problem } from './schema/assemble.ts';
import { replaceValues } from './schema/replace.ts';
import { validate } from './schema/validate.ts';
import { yamlComments } from './source/comments.ts';
import { isFatal } from './source/ignore.ts';
import { type Mender, mender } from './source/mend.ts';
import type { Node } from './source/node.ts';
import type { FilesAround } from './source/paths.ts';
import { set } from './source/set.ts';
import type { Source } from './source/source.ts';
import type { Variables } from './source/variables.ts';
import { type Lowered, lower } from './targets/index.ts';
import { portability } from './targets/portability.ts';

/** What is known beside the text of a topology. */
export interface Surroundings {
  /** Is there such a file? Paths are relative to the topology. */
  readonly fileExists?: (path: string) => boolean;
  readonly folderExists?: (path: string) => boolean;
  /** Its text; nothing where it cannot be read. */
  readonly textOf?: (path: string) => string | undefined;
  /** What `include` and `env` name. */
  readonly files?: FilesAround;
  /** Lays `topology.NAME.yaml`, one of the files, over the topology. */
  readonly env?: string;
  /** What `${NAME}` stands for. */
  readonly variables?: Variables;
  /** What-if: `path=value`, laid over the tree before it is judged. */
  readonly set?: readonly string[];
}

/** All that one topology says: the model and the directives unless something makes that impossible, and every finding. */
export interface Analysis {
  /** The main file; it knows the others. */
  readonly source: Source;
  /** Every file that was read, the main one first, with its findings. */
  readonly files: readonly Settled[];
  readonly topology?: Topology;
  readonly lowered?: Lowered;
  /** How long each route that asks servers can wait on each target. */
  readonly reports?: readonly RouteReport[];
  /** Every route that requests reach, also those that the edge answers itself. */
  readonly routes?: readonly RouteWaits[];
  /** Those of all files. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why a what-if or an environment cannot be laid over the topology; nothing was judged then. */
  readonly problem?: Problem;
}

/**
 * The way of the data, on one screen: read → validate → resolve → lower → judge. Nothing throws because of what a
 * topology says; an error among the diagnostics means that nothing must be emitted.
 */
export function analyse(name: string, bytes: Uint8Array | string, around: Surroundings = {}): Analysis {
  const { variables = new Map(), set: settings = [] } = around;
  const { readings, root: written, diagnostics: syntax, problem } = assemble(name, bytes, { ...around, variables });
  const sources = readings.map(({ source }) => source);
  const source = sources[0] as Source;
  const settled = (found: readonly Diagnostic[], severities?: Topology['severities']) => {
    const files = settle(found, new Map(sources.map((one) => [one, yamlComments(one)])), severities);
    return { source, files, diagnostics: files.flatMap(({ diagnostics }) => diagnostics) };
  };
  if (problem) return { ...settled([]), problem };
  if (!written) return settled(syntax);
  const changed = withSettings(written, settings);
  if ('message' in changed) return { ...settled([]), problem: changed };
  const unset: Diagnostic[] = [];
  const root = replaceValues(changed, variables, unset);
  // What only a what-if says is nowhere in the files.
  const mend: Mender = settings.length === 0 ? mender(readings) : () => undefined;
  const early = [...syntax, ...unset];
  const mistakes = [...early, ...withoutEchoes(validate(root, source, mend), early, source)];
  const resolved = resolve(root, [...catalogue.keys()]);
  const { topology: known, diagnostics: unread } = withUsers(resolved.topology, around.textOf);
  const { topology, diagnostics: verbatim } = readRaw(known);
  const references = [...resolved.diagnostics, ...unread, ...verbatim];
  const found = [...mistakes, ...withoutEchoes(references, mistakes, source)];
  if (found.some(isFatal)) return settled(found);

  const seen = views(topology).map((one) => {
    const lowered = lower(one);
    return { topology: one, lowered, reports: judge(one, lowered), auths: judgeAuths(one, lowered) };
  });
  const reports = longest(seen.map((one) => one.reports));
  const judged = [
    ...found,
    ...namedFiles(topology, {
      exists: around.fileExists,
      existsFolder: around.folderExists,
      text: around.textOf,
    }),
    ...seen.flatMap((one) => [...portability(one.topology), ...check(one, topology.severities, mend)]),
  ];
  const lowered = seen[0]?.lowered ?? {};
  return { ...settled(judged, topology.severities), topology, lowered, reports, routes: listed(topology, reports) };
}

function withSettings(written: Node, settings: readonly string[]): Node | Problem {
  let root = written;
  for (const setting of settings) {
    const result = set(root, setting);
    if ('problem' in result) {
      const help = 'a path is /sites/NAME/budget or sites.NAME.budget, and the value YAML';
      return { message: result.problem, help };
    }
    root = result.root;
  }
  return root;
}

/** One slip, one message: what a later stage says about a place where an earlier one found a mistake is an echo. */
function withoutEchoes(later: readonly Diagnostic[], earlier: readonly Diagnostic[], source: Source): Diagnostic[] {
  const errors = earlier.filter(({ severity }) => severity === 'error');
  const key = ({ place }: Diagnostic): string => {
    const { start, end } = source.of(place).span(place);
    return `${place.source} ${start}-${end}`;
  };
  const spans = new Set(errors.map(key));
  const wrong = errors.map(({ place }) => `${place.source} ${place.path}`);
  const anyError = [...errors, ...later].some(({ severity }) => severity === 'error');
  return later.filter((diagnostic) => {
    // A misspelt name leaves the right one without use.
    if (diagnostic.rule === 'reference-unused' && anyError) return false;
    if (spans.has(key(diagnostic))) return false;
    if (diagnostic.rule !== 'schema-missing-key' && diagnostic.rule !== 'reference-pool') return true;
    const own = `${diagnostic.place.source} ${diagnostic.place.path}`;
    return !wrong.some((path) => path === own || path.startsWith(`${own}/`));
  });
}
