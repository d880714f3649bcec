import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy } from '../proxies/measure.ts';
import {
  exchange,
  type Fields,
  type RawAnswer,
  type RawServer,
  seenBy,
  startRawServer,
  valuesOf,
} from '../proxies/raw.ts';

const csp = `default-src 'self'; script-src ${Array.from({ length: 200 }, (_, n) => `https://cdn-${n}.example.com`).join(' ')}`;
const strange = '$host {{host} \\ "quoted" `tick` {{$HOME} %0a ; } #';

const SITES = `
defaults:
  headers:
    request: { set: { X-General: general, X-Level: general } }
    response: { set: { X-Frame-Options: DENY, X-Level: general }, remove: [X-Powered-By] }
sites:
  a.example.org:
    tls: none
    headers:
      request:
        set: { x-level: site, X-Edge: 'edge {method} {scheme} {host}', X-Uri: '{uri}', X-Path: '{path}', X-Query: 'q={query}', X-Client: '{client_ip}', api_key: secret }
        add: { X-List: 'b c' }
        remove: [X-Secret, Via]
      response:
        set: { X-Level: site, X-Content-Type-Options: nosniff, X-Echo: '{method} {uri}', Content-Security-Policy: "${csp}", X-Strange: '${strange.replaceAll("'", "''")}' }
        add: { Link: '</x.css>; rel=preload', Set-Cookie: edge=1 }
        remove: [Server, Via, X-Internal]
    routes:
      - match: { path: /dead }
        upstream: dead:3000
      - match: { path: /own/* }
        upstream: web:3000
        headers:
          request: { set: { X-Level: route }, remove: [X-General] }
          response: { set: { X-Level: 'route {host}' }, remove: [X-Frame-Options], add: { X-Server: '{server}' } }
      - { match: { path: [/200, /404, /503] }, upstream: web:3000 }
`;

/** What the application says, some of it against the edge. */
const answered: Fields = [
  ['X-Level', 'application'],
  ['x-frame-options', 'SAMEORIGIN'],
  ['X-Powered-By', 'Perl'],
  ['X-Internal', '10.0.0.3'],
  ['Server', 'application'],
  ['Link', '</y.css>; rel=preload'],
  ['Set-Cookie', 'a=1'],
  ['Set-Cookie', 'b=2'],
  ['X-Own', 'kept'],
];

describeEachProxy('$program $version', (binary) => {
  const isNginx = binary.program === 'nginx';
  let server: RawServer;
  let edge: Edge;
  beforeAll(async () => {
    server = await startRawServer(answered);
    const dead = await startRawServer();
    await dead.stop();
    edge = await build(binary, SITES, {
      servers: new Map([
        ['web:3000', server.address],
        ['dead:3000', dead.address],
      ]),
    });
  });
  afterAll(() => Promise.all([edge?.stop(), server?.stop()]));

  const send = (path: string, fields: Fields = [], method = 'GET'): Promise<RawAnswer> => {
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const request = `${method} ${path} HTTP/1.1\r\nHost: A.example.org\r\n${lines}Connection: close\r\n\r\n`;
    return exchange(request, { port: edge.port(80) });
  };

  it('sets, adds and removes on every response, the edge’s own errors too', async () => {
    for (const [path, status, proxied] of [
      ['/200?x', 200, true],
      ['/404?x', 404, true],
      ['/503?x', 503, true],
      ['/dead?x', 502, false],
      ['/nowhere?x', 404, false],
    ] as const) {
      const answer = await send(path);
      const one = (name: string): string[] => valuesOf(answer.fields, name);
      expect(answer.status, path).toBe(status);
      expect(one('X-Level'), path).toEqual(['site']);
      expect(one('X-Frame-Options'), path).toEqual(['DENY']);
      expect(one('X-Content-Type-Options'), path).toEqual(['nosniff']);
      expect(one('X-Echo'), path).toEqual([`GET ${path}`]);
      expect(one('Content-Security-Policy'), path).toEqual([csp]);
      expect(one('X-Strange'), path).toEqual(['$host {host} \\ "quoted" `tick` {$HOME} %0a ; } #']);
      expect(one('Link').toSorted(), path).toEqual([
        '</x.css>; rel=preload',
        ...(proxied ? ['</y.css>; rel=preload'] : []),
      ]);
      expect(one('Set-Cookie').toSorted(), path).toEqual([...(proxied ? ['a=1', 'b=2'] : []), 'edge=1']);
      for (const name of ['X-Powered-By', 'X-Internal', 'Via']) expect(one(name), `${path} ${name}`).toEqual([]);
      // The finding: nginx always says its own name.
      expect(one('Server'), path).toEqual(isNginx ? ['nginx'] : []);
      expect(one('X-Own'), path).toEqual(proxied ? ['kept'] : []);
    }
  });

  it('lets the nearest place decide about a name', async () => {
    const answer = await send('/own/x');
    const one = (name: string): string[] => valuesOf(answer.fields, name);
    expect(one('X-Level')).toEqual(['route a.example.org']);
    expect(one('X-Frame-Options')).toEqual([]);
    expect(one('X-Content-Type-Options')).toEqual(['nosniff']);
    expect(one('X-Powered-By')).toEqual([]);
    expect(one('X-Server')).toEqual([server.address]);
    const seen = seenBy(answer);
    expect(valuesOf(seen, 'X-Level')).toEqual(['route']);
    expect(valuesOf(seen, 'X-General')).toEqual([]);
    expect(valuesOf(seen, 'X-Edge')).toEqual(['edge GET http a.example.org']);
    expect(valuesOf(seen, 'X-Forwarded-For')).toEqual(['127.0.0.1']);
    expect(valuesOf(seen, 'Host')).toEqual(['A.example.org']);
  });

  it('changes what the server sees, whatever the client wrote', async () => {
    const path = '/404?a=%0A{env.HOME}&b={http.request.host}$host';
    const answer = await send(path, [
      ['X-Level', 'client'],
      ['x-level', 'client again'],
      ['X-Secret', 'client'],
      ['X-Edge', 'client'],
      ['X-List', 'a'],
      ['X-Kept', '1'],
      ['X-Kept', '2'],
    ]);
    const seen = seenBy(answer);
    const one = (name: string): string[] => valuesOf(seen, name);
    expect(one('X-Level')).toEqual(['site']);
    expect(one('X-General')).toEqual(['general']);
    expect(one('X-Edge')).toEqual(['edge GET http a.example.org']);
    expect(one('X-Uri')).toEqual([path]);
    expect(one('X-Path')).toEqual(['/404']);
    expect(one('X-Query')).toEqual([`q=${path.slice(5)}`]);
    expect(one('X-Client')).toEqual(['127.0.0.1']);
    expect(one('api_key')).toEqual(['secret']);
    for (const name of ['X-Secret', 'Via']) expect(one(name)).toEqual([]);
    // The finding: one field with a comma, or two.
    expect(one('X-List')).toEqual(isNginx ? ['a, b c'] : ['a', 'b c']);
    expect(valuesOf(seenBy(await send('/404')), 'X-List')).toEqual(['b c']);
    expect(one('X-Kept').join(', ')).toBe('1, 2');
  });

  it('has a value of its own for each request', async () => {
    const paths = valuesOf(seenBy(await send('/own/%61/b%2Fc?d')), 'X-Path');
    expect(paths).toEqual(['/own/%61/b%2Fc']);
    const posted = await send('/dead', [['Content-Length', '0']], 'POST');
    expect(valuesOf(posted.fields, 'X-Echo')).toEqual(['POST /dead']);
  });
});
