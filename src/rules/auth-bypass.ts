import { formatAddress } from '../model/address.ts';
import type { Pool, ProxyRoute } from '../model/topology.ts';
import type { Rule } from './rule.ts';

export const authBypass: Rule = {
  id: 'auth-bypass',
  severity: 'warning',
  summary: 'Servers behind `forward_auth` are reached by another route without it',
  why: 'what the application takes for a protected path (`/ADMIN`, `/admin;x`, another Host) comes to it by the other route, and nobody is asked',
  help: 'ask on the other route too, or write `forward_auth: none` there: it says that the application itself knows what is open',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    routes:
      - match: { path: /admin/* }
        upstream: [10.0.0.2:80, 10.0.0.3:80]
        forward_auth: { upstream: [10.0.0.8:9091, 10.0.0.9:9091], path: /check, timeouts: { response_header: 2s } }
      - upstream: [10.0.0.2:80, 10.0.0.3:80]
`,
    silent: `version: 1
sites:
  a.example.com:
    routes:
      - match: { path: /admin/* }
        upstream: [10.0.0.2:80, 10.0.0.3:80]
        forward_auth: { upstream: [10.0.0.8:9091, 10.0.0.9:9091], path: /check, timeouts: { response_header: 2s } }
      - { match: { path: /metrics }, upstream: [10.0.0.2:80, 10.0.0.3:80], basic_auth: { users_file: ./users } }
      - { upstream: [10.0.0.2:80, 10.0.0.3:80], forward_auth: none }
`,
  },
  *check({ reports, topology }) {
    const proxies = topology.sites.flatMap(({ routes }) => routes.filter((route) => route.action === 'proxy'));
    const asked = new Map<string, ProxyRoute>();
    for (const route of proxies) {
      if (!route.forwardAuth || route.forwardAuth === 'none') continue;
      for (const server of serversOf(route.pool)) if (!asked.has(server)) asked.set(server, route);
    }
    for (const { route } of asked.size === 0 ? [] : reports) {
      // A password is a question, too.
      if (route.forwardAuth || route.basicAuth || !proxies.includes(route)) continue;
      const server = serversOf(route.pool).find((one) => asked.has(one));
      const other = server === undefined ? undefined : asked.get(server);
      if (!other || other.forwardAuth === 'none' || !other.forwardAuth) continue;
      const related = [{ place: other.forwardAuth.asks.at, message: `\`${other.id}\` asks` }];
      yield { at: route.at, message: `\`${route.id}\` leads to \`${server}\` without a question`, related };
    }
  },
};

const serversOf = ({ servers }: Pool) => servers.map(({ address }) => formatAddress(address.value));
