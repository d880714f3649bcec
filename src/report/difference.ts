import { attemptsIn, blamed, evaluate } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { isReport, type RouteOnTarget, type RouteReport, type RouteWaits } from './report.ts';

/** Why the worst waits of a route are not the same on all targets, in one sentence; nothing where they are. */
export function differenceOf(waits: RouteWaits | RouteReport): string | undefined {
  const { targets } = waits;
  const [shorter, longer] = [...targets].sort((a, b) => waitOf(a) - waitOf(b));
  if (!shorter || !longer || waitOf(shorter) === waitOf(longer)) return undefined;
  const more = waitOf(longer) - waitOf(shorter);
  const wait = Number.isFinite(more)
    ? `${humanDuration(more as Duration)} longer on ${longer.target} than on ${shorter.target}`
    : `bounded on ${shorter.target} only`;
  const streams = isReport(waits) && waits.route.stream.value && longer.target === 'nginx' && Number.isFinite(more);
  const cause = streams ? 'there the header of a stream may take as long as its pauses' : causeOf(shorter, longer);
  return `${wait}: ${cause}`;
}

function waitOf({ bounds }: RouteOnTarget): number {
  return evaluate(bounds.headline);
}

function causeOf(shorter: RouteOnTarget, longer: RouteOnTarget): string {
  const [less, more] = [shorter, longer].map(({ bounds }) => blamed(bounds.headline));
  const endless = more?.find(({ because }) => because !== undefined);
  if (endless) return endless.because ?? '';
  const only = (name: string): boolean =>
    Boolean(more?.some((leaf) => leaf.name === name)) && !less?.some((leaf) => leaf.name === name);
  if (only('window'))
    return `${shorter.target} asks each server once, ${longer.target} goes on until the window is over`;
  if (only('pause')) return `${shorter.target} does not pause between attempts`;
  if (attemptsIn(longer.bounds.headline) > attemptsIn(shorter.bounds.headline)) {
    return longer.target === 'nginx'
      ? 'a name may have several addresses, and nginx asks each of them'
      : `${shorter.target} asks each server once, ${longer.target} may ask one again`;
  }
  return 'their equations differ';
}
