import { type Duration, directiveDuration, humanDuration, milliseconds } from '../model/duration.ts';
import { isWritten, sharing } from '../model/relations.ts';
import { forgets } from '../report/failures.ts';
import type { Rule } from './rule.ts';

const long = milliseconds(60_000);
const enough = milliseconds(30_000);

export const failWindowLong: Rule = {
  id: 'fail-window-long',
  severity: 'warning',
  summary: 'A server that is back stays unused for long',
  why: 'and a short trouble of all servers becomes a long outage: nobody asks them before the window is over',
  help: 'write 10s to 30s: a probe now and then costs one request little',
  fix: `writes \`fail_window: ${directiveDuration(enough)}\``,
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { passive: { fail_window: 10m } } }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { passive: { fail_window: 30s } } }
`,
  },
  *check({ pools, topology }) {
    for (const group of sharing(pools, ({ pool }) => pool.health.passive.fail_window.at)) {
      const { fail_window } = group[0].pool.health.passive;
      if (!isWritten(fail_window) || fail_window.value <= long) continue;
      const marks = group
        .flatMap(({ routes }) => routes)
        .flatMap(({ targets }) => targets.flatMap(({ bounds }) => bounds.failWindow));
      if (marks.length === 0) continue;
      // Thousands of pools may share the line: too many for the arguments of one call.
      const most = (values: readonly number[]): number => values.reduce((one, other) => Math.max(one, other), 0);
      const recovery = most(marks.map((mark) => mark.recovery)) as Duration;
      const outage = most(marks.map((mark) => mark.allMarked)) as Duration;
      const shares = marks.flatMap(({ slowShare }) => slowShare ?? []);
      const saved =
        shares.length > 0
          ? ` (${Number((100 * most(shares)).toFixed(2))}% of the requests meet a server that stays dead)`
          : '';
      yield {
        at: fail_window.at,
        message: `a server that is back can stay unused for ${humanDuration(recovery)}, and when all were marked every request fails for up to ${humanDuration(outage)}${saved}`,
        // With few requests a shorter window would mark nobody.
        fix: group.some((use) => forgets(use, topology, enough))
          ? undefined
          : { write: fail_window.at, value: directiveDuration(enough) },
      };
    }
  },
};
