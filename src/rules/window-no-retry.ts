import { type Duration, humanDuration, subtract } from '../model/duration.ts';
import { attemptsOf } from '../model/relations.ts';
import { titles } from '../targets/index.ts';
import type { Rule } from './rule.ts';

export const windowNoRetry: Rule = {
  id: 'window-no-retry',
  severity: 'warning',
  summary: 'The window is over before a dead machine is given up',
  why: 'a machine that is off costs requests although another server is there: only refused connections are tried again',
  help: 'make `window` longer than `connect` (and `interval`), or leave it away: `tries` bounds the wait as well',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 2s }
    retry: { window: 2s }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 2s }
    retry: { window: 5s }
`,
  },
  *check({ reports }) {
    for (const { route, targets } of reports) {
      const { window, interval } = route.retry;
      const { connect } = route.timeouts;
      if (window.value === 'none' || attemptsOf(route) < 2) continue;
      // Caddy looks at the clock before the pause, nginx has none.
      const until: Record<'caddy' | 'nginx', Duration> = {
        caddy: subtract(window.value, interval.value),
        nginx: window.value,
      };
      const late = targets.map(({ target }) => target).filter((target) => connect.value >= until[target]);
      if (late.length === 0) continue;
      const pause =
        interval.value > 0 && late.includes('caddy') ? ` less ${humanDuration(interval.value)} of pause` : '';
      yield {
        at: window.at,
        message: `\`window: ${humanDuration(window.value)}\`${pause} ends before a connection is given up (${humanDuration(connect.value)}): no second attempt starts on ${titles(late)}`,
        targets: late,
        related: [{ place: connect.at, message: 'the limit for connecting' }],
      };
    }
  },
};
