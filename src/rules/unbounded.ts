import { evaluate } from '../latency/term.ts';
import { speaksHttp2 } from '../model/pool-tls.ts';
import { isEndless } from '../report/report.ts';
import { titles } from '../targets/index.ts';
import type { Rule } from './rule.ts';

export const unbounded: Rule = {
  id: 'unbounded',
  severity: 'warning',
  summary: 'Nothing ends the wait for a server (with a budget, `over-budget` says so)',
  why: 'one hung server keeps its visitors waiting until they give up, and no request finds it dead',
  help: 'write a limit, such as 30s, or `budget: none` where an endless wait is wanted',
  examples: {
    fires: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { response_header: none }
`,
    silent: `version: 1
targets: { caddy: {} }
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { response_header: none }
    budget: none
`,
  },
  *check({ reports, auths }) {
    for (const { route, budget, targets } of [...reports, ...auths]) {
      if (budget?.value === 'none') continue;
      const { response_header, send } = route.timeouts;
      // Servers of HTTP/2 that refuse streams are another finding.
      const limited = response_header.value !== 'none' && speaksHttp2(route.pool);
      const endless = budget || limited ? [] : targets.filter(isEndless).map(({ target }) => target);
      if (endless.length > 0) {
        const [at, because] =
          response_header.value === 'none'
            ? [response_header.at, 'response_header: none']
            : [route.retry.tries.at, `tries: ${route.retry.tries.value}`];
        const message = `with \`${because}\` a request can wait for ever on ${titles(endless)}`;
        yield { at, message, targets: endless };
      }
      if (send.value !== 'none') continue;
      // The budget is that of the headline, which leaves uploads out.
      const stuck = targets.filter(({ bounds }) =>
        bounds.rows.some(({ fault, wait }) => fault === 'no_read' && !Number.isFinite(evaluate(wait))),
      );
      const ids = stuck.map(({ target }) => target);
      if (ids.length > 0) {
        yield {
          at: send.at,
          message: `with \`send: none\` an upload can wait for ever on ${titles(ids)}`,
          targets: ids,
        };
      }
    }
  },
};
