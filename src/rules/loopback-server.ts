import { formatAddress } from '../model/address.ts';
import { isLoopback } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const loopbackServer: Rule = {
  id: 'loopback-server',
  severity: 'warning',
  summary: 'A server on `localhost`, and the proxy runs in a container',
  why: 'inside the container that is the container itself: each request to the server is refused',
  help: 'run the application as a service and write its name, or write the address of the machine in the private network',
  examples: {
    fires: `version: 1
sites:
  a.example.com: [127.0.0.1:3000, 10.0.0.3:3000]
`,
    silent: `version: 1
targets: { caddy: {} }
sites:
  a.example.com: [127.0.0.1:3000, 10.0.0.3:3000]
`,
  },
  *check({ pools, topology }) {
    if (!topology.targets.compose) return;
    for (const { address } of pools.flatMap(({ pool }) => pool.servers)) {
      if (!isLoopback(address.value)) continue;
      yield {
        at: address.at,
        message: `\`${formatAddress(address.value)}\` is inside the container of the proxy`,
        targets: ['compose'],
      };
    }
  },
};
