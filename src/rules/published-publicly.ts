import { isPublicAddress } from '../model/address.ts';
import type { Rule } from './rule.ts';

export const publishedPublicly: Rule = {
  id: 'published-publicly',
  severity: 'error',
  summary: 'A service is published where everybody can reach it',
  why: 'docker’s rules come before the firewall’s: the application answers plain http to anybody, past the proxy, its TLS and its limits',
  help: 'give the machine its address in the private network (10.x, 192.168.x, a VPN); where a firewall in front of it closes the port, `lint: { rules: { published-publicly: warning } }` lets it be built',
  examples: {
    fires: `version: 1
machines:
  front: { address: 10.0.0.2, edge: true }
  back: { address: 0.0.0.0 }
services:
  shop:
    image: "ghcr.io/example/shop:1.4.2"
    port: 3000
    instances: [{ machine: front }, { machine: back, publish: 3100 }]
sites:
  a.example.com: shop
`,
    silent: `version: 1
machines:
  front: { address: 10.0.0.2, edge: true }
  back: { address: 10.0.0.3 }
services:
  shop:
    image: "ghcr.io/example/shop:1.4.2"
    port: 3000
    instances: [{ machine: front }, { machine: back, publish: 3100 }]
sites:
  a.example.com: shop
`,
  },
  *check({ topology }) {
    if (!topology.targets.compose) return;
    for (const { machine, publish } of topology.services.flatMap(({ instances }) => instances)) {
      if (!machine || !publish || !isPublicAddress(machine.address.value)) continue;
      const every = ['0.0.0.0', '::'].includes(machine.address.value);
      const where = every ? 'on all interfaces' : `on ${machine.address.value}, a public address`;
      yield {
        at: publish.at,
        message: `port ${publish.value} of \`${machine.name}\` is published ${where}`,
        targets: ['compose'],
        related: [{ place: machine.address.at, message: 'the address of the machine' }],
      };
    }
  },
};
