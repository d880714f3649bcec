import { directiveDuration, humanDuration } from '../model/duration.ts';
import { isWritten, sharing } from '../model/relations.ts';
import { checked, shortInterval, suitingTimeout } from '../report/suit.ts';
import type { Rule } from './rule.ts';

export const healthTimeout: Rule = {
  id: 'health-timeout',
  severity: 'warning',
  summary: 'A check may last longer than the pause before the next one',
  why: 'checks of a slow server then run side by side: it gets the more of them the slower it is',
  help: 'make `timeout` shorter than `interval`',
  fix: 'writes a `timeout` just below the `interval` (and `response_header`)',
  examples: {
    fires: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, 10.0.0.3:80]
      health: { active: { path: /healthz, interval: 5s, timeout: 10s } }
`,
    silent: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, 10.0.0.3:80]
      health: { active: { path: /healthz, interval: 5s, timeout: 2s } }
`,
  },
  *check({ pools, topology }) {
    if (!topology.targets.caddy) return;
    for (const group of sharing(checked(pools.flatMap(({ routes }) => routes)), ({ active }) => active.timeout.at)) {
      const value = suitingTimeout(group);
      for (const { active } of group) {
        if (active.timeout.value < active.interval.value) continue;
        const { timeout, interval } = active;
        // A very short interval is the mistake then, and has its own finding.
        if (interval.value < shortInterval && !isWritten(timeout)) continue;
        yield {
          at: isWritten(timeout) ? timeout.at : interval.at,
          message: `a check may take ${humanDuration(timeout.value)}, and the next one starts after ${humanDuration(interval.value)}`,
          targets: ['caddy'],
          fix: value && isWritten(timeout) ? { write: timeout.at, value: directiveDuration(value) } : undefined,
        };
      }
    }
  },
};
