import type { Difference, TwinCase, TwinRequest } from '../case.ts';
import { buffered, caddy, page } from '../known.ts';
import { expecting, get, http2 } from '../requests.ts';

const host = 'bodies.example.org';
const secure = 'tls.bodies.example.org';
const kilobyte = 'b'.repeat(1024);
const large = '0123456789abcdef'.repeat(20 * 65_536);

const fits = (target: string, body: string): TwinRequest => ({
  name: `${body.length} bytes for ${target}`,
  message: get(target, { host, method: 'POST', body }),
  status: 200,
  seen: `POST ${target} HTTP/1.1`,
});
const tooLong = (target: string, body: string): TwinRequest => ({
  name: `${body.length} bytes for ${target}, one too many`,
  message: get(target, { host, method: 'POST', body }),
  status: 413,
  seen: null,
  differences: page,
});
const packed = (give: string, encodings: string | undefined, more: Partial<TwinRequest> = {}): TwinRequest => ({
  name: `${give} for ${encodings ?? 'nothing'}`,
  message: get(`/packed?give=${give}`, {
    host,
    headers: encodings === undefined ? [] : [['Accept-Encoding', encodings]],
  }),
  status: 200,
  seen: `GET /packed?give=${give} HTTP/1.1`,
  ...more,
});

const vary: Difference = { known: 'vary', what: 'header vary', on: caddy };
const told: Difference = { known: 'packed-length', what: 'header content-length', on: caddy };
const etag: Difference = { known: 'packed-etag', what: 'header etag', on: caddy };
const uncompressed = ['header content-encoding', 'header etag', 'header vary', 'header content-length'].map(
  (what): Difference => ({ known: 'packed-head', what, on: caddy }),
);
const gzip = [['Accept-Encoding', 'gzip']] as const;

export const bodies: TwinCase = {
  name: 'sizes and encodings of bodies',
  sites: `
${host}:
  tls: none
  max_body_size: 1k
  routes:
    - { match: { path: /large }, upstream: echo:3000, max_body_size: 20m }
    - { match: { path: /stream }, upstream: echo:3000, stream: true }
    - { match: { path: /said }, respond: { status: 200, body: said }, headers: { response: { set: { X-Said: "1" } } } }
    - { match: { path: /packed }, upstream: echo:3000, compress: true }
    - { match: { path: /packed/said }, respond: { status: 200, body: "${'said '.repeat(200)}." }, compress: true }
    - { match: { path: /packed/stream }, upstream: echo:3000, stream: true }
    - upstream: echo:3000
${secure}: { tls: internal, max_body_size: 1k, compress: [zstd, gzip], upstream: echo:3000 }
`,
  requests: [
    fits('/', kilobyte),
    tooLong('/', `${kilobyte}b`),
    fits('/large', large),
    fits('/stream', kilobyte),
    tooLong('/stream', `${kilobyte}b`),
    { ...tooLong('/said', `${kilobyte}b`) },
    { name: 'an answer with a header of its own', message: get('/said', { host }), status: 200, seen: null },
    {
      ...fits('/', kilobyte),
      name: 'chunks that fit',
      message: get('/', { host, method: 'POST', body: kilobyte, chunk: 100 }),
      differences: buffered,
    },
    {
      ...tooLong('/', `${kilobyte}b`),
      name: 'chunks that are too much',
      message: get('/', { host, method: 'POST', body: `${kilobyte}b`, chunk: 100 }),
    },
    {
      ...tooLong('/stream', `${kilobyte}b`),
      name: 'streamed chunks that are too much',
      message: get('/stream', { host, method: 'POST', body: `${kilobyte}b`, chunk: 100 }),
    },
    {
      ...tooLong('/', ''),
      name: 'Expect: 100-continue before too much',
      message: { ...expecting('/', { host, body: `${kilobyte}b` }), later: '' },
    },
    {
      ...tooLong('/', ''),
      name: 'too much over HTTP/2',
      message: http2('/', {
        host: secure,
        method: 'POST',
        headers: { 'content-length': '1025' },
        body: `${kilobyte}b`,
      }),
    },
    packed('text', undefined, { differences: [vary] }),
    packed('text', 'gzip', { differences: [told, etag] }),
    packed('text', 'gzip;q=0', { differences: [vary] }),
    packed('text', 'br, gzip;q=0.5, *;q=0', { differences: [told, etag] }),
    packed('text', 'zstd', { differences: [vary] }),
    packed('text', 'identity', { differences: [vary] }),
    packed('failing', 'gzip', { status: 404, differences: [told] }),
    packed('pieces', 'gzip'),
    packed('varied', 'gzip', { differences: [told, vary] }),
    packed('untouched', 'gzip', {
      differences: [
        ...['header content-encoding', 'header vary'].map(
          (what): Difference => ({ known: 'no-transform', what, on: ['caddy new'] }),
        ),
        told,
      ],
    }),
    packed('events', 'gzip'),
    packed('picture', 'gzip'),
    packed('packed', 'gzip'),
    packed('nothing', 'gzip', { status: 204 }),
    packed('unmodified', 'gzip', { status: 304, differences: [{ ...vary, on: ['caddy new'] }] }),
    packed('small', 'gzip'),
    {
      ...packed('text', 'gzip'),
      name: 'HEAD',
      message: get('/packed?give=text', { host, method: 'HEAD', headers: gzip }),
      seen: 'HEAD /packed?give=text HTTP/1.1',
      differences: uncompressed,
    },
    {
      ...packed('range', 'gzip'),
      name: 'a range',
      message: get('/packed?give=range', { host, headers: [...gzip, ['Range', 'bytes=2-5']] }),
      status: 206,
      differences: [{ known: 'type-guessed', what: 'header content-type', on: caddy }],
    },
    {
      ...packed('text', 'gzip'),
      name: 'HTTP/1.0',
      message: get('/packed?give=text', { host, version: '1.0', headers: gzip }),
      differences: [told, etag],
    },
    {
      name: 'a text of the edge',
      message: get('/packed/said', { host, headers: gzip }),
      status: 200,
      seen: null,
      differences: [told],
    },
    {
      name: 'over HTTP/2',
      message: http2('/?give=text', { host: secure, headers: { 'accept-encoding': 'gzip' } }),
      status: 200,
      seen: 'GET /?give=text HTTP/1.1',
      differences: [told, etag],
    },
    {
      name: 'both encodings',
      message: http2('/?give=text', { host: secure, headers: { 'accept-encoding': 'gzip, zstd' } }),
      status: 200,
      seen: 'GET /?give=text HTTP/1.1',
      differences: [
        ...['body', 'header content-encoding'].map((what): Difference => ({ known: 'zstd', what, on: caddy })),
        told,
        etag,
      ],
    },
  ],
};
