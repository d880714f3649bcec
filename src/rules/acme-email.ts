import type { Rule } from './rule.ts';

export const acmeEmail: Rule = {
  id: 'acme-email',
  severity: 'info',
  summary: 'Certificates come from a public CA, and it has no address to write to',
  why: 'when renewals fail for weeks, nobody is told before browsers refuse the site',
  help: 'write `acme: { email: … }`',
  examples: {
    fires: `version: 1
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
    silent: `version: 1
acme: { email: ops@example.com }
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
  },
  *check({ topology: { acme, sites } }) {
    const first = sites.find(({ tls }) => tls.value.mode === 'acme');
    if (first && !acme.email) yield { at: first.at, message: 'the CA gets no email address' };
  },
};
