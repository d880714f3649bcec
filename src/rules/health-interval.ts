import { counted } from '../diagnostics/counted.ts';
import { humanDuration } from '../model/duration.ts';
import { isWritten } from '../model/relations.ts';
import { shortInterval } from '../report/suit.ts';
import type { Rule } from './rule.ts';

/** The default, and longer than the default limit of a check. */
const usual = '5s';

export const healthInterval: Rule = {
  id: 'health-interval',
  severity: 'warning',
  summary: 'The servers are checked many times a second',
  why: 'the checks are a load of their own (Caddy checks a pool once for each route), and one slow moment makes a server sick',
  help: 'write 2s to 10s: requests find a dead server in between',
  fix: `writes \`interval: ${usual}\``,
  examples: {
    fires: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, 10.0.0.3:80]
      health: { active: { path: /healthz, interval: 100ms, timeout: 50ms } }
`,
    silent: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, 10.0.0.3:80]
      health: { active: { path: /healthz, interval: 2s, timeout: 1s } }
`,
  },
  *check({ pools, topology }) {
    if (!topology.targets.caddy) return;
    for (const { pool, routes } of pools) {
      const interval = pool.health.active?.interval;
      if (!interval || !isWritten(interval) || interval.value >= shortInterval) continue;
      const checks = Number(((routes.length * pool.servers.length * 1000) / interval.value).toFixed(1));
      const where = `${counted(routes.length, 'route')} × ${pool.servers.length} servers`;
      yield {
        at: interval.at,
        message: `a check every ${humanDuration(interval.value)} makes ${checks} requests a second (${where})`,
        targets: ['caddy'],
        fix: { write: interval.at, value: usual },
      };
    }
  },
};
