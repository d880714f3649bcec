import { markingTime, turnsBetween } from '../latency/marking.ts';
import { humanDuration, milliseconds } from '../model/duration.ts';
import { rateOf } from '../model/relations.ts';
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
    for (const { pool, routes } of pools) {
      const { max_fails, fail_window } = pool.health.passive;
      const rps = rateOf(routes.map(({ site }) => site));
      const retried = routes.some(({ route }) => route.retry.tries.value !== 1);
      const turns = turnsBetween(pool.servers.length, retried);
      if (rps === undefined || pool.servers.length < 2 || max_fails.value < 2 || pool.health.active) continue;
      const apart = markingTime(2, turns, rps);
      const needed = markingTime(max_fails.value, turns, rps);
      if (needed < fail_window.value) continue;
      yield {
        at: max_fails.at,
        message: `with ${rps} requests a second one server fails every ${humanDuration(milliseconds(apart))}, and Caddy forgets a failure after ${humanDuration(fail_window.value)}: \`max_fails: ${max_fails.value}\` is never reached`,
        help: `write \`max_fails: 1\`, a \`fail_window\` longer than ${humanDuration(milliseconds(markingTime(max_fails.value, pool.servers.length, rps)))}, or an active check`,
        targets: ['caddy'],
      };
    }
  },
};
