import { ranks } from '../model/balance.ts';
import { isWritten } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const backupOneTry: Rule = {
  id: 'backup-one-try',
  severity: 'warning',
  summary: 'A backup, and no try left for it',
  why: 'with one try no request that meets the failure goes on to the backup: it is asked only once the others are marked',
  help: 'write `tries: 2` or more',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, { address: 10.0.0.3:80, backup: true }]
      retry: { tries: 1 }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream:
      servers: [10.0.0.2:80, { address: 10.0.0.3:80, backup: true }]
      retry: { tries: 2 }
      health: { passive: { max_fails: 1 } }
`,
  },
  *check({ pools }) {
    for (const { pool, routes } of pools) {
      const [backup] = ranks(pool).backups;
      const [first] = routes;
      const { tries } = first.route.retry;
      if (!backup?.backup || !isWritten(tries)) continue;
      if (routes.some(({ route }) => route.retry.tries.value !== 1)) continue;
      yield {
        at: backup.backup.at,
        message: 'no request that fails elsewhere goes on to this backup',
        related: [{ place: tries.at, message: 'one try' }],
      };
    }
  },
};
