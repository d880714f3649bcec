import { inService } from '../model/balance.ts';
import { humanDuration } from '../model/duration.ts';
import type { Rule } from './rule.ts';

export const noActiveCheck: Rule = {
  id: 'no-active-check',
  severity: 'info',
  summary: 'Caddy could ask the servers itself, and only requests find a dead one',
  why: 'each time the fail window is over a dead server gets its full share of requests again, until enough of them have failed',
  help: 'write `health: { active: /healthz }` at the pool',
  examples: {
    fires: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    traffic: { rps: 50 }
`,
    silent: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { active: /healthz } }
    traffic: { rps: 50 }
`,
  },
  *check({ pools, topology }) {
    // With nginx beside it the advice would only earn a warning there: it has no such checks.
    if (!topology.targets.caddy || topology.targets.nginx) return;
    for (const { pool, routes } of pools) {
      // Without marks it is worse: another rule says so.
      if (pool.health.active || inService(pool).length < 2 || pool.health.passive.max_fails.value === 0) continue;
      const [{ route, targets }] = routes;
      const marks = targets.find(({ target }) => target === 'caddy')?.bounds.failWindow ?? [];
      const dead = marks.find(({ fault }) => fault === 'blackhole');
      // A server that is never marked is another finding.
      if (dead && dead.probeEvery === undefined) continue;
      const wait = humanDuration(route.timeouts.connect.value);
      const figures = dead?.probeRequests
        ? `: about ${dead.probeRequests} wait ${wait} each time it is tried again`
        : '';
      yield {
        at: pool.at,
        message: `only requests tell Caddy that a server of \`${pool.name}\` is dead${figures}`,
        targets: ['caddy'],
      };
    }
  },
};
