import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import type { RouteWaits } from '../report/report.ts';
import type { Report } from '../reporters/reporter.ts';
import { isFatal } from '../source/ignore.ts';
import type { Source } from '../source/source.ts';
import type { OutputFile } from '../targets/files.ts';

/** One of the two inputs that are compared, with all that is known about it. */
export interface Side {
  /** As it was named: `git:main:topology.yaml`. */
  readonly name: string;
  /** What stands before the names of its files where people read them: `git:main:`, or nothing. */
  readonly prefix: string;
  /** Its files with their findings, the main one first. */
  readonly files: readonly Report[];
  /** Empty while it has mistakes that leave nothing to judge. */
  readonly routes: readonly RouteWaits[];
  /** What a build of it writes; absent: there is no build of it. */
  readonly output?: readonly BuiltFile[];
}

/** A file of the output as it is, and as it may be shown: without secrets. */
export interface BuiltFile extends OutputFile {
  readonly shown: string;
}

/** Has it mistakes that leave nothing to judge? */
export function isBroken({ files }: Side): boolean {
  return files.some(({ diagnostics }) => diagnostics.some(isFatal));
}

/** The file that a place is in. */
export function sourceOf({ files }: Side, { source }: Place): Source {
  const found = files.find((file) => file.source.name === source) ?? files[0];
  if (!found) throw new Error(`${source} was not read`);
  return found.source;
}

/** `git:main:topology.yaml:7` */
export function lineOf(side: Side, place: Place): string {
  const source = sourceOf(side, place);
  return `${side.prefix}${source.name.replace(/^(?:\.\/+)+/, '')}:${source.position(source.span(place).start).line}`;
}

/** A finding with the file that it is in. */
export interface Finding {
  readonly report: Report;
  readonly diagnostic: Diagnostic;
}

export function findingsOf({ files }: Side): Finding[] {
  return files.flatMap((report) => report.diagnostics.map((diagnostic) => ({ report, diagnostic })));
}
