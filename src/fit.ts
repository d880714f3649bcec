import type { Place } from './diagnostics/diagnostic.ts';
import { proxyRoutes } from './model/relations.ts';
import type { Topology } from './model/topology.ts';
import type { Analysis } from './pipeline.ts';
import { type Change, proposals, type RouteFit, valueText } from './report/fit.ts';
import type { RouteReport } from './report/report.ts';
import { givenOf, type Setting, settings, tuningOf } from './report/tuning.ts';
import { write } from './source/edit.ts';
import { segments } from './source/pointer.ts';
import type { Source } from './source/source.ts';

type TopologyFit = RouteFit<RouteReport>;

export interface Fit {
  readonly routes: readonly TopologyFit[];
  /** The files with the first proposal of each route, by their names; those alone that need be changed. */
  readonly texts: ReadonlyMap<string, string>;
  /** Why the files cannot be changed that way; there are no `texts` then. */
  readonly problem?: string;
}

/** A topology that can be judged with other texts of its files. */
export interface Changeable {
  /** The main file; it knows the others. */
  readonly source: Source;
  again(texts: ReadonlyMap<string, string>): Pick<Analysis, 'reports' | 'diagnostics'>;
}

/** Values with which every route is within its budget. Texts that do not keep this promise are a problem instead. */
export function fitBudgets(file: Changeable, topology: Topology, reports: readonly RouteReport[]): Fit {
  const { source } = file;
  const none: ReadonlyMap<string, string> = new Map();
  const routes = reports.flatMap((report): TopologyFit[] => {
    const { budget } = report;
    if (!budget || budget.value === 'none') return [];
    return [{ report, budget: budget.value, proposals: proposals(tuningOf(topology, report), budget.value) }];
  });
  const changing = routes.filter(({ proposals: [first] }) => first !== undefined);
  const texts = new Map<string, string>();
  for (const { name, ...writing } of settings.flatMap((setting) => writingsOf(setting, changing, topology, source))) {
    const before = texts.get(name) ?? source.of({ source: name }).text;
    const result = write(before, { ...writing, wrap: 'upstream' });
    if ('problem' in result) return { routes, texts: none, problem: result.problem };
    texts.set(name, result.text);
  }
  const problem = texts.size === 0 ? undefined : brokenPromise(file.again(texts), changing);
  return problem === undefined ? { routes, texts } : { routes, texts: none, problem };
}

/**
 * Where the new values of one word are written. Where all that take the value from one place need another one, it is
 * changed there, to the smallest that one of them needs; else each route gets its own.
 */
function writingsOf(setting: Setting, changing: readonly TopologyFit[], { sites }: Topology, source: Source) {
  const originOf = (route: RouteReport['route']): string => {
    const { origin, at } = givenOf(route, setting);
    return origin === 'default' ? 'default' : `${at.source} ${source.of(at).span(at).start}`;
  };
  const users = new Map<string, number>();
  for (const route of sites.flatMap(proxyRoutes)) users.set(originOf(route), (users.get(originOf(route)) ?? 0) + 1);
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
      return [{ ...placed(first.change.from.at), value: valueText({ setting, to: least }) }];
    if (shared && group.length > 1)
      return [{ name: source.name, keys: ['defaults', section, setting], value: valueText({ setting, to: least }) }];
    return group.map(({ route, change }) => ({
      ...placed(route.at, section, setting),
      value: valueText(change),
    }));
  });
}

/** The file and the keys of a place, and of what is below it. */
function placed({ source, path }: Place, ...below: readonly string[]) {
  return { name: source, keys: [...segments(path), ...below] };
}

function brokenPromise(
  { reports, diagnostics }: Pick<Analysis, 'reports' | 'diagnostics'>,
  changing: readonly TopologyFit[],
): string | undefined {
  if (!reports) return diagnostics[0]?.message ?? 'the changed file would have mistakes';
  const broken = changing.find(({ report, budget }) => {
    const after = reports.find(({ route }) => route.id === report.route.id);
    return !after?.targets.every(({ worst }) => worst !== null && worst <= budget);
  });
  return broken && `\`${broken.report.route.id}\` takes its values from several places`;
}
