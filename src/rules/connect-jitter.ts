import { directiveDuration, humanDuration, milliseconds } from '../model/duration.ts';
import { isWritten, sharing } from '../model/relations.ts';
import { suitsConnect } from '../report/suit.ts';
import type { Rule } from './rule.ts';

/** What a machine that pauses, a full accept queue or a long way may take on a good day. */
export const jitter = milliseconds(200);
const usual = milliseconds(1000);

export const connectJitter: Rule = {
  id: 'connect-jitter',
  severity: 'warning',
  summary: 'The connect limit is so short that healthy servers are given up',
  why: 'a virtual machine that pauses or a queue that is full for a moment answers later than that: requests move on, and the server is marked as dead',
  help: 'write 1s; on a quiet private network not less than 200ms',
  fix: `writes \`connect: ${directiveDuration(usual)}\` where each budget and window still fits`,
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 50ms }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 1s }
`,
  },
  *check({ reports, topology }) {
    for (const group of sharing(reports, ({ route }) => route.timeouts.connect.at)) {
      const { connect } = group[0].route.timeouts;
      if (!isWritten(connect) || connect.value >= jitter) continue;
      yield {
        at: connect.at,
        message: `${humanDuration(connect.value)} to connect is less than ordinary jitter (200ms)`,
        fix: suitsConnect(usual, group, topology) ? { write: connect.at, value: directiveDuration(usual) } : undefined,
      };
    }
  },
};
