import { type ColorFlag, chalkFor } from '../cli/color.ts';
import type { Io } from '../cli/io.ts';
import { load } from '../cli/load.ts';
import { markdownReport } from '../report/markdown.ts';
import { reportData } from '../report/report.ts';
import { textReport } from '../report/text.ts';
import { pretty } from '../reporters/pretty.ts';

export interface ReportOptions {
  readonly format: 'text' | 'json' | 'markdown';
  /** What-ifs: `path=value`. */
  readonly set: readonly string[];
  readonly color: ColorFlag;
}

/** The worst waits. 1: the topology has mistakes, or a route can wait longer than its budget. */
export async function report(file: string | undefined, options: ReportOptions, io: Io): Promise<number> {
  const { reports, source, diagnostics } = await load(io, file, options.set);
  if (!reports) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    io.stderr.write(pretty([{ source, diagnostics: errors }], chalkFor(io.stderr, io.env, options.color)));
    return 1;
  }
  const printed = {
    text: () => textReport(reports, chalkFor(io.stdout, io.env, options.color)),
    json: () => `${JSON.stringify(reportData(source.name, reports), null, 2)}\n`,
    markdown: () => markdownReport(reports),
  };
  io.stdout.write(printed[options.format]());
  return reports.some(({ targets }) => targets.some(({ within }) => within === false)) ? 1 : 0;
}
