import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { type JudgedInput, type JudgeOptions, judgeInput, refuseReading } from '../cli/judge.ts';
import { type LoadOptions, load, tellWork } from '../cli/load.ts';
import { tellMistakes } from '../cli/mistakes.ts';
import type { Place } from '../diagnostics/diagnostic.ts';
import { markdownText } from '../diagnostics/markdown.ts';
import { type Fit, fitBudgets } from '../fit.ts';
import type { Advice } from '../judge/advice.ts';
import type { FilesFit } from '../judge/fit.ts';
import { type Duration, humanDuration, parseDuration } from '../model/duration.ts';
import type { Topology } from '../model/topology.ts';
import { reportData } from '../report/data.ts';
import { type Proposal, patience, smallest } from '../report/fit.ts';
import { markdownReport } from '../report/markdown.ts';
import { isReport, listed, type RouteWaits, withBudget } from '../report/report.ts';
import { textReport } from '../report/text.ts';
import { tuningOf } from '../report/tuning.ts';
import type { Source } from '../source/source.ts';
import { type Fitted, fittedData, fittedInText, patchInMarkdown, patchText } from './fitted.ts';

export interface ReportOptions extends JudgeOptions, LoadOptions {
  readonly format: 'text' | 'json' | 'markdown';
  /** What would fit: into this duration, or (true) into the budgets that are written. */
  readonly fit?: string | true;
  /** What-ifs: `path=value`. */
  readonly set: readonly string[];
  readonly color: ColorFlag;
}

/** The worst waits. 1: the topology has mistakes, or a route can wait longer than its budget. */
export async function report(file: string | undefined, options: ReportOptions, io: Io): Promise<number> {
  const budget = typeof options.fit === 'string' ? durationOf(options.fit) : undefined;
  const configuration = await judgeInput(io, file, options, { compare: options.format !== 'json' });
  if (configuration) return reportConfiguration(configuration, budget, options, io);
  const loaded = await load(io, file, options);
  const { reports: judged, topology, source, files } = loaded;
  if (!judged || !topology) {
    tellMistakes(files, options.color, io);
    return 1;
  }
  const reports = budget === undefined ? judged : withBudget(judged, budget, ({ route }) => route.at);
  const all = listed(topology, reports);
  if (options.fit === undefined) tellWork(io, loaded.input, 'working out the waits');
  else io.working?.('looking for values that fit');
  const fitted = options.fit === undefined ? undefined : topologyFitted(fitBudgets(loaded, topology, reports), source);
  const chalk = chalkFor(io.stdout, io.env, options.color);
  const printed = {
    text: () =>
      fitted
        ? textReport(all, chalk, () => undefined) + fittedInText(fitted, chalk)
        : textReport(all, chalk, adviser(topology)),
    json: () => json({ ...reportData(source.name, all), ...(fitted ? fittedData(fitted) : {}) }),
    markdown: () => markdownReport(all, fitted?.routes) + (fitted ? patchInMarkdown(fitted) : ''),
  };
  io.stdout.write(printed[options.format]());
  return isOver(reports) ? 1 : 0;
}

function topologyFitted({ routes, texts, problem }: Fit, source: Source): Fitted {
  return { routes, patch: patchText(texts, (name) => source.of({ source: name }).text), problem };
}

/** The worst waits of a hand-written configuration. 1: it has mistakes, or a route can wait for longer than `--fit` says. */
async function reportConfiguration(
  judged: JudgedInput,
  budget: Duration | undefined,
  options: ReportOptions,
  io: Io,
): Promise<number> {
  const { adviceOf, adviceText, otherNotes } = await import('../judge/advice.ts');
  const { advisedFit, fitFiles, usualFit } = await import('../judge/fit.ts');
  refuseReading(options, judged.name);
  const isWrong = tellMistakes(judged.files, options.color, io);
  const { other, configuration } = judged;
  io.working?.('looking for values that fit');
  const within = withBudget(judged.routes, budget ?? patience, () => topOf(judged));
  const search = options.fit === undefined ? undefined : options.fit === true ? usualFit : fitFiles;
  const fitted = search && filesFitted(search(configuration, judged, within), judged);
  const routes = fitted ? within : judged.routes;
  const advice = fitted ? [] : adviceOf(advisedFit(configuration, judged, within));
  const notes = [
    ...(options.fit === true ? [`no budget is written in these files: ${humanDuration(patience)} is taken`] : []),
    ...advice.map(adviceText),
    ...(advice.length > 0 ? [`\`report ${judged.name} --fit\` has this as a patch`] : []),
    ...(other ? otherNotes(judged, other) : []),
  ];
  const chalk = chalkFor(io.stdout, io.env, options.color);
  const printed = {
    text: () => textReport(routes, chalk, () => undefined, notes) + (fitted ? fittedInText(fitted, chalk) : ''),
    json: () => json({ ...reportData(judged.name, routes), ...(fitted ? fittedData(fitted) : adviceData(advice)) }),
    markdown: () =>
      markdownReport(routes, fitted?.routes) +
      notes.map((note) => `\n${markdownText(note)}\n`).join('') +
      (fitted ? patchInMarkdown(fitted) : ''),
  };
  io.stdout.write(printed[options.format]());
  return isWrong || isOver(routes) ? 1 : 0;
}

function filesFitted({ routes, texts, problems }: FilesFit, { configuration: { files } }: JudgedInput): Fitted {
  const problem = problems.length > 0 ? problems.join('; ') : undefined;
  return { routes, patch: patchText(texts, (name) => files.get(name) ?? ''), problem };
}

function topOf({ configuration }: JudgedInput): Place {
  return { source: configuration.main, path: '#0-0', part: 'value' };
}

function isOver(reports: readonly RouteWaits[]): boolean {
  return reports.some(({ targets }) => targets.some(({ within }) => within === false));
}

function json(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}

function adviceData(advice: readonly Advice[]) {
  return {
    advice: advice.map(({ route, before, after, lines }) => ({
      route,
      worst_wait_ms: before,
      would_be_ms: after,
      lines,
    })),
  };
}

function durationOf(text: string): Duration {
  const value = parseDuration(text);
  if (value !== undefined && value > 0) return value;
  throw new UsageError(
    `\`${text}\` is not a duration`,
    'write `--fit 5s`; `--fit` alone takes the budgets that are written',
  );
}

/** The smallest change that fits, for what is over its budget. */
function adviser(topology: Topology): (report: RouteWaits) => Proposal | undefined {
  return (report) => {
    const { budget } = report;
    return isReport(report) && budget && budget.value !== 'none'
      ? smallest(tuningOf(topology, report), budget.value)
      : undefined;
  };
}
