import { humanDuration, milliseconds } from '../model/duration.ts';
import { failures } from '../report/failures.ts';
import type { Rule } from './rule.ts';

export const marksNever: Rule = {
  id: 'marks-never',
  severity: 'warning',
  summary: 'At this rate Caddy forgets failures before they add up to `max_fails`',
  why: 'a dead server stays in rotation for as long as it is dead: its share of the requests pays every time (nginx forgets nothing)',
  help: 'write `max_fails: 1`, a longer `fail_window`, or an active check',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    traffic: { rps: 0.2 }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    traffic: { rps: 50 }
`,
  },
  *check({ pools, topology }) {
    if (!topology.targets.caddy) return;
    for (const use of pools) {
      const { max_fails, fail_window } = use.pool.health.passive;
      const rate = failures(use);
      if (!rate || rate.needed < fail_window.value) continue;
      yield {
        at: max_fails.at,
        message: `with ${rate.rps} requests a second one server fails every ${humanDuration(milliseconds(rate.apart))}, and Caddy forgets a failure after ${humanDuration(fail_window.value)}: \`max_fails: ${max_fails.value}\` is never reached`,
        help: `write \`max_fails: 1\`, a \`fail_window\` longer than ${humanDuration(milliseconds(rate.certain))}, or an active check`,
        targets: ['caddy'],
      };
    }
  },
};
