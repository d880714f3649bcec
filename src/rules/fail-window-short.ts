import { type Duration, humanDuration, milliseconds } from '../model/duration.ts';
import { isWritten } from '../model/relations.ts';
import { titles } from '../targets/index.ts';
import type { Rule } from './rule.ts';

const short = milliseconds(5000);

export const failWindowShort: Rule = {
  id: 'fail-window-short',
  severity: 'warning',
  summary: 'A dead server is tried again every few seconds',
  why: 'each time real requests wait for it again: nobody else probes it',
  help: 'write 10s to 30s, which still brings a server back soon',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { passive: { fail_window: 2s } } }
    traffic: { rps: 50 }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { passive: { fail_window: 10s } } }
    traffic: { rps: 50 }
`,
  },
  *check({ pools }) {
    for (const { pool, routes } of pools) {
      const { fail_window } = pool.health.passive;
      if (!isWritten(fail_window) || fail_window.value >= short) continue;
      const [{ route, targets }] = routes;
      const costs = targets.flatMap(({ target, bounds }) => {
        // A check keeps a dead server out, whatever the marks say.
        if (target === 'caddy' && pool.health.active) return [];
        const dead = bounds.failWindow.find(({ fault }) => fault === 'blackhole');
        if (!dead?.probeEvery) return [];
        const count = dead.probeRequests ?? 'some';
        const share = dead.slowShare === undefined ? '' : `, ${Number((100 * dead.slowShare).toFixed(2))}% of all`;
        const requests = count === 1 ? 'request' : 'requests';
        return [
          `${count} ${requests} every ${humanDuration(dead.probeEvery as Duration)} on ${titles([target])}${share}`,
        ];
      });
      if (costs.length === 0) continue;
      const wait = humanDuration(route.timeouts.connect.value);
      yield {
        at: fail_window.at,
        message: `a machine that stays off makes requests wait ${wait} again and again: ${costs.join('; ')}`,
      };
    }
  },
};
