import { type Duration, directiveDuration, humanDuration, milliseconds } from '../model/duration.ts';
import type { Given, Limit, Route, Topology } from '../model/topology.ts';
import { lower } from '../targets/index.ts';
import { judge, type RouteOnTarget, type RouteReport } from './report.ts';

/** The words of a topology that decide how long a request waits, in the order in which they are told. */
export const settings = ['tries', 'connect', 'response_header', 'window'] as const;
export type Setting = (typeof settings)[number];

type Value = number | 'unlimited' | Limit;

/** One value to write instead of another one. */
export interface Change {
  readonly setting: Setting;
  readonly from: Given<Value>;
  readonly to: number;
}

/** Changes that together bring a route below a budget on all of its targets. */
export interface Proposal {
  readonly changes: readonly Change[];
  readonly targets: readonly RouteOnTarget[];
  /** What the route gives up, a sentence each. */
  readonly costs: readonly string[];
}

/** What would bring one route within its budget. */
export interface RouteFit {
  readonly report: RouteReport;
  readonly budget: Duration;
  /** The smallest change first; empty: it is within already, or nothing that makes sense is. */
  readonly proposals: readonly Proposal[];
}

/** A connect limit below this needs a word about jitter first; none is proposed while something else fits. */
const shortConnect: Duration = milliseconds(300);

/** The values of one route, as numbers: absent window: none. */
interface Values {
  readonly tries: number | 'unlimited';
  readonly connect: number;
  readonly response_header: Limit;
  readonly window: Limit;
}

/** A lost SYN is sent again after a second, and is answered soon after. */
const secondSyn = 1030;
/** Pages of a busy application need longer now and then. */
const shortHeader = 1000;
const proposed = 3;

/**
 * What would bring a route below `budget`, the smallest change first; empty: it is below, or nothing that makes sense
 * is. For each set of words the largest values that fit, found with the bounds themselves: raising a value never lowers
 * the worst wait. A change is smaller the fewer words it touches, the less it shortens them and the less it costs.
 */
export function proposals(topology: Topology, report: RouteReport, budget: Duration): Proposal[] {
  if (isWithin(report.targets, budget)) return [];
  const { route } = report;
  const search = searchIn(topology, report, budget);
  const now = valuesOf(route);
  if (!search.isPossible()) return [];
  const connects = [now.connect, ...coarse.filter((step) => step < now.connect)];
  const windows = [now.window, ...search.windows.filter((step) => coarse.includes(step))];
  const combinations = fewer(route).flatMap((tries) =>
    connects.flatMap((connect) => windows.map((window): Values => ({ ...now, tries, connect, window }))),
  );
  const touched = (values: Values): number => changesOf(route, values).length;
  for (const words of [0, 1, 2, 3]) {
    // Where two words are enough nobody wants to change three.
    if (words > 1 && search.isFound()) break;
    for (const values of combinations.filter((one) => touched(one) === words)) {
      search.header(values);
      if (values.window === now.window) search.window(values);
    }
  }
  return search.found().slice(0, proposed);
}

/** The first proposal, or one that costs nothing and is found sooner: with one word, or with one and a shorter connect. */
export function smallest(topology: Topology, report: RouteReport, budget: Duration): Proposal | undefined {
  if (isWithin(report.targets, budget)) return undefined;
  const search = searchIn(topology, report, budget);
  const now = valuesOf(report.route);
  const free = (): Proposal | undefined => search.found().find(({ costs }) => costs.length === 0);
  search.header(now);
  search.window(now);
  for (const tries of fewer(report.route)) search.as({ ...now, tries });
  const first = free();
  if (first) return first;
  for (const connect of coarse.filter((step) => step < now.connect)) search.header({ ...now, connect });
  for (const tries of fewer(report.route)) search.header({ ...now, tries });
  return free() ?? proposals(topology, report, budget)[0];
}

/** What people accept before they give up, and what is recommended to somebody who has not said. */
const patience = milliseconds(12_000);

/** Usual values for a route that can wait for long: a second to connect, two attempts, and a header within 12s in all. */
export function usual(topology: Topology, report: RouteReport): Proposal | undefined {
  const { route, targets } = report;
  if (targets.every(({ worst }) => worst !== null && worst <= 2 * patience)) return undefined;
  const search = searchIn(topology, report, patience);
  const now = valuesOf(route);
  const connect = Math.min(now.connect, 1_000);
  const tries = now.tries === 'unlimited' || Math.min(now.tries, route.pool.servers.length) <= 2 ? now.tries : 2;
  search.header({ ...now, connect, tries });
  return search.found()[0];
}

function isWithin(targets: readonly RouteOnTarget[], budget: Duration): boolean {
  return targets.every(({ worst }) => worst !== null && worst <= budget);
}

