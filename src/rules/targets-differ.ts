import { blamed, equation } from '../latency/term.ts';
import { titles } from '../targets/index.ts';
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
      const finite = targets.flatMap(({ target, worst, bounds }) =>
        worst === null ? [] : [{ target, worst, bounds }],
      );
      const [longer, shorter] = finite.sort((a, b) => b.worst - a.worst);
      if (!longer || !shorter || longer.worst <= most * shorter.worst) continue;
      const known = new Set(blamed(shorter.bounds.headline).map(({ name }) => name));
      const culprit = blamed(longer.bounds.headline).find(({ name, given }) => given && !known.has(name));
      const ratio = Number((longer.worst / shorter.worst).toFixed(1));
      const ids = [longer.target, shorter.target];
      yield {
        at: culprit?.given?.at ?? route.retry.tries.at,
        message: `\`${route.id}\` can wait ${ratio} times as long on ${titles(ids.slice(0, 1))} as on ${titles(ids.slice(1))}`,
        help: `${ids.map((id, index) => `${titles([id])}: ${equation((index === 0 ? longer : shorter).bounds.headline)}`).join('; ')}; ${targetsDiffer.help}`,
        targets: ids,
      };
    }
  },
};
