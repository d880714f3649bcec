import { formatAddress } from '../model/address.ts';
import { inService } from '../model/balance.ts';
import type { Rule } from './rule.ts';

export const authSameServers: Rule = {
  id: 'auth-same-servers',
  severity: 'warning',
  summary: 'An auth server is a server of the pages that it protects',
  why: 'failures of its pages and failures of its answers count together: a slow page takes it out of rotation, and nobody gets in any more',
  help: 'ask a service of its own, or at least another port, whose failures are counted apart',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    forward_auth: { upstream: [10.0.0.2:80, 10.0.0.3:80], path: /check, timeouts: { response_header: 2s } }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    forward_auth: { upstream: [10.0.0.2:9091, 10.0.0.3:9091], path: /check, timeouts: { response_header: 2s } }
`,
  },
  *check({ auths, reports }) {
    for (const { route: asks } of auths) {
      // A lone server is never marked.
      const servers = inService(asks.pool).map(({ address }) => formatAddress(address.value));
      if (servers.length < 2 || asks.pool.health.passive.max_fails.value === 0) continue;
      const page = reports.find(
        ({ route, upstream }) =>
          upstream !== undefined &&
          route.pool.health.passive.max_fails.value > 0 &&
          route.pool.servers.some(({ address }) => servers.includes(formatAddress(address.value))),
      );
      if (!page) continue;
      const related = [{ place: page.route.at, message: `\`${page.id}\`` }];
      yield { at: asks.at, message: `failures of \`${page.id}\` take its auth servers out of rotation`, related };
    }
  },
};
