import { publicName, sharing } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const plainHttp: Rule = {
  id: 'plain-http',
  severity: 'warning',
  summary: 'A public site is served over plain http',
  why: 'everybody on the way reads and changes what is sent: passwords, cookies, the page itself',
  help: 'leave `tls` and `http` away: certificates come by themselves, and plain http is redirected',
  fix: 'writes `http: redirect` where plain http is served beside TLS',
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
      if (name !== undefined && site.tls.value.mode === 'none') {
        yield { at: site.tls.at, message: `\`${name}\` has no TLS` };
      }
    }
    const both = topology.sites.filter(
      ({ tls, http, port }) => tls.value.mode !== 'none' && http.value === 'serve' && port === undefined,
    );
    for (const group of sharing(both, ({ http }) => http.at)) {
      const at = group[0].http.at;
      const names = group.map(publicName);
      const name = names.find((one) => one !== undefined);
      if (name === undefined) continue;
      // Where a site of the private network shares the word, plain http may be wanted there.
      const fix = names.includes(undefined) ? undefined : { write: at, value: 'redirect' };
      yield { at, message: `\`${name}\` is served over plain http as well, without a redirect`, fix };
    }
  },
};
