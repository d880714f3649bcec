import { equation } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import type { Rule } from './rule.ts';

export const overBudget: Rule = {
  id: 'over-budget',
  severity: 'error',
  summary: 'A request can wait longer than the budget of its route',
  why: 'when servers fail, somebody waits that long before an answer or an error comes',
  help: 'shorten `response_header` or `connect`, allow fewer `tries`, or raise the budget on purpose',
  examples: {
    fires:
      'version: 1\nacme: { email: ops@example.com }\nsites:\n  a.example.com: { upstream: [10.0.0.2:80, 10.0.0.3:80], budget: 30s }\n',
    silent:
      'version: 1\nacme: { email: ops@example.com }\nsites:\n  a.example.com: { upstream: [10.0.0.2:80, 10.0.0.3:80], budget: 62s }\n',
  },
  *check({ reports }) {
    for (const { route, budget, targets } of reports) {
      if (!budget || budget.value === 'none') continue;
      for (const { target, worst, within, bounds } of targets) {
        if (within !== false) continue;
        const wait = worst === null ? 'for ever' : humanDuration(worst as Duration);
        const message = `\`${route.id}\` can wait ${wait} on ${target}, and its budget is ${humanDuration(budget.value)}`;
        yield { at: budget.at, message, targets: [target], help: `${equation(bounds.headline)}; ${overBudget.help}` };
      }
    }
  },
};
