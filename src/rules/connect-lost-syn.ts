import { inService } from '../model/balance.ts';
import { defaults } from '../model/defaults.ts';
import { humanDuration, milliseconds, parseDuration } from '../model/duration.ts';
import { attemptsOf, isWritten } from '../model/relations.ts';
import type { ProxyRoute } from '../model/topology.ts';
import { jitter } from './connect-jitter.ts';
import type { Rule } from './rule.ts';

/** Linux repeats a SYN after one second (RFC 6298); the rest is for its way. */
const oneLoss = milliseconds(1100);

export const connectLostSyn: Rule = {
  id: 'connect-lost-syn',
  severity: 'info',
  summary: 'The connect limit is over before a lost packet is sent again',
  why: 'one lost SYN then counts as a dead server: the request goes to another one, or fails where there is none',
  help: 'write 1.1s or more where packets get lost; inside one data centre it may stay',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 500ms }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { connect: 1.2s }
`,
  },
  *check({ reports }) {
    for (const { route } of reports) {
      const { connect } = route.timeouts;
      if (!isWritten(connect) || connect.value < jitter || connect.value >= oneLoss) continue;
      // What applies without a word is worth one only where a single loss costs a request or marks a server.
      if (connect.value >= Number(parseDuration(defaults.timeouts.connect.value)) && !oneLossHurts(route)) continue;
      const marks = route.pool.health.passive.max_fails.value === 1 ? ', and `max_fails: 1` marks the server' : '';
      yield {
        at: connect.at,
        message: `${humanDuration(connect.value)} to connect: a lost SYN is sent again after 1s, too late${marks}`,
      };
    }
  },
};

function oneLossHurts(route: ProxyRoute): boolean {
  const several = inService(route.pool).length > 1;
  return several && (attemptsOf(route) === 1 || route.pool.health.passive.max_fails.value === 1);
}
