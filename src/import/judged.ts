import type { Judged } from '../judge/judged.ts';
import { bound } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import type { Route, Topology } from '../model/topology.ts';
import { analyse } from '../pipeline.ts';
import { isReport, type RouteReport, type RouteWaits } from '../report/report.ts';
import { topologyText } from './topology.ts';

export interface ImportedTopology {
  readonly text: string;
  /** What it does not say, a sentence each, with the line of the hand-written file. */
  readonly unsaid: readonly string[];
}

/**
 * Hand-written configurations of one target → a topology that says the same. What it cannot say, and each route that
 * waits for another time than before, stands above it as a comment. Nothing: none of them has a route with an upstream.
 */
export function importTopology(list: readonly Judged[]): ImportedTopology | undefined {
  const [first] = list;
  const sites = list.flatMap(({ topology }) => topology.sites);
  if (!first || sites.length === 0) return undefined;
  const merged: Topology = { ...first.topology, sites, pools: list.flatMap(({ topology }) => topology.pools) };
  const bare = topologyText(merged, []);
  const unsaid = [...list.flatMap(sentences), ...differences(bare, list)];
  const head = `Made from ${list.flatMap(({ sources }) => [...sources.keys()]).join(', ')}.`;
  const comments = unsaid.length > 0 ? [head, 'What it does not say:', ...unsaid.map((line) => `- ${line}`)] : [head];
  return { text: topologyText(merged, comments.map(oneLine)), unsaid };
}

function sentences({ unsaid, sources }: Judged): string[] {
  return unsaid.map(({ place, what }) => {
    const source = sources.get(place.source);
    const where = source ? `${source.name}:${source.position(source.span(place).start).line}: ` : '';
    return `${where}${what}`;
  });
}

/** Routes that the topology does not have, or that wait for another time there. Their ids may differ, their order does not. */
function differences(text: string, list: readonly Judged[]): string[] {
  const { reports = [], topology } = analyse('topology.yaml', text);
  const written = new Map<Route, RouteReport>(reports.map((report) => [report.route, report]));
  return list.flatMap(({ target, routes }) =>
    routes.flatMap((route) => {
      const [before] = route.targets;
      if (!before) return [];
      const index = isReport(route) ? route.site.routes.indexOf(route.route) : -1;
      const same = topology?.sites.find(({ id }) => id === route.siteName)?.routes[index];
      const after = same && written.get(same)?.targets.find((one) => one.target === target);
      if (!after) return [`${route.id} is left out`];
      const [was, is] = [bound(before.bounds.headline), bound(after.bounds.headline)];
      return was === is ? [] : [`${route.id} waits ${spoken(is)} at worst here, and ${spoken(was)} there`];
    }),
  );
}

function spoken(wait: RouteWaits['targets'][number]['worst']): string {
  return wait === null ? 'without a bound' : humanDuration(wait as Duration);
}

/** No text of others may end a comment. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}
