import { inService } from '../model/balance.ts';
import { edgeMachine, machineOf } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const oneMachine: Rule = {
  id: 'one-machine',
  severity: 'warning',
  summary: 'All servers of a pool are on one machine',
  why: 'when that machine is off all of them are: several servers there help against a crash or a deploy, not against its loss',
  help: 'run one of them on another machine',
  examples: {
    fires: `version: 1
sites:
  a.example.com: [10.0.0.2:3000, 10.0.0.2:3001]
`,
    silent: `version: 1
sites:
  a.example.com: [10.0.0.2:3000, 10.0.0.3:3000]
`,
  },
  *check({ pools, topology }) {
    const edge = topology.here?.name;
    for (const { pool } of pools) {
      const machines = new Set(inService(pool).map(({ address }) => machineOf(address.value, topology)));
      const [machine, other] = machines;
      if (inService(pool).length < 2 || machine === undefined || other !== undefined || machines.size > 1) continue;
      const name = machine === edgeMachine ? machine : `\`${machine}\``;
      const what = machine === edge ? `${name}, with the edge` : name;
      yield { at: pool.at, message: `the ${inService(pool).length} servers of \`${pool.name}\` are on ${what}` };
    }
  },
};
