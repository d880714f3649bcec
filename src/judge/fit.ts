import { equation } from '../latency/term.ts';
import type { Duration } from '../model/duration.ts';
import type { Version } from '../model/version.ts';
import { type Proposal, patience, proposals, type RouteFit, usual } from '../report/fit.ts';
import type { RouteWaits } from '../report/report.ts';
import type { Tuning } from '../report/tuning.ts';
import { applyEdits } from '../source/edit.ts';
import type { Files } from '../source/paths.ts';
import { type Line, Unwritable } from './adjust.ts';
import { judgedAs } from './index.ts';
import type { Judged } from './judged.ts';

/** What hand-written files are judged from. */
export interface Configuration {
  readonly target: 'caddy' | 'nginx';
  readonly files: Files;
  readonly main: string;
  readonly version: Version;
}

interface Draft {
  /** The files that change, with the first proposal of each route. */
  readonly texts: ReadonlyMap<string, string>;
  /** The lines that change in them. */
  readonly lines: readonly Line[];
}

export interface FilesFit extends Draft {
  readonly routes: readonly RouteFit[];
  /** Why some routes are as they were in these texts. */
  readonly problems: readonly string[];
}

/** What would bring each route within its budget, and the text of the files with it. */
export function fitFiles(configuration: Configuration, judged: Judged, reports: readonly RouteWaits[]): FilesFit {
  return written(configuration, judged, reports, proposals);
}

/** The same where nobody has said what budget: usual values come first. */
export function usualFit(configuration: Configuration, judged: Judged, reports: readonly RouteWaits[]): FilesFit {
  return written(configuration, judged, reports, (tuning, budget) => {
    const first = usual(tuning);
    return first ? [first, ...proposals(tuning, budget).slice(0, 2)] : [];
  });
}

/** Usual values alone, for the routes that can wait for very long. */
export function advisedFit(configuration: Configuration, judged: Judged, reports: readonly RouteWaits[]): FilesFit {
  const long = reports.filter(({ targets }) => targets.some(({ worst }) => worst === null || worst > 2 * patience));
  return written(configuration, judged, long, (tuning) => {
    const first = usual(tuning);
    return first ? [first] : [];
  });
}

function written(
  configuration: Configuration,
  { adjusting, diagnostics }: Judged,
  reports: readonly RouteWaits[],
  search: (tuning: Tuning, budget: Duration) => Proposal[],
): FilesFit {
  // Many routes are alike. What holds for one of them is tried for all: the changed files are judged again.
  const known = new Map<string, Proposal[]>();
  const searched = (tuning: Tuning, budget: Duration): Proposal[] => {
    const key = likeness(tuning, budget);
    const found = known.get(key) ?? search(tuning, budget);
    known.set(key, found);
    return found;
  };
  const routes = reports.flatMap((report): RouteFit[] => {
    const { budget, targets, id } = report;
    if (targets.length === 0 || !budget || budget.value === 'none') return [];
    const tuning = adjusting.tunings.get(id);
    return [{ report, budget: budget.value, proposals: tuning ? searched(tuning, budget.value) : [] }];
  });
  const problems = new Map<string, string>();
  let fits = routes;
  for (;;) {
    const changing = fits.filter(({ report, proposals: [first] }) => first && !problems.has(report.id));
    if (changing.length === 0 && problems.size === 0) return { routes, texts: new Map(), lines: [], problems: [] };
    try {
      const draft = drafted(configuration, adjusting, changing);
      keepsPromises(configuration, draft, changing, diagnostics);
      const told = [...problems].map(([id, message]) => `\`${id}\`: ${message}`);
      const shown = fits.map((one, index) => (problems.has(one.report.id) ? (routes[index] ?? one) : one));
      return { routes: shown, ...draft, problems: told };
    } catch (error) {
      if (!(error instanceof Unwritable)) throw error;
      // Where there is no room for the smallest change there may be for another one that costs no more.
      fits = fits.map((one) => {
        if (!changing.includes(one) || !error.routes.has(one.report.id)) return one;
        const [first, ...others] = one.proposals;
        const next = others.findIndex(({ costs }) => costs.length <= (first?.costs.length ?? 0));
        if (next < 0) problems.set(one.report.id, error.message);
        return next < 0 ? one : { ...one, proposals: others.slice(next) };
      });
    }
  }
}

/** The files with the first proposal of each route. */
function drafted({ files }: Configuration, adjusting: Judged['adjusting'], changing: readonly RouteFit[]): Draft {
  const wishes = changing.flatMap(({ report, proposals: [first] }) =>
    (first?.changes ?? []).map(({ setting, to }) => ({ route: report.id, setting, to })),
  );
  const { edits, lines } = adjusting.write(wishes);
  const names = new Set(edits.map(({ source }) => source));
  const texts = [...names].map((name) => {
    const own = edits.filter(({ source }) => source === name);
    return [name, applyEdits(files.get(name) ?? '', own)] as const;
  });
  return { texts: new Map(texts), lines };
}

/** The changed files are read and judged again: whoever takes the patch must get what was told. */
function keepsPromises(
  { target, files, main, version }: Configuration,
  { texts }: Draft,
  changing: readonly RouteFit[],
  before: Judged['diagnostics'],
): void {
  const { judged } = judgedAs(target, new Map([...files, ...texts]), main, version);
  const ids = (list: readonly RouteFit[]) => new Set(list.map(({ report }) => report.id));
  if (mistakes(judged.diagnostics) > mistakes(before)) {
    throw new Unwritable('the changed files would have mistakes', ids(changing));
  }
  const after = new Map(judged.routes.map((route) => [route.id, route]));
  const broken = changing.filter(({ report, budget }) => !isWithin(after.get(report.id), budget));
  if (broken.length > 0) throw new Unwritable('it takes its values from several places', ids(broken));
}

/** All that a search depends on, but for the places of the values. */
function likeness({ targets, now, attempts, servers, interval, marking }: Tuning, budget: Duration): string {
  const equations = targets.map(({ bounds }) => equation(bounds.headline));
  const values = Object.values(now).map(({ value, origin }) => [value, origin]);
  return JSON.stringify([equations, values, attempts, servers, interval, marking, budget]);
}

function mistakes(diagnostics: Judged['diagnostics']): number {
  return diagnostics.filter(({ severity }) => severity === 'error').length;
}

function isWithin(route: RouteWaits | undefined, budget: Duration): boolean {
  return route?.targets.every(({ worst }) => worst !== null && worst <= budget) ?? false;
}
