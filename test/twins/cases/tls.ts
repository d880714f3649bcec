import type { TwinCase, TwinRequest } from '../case.ts';
import { page } from '../known.ts';
import { get, http2 } from '../requests.ts';

const name = (site: string): string => `${site}.tls.example.org`;
const over = (site: string, rest: Partial<TwinRequest> = {}): TwinRequest => ({
  name: `${site} over TLS`,
  message: get('/x?y', { host: name(site), secure: true }),
  status: 200,
  seen: 'GET /x?y HTTP/1.1',
  ...rest,
});
const plain = (site: string, status: number, rest: Partial<TwinRequest> = {}): TwinRequest => ({
  name: `${site} over http`,
  message: get('/x?y', { host: name(site) }),
  status,
  seen: null,
  ...rest,
});

export const tls: TwinCase = {
  name: 'TLS',
  sites: `
${name('strict')}: { tls: { mode: internal, hsts: { max_age: 365d, include_subdomains: true, preload: true } }, upstream: echo:3000 }
${name('both')}: { tls: { mode: internal, hsts: 180d }, http: serve, upstream: echo:3000 }
${name('only')}: { tls: internal, http: none, upstream: echo:3000 }
${name('modern')}: { tls: { mode: internal, profile: modern }, upstream: echo:3000 }
"*.${name('wide')}": { tls: internal, upstream: echo:3000 }
`,
  requests: [
    over('strict'),
    { ...over('strict'), name: 'strict over HTTP/2', message: http2('/x?y', { host: name('strict') }) },
    plain('strict', 308, { differences: page }),
    plain('strict', 308, {
      name: 'a POST over http',
      message: get('/x?y', { host: name('strict'), method: 'POST', body: 'body' }),
      differences: page,
    }),
    over('both'),
    plain('both', 200, { seen: 'GET /x?y HTTP/1.1' }),
    over('only'),
    plain('only', 421),
    over('modern'),
    over('modern', {
      name: 'an old handshake',
      message: { ...get('/x?y', { host: name('modern'), secure: true }), newest: 'TLSv1.2' },
      status: 0,
      seen: null,
    }),
    over('only', {
      name: 'an old handshake where it is allowed',
      message: { ...get('/x?y', { host: name('only'), secure: true }), newest: 'TLSv1.2' },
    }),
    {
      ...over('wide'),
      name: 'a name of a wildcard',
      message: get('/x?y', { host: `any.${name('wide')}`, secure: true }),
    },
    {
      ...over('wide'),
      name: 'a name below a name of a wildcard',
      message: get('/x?y', { host: `two.any.${name('wide')}`, secure: true }),
      status: 0,
      seen: null,
    },
  ],
};
