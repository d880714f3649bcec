import { humanDuration } from '../model/duration.ts';
import { attemptsOf } from '../model/relations.ts';
import { waitsInWords } from '../report/report.ts';
import type { Rule } from './rule.ts';

export const windowOvershoot: Rule = {
  id: 'window-overshoot',
  severity: 'info',
  summary: 'A window is taken for a deadline: the worst wait is longer',
  why: 'the window says when the last attempt may start; that attempt still takes its whole time',
  help: 'write the longest acceptable wait as `budget`, and it is checked',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    retry: { window: 5s }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    retry: { window: 5s }
    budget: 40s
`,
  },
  *check({ reports }) {
    for (const { route, budget, targets } of reports) {
      const { window } = route.retry;
      if (budget || window.value === 'none' || attemptsOf(route) < 2) continue;
      const limit = window.value;
      // No second attempt at all is another finding.
      if (route.timeouts.connect.value >= limit) continue;
      const longer = targets.filter(({ worst }) => worst !== null && worst > limit);
      if (longer.length === 0) continue;
      yield {
        at: window.at,
        message: `\`window: ${humanDuration(limit)}\` is no deadline: the worst wait is ${waitsInWords(longer)}`,
        targets: longer.map(({ target }) => target),
      };
    }
  },
};
