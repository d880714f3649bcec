import { isLoopback } from '../model/relations.ts';
import { upstreamsOfPools } from '../targets/nginx/directives.ts';
import type { Rule } from './rule.ts';

export const localhostTwice: Rule = {
  id: 'localhost-twice',
  severity: 'warning',
  summary: 'nginx takes `localhost` for two servers, ::1 and 127.0.0.1',
  why: 'an application listens on one of them mostly: the other refuses every second request, uses up an attempt, and with attempts without a number doubles the wait',
  help: 'write 127.0.0.1 or [::1], whichever the application listens on',
  examples: {
    fires: `version: 1
targets: { nginx: {} }
sites:
  a.example.com: [localhost:3000, 10.0.0.3:3000]
`,
    silent: `version: 1
targets: { nginx: {} }
sites:
  a.example.com: [127.0.0.1:3000, 10.0.0.3:3000]
`,
  },
  *check({ lowered }) {
    for (const { peers } of lowered.nginx ? upstreamsOfPools(lowered.nginx) : []) {
      for (const { address, resolve } of peers) {
        if (address.value.kind !== 'name' || !isLoopback(address.value)) continue;
        const asked = resolve ? ', and asks DNS for it, which may know none' : '';
        yield {
          at: address.at,
          message: `\`localhost:${address.value.port}\` makes ${peers.length + 1} servers of ${peers.length}: nginx takes ::1 and 127.0.0.1${asked}`,
          targets: ['nginx'],
        };
      }
    }
  },
};
