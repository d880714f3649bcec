import type { Place, Severity, TargetId } from '../diagnostics/diagnostic.ts';
import type { Topology } from '../model/topology.ts';
import type { PoolUse, RouteReport } from '../report/report.ts';
import type { Mend } from '../source/mend.ts';
import type { Lowered } from '../targets/index.ts';

/** Everything that a rule may look at: relations over the model, the directives and the bounds, never YAML. */
export interface RuleContext {
  readonly topology: Topology;
  readonly lowered: Lowered;
  /** Each route that requests reach, with its bounds. */
  readonly reports: readonly RouteReport[];
  /** Asking each auth server, as if that were a route. */
  readonly auths: readonly RouteReport[];
  /** Each pool that requests reach, with its routes; those of auth servers too. */
  readonly pools: readonly PoolUse[];
}

export interface Finding {
  /** The value that makes it. A rule says one thing of a place: the first of several findings there is kept. */
  readonly at: Place;
  readonly message: string;
  readonly help?: string;
  /** Absent: all targets. */
  readonly targets?: readonly TargetId[];
  readonly related?: readonly { readonly place: Place; readonly message: string }[];
  /**
   * What every reader would accept unseen, right for all that take the value from that place. A judgement has none: its
   * help says what there is to choose from.
   */
  readonly fix?: Mend | undefined;
}

/** One rule = one file. The examples are topologies; a test runs them. */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly summary: string;
  /** The consequence, in the reader's terms. */
  readonly why: string;
  readonly help: string;
  /** What `lint --fix` does about it: `writes 4s`. Absent: a person decides. */
  readonly fix?: string;
  readonly examples: { readonly fires: string; readonly silent: string };
  check(context: RuleContext): Iterable<Finding>;
}
