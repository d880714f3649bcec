import { contains } from '../model/cidr.ts';
import { privateNetworks } from '../model/networks.ts';
import type { Rule } from './rule.ts';

/** What no company has: at least so many bits are the same in a network that somebody runs. */
const widest = { 4: 8, 6: 16 } as const;

export const trustEveryone: Rule = {
  id: 'trust-everyone',
  severity: 'error',
  summary: 'A large part of the internet is trusted to tell who the client is',
  why: 'anybody writes an address into X-Forwarded-For and is taken for it: in logs, limits and `allow`, and by the application',
  help: 'name the addresses of the proxies in front, or `cloudflare`',
  examples: {
    fires: `version: 1
edge: { trusted_proxies: [0.0.0.0/0] }
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
    silent: `version: 1
edge: { trusted_proxies: [cloudflare, 10.0.0.0/8] }
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
  },
  *check({ topology: { edge } }) {
    for (const { written, at, ranges } of edge.trusted_proxies.value) {
      const wide = ranges.find(
        (range) => range.length < widest[range.family] && !privateNetworks.some((one) => contains(one, range)),
      );
      if (wide) yield { at, message: `\`${written}\` holds ${share(wide.length)} IPv${wide.family} addresses` };
    }
  },
};

function share(length: number): string {
  return length === 0 ? 'all' : `1/${2 ** length} of all`;
}
