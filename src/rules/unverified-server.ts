import type { Rule } from './rule.ts';

export const unverifiedServer: Rule = {
  id: 'unverified-server',
  severity: 'warning',
  summary: 'https servers whose certificate is not verified',
  why: 'whoever stands between the edge and the server can show any certificate, and reads and changes what is sent',
  help: 'write `ca` with the CA of the server, and `server_name` where the address is not its name',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: { servers: ["10.0.0.2:443", "10.0.0.3:443"], protocol: https, tls: { insecure: true } }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: { servers: ["10.0.0.2:443", "10.0.0.3:443"], protocol: https, tls: { ca: ./ca.pem, server_name: app.internal } }
`,
  },
  *check({ pools }) {
    for (const { pool } of pools) {
      if (!pool.tls?.insecure.value) continue;
      yield {
        at: pool.tls.insecure.at,
        message: `nobody looks whether the servers of \`${pool.name}\` are who they seem`,
      };
    }
  },
};
