import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import type { Topology } from '../model/topology.ts';
import type { Version } from '../model/version.ts';
import type { RouteReport, RouteWaits } from '../report/report.ts';
import type { Source } from '../source/source.ts';
import type { Lowered } from '../targets/index.ts';
import type { Adjusting } from './adjust.ts';

/** A hand-written configuration, judged by its own directives. */
export interface Judged {
  readonly target: 'caddy' | 'nginx';
  readonly version: Version;
  /**
   * Every route in the order of the files; without an upstream `targets` is empty. What is not understood has a bound of
   * null with its reason. Those that a topology can say are RouteReports.
   */
  readonly routes: readonly (RouteWaits | RouteReport)[];
  /** The topology that says the same as far as one can, for the rules and for `import`: values have their places here. */
  readonly topology: Topology;
  /** The directives that the bounds were computed from. */
  readonly lowered: Lowered;
  readonly adjusting: Adjusting;
  /** What is wrong with the files, and (info) what in them was not understood. */
  readonly diagnostics: readonly Diagnostic[];
  /** What no topology says. */
  readonly unsaid: readonly Unsaid[];
  /** By the name that diagnostics and places call a file. */
  readonly sources: ReadonlyMap<string, Source>;
}

export interface Unsaid {
  readonly place: Place;
  /** `proxy_cache keeps answers` */
  readonly what: string;
}

const mostCharacters = 60;

/** A line of a configuration as a sentence shows it, whatever language it is in. */
export function shownLine(name: string, words: readonly { readonly text: string }[]): string {
  const text = [name, ...words.map((word) => word.text)].join(' ');
  return `\`${text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text}\``;
}
