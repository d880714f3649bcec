import { balanceName } from '../model/balance.ts';
import type { Rule } from './rule.ts';

export const drainUnbound: Rule = {
  id: 'drain-unbound',
  severity: 'info',
  summary: '`state: drain` where no client is bound to a server',
  why: 'draining lets the clients that a cookie binds to a server stay with it: without one it is the same as `down`',
  help: 'write `state: down`, or bind clients with `balance: { sticky: { cookie: … } }`',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.4:80, { address: 10.0.0.3:80, state: drain }]
`,
    silent: `version: 1
targets: { nginx: { version: "1.30" } }
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, 10.0.0.4:80, { address: 10.0.0.3:80, state: drain }]
      balance: { sticky: { cookie: edge } }
`,
  },
  *check({ pools }) {
    for (const { pool } of pools) {
      if (balanceName(pool.balance.value) === 'sticky') continue;
      const drained = pool.servers.find(({ state }) => state?.value === 'drain');
      if (drained?.state) yield { at: drained.state.at, message: 'nobody is bound to this server: it drains at once' };
    }
  },
};
