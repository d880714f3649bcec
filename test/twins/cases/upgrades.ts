import type { TwinCase } from '../case.ts';
import { websocket } from '../requests.ts';

const host = 'upgrades.example.org';
const secure = 'tls.upgrades.example.org';
const status = 101;
const seen = 'GET /socket?x=1 HTTP/1.1';

export const upgrades: TwinCase = {
  name: 'upgrades',
  sites: `
${host}: { tls: none, upstream: echo:3000 }
${secure}: { tls: internal, upstream: echo:3000 }
`,
  requests: [
    { name: 'a websocket', message: websocket('/socket?x=1', { host, silence: 0 }), status, seen },
    {
      name: 'a websocket that is silent for longer than 3 s',
      message: websocket('/socket?x=1', { host, silence: 3_500 }),
      status,
      seen,
    },
    {
      name: 'a websocket over TLS',
      message: websocket('/socket?x=1', { host: secure, secure: true, silence: 0 }),
      status,
      seen,
    },
  ],
};
