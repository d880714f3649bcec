import { culprits, equation, longestThatFits } from '../latency/term.ts';
import { humanDuration, milliseconds } from '../model/duration.ts';
import { sharing } from '../model/relations.ts';
import { type RouteReport, waitsInWords } from '../report/report.ts';
import type { Finding, Rule } from './rule.ts';

export const overBudget: Rule = {
  id: 'over-budget',
  severity: 'error',
  summary: 'A request can wait longer than the budget of its route',
  why: 'when servers fail, somebody waits that long before an answer or an error comes',
  help: 'shorten `response_header` or `connect`, allow fewer `tries`, or raise the budget on purpose',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    budget: 30s
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    timeouts: { response_header: 14s }
    budget: 30s
`,
  },
  *check({ reports }) {
    const over = reports.filter(({ targets }) => targets.some(({ within }) => within === false));
    for (const group of sharing(over, ({ route, budget }) => budget?.at ?? route.at)) {
      const worst = group.reduce((one, other) => (longest(other) > longest(one) ? other : one));
      yield* finding(worst, group.length - 1);
    }
  },
};

function longest({ targets }: RouteReport): number {
  return Math.max(...targets.map(({ worst }) => worst ?? Number.POSITIVE_INFINITY));
}

function* finding({ route, budget, targets }: RouteReport, more: number): Iterable<Finding> {
  if (!budget || budget.value === 'none') return;
  const limit = budget.value;
  const over = targets.filter(({ within }) => within === false);
  const waits = over.map(({ bounds }) => bounds.headline);
  const fits = Math.min(...waits.map((wait) => longestThatFits(wait, 'response header', limit) ?? 0));
  const mend = fits > 0 ? `\`response_header: ${humanDuration(milliseconds(fits))}\` fits` : overBudget.help;
  const equations = over.some(({ worst }) => worst === null) ? [] : new Set(waits.map(equation));
  const others = more === 0 ? '' : `; ${more} more ${more === 1 ? 'route is' : 'routes are'} over it as well`;
  const { response_header } = route.timeouts;
  const endless = response_header.value === 'none' ? [{ place: response_header.at, message: 'no limit' }] : [];
  yield {
    at: budget.at,
    message: `\`${route.id}\` can wait ${waitsInWords(over)}, and its budget is ${humanDuration(limit)}${others}`,
    help: [...equations, mend].join('; '),
    targets: over.map(({ target }) => target),
    related: endless.length > 0 ? endless : culprits(...waits),
  };
}
