import { marksOfRequest } from '../latency/marking.ts';
import { inService } from '../model/balance.ts';
import { humanDuration, milliseconds } from '../model/duration.ts';
import { attemptsOf, isWritten } from '../model/relations.ts';
import type { ProxyRoute } from '../model/topology.ts';
import { outageInWords, type RouteOnTarget } from '../report/report.ts';
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
  *check({ reports }) {
    for (const { route, targets } of reports) {
      const { max_fails } = route.pool.health.passive;
      if (max_fails.value !== 1 || inService(route.pool).length < 2) continue;
      const related = [{ place: max_fails.at, message: 'one failure marks a server' }];
      const { response_header } = route.timeouts;
      if (response_header.value !== 'none' && isWritten(response_header) && response_header.value < short) {
        const what = `slower than ${humanDuration(response_header.value)}`;
        yield {
          at: response_header.at,
          message: shut(route, what, marksOfRequest(route, 'timeout'), targets),
          related,
        };
      }
      const statuses = route.retry.on.value.flatMap((one) => (one.startsWith('http_') ? [one.slice(5)] : []));
      // Caddy counts no answer as a failure, and nginx only one that it would try elsewhere.
      const nginx = targets.filter(({ target }) => target === 'nginx');
      if (nginx.length === 0 || statuses.length === 0 || attemptsOf(route) < 2) continue;
      const message = shut(route, `answered ${statuses.join(' or ')}`, marksOfRequest(route, 'status'), nginx);
      yield { at: route.retry.on.at, message, targets: ['nginx'], related };
    }
  },
};

function shut({ pool }: ProxyRoute, what: string, marks: number, targets: readonly RouteOnTarget[]): string {
  const count = Math.ceil(inService(pool).length / marks);
  const requests = count === 1 ? `one request ${what} marks` : `${count} requests ${what} mark`;
  return `${requests} the ${inService(pool).length} servers of \`${pool.name}\`: every page is then answered ${outageInWords(targets)}`;
}
