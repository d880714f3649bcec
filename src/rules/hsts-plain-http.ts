import { portOf } from '../model/references.ts';
import type { Site } from '../model/topology.ts';
import type { Rule } from './rule.ts';

export const hstsPlainHttp: Rule = {
  id: 'hsts-plain-http',
  severity: 'warning',
  summary: 'A name has plain http only, and browsers ask it over https only',
  why: 'HSTS holds for a name on all its ports, and with `include_subdomains` for all names below it',
  help: 'give the site TLS, or narrow HSTS',
  examples: {
    fires: `version: 1
sites:
  internal: { upstream: [10.0.0.2:80, 10.0.0.3:80], tls: { certificate: a.pem, key: a.key, hsts: { max_age: 180d, include_subdomains: true } } }
  a.internal: { upstream: [10.0.0.2:80, 10.0.0.3:80], tls: none }
`,
    silent: `version: 1
sites:
  internal: { upstream: [10.0.0.2:80, 10.0.0.3:80], tls: { certificate: a.pem, key: a.key, hsts: 180d } }
  a.internal: { upstream: [10.0.0.2:80, 10.0.0.3:80], tls: none }
`,
  },
  *check({ topology: { sites, edge } }) {
    const plain = sites.filter(({ tls }) => tls.value.mode === 'none');
    for (const site of sites) {
      const hsts = site.tls.value.mode === 'none' ? undefined : site.tls.value.hsts;
      const names = hsts ? namesOf(site) : [];
      const below = hsts?.include_subdomains;
      for (const other of plain) {
        const holds = (one: string): boolean =>
          names.some((name) => one === name || (below?.value === true && one.endsWith(`.${name}`)));
        const hit = namesOf(other).find(holds);
        if (!hsts || hit === undefined) continue;
        const where = `\`${hit}\` on port ${portOf(other, edge)}`;
        yield {
          at: names.includes(hit) ? hsts.at : hsts.include_subdomains.at,
          message: `browsers that have been at \`${site.id}\` do not reach ${where}, which has no TLS`,
          related: [{ place: other.at, message: 'plain http only' }],
        };
      }
    }
  },
};

function namesOf({ name, aliases }: Site): string[] {
  return [...(name === undefined ? [] : [name]), ...aliases.map(({ value }) => value)];
}
