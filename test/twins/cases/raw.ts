import type { TwinCase } from '../case.ts';
import { get } from '../requests.ts';

const host = 'raw.example.org';

export const raw: TwinCase = {
  name: 'lines in the languages of the targets',
  sites: `
${host}:
  tls: none
  headers: { response: { set: { X-Both: "1" } } }
  raw:
    nginx: |
      add_header X-Raw "a  b" always;
      proxy_set_header X-Asked raw;
    caddy: |
      header X-Raw "a  b"
      request_header X-Asked raw
  routes:
    - { match: { path: /said }, respond: { status: 200, body: said } }
    - { match: { path: /post, method: POST }, upstream: echo:3000 }
    - { upstream: echo:3000, raw: { nginx: none, caddy: none } }
`,
  requests: [
    { name: 'an answer of the edge', message: get('/said', { host }), status: 200, seen: null },
    {
      name: 'an answer of a server',
      message: get('/post', { host, method: 'POST', body: 'body' }),
      status: 200,
      seen: 'POST /post HTTP/1.1',
    },
    { name: 'a route without', message: get('/other', { host }), status: 200, seen: 'GET /other HTTP/1.1' },
  ],
};
