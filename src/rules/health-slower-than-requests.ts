import { directiveDuration, humanDuration } from '../model/duration.ts';
import { isWritten, sharing } from '../model/relations.ts';
import { checked, suitingTimeout } from '../report/suit.ts';
import type { Rule } from './rule.ts';

export const healthSlowerThanRequests: Rule = {
  id: 'health-slower-than-requests',
  severity: 'warning',
  summary: 'A server may answer checks more slowly than requests',
  why: 'a slow server then passes every check and fails every request',
  help: 'make the `timeout` of the check shorter than `response_header`',
  fix: 'writes a `timeout` just below `response_header` (and the `interval`)',
  examples: {
    fires: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { active: { path: /healthz, timeout: 4s } } }
    timeouts: { response_header: 3s }
`,
    silent: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { active: { path: /healthz, timeout: 1s } } }
    timeouts: { response_header: 3s }
`,
  },
  *check({ reports, topology }) {
    if (!topology.targets.caddy) return;
    for (const group of sharing(checked(reports), ({ active }) => active.timeout.at)) {
      const value = suitingTimeout(group);
      for (const { active, route } of group) {
        const { timeout } = active;
        const { response_header } = route.timeouts;
        if (response_header.value === 'none' || timeout.value <= response_header.value) continue;
        const [at, other] = isWritten(timeout) ? [timeout, response_header] : [response_header, timeout];
        yield {
          at: at.at,
          message: `a check may take ${humanDuration(timeout.value)}, a request only ${humanDuration(response_header.value)}`,
          targets: ['caddy'],
          ...(isWritten(other) ? { related: [{ place: other.at, message: 'the other limit' }] } : {}),
          fix: value && isWritten(timeout) ? { write: timeout.at, value: directiveDuration(value) } : undefined,
        };
      }
    }
  },
};
