import { type Duration, humanDuration, milliseconds } from '../model/duration.ts';
import { isWritten, sharing } from '../model/relations.ts';
import type { PoolUse } from '../report/report.ts';
import { titles } from '../targets/index.ts';
import type { Rule } from './rule.ts';

const short = milliseconds(5000);
const enough = '10s';

export const failWindowShort: Rule = {
  id: 'fail-window-short',
  severity: 'warning',
  summary: 'A dead server is tried again every few seconds',
  why: 'each time real requests wait for it again: nobody else probes it',
  help: 'write 10s to 30s, which still brings a server back soon',
  fix: `writes \`fail_window: ${enough}\``,
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
    for (const group of sharing(pools, ({ pool }) => pool.health.passive.fail_window.at)) {
      const { fail_window } = group[0].pool.health.passive;
      if (!isWritten(fail_window) || fail_window.value >= short) continue;
      const paying = group.map((use) => ({ use, costs: costsOf(use) })).filter(({ costs }) => costs.length > 0);
      const [first] = paying;
      if (!first) continue;
      const wait = humanDuration(first.use.routes[0].route.timeouts.connect.value);
      yield {
        at: fail_window.at,
        message: `a machine that stays off makes requests wait ${wait} again and again: ${first.costs.join('; ')}`,
        // A pool that pays nothing is only out for longer with another window.
        fix: paying.length === group.length ? { write: fail_window.at, value: enough } : undefined,
      };
    }
  },
};

/** What requests pay for a machine that is off, on each target. */
function costsOf({ pool, routes: [{ targets }] }: PoolUse): string[] {
  return targets.flatMap(({ target, bounds }) => {
    // A check keeps a dead server out, whatever the marks say.
    if (target === 'caddy' && pool.health.active) return [];
    const dead = bounds.failWindow.find(({ fault }) => fault === 'blackhole');
    if (!dead?.probeEvery) return [];
    const requests = dead.probeRequests === 1 ? '1 request' : `${dead.probeRequests ?? 'some'} requests`;
    const share = dead.slowShare === undefined ? '' : `, ${Number((100 * dead.slowShare).toFixed(2))}% of all`;
    return [`${requests} every ${humanDuration(dead.probeEvery as Duration)} on ${titles([target])}${share}`];
  });
}
