import { visible } from '../diagnostics/visible.ts';
import type { NameChange } from '../latency/bounds.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import type { RouteWaits } from './report.ts';

/** How soon the new address of a server's name is used. What holds for all routes of a target is said once. */
export function nameNotes(reports: readonly RouteWaits[]): string[] {
  const cells = reports.flatMap(({ id, targets }) =>
    targets.flatMap(({ target, bounds }) =>
      bounds.nameChange ? [{ id, target, said: nameChangeText(bounds.nameChange) }] : [],
    ),
  );
  return [...new Set(cells.map(({ target }) => target))].flatMap((target) => {
    const own = cells.filter((cell) => cell.target === target);
    const [first] = own;
    const alike = own.every(({ said }) => said === first?.said);
    return alike && first
      ? [`on ${target} ${first.said}`]
      : own.map(({ id, said }) => `${visible(id)} on ${target}: ${said}`);
  });
}

/** `a server’s name that gets another address is followed within 13s: …` */
export function nameChangeText({ within, because }: NameChange): string {
  const soon = within === undefined ? '' : within === 0 ? ' at once' : ` within ${humanDuration(within as Duration)}`;
  return `a server’s name that gets another address is followed${soon}: ${because}`;
}
