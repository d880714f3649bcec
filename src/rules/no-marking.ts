import { inService } from '../model/balance.ts';
import { humanDuration } from '../model/duration.ts';
import { titles } from '../targets/index.ts';
import type { Rule } from './rule.ts';

export const noMarking: Rule = {
  id: 'no-marking',
  severity: 'warning',
  summary: 'Nothing takes a dead server out of rotation',
  why: 'its share of the requests finds it dead, one by one, for as long as it is dead',
  help: 'write `max_fails: 3`, or an active check where the target has one',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { passive: { max_fails: 0 } } }
`,
    silent: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, 10.0.0.3:80]
      health: { active: /healthz, passive: { max_fails: 0 } }
`,
  },
  *check({ pools }) {
    for (const { pool, routes } of pools) {
      const { active, passive } = pool.health;
      const servers = inService(pool).length;
      if (passive.max_fails.value > 0 || servers < 2) continue;
      const [{ route, targets }] = routes;
      // nginx has no checks: there the marks are all there is.
      const ids = targets.map(({ target }) => target).filter((target) => target === 'nginx' || !active);
      if (ids.length === 0) continue;
      yield {
        at: passive.max_fails.at,
        message: `with \`max_fails: 0\` one request in ${servers} waits ${humanDuration(route.timeouts.connect.value)} for a dead machine on ${titles(ids)}`,
        targets: ids,
      };
    }
  },
};
