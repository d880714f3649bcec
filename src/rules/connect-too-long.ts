import { equation } from '../latency/term.ts';
import { humanDuration, milliseconds } from '../model/duration.ts';
import { isWritten } from '../model/relations.ts';
import type { Rule } from './rule.ts';

/** Lost SYNs are sent again after 1, 3 and 7 seconds: what has not answered by now will not. */
const long = milliseconds(10_000);

export const connectTooLong: Rule = {
  id: 'connect-too-long',
  severity: 'warning',
  summary: 'A machine that is off is waited for much too long',
  why: 'a server that is there accepts in milliseconds, and after 7s three lost packets have been sent again',
  help: 'write 1s; 4s where packets get lost',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 60s }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 4s }
`,
  },
  *check({ reports }) {
    for (const { route, targets } of reports) {
      const { connect } = route.timeouts;
      if (!isWritten(connect) || connect.value <= long) continue;
      const rows = targets.flatMap(({ bounds }) => bounds.rows);
      const dead = rows.find(
        ({ fault, failing, method }) => fault === 'blackhole' && failing === 'all' && method === 'GET',
      );
      yield {
        at: connect.at,
        message: `each request that meets a dead machine waits ${humanDuration(connect.value)} for it`,
        ...(dead && dead.attempts > 1
          ? { help: `${equation(dead.wait)} when all are off; ${connectTooLong.help}` }
          : {}),
      };
    }
  },
};
