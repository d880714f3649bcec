import type { TwinCase } from '../case.ts';
import { buffered, nginx, page } from '../known.ts';
import { get, http2, raw } from '../requests.ts';

const seen = 'GET / HTTP/1.1';
const plain = (host: string) => ({ name: `Host: ${host}`, message: get('/', { host }) });

export const hosts: TwinCase = {
  name: 'hosts',
  sites: `
hosts.example.org: { tls: none, upstream: echo:3000 }
other.example.org: { tls: none, aliases: [alias.example.org], upstream: other:3000 }
"*.wild.example.org": { tls: none, upstream: echo:3000 }
secure.example.org: { tls: internal, http: redirect, upstream: echo:3000 }
secure2.example.org: { tls: internal, redirect_from: [www.secure2.example.org], upstream: other:3000 }
`,
  requests: [
    { ...plain('hosts.example.org'), status: 200, seen },
    { ...plain('HOSTS.Example.ORG'), status: 200, seen },
    { ...plain('hosts.example.org:80'), status: 200, seen },
    { ...plain('hosts.example.org:1234'), status: 200, seen },
    { ...plain('alias.example.org'), status: 200, seen },
    { ...plain('one.wild.example.org'), status: 200, seen },
    { ...plain('two.one.wild.example.org'), status: 421, seen: null },
    { ...plain('wild.example.org'), status: 421, seen: null },
    { ...plain('hosts.example.org.'), status: 421, seen: null },
    { ...plain('hosts.example.org.:80'), status: 421, seen: null },
    { ...plain('one.wild.example.org.'), status: 421, seen: null },
    { ...plain('secure.example.org.'), status: 421, seen: null },
    {
      ...plain('hosts.example.org..'),
      status: 421,
      seen: null,
      otherwise: { known: 'host-refused', on: nginx, status: 400, seen: null },
    },
    { ...plain('unknown.example.org'), status: 421, seen: null },
    { ...plain('127.0.0.1'), status: 421, seen: null },
    {
      ...plain(''),
      status: 400,
      seen: null,
      differences: page,
      otherwise: { known: 'host-refused', on: ['caddy old'], status: 421, seen: null },
    },
    {
      name: 'no Host',
      message: raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n'),
      status: 400,
      seen: null,
      differences: page,
    },
    {
      name: 'two Host fields',
      message: raw('GET / HTTP/1.1\r\nHost: hosts.example.org\r\nHost: other.example.org\r\nConnection: close\r\n\r\n'),
      status: 400,
      seen: null,
      differences: page,
    },
    { name: 'HTTP/1.0 without Host', message: raw('GET / HTTP/1.0\r\n\r\n'), status: 421, seen: null },
    {
      name: 'a redirect keeps path and query',
      message: get('/a%2Fb//c?d=%20e', { host: 'secure.example.org' }),
      status: 308,
      seen: null,
      differences: page,
    },
    { name: 'over TLS', message: get('/', { host: 'secure.example.org', secure: true }), status: 200, seen },
    {
      name: 'another name of a site over TLS',
      message: get('/x?y', { host: 'www.secure2.example.org', secure: true }),
      status: 308,
      seen: null,
      differences: page,
    },
    {
      name: 'a site with the handshake of another',
      message: { ...get('/', { host: 'secure2.example.org' }), servername: 'secure.example.org' },
      status: 200,
      seen,
    },
    {
      name: 'an unknown Host with the handshake of a site',
      message: { ...get('/', { host: 'unknown.example.org' }), servername: 'secure.example.org' },
      status: 421,
      seen: null,
    },
    {
      name: 'a dot behind the name over TLS',
      message: { ...get('/', { host: 'secure.example.org.' }), servername: 'secure.example.org' },
      status: 421,
      seen: null,
    },
    {
      name: 'a handshake of an unknown name',
      message: get('/', { host: 'unknown.example.org', secure: true }),
      status: 0,
      seen: null,
    },
    {
      name: 'HTTP/2',
      message: http2('/a%2Fb//c?d', { host: 'secure.example.org' }),
      status: 200,
      seen: 'GET /a%2Fb//c?d HTTP/1.1',
    },
    {
      name: 'HTTP/2 with cookies in fields of their own',
      message: http2('/', { host: 'secure.example.org', headers: { cookie: ['a=1', 'b=2'] } }),
      status: 200,
      seen,
    },
    {
      name: 'HTTP/2 with a body',
      message: http2('/', {
        host: 'secure.example.org',
        method: 'POST',
        headers: { 'content-length': '4' },
        body: 'body',
      }),
      status: 200,
      seen: 'POST / HTTP/1.1',
    },
    {
      name: 'HTTP/2 with a body of unknown length',
      message: http2('/', { host: 'secure.example.org', method: 'POST', body: 'body' }),
      status: 200,
      seen: 'POST / HTTP/1.1',
      differences: buffered,
    },
    {
      name: 'HTTP/2 with another name',
      message: {
        kind: 'http2',
        servername: 'secure.example.org',
        headers: { ':path': '/', ':authority': 'unknown.example.org' },
      },
      status: 421,
      seen: null,
    },
  ],
};
