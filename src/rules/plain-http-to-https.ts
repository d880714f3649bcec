import { formatAddress } from '../model/address.ts';
import type { Rule } from './rule.ts';

const securePorts = new Set([443, 8443]);

export const plainHttpToHttps: Rule = {
  id: 'plain-http-to-https',
  severity: 'warning',
  summary: 'Plain http is spoken to a port of https',
  why: 'a server that speaks TLS there answers every request with 400, or not at all',
  help: 'write `protocol: https` in the pool, or the port on which the server speaks plain http',
  examples: {
    fires: `version: 1
sites:
  a.example.com: ["10.0.0.2:443", "10.0.0.3:443"]
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: { servers: ["10.0.0.2:443", "10.0.0.3:443"], protocol: https, tls: { server_name: app.internal } }
`,
  },
  *check({ pools }) {
    for (const { pool } of pools) {
      if (pool.protocol.value !== 'http') continue;
      const server = pool.servers.find(({ address: { value } }) => 'port' in value && securePorts.has(value.port));
      if (!server) continue;
      const { value, at } = server.address;
      yield { at, message: `plain http is spoken to \`${formatAddress(value)}\`` };
    }
  },
};