/** The bounds of a route with other values. */
function judgedWith(topology: Topology, { route, site }: RouteReport, values: Values): readonly RouteOnTarget[] {
  const changed = { ...site, routes: [withValues(route, values)] };
  const alone = { ...topology, sites: [changed], pools: [route.pool] };
  return judge(alone, lower(alone))[0]?.targets ?? [];
}

/** Is a route within its budget with other values of some words? One without a budget is. */
export function fitsWith(topology: Topology, report: RouteReport, values: Partial<Values>): boolean {
  const { budget, route } = report;
  if (!budget || budget.value === 'none') return true;
  return isWithin(judgedWith(topology, report, { ...valuesOf(route), ...values }), budget.value);
}

/** Collects the smallest change for each set of words. */
function searchIn(topology: Topology, report: RouteReport, budget: Duration) {
  const { route } = report;
  const judged = (values: Values): readonly RouteOnTarget[] => judgedWith(topology, report, values);
  const fits = (values: Values): boolean => isWithin(judged(values), budget);
  const below = (limit: Limit) => (step: Duration) => limit === 'none' || step < limit;
  const { retry, timeouts } = route;
  const headers = steps.filter((step) => step >= 200).filter(below(timeouts.response_header.value));
  const windows = steps.filter((step) => step > retry.interval.value).filter(below(retry.window.value));
  const best = new Map<string, Candidate>();
  const offer = (values: Values): void => {
    const changes = changesOf(route, values);
    const key = changes.map(({ setting }) => setting).join();
    const size = sizeOf(changes, values);
    if (changes.length > 0 && size < (best.get(key)?.size ?? Number.POSITIVE_INFINITY))
      best.set(key, { values, changes, size });
  };
  return {
    windows,
    /** The least of everything: what does not fit with that fits with nothing. */
    isPossible(): boolean {
      const [connect = timeouts.connect.value] = coarse;
      const [response_header = timeouts.response_header.value] = headers;
      const least = { tries: 1, connect: Math.min(connect, timeouts.connect.value), response_header };
      return [retry.window.value, ...windows.slice(0, 1)].some((window) => fits({ ...least, window }));
    },
    /** These values as they are. */
    as(values: Values): void {
      if (fits(values)) offer(values);
    },
    /** These values, with the longest response header that fits. */
    header(values: Values): void {
      const longest = fits(values)
        ? values.response_header
        : largest(headers, (one) => fits({ ...values, response_header: one }));
      if (longest !== undefined) offer({ ...values, response_header: longest });
    },
    /** These values, with the longest window that fits. */
    window(values: Values): void {
      const window = largest(windows, (one) => fits({ ...values, window: one }));
      if (window !== undefined) offer({ ...values, window });
    },
    isFound: (): boolean => best.size > 0,
    found(): Proposal[] {
      const all = [...best.values()].sort((a, b) => a.size - b.size);
      return all
        .filter((one) => !all.some((other) => other !== one && isMore(one, other)))
        .map(({ values, changes }) => ({ changes, targets: judged(values), costs: costsOf(route, values) }));
    },
  };
}

interface Candidate {
  readonly values: Values;
  readonly changes: readonly Change[];
  readonly size: number;
}

/** Does `one` change all that `other` does, at least as much, and more? */
function isMore(one: Candidate, other: Candidate): boolean {
  return (
    one.changes.length > other.changes.length &&
    other.changes.every(({ setting, to }) => one.changes.some((own) => own.setting === setting && own.to <= to))
  );
}

/** Times that people write, in milliseconds, up to an hour. */
const steps = [
  ...range(100, 300, 50),
  ...range(300, 1_000, 100),
  ...range(1_000, 10_000, 500),
  ...range(10_000, 30_000, 1_000),
  ...range(30_000, 120_000, 5_000),
  ...range(120_000, 600_000, 30_000),
  ...range(600_000, 3_600_001, 300_000),
].map(milliseconds);

/** The longest time that people write below a limit; nothing below 100ms. */
export function longestBelow(limit: Duration): Duration | undefined {
  return steps.findLast((step) => step < limit);
}

/** The shortest time that people write above a limit; nothing above an hour. */
export function shortestAbove(limit: Duration): Duration | undefined {
  return steps.find((step) => step > limit);
}

/** Few enough to try all of them with everything else. */
const coarse = [100, 200, 300, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000].map(milliseconds);

function range(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / by) }, (_, index) => from + index * by);
}

/** The largest one of a rising list that fits, where everything below one that fits does too. */
function largest(list: readonly Duration[], fits: (one: Duration) => boolean): Duration | undefined {
  let [low, high] = [-1, list.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(list[middle] as Duration)) low = middle;
    else high = middle - 1;
  }
  return list[low];
}

function valuesOf({ timeouts, retry }: Route): Values {
  return {
    tries: retry.tries.value,
    connect: timeouts.connect.value,
    response_header: timeouts.response_header.value,
    window: retry.window.value,
  };
}

