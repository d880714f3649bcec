import { blamed } from '../latency/term.ts';
import { waitsInWords } from '../report/report.ts';
import type { Rule } from './rule.ts';

const most = 2;

export const targetsDiffer: Rule = {
  id: 'targets-differ',
  severity: 'warning',
  summary: 'The worst waits of the targets differ by more than twice',
  why: 'who changes the proxy changes how long a failure takes, and a test on one says little about the other',
  help: 'bound both by the same thing: a number of `tries` instead of a window, no long `interval`',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { response_header: 5s }
    retry: { interval: 20s }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { response_header: 5s }
    retry: { interval: 2s }
`,
  },
  *check({ reports }) {
    for (const { route, targets } of reports) {
      // Of a stream they always do, and why is another finding.
      if (route.stream.value) continue;
      const finite = targets.flatMap((one) => (one.worst === null ? [] : [{ ...one, worst: one.worst }]));
      const [longer, shorter] = finite.sort((a, b) => b.worst - a.worst);
      if (!longer || !shorter || longer.worst <= most * shorter.worst) continue;
      const known = new Set(blamed(shorter.bounds.headline).map(({ name }) => name));
      const culprit = blamed(longer.bounds.headline).find(({ name, given }) => given && !known.has(name));
      const ratio = Number((longer.worst / shorter.worst).toFixed(1));
      yield {
        at: culprit?.given?.at ?? route.retry.tries.at,
        message: `\`${route.id}\` can wait ${waitsInWords([longer, shorter])}: ${ratio} times as long`,
        help: `${targetsDiffer.help}; \`proxywright explain ${route.id}\` shows both waits`,
        targets: [longer.target, shorter.target],
      };
    }
  },
};
