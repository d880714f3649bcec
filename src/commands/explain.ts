import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { type JudgeOptions, judgeInput, refuseReading, sourcesOf } from '../cli/judge.ts';
import { type LoadOptions, load } from '../cli/load.ts';
import { tellMistakes } from '../cli/mistakes.ts';
import { closest } from '../diagnostics/closest.ts';
import { explainRoute, type SourceOf } from '../report/explain.ts';
import type { RouteWaits } from '../report/report.ts';
import { catalogue } from '../rules/index.ts';
import { ruleText } from '../rules/page.ts';

export interface ExplainOptions extends JudgeOptions, LoadOptions {
  /** What-ifs: `path=value`. */
  readonly set: readonly string[];
  readonly color: ColorFlag;
}

/** A rule's page, or the worst wait of a route step by step. 2: there is neither. */
export async function explain(
  what: string,
  file: string | undefined,
  options: ExplainOptions,
  io: Io,
): Promise<number> {
  const chalk = chalkFor(io.stdout, io.env, options.color);
  if (catalogue.has(what)) {
    io.stdout.write(ruleText(what));
    return 0;
  }
  const { routes, sourceOf } = await routesOf(file, options, io);
  const found = routes.find(({ id }) => id === what);
  if (!found) {
    const ids = routes.map(({ id }) => id);
    const guess = closest(what, [...ids, ...catalogue.keys()]);
    throw new UsageError(
      `there is no rule and no route \`${what}\``,
      guess
        ? `did you mean \`${guess}\`?`
        : `the routes are ${ids.join(', ')}; \`proxywright print rules\` lists the rules`,
    );
  }
  io.stdout.write(explainRoute(found, sourceOf, chalk));
  return 0;
}

/** The routes of a topology or of a hand-written file. */
async function routesOf(
  file: string | undefined,
  options: ExplainOptions,
  io: Io,
): Promise<{ readonly routes: readonly RouteWaits[]; readonly sourceOf: SourceOf }> {
  const judged = await judgeInput(io, file, options);
  if (judged) {
    refuseReading(options, judged.name);
    return { routes: judged.routes, sourceOf: sourcesOf(judged) };
  }
  const { routes, source, files } = await load(io, file, options);
  if (routes) return { routes, sourceOf: (place) => source.of(place) };
  tellMistakes(files, options.color, io);
  throw new UsageError(
    `${source.name} has mistakes: no route of it can be explained`,
    'mend them first; `proxywright lint` shows them',
  );
}
