import type { Bounds, Method } from '../latency/bounds.ts';
import { bound } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';

/** What it costs when one server of a pool is stopped and started again, as a deploy does. Times in milliseconds. */
export interface Restart {
  /** No request is lost although the server is away for so long; null: for any time. */
  readonly gap: Readonly<Record<Method, number | null>>;
  /** Is a request lost that the server had and did not answer before it stopped? */
  readonly cut: Readonly<Record<Method, boolean>>;
  /** How long the server is not asked although it is back, at most. */
  readonly back: number;
}

/** Read from the rows of the faults that a restart is: connections are refused, and those that were open are closed. */
export function restartOf({ rows, failWindow, retriesFor = 0, lone }: Bounds): Restart | undefined {
  const failing = lone ? 'all' : 'one';
  const row = (fault: 'refused' | 'close', method: Method) =>
    rows.find((one) => one.fault === fault && one.failing === failing && one.method === method);
  const gap = (method: Method): number | null => {
    const refused = row('refused', method);
    if (!refused) return 0;
    // Another server answers.
    if (refused.status < 400) return null;
    if (refused.attempts < 2) return 0;
    const longest = Math.min(retriesFor, bound(refused.wait) ?? Number.POSITIVE_INFINITY);
    return Number.isFinite(longest) ? longest : null;
  };
  const cut = (method: Method): boolean => (row('close', method)?.status ?? 502) >= 400;
  if (!row('refused', 'GET')) return undefined;
  const back = Math.max(0, ...failWindow.flatMap(({ fault, recovery }) => (fault === 'refused' ? [recovery] : [])));
  return { gap: { GET: gap('GET'), POST: gap('POST') }, cut: { GET: cut('GET'), POST: cut('POST') }, back };
}

/** `no request is lost; a POST that it had not answered may be lost; it is asked again 10s after it is back at the latest` */
export function restartText({ gap, cut, back }: Restart): string {
  const lost = (method: Method): string => {
    const time = gap[method];
    if (time === null) return `no ${method} is lost`;
    if (time > 0) return `no ${method} is lost within ${humanDuration(time as Duration)}`;
    return back > 0 ? `some ${method}s may be lost until it is marked` : `${method}s are lost until it is back`;
  };
  const same = gap.GET === gap.POST;
  const parts = [
    same ? lost('GET').replaceAll(/GET(s?)/g, 'request$1') : `${lost('GET')}, ${lost('POST')}`,
    ...(cut.GET && cut.POST ? ['what it had not answered may be lost'] : []),
    ...(!cut.GET && cut.POST ? ['a POST that it had not answered may be lost'] : []),
    ...(back > 0 ? [`it is asked again ${humanDuration(back as Duration)} after it is back at the latest`] : []),
  ];
  return parts.join('; ');
}
