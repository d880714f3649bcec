import type { Rule } from './rule.ts';

export const stagingCa: Rule = {
  id: 'staging-ca',
  severity: 'warning',
  summary: 'Certificates come from a CA for tests',
  why: 'no browser trusts them: every visitor sees a warning',
  help: 'remove `ca: staging` when everything works, build, and restart Caddy: a reload keeps the certificates that it has',
  examples: {
    fires: `version: 1
acme: { email: ops@example.com, ca: staging }
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
    silent: `version: 1
acme: { email: ops@example.com, ca: production }
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
  },
  *check({ topology: { acme, sites } }) {
    // The directory itself may be written as well.
    const staging = acme.ca.value === 'staging' || /^https:\/\/acme-staging/.test(acme.ca.value);
    const asked = sites.filter(({ tls }) => tls.value.mode === 'acme');
    const [first] = asked;
    if (!staging || !first) return;
    const others = asked.length > 1 ? ` and of ${asked.length - 1} more` : '';
    yield { at: acme.ca.at, message: `the certificate of \`${first.id}\`${others} is one for tests` };
  },
};
