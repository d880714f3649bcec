import { humanDuration, milliseconds } from '../model/duration.ts';
import { isWritten } from '../model/relations.ts';
import type { Rule } from './rule.ts';

/** `server.keepAliveTimeout` of Node; Apache and uvicorn have the same. */
const application = milliseconds(5000);
const safe = '4s';

export const keepaliveRace: Rule = {
  id: 'keepalive-race',
  severity: 'warning',
  summary: 'The proxy keeps idle connections longer than many applications do',
  why: 'a request that is sent while the application closes the connection is lost: a POST then fails with 502, now and then, for no visible reason',
  help: `write less than the application’s own limit (${safe} is below all of these), or make the application keep connections longer`,
  fix: `writes \`idle: ${safe}\``,
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], keepalive: { idle: 60s } }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], keepalive: { idle: 4s } }
`,
  },
  *check({ pools }) {
    for (const { connections, idle } of pools.map(({ pool }) => pool.keepalive)) {
      if (!isWritten(idle) || idle.value < application || connections.value === 0) continue;
      const time = humanDuration(idle.value);
      yield {
        at: idle.at,
        message: `the application must keep idle connections for more than ${time}: Node, Apache and uvicorn close them after 5s`,
        fix: { write: idle.at, value: safe },
      };
    }
  },
};
