import { equation } from '../latency/term.ts';
import { humanDuration } from '../model/duration.ts';
import { isWritten } from '../model/relations.ts';
import { longConnect } from '../report/suit.ts';
import type { Rule } from './rule.ts';

const usual = '1s';

export const connectTooLong: Rule = {
  id: 'connect-too-long',
  severity: 'warning',
  summary: 'A machine that is off is waited for much too long',
  why: 'a server that is there accepts in milliseconds, and after 7s three lost packets have been sent again',
  help: 'write 1s; 4s where packets get lost',
  fix: `writes \`connect: ${usual}\``,
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
      if (!isWritten(connect) || connect.value <= longConnect) continue;
      const rows = targets.flatMap(({ bounds }) => bounds.rows);
      const dead = rows.find(
        ({ fault, failing, method }) => fault === 'blackhole' && failing === 'all' && method === 'GET',
      );
      yield {
        at: connect.at,
        message: `each request that meets a dead machine waits ${humanDuration(connect.value)} for it`,
        fix: { write: connect.at, value: usual },
        ...(dead && dead.attempts > 1
          ? { help: `${equation(dead.wait)} when all are off; ${connectTooLong.help}` }
          : {}),
      };
    }
  },
};
