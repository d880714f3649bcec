import type { ChalkInstance } from 'chalk';
import { visible } from '../diagnostics/visible.ts';
import { equation } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { jitterNotes, type Proposal, type RouteFit } from './fit.ts';
import type { RouteReport } from './report.ts';

/** What would bring each route within its budget, the smallest change first. */
export function fitText(fits: readonly RouteFit[], chalk: ChalkInstance): string {
  const open = fits.filter(isOpen);
  if (open.length === 0) return chalk.green('Nothing need be changed.');
  const notes = jitterNotes(open.flatMap(({ proposals }) => proposals)).map((line) => chalk.yellow(line));
  return [...notes, ...open.map((one) => routeText(one, chalk))].join('\n\n');
}

/** Is a route over its budget? */
export function isOpen({ report }: RouteFit): boolean {
  return report.targets.some(({ within }) => !within);
}

function routeText(fit: RouteFit, chalk: ChalkInstance): string {
  const { report, budget, proposals } = fit;
  const name = `${chalk.bold(visible(report.id))} within ${humanDuration(budget)}`;
  if (proposals.length === 0) return `${name}: ${nothingText(fit)}`;
  const lines = proposals.flatMap((one, index) => [
    `  ${index + 1}. ${chalk.bold(proposalText(one))}`,
    `     ${waitsText(one)}`,
    ...one.costs.map((cost) => chalk.dim(`     but ${cost}`)),
  ]);
  return [`${name}:`, ...lines].join('\n');
}

/** Why nothing is proposed. */
export function nothingText({ report: { targets } }: RouteFit): string {
  const endless = targets.find(({ worst }) => worst === null);
  return endless
    ? `nothing that could be proposed bounds it: ${equation(endless.bounds.headline)}`
    : 'no values that make sense: one attempt takes a connection and a response header, and nothing below 100ms and 200ms is proposed';
}

export function proposalText({ changes }: Proposal): string {
  return changes.map(({ text }) => text).join(', ');
}

/** The same with what the route gives up, as the end of a sentence. */
export function costText(proposal: Proposal): string {
  return [proposalText(proposal), ...proposal.costs].join(', but ');
}

/** `caddy 5s, nginx 5s` */
export function waitsText({ targets }: Proposal): string {
  return targets
    .map(({ target, worst }) => `${target} ${worst === null ? 'unbounded' : humanDuration(worst as Duration)}`)
    .join(', ');
}

/** What to write at a route that is over its budget; of a stream no other values of its waits may bring it below. */
export function fitHelp({ route, targets }: RouteReport, fit: Proposal | undefined): string | undefined {
  if (fit) return `fits with ${costText(fit)}`;
  const nginx = targets.find(({ target }) => target === 'nginx');
  if (!route.stream.value || nginx?.within !== false) return undefined;
  return 'on nginx the header of a stream may take as long as its pauses: write `budget: none` at it, or a shorter `idle`';
}
