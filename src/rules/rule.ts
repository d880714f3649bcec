import type { Place, Severity, TargetId } from '../diagnostics/diagnostic.ts';
import type { Topology } from '../model/topology.ts';
import type { RouteReport } from '../report/report.ts';
import type { Lowered } from '../targets/index.ts';

/** Everything that a rule may look at: relations over the model, the directives and the bounds, never YAML. */
export interface RuleContext {
  readonly topology: Topology;
  readonly lowered: Lowered;
  readonly reports: readonly RouteReport[];
}

export interface Finding {
  readonly at: Place;
  readonly message: string;
  readonly help?: string;
  /** Absent: all targets. */
  readonly targets?: readonly TargetId[];
  readonly related?: readonly { readonly place: Place; readonly message: string }[];
}

/** One rule = one file. The examples are topologies; a test runs them. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly summary: string;
  /** The consequence, in the reader's terms. */
  readonly why: string;
  readonly help: string;
  readonly examples: { readonly fires: string; readonly silent: string };
  check(context: RuleContext): Iterable<Finding>;
}
