import { fixedAddresses } from '../targets/compose/addresses.ts';
import { upstreamsOfPools } from '../targets/nginx/directives.ts';
import type { Rule } from './rule.ts';

export const staleDns: Rule = {
  id: 'stale-dns',
  severity: 'warning',
  summary: 'nginx looks a server’s name up once, when it starts',
  why: 'when the container is made anew under another address, nginx goes on asking the old one; while the name is unknown, nginx does not start at all',
  help: 'compile for nginx 1.27.3 or later, or run the server as a service of this topology',
  examples: {
    fires: `version: 1
targets: { nginx: { version: "1.22" } }
sites:
  a.example.com: [web:3000, 10.0.0.3:3000]
`,
    silent: `version: 1
targets: { nginx: { version: "1.28" } }
sites:
  a.example.com: [web:3000, 10.0.0.3:3000]
`,
  },
  *check({ topology, lowered }) {
    const fixed = fixedAddresses(topology);
    for (const { peers } of lowered.nginx ? upstreamsOfPools(lowered.nginx) : []) {
      for (const { address, resolve } of peers) {
        const { value } = address;
        if (value.kind !== 'name' || resolve || fixed.has(value.host)) continue;
        yield {
          at: address.at,
          message: `nginx before 1.27.3 never looks \`${value.host}\` up again`,
          targets: ['nginx'],
        };
      }
    }
  },
};
