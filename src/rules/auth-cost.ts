import { costOf } from '../model/basic-auth.ts';
import type { Rule } from './rule.ts';

/** What a worker of nginx does for one password of cost 14, measured: 0.88 s. Each step down is half of it. */
const worst = { cost: 14, ms: 880 } as const;
/** About 14 ms. */
const highest = 8;

export const authCost: Rule = {
  id: 'auth-cost',
  severity: 'warning',
  summary: 'A password is hashed so well that each request stops a worker of nginx',
  why: 'nginx computes the hash for every request anew, and its worker does nothing else meanwhile; Caddy remembers the result',
  help: 'make the hash with a cost of 8 and the password long: `htpasswd -nBC 8 NAME`',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    basic_auth: { users: { ada: "$2y$12$abcdefghijklmnopqrstuuKxCcvB7KZ7.BpDoK0bh6qM7Dl1/xiJa" } }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    basic_auth: { users: { ada: "$2y$08$abcdefghijklmnopqrstuuKxCcvB7KZ7.BpDoK0bh6qM7Dl1/xiJa" } }
`,
  },
  *check({ topology: { sites, targets } }) {
    if (!targets.nginx) return;
    const seen = new Set<string>();
    for (const { basicAuth } of sites.flatMap(({ routes }) => routes)) {
      for (const [name, { at, value }] of basicAuth?.users ?? []) {
        const cost = costOf(value);
        // What a site says is that of each of its routes; a file names many.
        const key = `${at.source} ${at.path} ${name}`;
        if (!(cost > highest) || seen.has(key)) continue;
        seen.add(key);
        const ms = worst.ms / 2 ** (worst.cost - cost);
        yield {
          at,
          message: `each request of \`${name}\` stops a worker of nginx for about ${shown(ms)}: its hash has cost ${cost}`,
        };
      }
    }
  },
};

function shown(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)}ms` : `${Number((ms / 1000).toPrecision(2))}s`;
}
