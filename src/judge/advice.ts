import { visible } from '../diagnostics/visible.ts';
import { equation } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import type { RouteFit } from '../report/fit.ts';
import type { FilesFit } from './fit.ts';
import type { Judged } from './judged.ts';

/** What would make one long wait short, with the lines to write. */
export interface Advice {
  readonly route: string;
  /** Milliseconds; null: unbounded. */
  readonly before: number | null;
  readonly after: number;
  /** Empty: the values stand where other routes take theirs from, too. */
  readonly lines: readonly { readonly file: string; readonly line: number; readonly text: string }[];
  readonly words: readonly string[];
}

export function adviceOf({ routes, lines }: FilesFit): Advice[] {
  return routes.flatMap(({ report, proposals: [first] }: RouteFit): Advice[] => {
    const after = first?.targets[0]?.worst;
    if (!first || typeof after !== 'number') return [];
    const own = lines.filter((line) => line.routes.has(report.id));
    return [
      {
        route: report.id,
        before: report.targets[0]?.worst ?? null,
        after,
        lines: own.map(({ file, number, text }) => ({ file, line: number, text })),
        words: first.changes.map(({ text }) => text),
      },
    ];
  });
}

/** `a/ can wait 4m: proxy_read_timeout 5s (nginx.conf:12) makes it 12s` */
export function adviceText({ route, before, after, lines, words }: Advice): string {
  const now = before === null ? 'for ever' : humanDuration(before as Duration);
  const changes =
    lines.length > 0 ? lines.map(({ file, line, text }) => `\`${text}\` (${visible(file)}:${line})`) : words;
  const makes = changes.length === 1 ? 'makes' : 'make';
  return `${route} can wait ${now}: ${changes.join(' and ')} ${makes} it ${humanDuration(after as Duration)}`;
}

/** Where an older version would wait for another time. */
export function olderNotes({ target, routes }: Judged, oldest: Judged): string[] {
  const now = new Map(routes.map((route) => [route.id, route.targets[0]]));
  return oldest.routes.flatMap(({ id, targets: [before] }) => {
    const after = now.get(id);
    if (!before || !after || before.worst === after.worst) return [];
    return [`${id} on ${target} ${before.version}: ${equation(before.bounds.headline)}`];
  });
}
