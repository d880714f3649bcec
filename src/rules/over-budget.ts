import { blamed, equation, longestThatFits } from '../latency/term.ts';
import { humanDuration, milliseconds } from '../model/duration.ts';
import { isWritten, sharing } from '../model/relations.ts';
import { type RouteOnTarget, type RouteReport, waitsInWords } from '../report/report.ts';
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

function longest({ targets }: RouteReport): number {
  return Math.max(...targets.map(({ worst }) => worst ?? Number.POSITIVE_INFINITY));
}

function* finding({ route, budget, targets }: RouteReport, more: number): Iterable<Finding> {
  if (!budget || budget.value === 'none') return;
  const limit = budget.value;
  const over = targets.filter(isOver);
  const others = more === 0 ? '' : `; ${more} more ${more === 1 ? 'route is' : 'routes are'} over it as well`;
  const fits = over.map(({ bounds }) => longestThatFits(bounds.headline, 'response header', limit) ?? milliseconds(0));
  const shortest = milliseconds(Math.min(...fits));
  const finite = over.filter(({ worst }) => worst !== null);
  const parts = [
    ...new Set(finite.map(({ bounds }) => equation(bounds.headline))),
    ...(shortest > 0 ? [`\`response_header: ${humanDuration(shortest)}\` fits`] : []),
    ...(shortest > 0 ? [] : ['allow fewer `tries`, shorten `connect`, or raise the budget on purpose']),
  ];
  const leaves = over.flatMap(({ bounds }) => blamed(bounds.headline));
  const written = leaves.filter(({ given }) => given && isWritten(given));
  yield {
    at: budget.at,
    message: `\`${route.id}\` can wait ${waitsInWords(over)}, and its budget is ${humanDuration(limit)}${others}`,
    help: parts.join('; '),
    targets: over.map(({ target }) => target),
    related: sharing(written, ({ given }) => given?.at ?? budget.at).flatMap(([{ name, time, given }]) =>
      given && time !== undefined ? [{ place: given.at, message: `${humanDuration(time)} ${name}` }] : [],
    ),
  };
}
