import { visible } from '../diagnostics/visible.ts';
import { bound, equation } from '../latency/term.ts';
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

/** Where another version would wait for another time, or be asked more often by a server that closes its connections. */
export function otherNotes({ target, routes }: Judged, other: Judged): string[] {
  const now = new Map(routes.map((route) => [route.id, route.targets[0]]));
  return other.routes.flatMap(({ id, targets: [then] }) => {
    const here = now.get(id);
    if (!then || !here) return [];
    const name = `${id} on ${target} ${then.version}`;
    if (then.worst !== here.worst) return [`${name}: ${equation(then.bounds.headline)}`];
    const [stale, own] = [then.bounds.staleReuse, here.bounds.staleReuse];
    if (stale.resends <= own.resends) return [];
    return [`${name}: up to ${humanDuration((bound(stale.wait) ?? 0) as Duration)} if ${stale.condition}`];
  });
}
