import { isPrivateName } from '../model/names.ts';
import { containerNames } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const foreignHost: Rule = {
  id: 'foreign-host',
  severity: 'warning',
  summary: 'A public https server is asked for a name that is not its own',
  why: 'it sees the name of the site as Host: a server of many names answers that with 404, 421 or another site',
  help: 'write `host_header: server`, or `host_header: client` where the server knows the name of the site',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: { servers: ["api-1.example.net:443", "api-2.example.net:443"], protocol: https, tls: { server_name: api.example.net } }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: { servers: ["api-1.example.net:443", "api-2.example.net:443"], protocol: https, tls: { server_name: api.example.net }, host_header: api.example.net }
`,
  },
  *check({ pools, topology }) {
    const containers = containerNames(topology);
    for (const { pool } of pools) {
      if (!pool.tls || pool.hostHeader.origin !== 'default') continue;
      const server = pool.servers.find(
        ({ address: { value } }) => value.kind === 'name' && !isPrivateName(value.host) && !containers.has(value.host),
      );
      if (server?.address.value.kind !== 'name') continue;
      const { host } = server.address.value;
      yield { at: server.address.at, message: `\`${host}\` is asked for the name of the site, not for its own` };
    }
  },
};
