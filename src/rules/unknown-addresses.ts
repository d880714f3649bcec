import { type Duration, humanDuration } from '../model/duration.ts';
import { containerNames, isLoopback } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const unknownAddresses: Rule = {
  id: 'unknown-addresses',
  severity: 'warning',
  summary: 'nginx asks every address of a name, and nobody knows how many there are',
  why: 'each further address in DNS makes the wait longer, and this file does not show it',
  help: 'write a number of `tries`, or the addresses themselves',
  examples: {
    fires: `version: 1
targets: { nginx: {} }
sites:
  a.example.com:
    upstream: [app.corp.example:80, 10.0.0.3:80]
    retry: { tries: unlimited, window: 60s }
`,
    silent: `version: 1
targets: { nginx: {} }
sites:
  a.example.com:
    upstream: [app.corp.example:80, 10.0.0.3:80]
    retry: { tries: 2, window: 60s }
`,
  },
  *check({ reports, topology }) {
    const own = containerNames(topology);
    for (const { route, targets } of reports) {
      const nginx = targets.find(({ target }) => target === 'nginx');
      if (!nginx || route.retry.tries.value !== 'unlimited') continue;
      for (const { address } of route.pool.servers) {
        const { value } = address;
        // A container has one address, and `localhost` has its own rule.
        if (value.kind !== 'name' || own.has(value.host) || isLoopback(value)) continue;
        const worst =
          nginx.worst === null ? 'nothing' : `only the window (${humanDuration(nginx.worst as Duration)} at worst)`;
        yield {
          at: address.at,
          message: `\`${value.host}\` may have any number of addresses, nginx tries them all, and ${worst} ends that`,
          targets: ['nginx'],
          related: [{ place: route.retry.tries.at, message: 'no limit on tries' }],
        };
      }
    }
  },
};
