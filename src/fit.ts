import type { Topology } from './model/topology.ts';
import { analyse } from './pipeline.ts';
import { type Change, proposals, type RouteFit, valueText } from './report/fit.ts';
import type { RouteReport } from './report/report.ts';
import { givenOf, type Setting, settings, tuningOf } from './report/tuning.ts';
import { write } from './source/edit.ts';
import { segments } from './source/pointer.ts';
import type { Source } from './source/source.ts';

type TopologyFit = RouteFit<RouteReport>;

export interface Fit {
  readonly routes: readonly TopologyFit[];
  /** The topology with the first proposal of each route; the same text when nothing need be changed. */
  readonly text: string;
  /** Why the file cannot be changed that way; `text` is then as it was. */
  readonly problem?: string;
}

/** Values with which every route is within its budget. A text that does not keep this promise is a problem instead. */
export function fitBudgets(source: Source, topology: Topology, reports: readonly RouteReport[]): Fit {
  const routes = reports.flatMap((report): TopologyFit[] => {
    const { budget } = report;
    if (!budget || budget.value === 'none') return [];
    return [{ report, budget: budget.value, proposals: proposals(tuningOf(topology, report), budget.value) }];
  });
  const changing = routes.filter(({ proposals: [first] }) => first !== undefined);
  if (changing.length === 0) return { routes, text: source.text };
  let { text } = source;
  for (const writing of settings.flatMap((setting) => writingsOf(setting, changing, topology, source))) {
    const result = write(text, { ...writing, wrap: 'upstream' });
    if ('problem' in result) return { routes, text: source.text, problem: result.problem };
    text = result.text;
  }
  const problem = brokenPromise(text, source, changing);
  return problem === undefined ? { routes, text } : { routes, text: source.text, problem };
}

/**
 * Where the new values of one word are written. Where all that take the value from one place need another one, it is
 * changed there, to the smallest that one of them needs; else each route gets its own.
 */
function writingsOf(setting: Setting, changing: readonly TopologyFit[], { sites }: Topology, source: Source) {
  const originOf = (route: RouteReport['route']): string => {
    const { origin, at } = givenOf(route, setting);
    return origin === 'default' ? 'default' : `${source.span(at).start}`;
  };
  const users = new Map<string, number>();
  for (const route of sites.flatMap(({ routes }) => routes))
    users.set(originOf(route), (users.get(originOf(route)) ?? 0) + 1);
  const groups = new Map<string, { readonly route: RouteReport['route']; readonly change: Change }[]>();
  for (const {
    report,
    proposals: [first],
  } of changing) {
    const change = first?.changes.find((one) => one.setting === setting);
    if (!change) continue;
    const origin = originOf(report.route);
    groups.set(origin, [...(groups.get(origin) ?? []), { route: report.route, change }]);
  }
  const section = setting === 'tries' || setting === 'window' ? 'retry' : 'timeouts';
  return [...groups].flatMap(([origin, group]) => {
    const shared = group.length === users.get(origin);
    const least = Math.min(...group.map(({ change: { to } }) => to));
    const [first] = group;
    if (shared && first && origin !== 'default')
      return [{ keys: segments(first.change.from.at.path), value: valueText({ setting, to: least }) }];
    if (shared && group.length > 1)
      return [{ keys: ['defaults', section, setting], value: valueText({ setting, to: least }) }];
    return group.map(({ route, change }) => ({
      keys: [...segments(route.at.path), section, setting],
      value: valueText(change),
    }));
  });
}

function brokenPromise(text: string, { name }: Source, changing: readonly TopologyFit[]): string | undefined {
  const { reports, diagnostics } = analyse(name, text);
  if (!reports) return diagnostics[0]?.message ?? 'the changed file would have mistakes';
  const broken = changing.find(({ report, budget }) => {
    const after = reports.find(({ route }) => route.id === report.route.id);
    return !after?.targets.every(({ worst }) => worst !== null && worst <= budget);
  });
  return broken && `\`${broken.report.route.id}\` takes its values from several places`;
}
