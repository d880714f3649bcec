import { type Duration, directiveDuration, humanDuration, milliseconds } from '../model/duration.ts';
import type { Given, Limit } from '../model/topology.ts';
import type { RouteOnTarget, RouteWaits } from './report.ts';
import { coarse, steps } from './steps.ts';
import { type Setting, settings, type Tuning, type Value, type Values, valuesOf } from './tuning.ts';

/** One value to write instead of another one. */
export interface Change {
  readonly setting: Setting;
  readonly from: Given<Value>;
  readonly to: number;
  /** In the words of the file: `proxy_read_timeout 5s instead of 60s`. */
  readonly text: string;
}

/** Changes that together bring a route below a budget on all of its targets. */
export interface Proposal {
  readonly changes: readonly Change[];
  readonly targets: readonly RouteOnTarget[];
  /** What the route gives up, a sentence each. */
  readonly costs: readonly string[];
}

/** What would bring one route within its budget. */
export interface RouteFit<Report extends RouteWaits = RouteWaits> {
  readonly report: Report;
  readonly budget: Duration;
  /** The smallest change first; empty: it is within already, or nothing that makes sense is. */
  readonly proposals: readonly Proposal[];
}

/** A connect limit below this needs a word about jitter first; none is proposed while something else fits. */
const shortConnect: Duration = milliseconds(300);

/** A lost SYN is sent again after a second, and is answered soon after. */
const secondSyn = 1030;
/** Pages of a busy application need longer now and then. */
const shortHeader = 1000;
const proposed = 3;
/** More attempts than these are not tried one by one. */
const mostAttempts = 16;

/**
 * What would bring a route below `budget`, the smallest change first; empty: it is below, or nothing that makes sense
 * is. For each set of words the largest values that fit, found with the bounds themselves: raising a value never lowers
 * the worst wait. A change is smaller the fewer words it touches, the less it shortens them and the less it costs.
 */
export function proposals(tuning: Tuning, budget: Duration): Proposal[] {
  if (isWithin(tuning.targets, budget)) return [];
  const search = searchIn(tuning, budget);
  const now = valuesOf(tuning);
  if (!search.isPossible()) return [];
  const connects = [now.connect, ...coarse.filter((step) => step < now.connect)];
  const windows = [now.window, ...search.windows.filter((step) => coarse.includes(step))];
  const combinations = fewer(tuning).flatMap((tries) =>
    connects.flatMap((connect) => windows.map((window): Values => ({ ...now, tries, connect, window }))),
  );
  const touched = (values: Values): number => changesOf(tuning, values).length;
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
export function smallest(tuning: Tuning, budget: Duration): Proposal | undefined {
  if (isWithin(tuning.targets, budget)) return undefined;
  const search = searchIn(tuning, budget);
  const now = valuesOf(tuning);
  const free = (): Proposal | undefined => search.found().find(({ costs }) => costs.length === 0);
  search.header(now);
  search.window(now);
  for (const tries of fewer(tuning)) search.as({ ...now, tries });
  const first = free();
  if (first) return first;
  for (const connect of coarse.filter((step) => step < now.connect)) search.header({ ...now, connect });
  for (const tries of fewer(tuning)) search.header({ ...now, tries });
  return free() ?? proposals(tuning, budget)[0];
}

/** What people accept before they give up, and what is recommended to somebody who has not said. */
export const patience = milliseconds(12_000);

/** Usual values for a route whose waits nobody chose: a second to connect, two attempts, and a header within 12s in all. */
export function usual(tuning: Tuning): Proposal | undefined {
  if (isWithin(tuning.targets, patience)) return undefined;
  const search = searchIn(tuning, patience);
  const now = valuesOf(tuning);
  const connect = Math.min(now.connect, 1_000);
  const tries = now.tries === 'unlimited' || tuning.attempts <= 2 ? now.tries : 2;
  search.header({ ...now, connect, tries });
  return search.found()[0];
}

function isWithin(targets: readonly RouteOnTarget[], budget: Duration): boolean {
  return targets.every(({ worst }) => worst !== null && worst <= budget);
}

/** Collects the smallest change for each set of words. */
function searchIn(tuning: Tuning, budget: Duration) {
  const fits = (values: Values): boolean => isWithin(tuning.judged(values), budget);
  const below = (limit: Limit) => (step: Duration) => limit === 'none' || step < limit;
  const now = valuesOf(tuning);
  const headers = steps.filter((step) => step >= 200).filter(below(now.response_header));
  const windows = steps.filter((step) => step > tuning.interval).filter(below(now.window));
  const best = new Map<string, Candidate>();
  const offer = (values: Values): void => {
    // A window is for attempts after the first.
    if (values.tries === 1 && values.window !== now.window) return;
    const changes = changesOf(tuning, values);
    const key = changes.map(({ setting }) => setting).join();
    const size = sizeOf(changes, values);
    if (changes.length > 0 && size < (best.get(key)?.size ?? Number.POSITIVE_INFINITY))
      best.set(key, { values, changes, size });
  };
  return {
    windows,
    /** The least of everything: what does not fit with that fits with nothing. */
    isPossible(): boolean {
      const [connect = now.connect] = coarse;
      const [response_header = now.response_header] = headers;
      const least = { tries: 1, connect: Math.min(connect, now.connect), response_header };
      return [now.window, ...windows.slice(0, 1)].some((window) => fits({ ...least, window }));
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
        .map(({ values, changes }) => ({ changes, targets: tuning.judged(values), costs: costsOf(tuning, values) }));
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

/** What is written, then fewer and fewer attempts. */
function fewer({ now, attempts, servers }: Tuning): readonly (number | 'unlimited')[] {
  const most = Math.min(Number.isFinite(attempts) ? attempts - 1 : servers, mostAttempts);
  return [now.tries.value, ...Array.from({ length: Math.max(0, most) }, (_, index) => most - index)];
}

function changesOf(tuning: Tuning, values: Values): Change[] {
  return settings.flatMap((setting): Change[] => {
    const from: Given<Value> = tuning.now[setting];
    const to = values[setting];
    if (to === from.value || typeof to !== 'number') return [];
    const [now, then] = [tuning.shown(setting, from.value), tuning.shown(setting, to)];
    const text = `${tuning.word(setting)} ${then} instead of ${now}${from.origin === 'default' ? ' (the default)' : ''}`;
    return [{ setting, from, to, text }];
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

function costsOf(tuning: Tuning, values: Values): string[] {
  const changed = new Set(changesOf(tuning, values).map(({ setting }) => setting));
  const { marking } = tuning;
  const marked = marking
    ? `, and ${marking.maxFails === 1 ? 'one failure takes' : `${marking.maxFails} of them take`} the server out for ${humanDuration(marking.window)}`
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

/** What a person should know before a connect limit that short; said before it is proposed. */
export function jitterNotes(list: readonly Proposal[]): string[] {
  const changes = list.flatMap((one) => one.changes);
  if (!changes.some(({ setting, to }) => setting === 'connect' && to < shortConnect)) return [];
  return [
    'A connect limit below 300ms makes jitter an error: on a busy host or a longer way the answer to a SYN comes that late now and then, and a lost one is sent again only after a second. Measure before you take it.',
  ];
}
