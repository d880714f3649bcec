import { contains, parseCidr } from '../model/cidr.ts';
import { privateNetworks } from '../model/networks.ts';
import { publicName } from '../model/relations.ts';
import type { Rule } from './rule.ts';

/** From where docker takes the networks of containers, unless it is told otherwise. */
const docker = ['172.17.0.0/16', '172.18.0.0/16', '192.168.0.0/20'].flatMap((text) => parseCidr(text) ?? []);

export const trustPrivate: Rule = {
  id: 'trust-private',
  severity: 'warning',
  summary: 'Docker’s own networks are trusted to tell who the client is',
  why: 'clients that come through docker’s port proxy (IPv6 is such a case) have the address of the gateway, and every container beside the proxy is one of them: they write any address into X-Forwarded-For and are taken for it',
  help: 'name the addresses of the proxies in front instead, such as 10.0.0.5',
  examples: {
    fires: `version: 1
edge: { trusted_proxies: [private] }
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
    silent: `version: 1
edge: { trusted_proxies: [10.0.0.5, cloudflare] }
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
  },
  *check({ topology: { edge, sites, targets } }) {
    const name = sites.map(publicName).find((one) => one !== undefined);
    if (!targets.compose || name === undefined) return;
    for (const { written, at, ranges } of edge.trusted_proxies.value) {
      const near = ranges.filter((range) => privateNetworks.some((one) => contains(one, range)));
      const own = docker.find((one) => near.some((range) => contains(range, one) || contains(one, range)));
      if (!own) continue;
      yield { at, message: `\`${written}\` holds ${own.text}, which docker gives to containers`, targets: ['compose'] };
    }
  },
};
