import { inService } from '../model/balance.ts';
import { attemptsOf } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const retryNonIdempotent: Rule = {
  id: 'retry-non-idempotent',
  severity: 'warning',
  summary: 'nginx sends POST and PATCH again although a server may have acted on them',
  why: 'a server that answers too late has often done the work: an order, a payment or a mail happens twice',
  help: 'leave it away, or make sure that the application knows a repeated request (an idempotency key)',
  fix: 'removes `non_idempotent`',
  examples: {
    fires: `version: 1
targets: { nginx: {} }
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    retry: { non_idempotent: true }
`,
    silent: `version: 1
targets: { nginx: {} }
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    retry: { non_idempotent: false }
`,
  },
  *check({ reports, topology }) {
    if (!topology.targets.nginx) return;
    for (const { route } of reports) {
      const { non_idempotent } = route.retry;
      const attempts = Math.min(attemptsOf(route), inService(route.pool).length);
      // Of a stream it means nothing, which is another finding.
      if (!non_idempotent.value || attempts < 2 || route.stream.value) continue;
      yield {
        at: non_idempotent.at,
        message: `a POST can reach ${attempts} servers on nginx, and each may act on it`,
        targets: ['nginx'],
        fix: { remove: non_idempotent.at },
      };
    }
  },
};
