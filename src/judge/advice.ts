import { equation } from '../latency/term.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { usual, valueText } from '../report/fit.ts';
import { judge } from '../report/report.ts';
import { tuningOf } from '../report/tuning.ts';
import { lower } from '../targets/index.ts';
import { isReport, type Judged } from './judged.ts';
import { translated } from './words.ts';

/** The lines that would make long waits short, where a topology says just what these files do. */
export function adviceNotes({ routes, topology, target }: Judged): string[] {
  const again = new Map(judge(topology, lower(topology)).map((report) => [report.id, report]));
  return routes.filter(isReport).flatMap((report) => {
    if (again.get(report.id)?.targets[0]?.worst !== report.targets[0]?.worst) return [];
    const proposal = usual(tuningOf(topology, report));
    const worst = proposal?.targets[0]?.worst;
    if (!proposal || worst === undefined || worst === null) return [];
    const lines = proposal.changes.map((change) => translated(`\`${change.setting}: ${valueText(change)}\``, target));
    return [`${report.id}: ${lines.join(' and ')} would make it ${humanDuration(worst as Duration)}`];
  });
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
