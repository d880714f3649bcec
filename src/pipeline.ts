import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { resolve } from './model/resolve.ts';
import type { Topology } from './model/topology.ts';
import { judge, type RouteReport } from './report/report.ts';
import { catalogue, check } from './rules/index.ts';
import { settle } from './rules/settle.ts';
import { validate } from './schema/validate.ts';
import { yamlComments } from './source/comments.ts';
import { isFatal } from './source/ignore.ts';
import { type Mender, mender } from './source/mend.ts';
import type { Node } from './source/node.ts';
import { read } from './source/read.ts';
import { set } from './source/set.ts';
import type { Source } from './source/source.ts';
import { type Lowered, lower } from './targets/index.ts';
import { portability } from './targets/portability.ts';

/** What is known about the machine that the files of a topology are on. Paths are relative to the topology. */
export interface Surroundings {
  readonly fileExists?: (path: string) => boolean;
  /** What-if: `path=value`, laid over the tree before it is judged. */
  readonly set?: readonly string[];
}

/** All that one topology says: the model and the directives unless something makes that impossible, and every finding. */
export interface Analysis {
  readonly source: Source;
  readonly topology?: Topology;
  readonly lowered?: Lowered;
  /** How long each route can wait on each target. */
  readonly reports?: readonly RouteReport[];
  readonly diagnostics: readonly Diagnostic[];
  /** Why a what-if cannot be laid over the topology; nothing was judged then. */
  readonly problem?: string;
}

/**
 * The way of the data, on one screen: read → validate → resolve → lower → judge. Nothing throws because of what a
 * topology says; an error among the diagnostics means that nothing must be emitted.
 */
export function analyse(name: string, bytes: Uint8Array | string, around: Surroundings = {}): Analysis {
  const { source, root: written, diagnostics: syntax } = read(name, bytes);
  if (!written) return { source, diagnostics: settle(syntax, source, yamlComments(source)) };
  const { root, problem } = withSettings(written, around.set ?? []);
  if (problem !== undefined) return { source, problem, diagnostics: [] };
  // What only a what-if says is nowhere in the file.
  const mend: Mender = root === written ? mender({ source, root }) : () => undefined;
  const mistakes = [...syntax, ...withoutEchoes(validate(root, source, mend), syntax, source)];
  const { topology, diagnostics: references } = resolve(root, [...catalogue.keys()]);
  const found = [...mistakes, ...withoutEchoes(references, mistakes, source)];
  if (found.some(isFatal)) return { source, diagnostics: settle(found, source, yamlComments(source)) };

  const lowered = lower(topology);
  const reports = judge(topology, lowered);
  const judged = [
    ...found,
    ...missingFiles(topology, around),
    ...portability(topology),
    ...check({ topology, lowered, reports }, topology.severities, mend),
  ];
  const diagnostics = settle(judged, source, yamlComments(source), topology.severities);
  return { source, topology, lowered, reports, diagnostics };
}

function withSettings(written: Node, settings: readonly string[]): { readonly root: Node; readonly problem?: string } {
  let root = written;
  for (const setting of settings) {
    const result = set(root, setting);
    if ('problem' in result) return { root, problem: result.problem };
    root = result.root;
  }
  return { root };
}

/** One slip, one message: what a later stage says about a place where an earlier one found a mistake is an echo. */
function withoutEchoes(later: readonly Diagnostic[], earlier: readonly Diagnostic[], source: Source): Diagnostic[] {
  const errors = earlier.filter(({ severity }) => severity === 'error');
  const key = ({ place }: Diagnostic): string => {
    const { start, end } = source.span(place);
    return `${start}-${end}`;
  };
  const spans = new Set(errors.map(key));
  const paths = errors.map(({ place }) => place.path);
  const anyError = [...errors, ...later].some(({ severity }) => severity === 'error');
  return later.filter((diagnostic) => {
    // A misspelt name leaves the right one without use.
    if (diagnostic.rule === 'reference-unused' && anyError) return false;
    if (spans.has(key(diagnostic))) return false;
    if (diagnostic.rule !== 'schema-missing-key' && diagnostic.rule !== 'reference-pool') return true;
    return !paths.some((path) => path === diagnostic.place.path || path.startsWith(`${diagnostic.place.path}/`));
  });
}

function missingFiles({ acme, sites }: Topology, { fileExists }: Surroundings): Diagnostic[] {
  if (!fileExists) return [];
  const named = [
    ...(acme.ca_root ? [acme.ca_root] : []),
    ...sites.flatMap(({ tls: { value } }) => (value.mode === 'files' ? [value.certificate, value.key] : [])),
    ...sites.flatMap(({ tls: { value } }) => (value.mode !== 'none' && value.client ? [value.client.ca] : [])),
  ];
  return named
    .filter(({ value }) => !fileExists(value))
    .map(({ value, at }) => ({
      rule: 'reference-file',
      severity: 'error',
      message: `there is no file ${JSON.stringify(value)}`,
      help: 'a path is relative to the topology file',
      place: at,
    }));
}
