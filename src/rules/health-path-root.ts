import type { Rule } from './rule.ts';

export const healthPathRoot: Rule = {
  id: 'health-path-root',
  severity: 'warning',
  summary: 'The home page stands for the health of a server',
  why: 'it is slow to make, a redirect there (to a login, a language) counts as sick, and it says nothing of what the application needs',
  help: 'give the application a page such as /healthz that answers 200 when it can work',
  examples: {
    fires: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { active: / } }
`,
    silent: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { active: /healthz } }
`,
  },
  *check({ pools, topology }) {
    if (!topology.targets.caddy) return;
    for (const { pool } of pools) {
      const { active } = pool.health;
      if (active?.path.value !== '/') continue;
      yield {
        at: active.path.at,
        message: `the check of \`${pool.name}\` asks for \`/\`, the home page`,
        targets: ['caddy'],
      };
    }
  },
};
