import type { Rule } from './rule.ts';

export const hstsOverHttp: Rule = {
  id: 'hsts-over-http',
  severity: 'warning',
  summary: 'A site with HSTS is served over plain http as well',
  why: 'browsers heed HSTS over https only: who comes by http stays there',
  help: 'write `http: redirect`',
  examples: {
    fires: `version: 1
sites:
  a.internal: { upstream: [10.0.0.2:80, 10.0.0.3:80], http: serve, tls: { certificate: a.pem, key: a.key, hsts: 180d } }
`,
    silent: `version: 1
sites:
  a.internal: { upstream: [10.0.0.2:80, 10.0.0.3:80], tls: { certificate: a.pem, key: a.key, hsts: 180d } }
`,
  },
  *check({ topology: { sites } }) {
    for (const { id, tls, http, port } of sites) {
      if (tls.value.mode === 'none' || !tls.value.hsts || http.value !== 'serve' || port !== undefined) continue;
      yield {
        at: tls.value.hsts.at,
        message: `who comes to \`${id}\` over plain http never sees its HSTS`,
        related: [{ place: http.at, message: 'plain http is served here' }],
      };
    }
  },
};
