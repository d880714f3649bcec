import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { load } from '../cli/load.ts';
import { closest } from '../diagnostics/closest.ts';
import { explainRoute } from '../report/explain.ts';
import { pretty } from '../reporters/pretty.ts';
import { catalogue } from '../rules/index.ts';
import { ruleText } from '../rules/page.ts';

export interface ExplainOptions {
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
  const { reports, source, diagnostics } = await load(io, file, options.set);
  if (!reports) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    io.stderr.write(pretty([{ source, diagnostics: errors }], chalkFor(io.stderr, io.env, options.color)));
    throw new UsageError(
      `${source.name} has mistakes: no route of it can be explained`,
      'mend them first; `proxywright lint` shows them',
    );
  }
  const found = reports.find(({ route }) => route.id === what);
  if (!found) {
    const ids = reports.map(({ route }) => route.id);
    const guess = closest(what, [...ids, ...catalogue.keys()]);
    throw new UsageError(
      `there is no rule and no route \`${what}\``,
      guess
        ? `did you mean \`${guess}\`?`
        : `the routes are ${ids.join(', ')}; \`proxywright print rules\` lists the rules`,
    );
  }
  io.stdout.write(explainRoute(found, () => source, chalk));
  return 0;
}
