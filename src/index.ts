/** The library: text in, findings and files out. Touches no file and starts no program. */
import { type Analysis, analyse, type Surroundings } from './pipeline.ts';
import { type ReportData, reportData } from './report/data.ts';

export { type CompileOptions, compile } from './compile.ts';
export type { Diagnostic, Place, Severity, TargetId } from './diagnostics/diagnostic.ts';
export type { Topology } from './model/topology.ts';
export type { Analysis, Surroundings } from './pipeline.ts';
export type { ReportData } from './report/data.ts';
export { type FilesAround, filesOf } from './source/paths.ts';
export type { Source } from './source/source.ts';
export type { Variables } from './source/variables.ts';
export type { OutputFile } from './targets/files.ts';
export type { Layout } from './targets/layout.ts';

/**
 * Reads a topology: its model (absent when there are mistakes) and all findings. `name` is used in messages, and is what
 * the names of `around.files` are like. A finding belongs to the file that its place names: `files` has them together.
 */
export function parse(name: string, text: string | Uint8Array, around?: Surroundings): Analysis {
  return analyse(name, text, around);
}

/** All findings of a topology, in the order of its files. Throws when `around` asks for what is not there. */
export function lint(name: string, text: string | Uint8Array, around?: Surroundings): Analysis['diagnostics'] {
  return judged(name, text, around).diagnostics;
}

/**
 * How long each route can wait on each target, as `report --format json` prints it (times in milliseconds); nothing when
 * the topology has mistakes. Throws when `around` asks for what is not there.
 */
export function report(name: string, text: string | Uint8Array, around?: Surroundings): ReportData | undefined {
  const { reports, source } = judged(name, text, around);
  return reports && reportData(source.name, reports);
}

function judged(name: string, text: string | Uint8Array, around?: Surroundings): Analysis {
  const analysis = analyse(name, text, around);
  if (analysis.problem) throw new Error(`${analysis.problem.message}: ${analysis.problem.help}`);
  return analysis;
}
