import { publicName } from '../model/relations.ts';
import type { Rule } from './rule.ts';

export const debugHeader: Rule = {
  id: 'debug-header',
  severity: 'warning',
  summary: 'A public site tells the addresses of its servers',
  why: 'every response names the machines of the private network: a gift to whoever looks for a way in',
  help: 'remove `debug_header` when everything works; the access log has the same',
  fix: 'removes `debug_header`',
  examples: {
    fires: `version: 1
edge: { debug_header: X-Upstream }
sites:
  a.example.com: [10.0.0.2:80, 10.0.0.3:80]
`,
    silent: `version: 1
edge: { debug_header: X-Upstream }
sites:
  a.internal: { upstream: [10.0.0.2:80, 10.0.0.3:80], tls: none }
`,
  },
  *check({ topology: { edge, sites } }) {
    const name = sites.map(publicName).find((one) => one !== undefined);
    if (!edge.debug_header || name === undefined) return;
    yield {
      at: edge.debug_header.at,
      message: `\`${edge.debug_header.value}\` in each response of \`${name}\` names the server that answered`,
      fix: { remove: edge.debug_header.at },
    };
  },
};
