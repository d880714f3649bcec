import { humanDuration, milliseconds } from '../model/duration.ts';
import { sharing } from '../model/relations.ts';
import type { Hsts } from '../model/topology.ts';
import type { Rule } from './rule.ts';

/** What the lists ask for: https://hstspreload.org */
const shortest = milliseconds(365 * 86_400_000);

export const hstsPreload: Rule = {
  id: 'hsts-preload',
  severity: 'warning',
  summary: 'A name asks to be preloaded that the lists of the browsers refuse',
  why: 'they take names whose HSTS is for a year at least and for all subdomains',
  help: 'write `{ max_age: 365d, include_subdomains: true, preload: true }` when every name below has https, or leave `preload` away',
  examples: {
    fires: `version: 1
acme: { email: ops@example.com }
sites:
  a.example.com: { upstream: [10.0.0.2:80, 10.0.0.3:80], tls: { hsts: { max_age: 180d, preload: true } } }
`,
    silent: `version: 1
acme: { email: ops@example.com }
sites:
  a.example.com: { upstream: [10.0.0.2:80, 10.0.0.3:80], tls: { hsts: { max_age: 365d, include_subdomains: true, preload: true } } }
`,
  },
  *check({ topology: { sites } }) {
    const asking = sites.flatMap(({ tls: { value } }) =>
      value.mode !== 'none' && value.hsts?.preload.value ? [value.hsts] : [],
    );
    for (const [hsts] of sharing(asking, ({ preload }) => preload.at)) {
      const missing = missingOf(hsts);
      if (missing.length > 0) yield { at: hsts.preload.at, message: `\`preload\` needs ${missing.join(' and ')}` };
    }
  },
};

function missingOf({ max_age, include_subdomains }: Hsts): string[] {
  return [
    ...(max_age.value < shortest ? [`a \`max_age\` of 365d or more, not ${humanDuration(max_age.value)}`] : []),
    ...(include_subdomains.value ? [] : ['`include_subdomains: true`']),
  ];
}