/** What is written, then fewer and fewer attempts. More than there are servers is no more than all of them. */
function fewer({ retry: { tries }, pool }: Route): readonly (number | 'unlimited')[] {
  const servers = pool.servers.length;
  const most = tries.value === 'unlimited' ? servers : Math.min(tries.value, servers) - 1;
  return [tries.value, ...Array.from({ length: Math.max(0, most) }, (_, index) => most - index)];
}

function withValues(route: Route, { tries, connect, response_header, window }: Values): Route {
  const { timeouts, retry } = route;
  return {
    ...route,
    timeouts: {
      ...timeouts,
      connect: { ...timeouts.connect, value: connect as Duration },
      response_header: { ...timeouts.response_header, value: response_header },
    },
    retry: { ...retry, tries: { ...retry.tries, value: tries }, window: { ...retry.window, value: window } },
  };
}

/** Where a route takes a setting from. */
export function givenOf({ timeouts, retry }: Route, setting: Setting): Given<Value> {
  return setting === 'tries' || setting === 'window' ? retry[setting] : timeouts[setting];
}

function changesOf(route: Route, values: Values): Change[] {
  return settings.flatMap((setting): Change[] => {
    const from = givenOf(route, setting);
    const to = values[setting];
    return to === from.value || typeof to !== 'number' ? [] : [{ setting, from, to }];
  });
}

/** Orders proposals; the number means nothing by itself. Shortening by a factor counts its logarithm. */
function sizeOf(changes: readonly Change[], values: Values): number {
  const sizes = changes.map(({ setting, from: { value }, to }) => {
    const shorter = Math.log((typeof value === 'number' ? value : to * Math.E) / to);
    return shorter + 3 * severity(setting, to, values);
  });
  return sizes.reduce((total, size) => total + size, 0) + 0.7 * changes.length;
}

/** 0: nothing is lost. 1: something that a person should have decided. */
function severity(setting: Setting, to: number, { connect, response_header }: Values): number {
  switch (setting) {
    case 'tries':
      return to === 1 ? 1 : 0;
    case 'connect':
      return to < shortConnect ? 1 : to < secondSyn ? 0.3 : 0;
    case 'response_header':
      return to < shortHeader ? 0.7 : 0;
    case 'window':
      return to <= connect ? 1 : response_header === 'none' || to <= connect + response_header ? 0.4 : 0;
  }
}

function costsOf(route: Route, values: Values): string[] {
  const changed = new Set(changesOf(route, values).map(({ setting }) => setting));
  const { max_fails, fail_window } = route.pool.health.passive;
  const marked =
    route.pool.servers.length > 1 && max_fails.value > 0
      ? `, and ${max_fails.value === 1 ? 'one failure takes' : `${max_fails.value} of them take`} the server out for ${humanDuration(fail_window.value)}`
      : '';
  const { connect, response_header, window, tries } = values;
  const attempt = response_header === 'none' ? Number.POSITIVE_INFINITY : connect + response_header;
  const costs: (string | false)[] = [
    changed.has('tries') &&
      tries === 1 &&
      'a server that fails is not made up for by another one: its requests get an error',
    changed.has('connect') &&
      connect < secondSyn &&
      `${connect < shortConnect ? 'jitter or ' : ''}one lost packet is a failed attempt (a SYN is sent again only after a second)${marked}`,
    changed.has('response_header') &&
      typeof response_header === 'number' &&
      response_header < shortHeader &&
      `a page that needs longer than ${humanDuration(response_header)} is an error${marked}`,
    changed.has('window') &&
      typeof window === 'number' &&
      window <= attempt &&
      (window <= connect
        ? 'nobody is asked again after a connection that timed out, only after one that was refused'
        : 'nobody is asked again after a server that was silent for the whole limit, only after one that failed sooner'),
  ];
  return costs.filter((cost) => cost !== false);
}

/** The new value as it is written: `2`, `1500ms`. */
export function valueText({ setting, to }: Pick<Change, 'setting' | 'to'>): string {
  return setting === 'tries' ? String(to) : directiveDuration(to as Duration);
}

/** `response_header 5s instead of 30s` */
export function changeText({ setting, from, to }: Change): string {
  const show = (value: Value): string =>
    typeof value === 'number' && setting !== 'tries' ? humanDuration(value as Duration) : String(value);
  return `${setting} ${show(to)} instead of ${show(from.value)}${from.origin === 'default' ? ' (the default)' : ''}`;
}

/** What a person should know before a connect limit that short; said before it is proposed. */
export function jitterNotes(list: readonly Proposal[]): string[] {
  const changes = list.flatMap((one) => one.changes);
  if (!changes.some(({ setting, to }) => setting === 'connect' && to < shortConnect)) return [];
  return [
    'A connect limit below 300ms makes jitter an error: on a busy host or a longer way the answer to a SYN comes that late now and then, and a lost one is sent again only after a second. Measure before you take it.',
  ];
}
