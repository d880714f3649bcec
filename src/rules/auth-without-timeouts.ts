import { humanDuration } from '../model/duration.ts';
import { isWritten, sharing } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const authWithoutTimeouts: Rule = {
  id: 'auth-without-timeouts',
  severity: 'warning',
  summary: 'Nobody has said how long an auth server may take',
  why: 'every request waits for it before anything else: while it hangs, the whole site does, and answers 500 in the end',
  help: 'write `timeouts: { connect: 500ms, response_header: 2s }` at `forward_auth`: an answer about a session takes milliseconds',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    forward_auth: { upstream: [10.0.0.8:9091, 10.0.0.9:9091], path: /check }
    upstream: [10.0.0.2:80, 10.0.0.3:80]
`,
    silent: `version: 1
sites:
  a.example.com:
    forward_auth:
      upstream: [10.0.0.8:9091, 10.0.0.9:9091]
      path: /check
      timeouts: { response_header: 2s }
    upstream: [10.0.0.2:80, 10.0.0.3:80]
`,
  },
  *check({ auths }) {
    const unsaid = auths.filter(({ route }) => !isWritten(route.timeouts.response_header));
    for (const [{ route }] of sharing(unsaid, (one) => one.route.at)) {
      const { response_header } = route.timeouts;
      const wait = response_header.value === 'none' ? 'for ever' : humanDuration(response_header.value);
      yield {
        at: route.at,
        message: `each request waits ${wait} for a hung server of \`${route.pool.name}\`, the default of any page`,
      };
    }
  },
};
