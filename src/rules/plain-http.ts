import { publicName } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const plainHttp: Rule = {
  id: 'plain-http',
  severity: 'warning',
  summary: 'A public site is served over plain http',
  why: 'everybody on the way reads and changes what is sent: passwords, cookies, the page itself',
  help: 'leave `tls` and `http` away: certificates come by themselves, and plain http is redirected',
  examples: {
    fires: `version: 1
sites:
  a.example.com: { upstream: [10.0.0.2:80, 10.0.0.3:80], http: serve }
`,
    silent: `version: 1
sites:
  a.example.com: { upstream: [10.0.0.2:80, 10.0.0.3:80], http: redirect }
`,
  },
  *check({ topology }) {
    for (const site of topology.sites) {
      const name = publicName(site);
      if (name === undefined) continue;
      if (site.tls.value.mode === 'none') {
        yield { at: site.tls.at, message: `\`${name}\` has no TLS` };
      } else if (site.http.value === 'serve' && site.port === undefined) {
        yield { at: site.http.at, message: `\`${name}\` is served over plain http as well, without a redirect` };
      }
    }
  },
};
