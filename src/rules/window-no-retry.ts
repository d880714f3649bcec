import { directiveDuration, humanDuration } from '../model/duration.ts';
import { sharing } from '../model/relations.ts';
import { suitingWindow, withoutRetry } from '../report/suit.ts';
import { titles } from '../targets/index.ts';
import type { Rule } from './rule.ts';

export const windowNoRetry: Rule = {
  id: 'window-no-retry',
  severity: 'warning',
  summary: 'The window is over before a dead machine is given up',
  why: 'a machine that is off costs requests although another server is there: only refused connections are tried again',
  help: 'make `window` longer than `connect` (and `interval`), or leave it away: `tries` bounds the wait as well',
  fix: 'writes the shortest `window` that lets an attempt start, where the budget has time for it',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 2s }
    retry: { window: 2s }
    budget: 40s
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 2s }
    retry: { window: 5s }
    budget: 40s
`,
  },
  *check({ reports, topology }) {
    for (const group of sharing(reports, ({ route }) => route.retry.window.at)) {
      const late = group.find((report) => withoutRetry(report).length > 0);
      if (!late) continue;
      const { window, interval } = late.route.retry;
      const { connect } = late.route.timeouts;
      if (window.value === 'none') continue;
      const targets = withoutRetry(late);
      const pause =
        interval.value > 0 && targets.includes('caddy') ? ` less ${humanDuration(interval.value)} of pause` : '';
      const longer = suitingWindow(group, topology);
      yield {
        at: window.at,
        message: `\`window: ${humanDuration(window.value)}\`${pause} ends before a connection is given up (${humanDuration(connect.value)}): no second attempt starts on ${titles(targets)}`,
        targets,
        related: [{ place: connect.at, message: 'the limit for connecting' }],
        fix: longer && { write: window.at, value: directiveDuration(longer) },
      };
    }
  },
};
