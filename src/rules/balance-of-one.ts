import { balanceName, inService } from '../model/balance.ts';
import { isWritten } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const balanceOfOne: Rule = {
  id: 'balance-of-one',
  severity: 'info',
  summary: 'A choice among servers where there is one',
  why: 'who reads the file expects several servers; clients that are bound to one by a cookie or a hash are bound to nothing',
  help: 'remove `balance`, or add the servers that are missing',
  examples: {
    fires: `version: 1
lint: { rules: { spof: "off" } }
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, { address: 10.0.0.3:80, state: down }]
      balance: { sticky: { cookie: edge } }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, 10.0.0.3:80]
      balance: { sticky: { cookie: edge } }
      health: { passive: { max_fails: 1 } }
`,
  },
  *check({ pools }) {
    for (const { pool } of pools) {
      const { balance } = pool;
      if (!isWritten(balance) || balance.value === 'round_robin' || inService(pool).length > 1) continue;
      const [other] = pool.servers.filter(({ state }) => state && state.value !== 'up');
      yield {
        at: balance.at,
        message: `\`balance: ${balanceName(balance.value)}\` has one server to choose from`,
        related: other?.state ? [{ place: other.state.at, message: 'another one is out of service' }] : [],
      };
    }
  },
};
