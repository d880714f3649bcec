import { balanceName, inService, ranks, weightOf } from '../model/balance.ts';
import type { Pool } from '../model/topology.ts';
import type { Rule } from './rule.ts';

export const weightIgnored: Rule = {
  id: 'weight-ignored',
  severity: 'warning',
  summary: 'Weights that change nothing',
  why: 'a weight is a share compared with the other servers: here every server gets what it would get without it',
  help: 'remove it, or give the servers different weights and a balance that looks at them',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream:
      servers: [{ address: 10.0.0.2:80, weight: 3 }, 10.0.0.3:80]
      balance: first
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream:
      servers: [{ address: 10.0.0.2:80, weight: 3 }, 10.0.0.3:80]
      health: { passive: { max_fails: 1 } }
`,
  },
  *check({ pools }) {
    for (const { pool } of pools) {
      const weight = pool.servers.find((server) => server.weight)?.weight;
      const because = weight && ignored(pool);
      if (because) yield { at: weight.at, message: `\`weight: ${weight.value}\` changes nothing: ${because}` };
    }
  },
};

/** Why nobody looks at the weights of a pool; nothing where somebody does. */
function ignored(pool: Pool): string | undefined {
  if (inService(pool).length < 2) return 'one server is in service';
  if (pool.balance.value === 'first') return `\`balance: ${balanceName(pool.balance.value)}\` goes by the order`;
  const { primaries, backups } = ranks(pool);
  const differs = [primaries, backups].some((rank) => new Set(rank.map(weightOf)).size > 1);
  if (differs) return undefined;
  if (backups.length > 0) return 'backups are asked when the others are gone, and among those it is the same';
  return 'all servers have the same';
}
