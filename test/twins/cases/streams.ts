import type { TwinCase } from '../case.ts';
import { buffered } from '../known.ts';
import { get, http2, websocket } from '../requests.ts';

const host = 'streams.example.org';
const secure = 'tls.streams.example.org';
const large = '0123456789abcdef'.repeat(20 * 65_536);
const status = 200;

export const streams: TwinCase = {
  name: 'streams',
  sites: `
${host}:
  tls: none
  routes:
    - { match: { path: /events/* }, upstream: echo:3000, stream: true }
    - { match: { path: /now/* }, upstream: echo:3000, flush: immediate }
    - { match: { path: /cut/* }, upstream: echo:3000, strip_prefix: /cut, headers: { request: { set: { X-Set: set } } } }
    - { match: { path: /beta/*, header: { X-Beta: "1" } }, upstream: other:3000, timeouts: { upgraded: 30s } }
    - upstream: echo:3000
${secure}: { tls: internal, upstream: echo:3000, stream: true }
`,
  requests: [
    ...['/events/', '/now/'].map((path) => ({
      name: `events that come one by one: ${path}`,
      message: get(`${path}?give=each`, { host }),
      status,
      seen: `GET ${path}?give=each HTTP/1.1`,
    })),
    {
      name: 'events for a client of HTTP/1.0',
      message: get('/events/?give=each', { host, version: '1.0' }),
      status,
      seen: 'GET /events/?give=each HTTP/1.1',
    },
    {
      name: 'events for a client of HTTP/2',
      message: http2('/events/?give=each', { host: secure }),
      status,
      seen: 'GET /events/?give=each HTTP/1.1',
    },
    // nginx has read the whole with the header, and knows its length.
    {
      name: 'an upload without a length that comes at once',
      differences: buffered,
      message: get('/events/up', { host, method: 'PUT', body: 'abcdefghij', chunk: 3 }),
      status,
      seen: 'PUT /events/up HTTP/1.1',
    },
    {
      name: 'an upload of 20 MB',
      message: get('/events/up', { host, method: 'POST', body: large }),
      status,
      seen: 'POST /events/up HTTP/1.1',
    },
    {
      name: 'a websocket below a path that is cut',
      message: websocket('/cut/a%2Fb?x', { host, silence: 0 }),
      status: 101,
      seen: 'GET /a%2Fb?x HTTP/1.1',
    },
    {
      name: 'a websocket on a route with another limit',
      message: websocket('/beta/x', { host, silence: 0, headers: [['X-Beta', '1']] }),
      status: 101,
      seen: 'GET /beta/x HTTP/1.1',
    },
    ...['h2c', 'websocket, h2c', 'TLS/1.0', 'websocket/13'].map((upgrade) => {
      const message = get('/x', { host, headers: [['Upgrade', upgrade]] });
      return {
        name: `an upgrade to ${upgrade}`,
        message: { ...message, bytes: message.bytes.replace('Connection: close', 'Connection: Upgrade, close') },
        status,
        seen: 'GET /x HTTP/1.1',
      };
    }),
  ],
};
