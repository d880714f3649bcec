import type { ChalkInstance } from 'chalk';
import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { type JudgedInput, type JudgeOptions, judgeInput, refuseReading } from '../cli/judge.ts';
import { type LoadOptions, load } from '../cli/load.ts';
import { tellMistakes } from '../cli/mistakes.ts';
import { fenced, markdownText } from '../diagnostics/markdown.ts';
import { patchOf } from '../diff/patch.ts';
import { type Fit, fitBudgets } from '../fit.ts';
import { adviceNotes, olderNotes } from '../judge/advice.ts';
import { type Duration, parseDuration } from '../model/duration.ts';
import type { Topology } from '../model/topology.ts';
import { reportData } from '../report/data.ts';
import { type Proposal, smallest } from '../report/fit.ts';
import { fitText } from '../report/fit-text.ts';
import { markdownReport } from '../report/markdown.ts';
import { type RouteReport, withBudget } from '../report/report.ts';
import { textReport } from '../report/text.ts';
import { tuningOf } from '../report/tuning.ts';
import type { Source } from '../source/source.ts';

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
  if (configuration) return reportConfiguration(configuration, options, io);
  const loaded = await load(io, file, options);
  const { reports: judged, topology, source, files } = loaded;
  if (!judged || !topology) {
    tellMistakes(files, options.color, io);
    return 1;
  }
  const reports = budget === undefined ? judged : withBudget(judged, budget);
  const fitted = options.fit === undefined ? undefined : fitBudgets(loaded, topology, reports);
  const chalk = chalkFor(io.stdout, io.env, options.color);
  const printed = {
    text: () => (fitted ? fittedText(reports, fitted, source, chalk) : textReport(reports, chalk, adviser(topology))),
    json: () => `${JSON.stringify({ ...reportData(source.name, reports), ...fitData(fitted, source) }, null, 2)}\n`,
    markdown: () => `${markdownReport(reports, fitted?.routes)}${fitted ? patchInMarkdown(fitted, source) : ''}`,
  };
  io.stdout.write(printed[options.format]());
  return reports.some(({ targets }) => targets.some(({ within }) => within === false)) ? 1 : 0;
}

/** The worst waits of a hand-written configuration. 1: it has mistakes. */
function reportConfiguration(judged: JudgedInput, options: ReportOptions, io: Io): number {
  refuseReading(options, judged.name);
  if (options.fit !== undefined) {
    throw new UsageError('--fit proposes values for a topology', 'take `proxywright import` to make one of this file');
  }
  const isWrong = tellMistakes(judged.files, options.color, io);
  const { routes, oldest } = judged;
  const notes = [...adviceNotes(judged), ...(oldest ? olderNotes(judged, oldest) : [])];
  const chalk = chalkFor(io.stdout, io.env, options.color);
  const printed = {
    text: () => textReport(routes, chalk, () => undefined, notes),
    json: () => `${JSON.stringify(reportData(judged.name, routes), null, 2)}\n`,
    markdown: () => `${markdownReport(routes)}${notes.map((note) => `\n${markdownText(note)}\n`).join('')}`,
  };
  io.stdout.write(printed[options.format]());
  return isWrong ? 1 : 0;
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
function adviser(topology: Topology): (report: RouteReport) => Proposal | undefined {
  return (report) => {
    const { budget } = report;
    return budget && budget.value !== 'none' ? smallest(tuningOf(topology, report), budget.value) : undefined;
  };
}

/** All proposals behind the report instead of one in it. */
function fittedText(reports: readonly RouteReport[], fitted: Fit, source: Source, chalk: ChalkInstance): string {
  return `${textReport(reports, chalk, () => undefined)}\n${fitText(fitted.routes, chalk)}\n${patchInText(fitted, source)}`;
}

/** Behind the proposals, the first of each route as a patch that `git apply` and `patch -p1` take. */
function patchInText(fitted: Fit, source: Source): string {
  if (fitted.problem !== undefined) return `\n${byHand(fitted.problem)}\n`;
  const patch = patchText(fitted, source);
  return patch === '' ? '' : `\nThe first of each as a patch:\n\n${patch}`;
}

function byHand(problem: string): string {
  return `There is no patch: ${problem}. Change the file by hand.`;
}

function patchText({ texts }: Fit, source: Source): string {
  const patches = [...texts].map(([name, after]) => {
    return patchOf({ path: name.replace(/^\/+/, ''), before: source.of({ source: name }).text, after });
  });
  return patches.join('');
}

function patchInMarkdown(fitted: Fit, source: Source): string {
  if (fitted.problem !== undefined) return `\n${byHand(fitted.problem)}\n`;
  const patch = patchText(fitted, source);
  return patch === '' ? '' : `\nThe first of each as a patch:\n\n${fenced('diff', patch)}\n`;
}

function fitData(fitted: Fit | undefined, source: Source) {
  if (!fitted) return {};
  return {
    fit: fitted.routes.map(({ report: { route }, budget, proposals }) => ({
      route: route.id,
      budget_ms: budget,
      proposals: proposals.map(({ changes, targets, costs }) => ({
        changes: changes.map(({ setting, from, to }) => ({ setting, from: from.value, to })),
        worst_wait_ms: Object.fromEntries(targets.map(({ target, worst }) => [target, worst])),
        costs,
      })),
    })),
    patch: patchText(fitted, source) || null,
    patch_problem: fitted.problem ?? null,
  };
}
