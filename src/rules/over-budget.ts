import { culprits, equation } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { sharing } from '../model/relations.ts';
import { smallest } from '../report/fit.ts';
import { fitHelp } from '../report/fit-text.ts';
import { type RouteReport, waitsInWords } from '../report/report.ts';
import { tuningOf } from '../report/tuning.ts';
import type { Finding, Rule } from './rule.ts';

/** A search takes milliseconds: where very many routes are over budget, only the first ones are told what fits. */
const mostSearches = 20;

export const overBudget: Rule = {
  id: 'over-budget',
  severity: 'error',
  summary: 'A request can wait longer than the budget of its route',
  why: 'when servers fail, somebody waits that long before an answer or an error comes',
  help: 'shorten `response_header` or `connect`, allow fewer `tries`, or raise the budget on purpose',
  examples: {
    fires: `version: 1
sites:
  a.example.com: { upstream: [10.0.0.2:80, 10.0.0.3:80], budget: 30s }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { response_header: 14s }
    budget: 30s
`,
  },
  *check({ reports, topology }) {
    const over = reports.filter(({ targets }) => targets.some(({ within }) => within === false));
    for (const [index, group] of sharing(over, ({ route, budget }) => budget?.at ?? route.at).entries()) {
      const worst = group.reduce((one, other) => (longest(other) > longest(one) ? other : one));
      if (typeof worst.budget?.value !== 'number') continue;
      const limit = worst.budget.value;
      const fit = index < mostSearches ? smallest(tuningOf(topology, worst), limit) : undefined;
      yield finding(worst, limit, group.length - 1, fitHelp(worst, fit) ?? overBudget.help);
    }
  },
};

const longest = ({ targets }: RouteReport) =>
  Math.max(...targets.map(({ worst }) => worst ?? Number.POSITIVE_INFINITY));

function finding({ route, budget, targets }: RouteReport, limit: Duration, more: number, mend: string): Finding {
  const over = targets.filter(({ within }) => within === false);
  const header = route.timeouts.response_header;
  const waits = over.map(({ bounds }) => bounds.headline);
  const equations = over.some(({ worst }) => worst === null) ? [] : new Set(waits.map(equation));
  const others = more === 0 ? '' : `; ${more} more ${more === 1 ? 'route is' : 'routes are'} over it as well`;
  return {
    at: budget?.at ?? route.at,
    message: `\`${route.id}\` can wait ${waitsInWords(over)}, and its budget is ${humanDuration(limit)}${others}`,
    help: [...equations, mend].join('; '),
    targets: over.map(({ target }) => target),
    related: header.value === 'none' ? [{ place: header.at, message: 'no limit' }] : culprits(...waits),
  };
}
