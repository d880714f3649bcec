import { milliseconds } from '../model/duration.ts';
import { attemptsOf, isWritten } from '../model/relations.ts';
import { titles } from '../targets/index.ts';
import type { Rule } from './rule.ts';

/** Google’s SRE book stops at three attempts of a request. */
const most = 3;
/** With shorter pauses an endless retry is a loop that keeps a processor busy. */
const breath = milliseconds(50);

export const amplification: Rule = {
  id: 'amplification',
  severity: 'warning',
  summary: 'One request becomes many when the servers are in trouble',
  why: 'servers that are slow because they are overloaded get the load several times over, and do not recover',
  help: 'write `tries: 2`: when two servers fail a request, a third rarely saves it',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80, 10.0.0.4:80, 10.0.0.5:80, 10.0.0.6:80]
    retry: { tries: 5 }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80, 10.0.0.4:80, 10.0.0.5:80, 10.0.0.6:80]
    retry: { tries: 3 }
`,
  },
  *check({ reports }) {
    for (const { route, targets } of reports) {
      const { tries, interval } = route.retry;
      const ids = targets.filter(({ bounds }) => (bounds.amplification ?? 0) > most).map(({ target }) => target);
      const attempts = Math.max(...targets.map(({ bounds }) => bounds.amplification ?? 0));
      if (isWritten(tries) && ids.length > 0) {
        yield { at: tries.at, message: `one request can become ${attempts} on ${titles(ids)}`, targets: ids };
      }
      const refused = targets
        .filter(({ bounds }) => bounds.amplification === undefined)
        .flatMap(({ bounds }) => bounds.rows.filter(({ fault, failing }) => fault === 'refused' && failing === 'all'));
      if (attemptsOf(route) !== Number.POSITIVE_INFINITY || interval.value >= breath || refused.length === 0) continue;
      const often = Math.max(...refused.map((row) => row.attempts));
      if (!Number.isFinite(often) || often <= most) continue;
      const at = isWritten(interval) ? interval.at : tries.at;
      yield {
        at,
        message: `one request can become ${often} on Caddy while servers refuse connections`,
        help: 'write an `interval` such as 250ms',
        targets: ['caddy'],
      };
    }
  },
};
