import { bound, equation, longestThatFits } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { sharing } from '../model/relations.ts';
import type { RouteOnTarget, RouteReport } from '../report/report.ts';
import { targets } from '../targets/index.ts';
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
    const over = reports.flatMap((report) => (report.targets.some(isOver) ? [report] : []));
    for (const group of sharing(over, ({ route, budget }) => budget?.at ?? route.at)) {
      const worst = group.reduce((one, other) => (longest(other) > longest(one) ? other : one));
      yield* finding(worst, group.length - 1);
    }
  },
};

function isOver({ within }: RouteOnTarget): boolean {
  return within === false;
}

function longest({ targets: list }: RouteReport): number {
  return Math.max(...list.map(({ worst }) => worst ?? Number.POSITIVE_INFINITY));
}

function* finding({ route, budget, targets: list }: RouteReport, more: number): Iterable<Finding> {
  if (!budget || budget.value === 'none') return;
  const limit = budget.value;
  const over = list.filter(isOver);
  const waits = new Map<string, string[]>();
  for (const { target, bounds } of over) {
    const worst = bound(bounds.headline);
    const wait = worst === null ? 'for ever' : humanDuration(worst as Duration);
    waits.set(wait, [...(waits.get(wait) ?? []), targets[target].title]);
  }
  const said = [...waits].map(([wait, names]) => `${wait} on ${names.join(' and ')}`).join(', ');
  const others = more === 0 ? '' : `; ${more} more ${more === 1 ? 'route is' : 'routes are'} over it as well`;
  const fits = over.map(({ bounds }) => longestThatFits(bounds.headline, 'response header', limit) ?? 0);
  const shortest = Math.min(...fits) as Duration;
  const mend = shortest > 0 ? `\`response_header: ${humanDuration(shortest)}\` fits; else allow` : 'allow';
  const equations = [...new Set(over.map(({ bounds }) => equation(bounds.headline)))].join(', ');
  yield {
    at: budget.at,
    message: `\`${route.id}\` can wait ${said}, and its budget is ${humanDuration(limit)}${others}`,
    help: `${equations}; ${mend} fewer \`tries\`, shorten \`connect\`, or raise the budget on purpose`,
    targets: over.map(({ target }) => target),
  };
}
