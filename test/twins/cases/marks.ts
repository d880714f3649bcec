import type { TwinCase, TwinRequest } from '../case.ts';
import { caddy, page } from '../known.ts';
import { get } from '../requests.ts';

const host = 'marks.example.org';
const tooMuch = (name: string): TwinRequest => ({
  name,
  message: get('/', { host, method: 'POST', body: 'b'.repeat(1025), chunk: 100 }),
  status: 413,
  seen: null,
  differences: page,
});

/** The last of its group: Caddy counts the failures of a server for all sites. */
export const marks: TwinCase = {
  name: 'bodies that are too long and do not tell it, where failures mark servers',
  sites: `
${host}:
  tls: none
  max_body_size: 1k
  upstream: { servers: [echo:3000, other:3000], health: { passive: { max_fails: 1, fail_window: 60s } } }
`,
  requests: [
    tooMuch('the first'),
    tooMuch('the second'),
    {
      name: 'somebody else',
      message: get('/else', { host }),
      status: 200,
      seen: 'GET /else HTTP/1.1',
      otherwise: { known: 'body-marks', on: caddy, status: 503, seen: null },
    },
  ],
};
