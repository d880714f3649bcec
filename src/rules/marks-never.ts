import { markingTime, turnsBetween } from '../latency/marking.ts';
import { type Duration, humanDuration, milliseconds } from '../model/duration.ts';
import { rateOf } from '../model/relations.ts';
import type { Topology } from '../model/topology.ts';
import type { PoolUse } from '../report/report.ts';
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

/**
 * Milliseconds between two failures of a server, from the first to the last that is needed where every turn meets it, and
 * where requests take turns evenly; nothing: one failure is enough.
 */
function failures({ pool, routes }: PoolUse) {
  const { max_fails } = pool.health.passive;
  const rps = rateOf(routes.map(({ site }) => site));
  const servers = pool.servers.length;
  if (rps === undefined || servers < 2 || max_fails.value < 2 || pool.health.active) return undefined;
  const retried = routes.some(({ route }) => route.retry.tries.value !== 1);
  const turns = turnsBetween(servers, retried);
  return {
    rps,
    apart: markingTime(2, turns, rps),
    needed: markingTime(max_fails.value, turns, rps),
    certain: markingTime(max_fails.value, servers, rps),
  };
}

/** Might Caddy never mark a server of the pool with this fail window? */
export function forgets(use: PoolUse, { targets }: Topology, window: Duration): boolean {
  return targets.caddy !== undefined && (failures(use)?.certain ?? 0) >= window;
}
