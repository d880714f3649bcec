import type { TargetId } from '../diagnostics/diagnostic.ts';
import { marksOfRequest } from '../latency/marking.ts';
import { add, humanDuration, milliseconds } from '../model/duration.ts';
import { attemptsOf, isWritten } from '../model/relations.ts';
import type { Route } from '../model/topology.ts';
import type { Rule } from './rule.ts';

/** Every application has pages that take longer now and then. */
const short = milliseconds(2000);

export const slowUrlMarksPool: Rule = {
  id: 'slow-url-marks-pool',
  severity: 'warning',
  summary: 'One slow or broken URL takes every server out of rotation',
  why: 'a failure of one page counts against the server: with `max_fails: 1` a few visitors of that page shut the whole site for everybody',
  help: 'write `max_fails: 3`, a `response_header` that no healthy page needs, and no `http_…` in `on`',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { passive: { max_fails: 1 } } }
    timeouts: { response_header: 1s }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:80, 10.0.0.3:80], health: { passive: { max_fails: 3 } } }
    timeouts: { response_header: 1s }
`,
  },
  *check({ reports, topology }) {
    for (const { route, targets } of reports) {
      const { response_header } = route.timeouts;
      const { max_fails } = route.pool.health.passive;
      if (max_fails.value !== 1 || route.pool.servers.length < 2) continue;
      const { on } = route.retry;
      const related = [{ place: max_fails.at, message: 'one failure marks a server' }];
      if (response_header.value !== 'none' && isWritten(response_header) && response_header.value < short) {
        const what = `slower than ${humanDuration(response_header.value)}`;
        const ids = targets.map(({ target }) => target);
        yield { at: response_header.at, message: shut(route, what, marksOfRequest(route, 'timeout'), ids), related };
      }
      const statuses = on.value.filter((condition) => condition.startsWith('http_'));
      // Caddy counts no answer as a failure, and nginx only one that it would try elsewhere.
      if (!topology.targets.nginx || statuses.length === 0 || attemptsOf(route) < 2) continue;
      const what = `answered ${statuses.map((status) => status.slice(5)).join(' or ')}`;
      yield {
        at: on.at,
        message: shut(route, what, marksOfRequest(route, 'status'), ['nginx']),
        targets: ['nginx'],
        related,
      };
    }
  },
};

function shut(route: Route, what: string, marks: number, ids: readonly TargetId[]): string {
  const window = route.pool.health.passive.fail_window.value;
  const count = Math.ceil(route.pool.servers.length / marks);
  // nginx counts whole seconds: its window lasts up to one more.
  const until = add(window, milliseconds(1000));
  const errors = ids.map((id) =>
    id === 'caddy' ? `503 for ${humanDuration(window)} on Caddy` : `502 for up to ${humanDuration(until)} on nginx`,
  );
  const requests = count === 1 ? `one request ${what} marks` : `${count} requests ${what} mark`;
  return `${requests} the ${route.pool.servers.length} servers of \`${route.pool.name}\`: every page is then answered ${errors.join(', ')}`;
}
