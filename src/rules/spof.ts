import { formatAddress } from '../model/address.ts';
import { inService } from '../model/balance.ts';
import { machineOf } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const spof: Rule = {
  id: 'spof',
  severity: 'warning',
  summary: 'A pool of one server',
  why: 'when it fails, restarts or is deployed, its visitors get errors: there is nobody to try instead',
  help: 'run a second one, on another machine if you can, and list it beside the first',
  examples: {
    fires: `version: 1
sites:
  a.example.com: 10.0.0.2:80
`,
    silent: `version: 1
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
  },
  *check({ pools, topology }) {
    const edge = topology.here;
    for (const { pool } of pools) {
      const [only, second] = inService(pool);
      if (!only || second) continue;
      const address = only.address.value;
      const beside = edge && machineOf(address, topology) === edge.name ? `, on the machine of the edge` : '';
      yield { at: pool.at, message: `\`${formatAddress(address)}\` is the only server of \`${pool.name}\`${beside}` };
    }
  },
};
