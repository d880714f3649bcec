import type { Bounds } from './bounds.ts';
import { sum } from './term.ts';

/** Something else that is asked for the same request: before it (authentication) or when it failed (an error page). */
export interface Stage {
  /** `auth_request /auth` */
  readonly name: string;
  readonly bounds: Bounds;
}

/** One request that waits for its own servers and for others, one after the other. The rows stay those of its own. */
export function inSequence(own: Bounds, stages: readonly Stage[]): Bounds {
  if (stages.length === 0) return own;
  const names = stages.map(({ name }) => name).join(', ');
  return {
    ...own,
    headline: sum(own.headline, ...stages.map(({ bounds }) => bounds.headline)),
    staleReuse: {
      ...own.staleReuse,
      wait: sum(own.staleReuse.wait, ...stages.map(({ bounds }) => bounds.staleReuse.wait)),
      resends: stages.reduce((total, { bounds }) => total + bounds.staleReuse.resends, own.staleReuse.resends),
    },
    assumptions: [
      ...new Set([
        ...own.assumptions,
        ...stages.flatMap(({ bounds }) => bounds.assumptions),
        `the worst wait includes ${names}; the rows of the faults are those of the route’s own servers`,
      ]),
    ],
  };
}
