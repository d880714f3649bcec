import { bound, equation } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { isWritten } from '../model/relations.ts';
import { titles } from '../targets/index.ts';
import type { Rule } from './rule.ts';

export const staleReuse: Rule = {
  id: 'stale-reuse',
  severity: 'info',
  summary: 'With connections that servers close late, a request can wait longer than its budget',
  why: 'a request that meets a closed connection is sent again at once, as often as idle connections are kept: the budget does not count that',
  help: 'keep fewer connections, or write `keepalive: 0` where the budget must hold in every case',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], keepalive: 32 }
    timeouts: { response_header: 5s }
    budget: 12s
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], keepalive: 0 }
    timeouts: { response_header: 5s }
    budget: 12s
`,
  },
  *check({ reports }) {
    for (const { route, budget, targets } of reports) {
      const { connections, idle } = route.pool.keepalive;
      const chosen = [connections, idle].find(isWritten);
      if (!chosen || !budget || budget.value === 'none') continue;
      const limit = budget.value;
      for (const { target, within, bounds } of targets) {
        const wait = bound(bounds.staleReuse.wait);
        if (!within || wait === null || wait <= limit) continue;
        yield {
          at: chosen.at,
          message: `\`${route.id}\` can wait ${humanDuration(wait as Duration)} on ${titles([target])} when servers close reused connections late; its budget is ${humanDuration(limit)}`,
          help: `${equation(bounds.staleReuse.wait)}; ${staleReuse.help}`,
          targets: [target],
          related: [{ place: budget.at, message: 'the budget' }],
        };
      }
    }
  },
};
