import { inService } from '../model/balance.ts';
import { attemptsOf, containerNames, isWritten, sharing } from '../model/relations.ts';
import type { ProxyRoute } from '../model/topology.ts';
import type { Rule } from './rule.ts';

export const triesBeyondPool: Rule = {
  id: 'tries-beyond-pool',
  severity: 'warning',
  summary: 'More tries than the pool has servers',
  why: 'a request tries a server at most once: the further tries never happen, and who reads the file counts on them',
  help: 'write as many as there are servers, or `unlimited` with a `window` to ask the same server again',
  fix: 'writes the number of servers',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    retry: { tries: 3 }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    retry: { tries: 2 }
`,
  },
  *check({ reports, topology }) {
    const containers = containerNames(topology);
    for (const group of sharing(reports, ({ route }) => route.retry.tries.at)) {
      const { tries } = group[0].route.retry;
      const most = Math.max(...group.map(({ route }) => attemptsOf(route)));
      // A lone server is a finding of its own: there is nobody to try.
      if (!isWritten(tries) || tries.value === 'unlimited' || tries.value <= most || most < 2) continue;
      const largest = group.find(({ route }) => inService(route.pool).length === most) ?? group[0];
      yield {
        at: tries.at,
        message: `\`tries: ${tries.value}\`, and the pool has ${most} servers`,
        related: [{ place: largest.route.pool.at, message: 'the pool' }],
        // Behind another name nginx finds more servers than are written, and tries those too.
        fix: group.every(({ route }) => isCounted(route, containers))
          ? { write: tries.at, value: String(most) }
          : undefined,
      };
    }
  },
};

function isCounted({ pool }: ProxyRoute, containers: ReadonlySet<string>): boolean {
  return pool.servers.every(({ address: { value } }) => value.kind !== 'name' || containers.has(value.host));
}
