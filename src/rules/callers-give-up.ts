import { humanDuration, milliseconds } from '../model/duration.ts';
import { isWritten } from '../model/relations.ts';
import type { Rule } from './rule.ts';

/** What Cloudflare gives an origin before it answers 524. */
const caller = milliseconds(100_000);

export const callersGiveUp: Rule = {
  id: 'callers-give-up',
  severity: 'warning',
  summary: 'The proxy waits longer for a server than its callers wait for the proxy',
  why: 'nobody is left to read the answer, and nginx never counts the failure of a request whose caller has gone: the hung server stays in rotation',
  help: 'write less than the callers’ own limit, and answer long work with 202 and a place to ask again',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { response_header: 10m }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { response_header: 90s }
`,
  },
  *check({ reports }) {
    for (const { route } of reports) {
      const { response_header } = route.timeouts;
      if (response_header.value === 'none' || !isWritten(response_header) || response_header.value < caller) continue;
      yield {
        at: response_header.at,
        message: `callers do not wait ${humanDuration(response_header.value)}: Cloudflare gives up after 100s, browsers after 1 to 5 minutes`,
      };
    }
  },
};
