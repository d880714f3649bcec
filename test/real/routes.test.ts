import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/cli/ports.ts';
import type { Answer, Failure } from '../../src/drill/client.ts';
import { type AskOptions, build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy } from '../proxies/measure.ts';

const SITES = `
sites:
  match.example.org:
    aliases: [other.example.org]
    tls: none
    routes:
      - { match: { path: /api/*, method: [POST, PUT], not: { header: { X-Beta: "1" }, path: /api/open/* } }, respond: { body: written } }
      - { match: { path: /user/*, path_regex: "^/user/[0-9]{1,3}$" }, respond: { body: user } }
      - { match: { host: other.example.org, path: /host }, respond: { body: host } }
      - { match: { header: { X-Mode: "a b", X-Some: true, X-None: false } }, respond: { body: headers } }
      - { match: { query: { "q x": "a&b", on: true, off: false } }, respond: { body: query } }
      - { match: { client: 10.0.0.0/8, path: /inside }, respond: { status: 500, body: never } }
      - { match: { client: private, path: /inside }, respond: { body: inside } }
      - { match: { path: /exact }, respond: { status: 202, body: '{"a": "$5 {{x} \\\\ \\""}', type: application/json } }
      - { match: { path: [/a+b.c/*, "/sp ace", /ünï] }, respond: { body: odd } }
      - { match: { method: DELETE }, respond: 204 }
      - { match: { path: /route1 }, respond: { body: plain } }
  move.example.org:
    tls: none
    routes:
      - { match: { path: /old/* }, redirect: "https://new.example.org{uri}" }
      - { match: { path_regex: "^/u/([^/]+)/(.*)$" }, redirect: { to: "/users/{1}?rest={2}", status: 302 } }
      - { match: { path: /q }, redirect: { to: "https://{host}/search?{query}", status: 307 } }
  cut.example.org:
    tls: none
    routes:
      - { match: { path: /api/* }, strip_prefix: /api, upstream: echo:3000 }
      - { match: { path: /more/* }, add_prefix: /v1, upstream: echo:3000 }
      - { match: { path: /fixed/* }, rewrite: /index.php, upstream: echo:3000 }
      - { match: { path: /query/* }, rewrite: "/index.php?a=1", upstream: echo:3000 }
      - { match: { path: /user/* }, rewrite: { regex: "^/user/([0-9]+)/(.*)$", to: "/u{1}/x/{2}" }, upstream: echo:3000 }
      - { match: { path: /beta/*, header: { X-Beta: "1" } }, strip_prefix: /beta, upstream: echo:3000 }
      - { match: { path: /beta/* }, upstream: echo:3000 }
  plain.example.org:
    tls: none
    routes:
      - { match: { path: /api/* }, strip_prefix: /api, upstream: echo:3000 }
      - { match: { path: /user/* }, rewrite: { regex: "^/user/([0-9]+)$", to: "/u/{1}" }, upstream: echo:3000 }
      - { match: { path: /v/* }, add_prefix: /v1, upstream: echo:3000 }
  files.example.org:
    tls: none
    routes:
      - { match: { path: /app/* }, strip_prefix: /app, files: { root: ./app, fallback: /index.html, cache: 1h } }
      - { match: { path: /list/* }, files: { root: ./list, browse: true } }
      - { match: { path: /asset/*, method: [GET, HEAD, POST] }, files: { root: ./list, cache: immutable } }
      - { files: { root: ./list, index: home.html } }
`;

const FILES: Readonly<Record<string, string>> = {
  'app/index.html': 'app',
  'app/sub/index.html': 'sub',
  'app/main.js': 'main()',
  'app/.env': 'SECRET=1',
  'app/.well-known/security.txt': 'contact',
  'app/sp ace.txt': 'space',
  'list/home.html': 'home',
  'list/.well-known/security.txt': 'contact',
  'list/list/a.txt': 'a',
  'list/asset/b.css': 'b{}',
};

/** Answers with the request target as it came. */
async function startEcho(port: number): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    outgoing.end(incoming.url);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

type Row = readonly [path: string, expected: string, options?: AskOptions];

/** `200 body`, or for a redirect `308 location`. */
function told(answer: Answer | Failure): string {
  if ('error' in answer) return answer.error;
  return `${answer.status} ${answer.headers.location ?? answer.body}`.trim();
}

const MATCHES: readonly Row[] = [
  ['/api/x', '200 written', { method: 'POST' }],
  ['/api', '200 written', { method: 'PUT' }],
  ['/api/open/x', '200 written', { method: 'POST' }],
  ['/api/x', '200 written', { method: 'POST', headers: { 'X-Beta': '1' } }],
  ['/api/open/x', '404', { method: 'POST', headers: { 'X-Beta': '1' } }],
  ['/api/open/x', '404', { method: 'POST', headers: { 'X-Beta': '0, 1' } }],
  ['/api/x', '404'],
  ['/API/x', '404', { method: 'POST' }],
  ['/user/12', '200 user'],
  ['/user/1234', '404'],
  ['/user/12%0A', '404'],
  ['//user/%31', '200 user'],
  ['/host', '404'],
  ['/host', '200 host', { host: 'other.example.org' }],
  ['/host', '200 host', { host: 'OTHER.example.org:80' }],
  ['/x', '200 headers', { headers: { 'X-Mode': 'a b', 'X-Some': 'y' } }],
  ['/x', '404', { headers: { 'X-Mode': 'a b', 'X-Some': 'y', 'X-None': 'y' } }],
  ['/x', '404', { headers: { 'X-Mode': 'a bc', 'X-Some': 'y' } }],
  ['/x', '404', { headers: { 'X-Mode': 'a b' } }],
  ['/x?q+x=a%26b&on', '200 query'],
  ['/x?on=&%71%20x=%61%26%62', '200 query'],
  ['/x?q+x=a&b&on', '404'],
  ['/x?q+x=a%26b&on&off=1', '404'],
  ['/x?q+x=a%26b&only=1', '404'],
  ['/inside', '200 inside'],
  ['/exact', '202 {"a": "$5 {x} \\\\ \\""}'],
  ['/a+b.c/d', '200 odd'],
  ['/a+bxc/d', '404'],
  ['/sp%20ace', '200 odd'],
  ['/%C3%BCn%C3%AF', '200 odd'],
  ['/anything', '204', { method: 'DELETE' }],
  ['/route1/', '404'],
  ['/route1', '200 plain'],
];

const MOVES: readonly Row[] = [
  ['/old/a%2Fb?c=d', '308 https://new.example.org/old/a%2Fb?c=d'],
  ['/old', '308 https://new.example.org/old', { method: 'POST' }],
  ['/u/a%20b/c%2Fd?x=1', '302 /users/a%20b?rest=c%2Fd'],
  ['/u/a%0d%0aX-Evil:%201/c', '302 /users/a%0d%0aX-Evil:%201?rest=c'],
  ['/q?a=b%20c', '307 https://move.example.org/search?a=b%20c'],
  ['/q', '307 https://move.example.org/search?'],
];

const CUTS: readonly Row[] = [
  ['/api', '200 /'],
  ['/api?q=1', '200 /?q=1'],
  ['/api/', '200 /'],
  ['/api/a%2Fb//c?x=%20', '200 /a%2Fb//c?x=%20'],
  ['/api/%c3%a9', '200 /%c3%a9'],
  ['/api%2Fx', '200 /%2Fx'],
  ['//api/x', '200 /x'],
  ['/%61pi/x%20y', '200 /x%20y'],
  ['/z/../api/api/x', '200 /api/x'],
  ['/apix/../api/y', '200 /y'],
  ['/apix', '404'],
  ['/more/a%2Fb?x=1', '200 /v1/more/a%2Fb?x=1'],
  ['/fixed/x?y=1', '200 /index.php?y=1'],
  ['/fixed', '200 /index.php'],
  ['/query/x?y=1', '200 /index.php?a=1'],
  ['/user/12/a%2Fb?x=1', '200 /u12/x/a%2Fb?x=1'],
  ['/user/me/a%2Fb?x=1', '200 /user/me/a%2Fb?x=1'],
  ['/beta/x', '200 /x', { headers: { 'X-Beta': '1' } }],
  ['/beta/x', '200 /beta/x'],
];

const PLAIN_CUTS: readonly Row[] = [
  ['/api/a%2Fb?x', '200 /a%2Fb?x'],
  ['//api/x', '200 /x'],
  ['/api', '200 /'],
  ['/user/12?x=1', '200 /u/12?x=1'],
  ['/user/12/x', '200 /user/12/x'],
  ['/v/1', '200 /v1/v/1'],
];

const SERVED: readonly Row[] = [
  ['/app/', '200 app'],
  ['/app', '200 app'],
  ['/app/main.js', '200 main()'],
  ['/app/sub', '200 sub'],
  ['/app/sub/', '200 sub'],
  ['/app/nowhere/x', '200 app'],
  ['/app/sp%20ace.txt', '200 space'],
  ['/.well-known/security.txt', '200 contact'],
  ['/app/../app/main.js', '200 main()'],
  ['/list/a.txt', '200 a'],
  ['/asset/b.css', '200 b{}'],
  ['/', '200 home'],
];

/** Refused by both, each with a page of its own. */
const REFUSED: readonly Row[] = [
  ['/app/.env', '404'],
  ['/app/.well-known/security.txt', '404'],
  ['/app/sub/.git/config', '404'],
  ['/list/none.txt', '404'],
  ['/nowhere', '404'],
  ['/app/main.js', '405', { method: 'POST' }],
  ['/app/main.js', '405', { method: 'DELETE' }],
  ['/asset/b.css', '405', { method: 'POST' }],
];

describeEachProxy('routes', (binary) => {
  let edge: Edge;
  let echo: Server;

  beforeAll(async () => {
    const port = await freePort();
    echo = await startEcho(port);
    edge = await build(binary, SITES, { servers: new Map([['echo:3000', `127.0.0.1:${port}`]]) });
    for (const [file, text] of Object.entries(FILES)) {
      const path = join(edge.folder, 'www/files.example.org', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  });

  afterAll(async () => {
    await edge?.stop();
    echo?.close();
  });

  async function answers(site: string, rows: readonly Row[]): Promise<[string, string][]> {
    const list: [string, string][] = [];
    for (const [path, , options] of rows) list.push([path, told(await edge.ask(`http://${site}${path}`, options))]);
    return list;
  }

  function expected(rows: readonly Row[]): [string, string][] {
    return rows.map(([path, text]) => [path, text]);
  }

  it('takes the first that matches', async () => {
    expect(await answers('match.example.org', MATCHES)).toEqual(expected(MATCHES));
  });

  it('says what a text says, with its type', async () => {
    const answer = await edge.ask('http://match.example.org/exact');
    expect('headers' in answer && answer.headers['content-type']).toBe('application/json');
  });

  it('redirects without decoding anything', async () => {
    expect(await answers('move.example.org', MOVES)).toEqual(expected(MOVES));
  });

  it('cuts and replaces paths in the bytes that came', async () => {
    expect(await answers('cut.example.org', CUTS)).toEqual(expected(CUTS));
    expect(await answers('plain.example.org', PLAIN_CUTS)).toEqual(expected(PLAIN_CUTS));
  });

  it('serves files, and no other', async () => {
    expect(await answers('files.example.org', SERVED)).toEqual(expected(SERVED));
    const refused = await answers('files.example.org', REFUSED);
    expect(refused.map(([path, text]) => [path, text.slice(0, 3)])).toEqual(expected(REFUSED));
  });

  it('tells browsers how long to keep a file that is there', async () => {
    const cacheOf = async (path: string) => {
      const answer = await edge.ask(`http://files.example.org${path}`);
      return 'headers' in answer ? answer.headers['cache-control'] : answer.error;
    };
    expect(await cacheOf('/app/main.js')).toBe('max-age=3600');
    expect(await cacheOf('/asset/b.css')).toBe('max-age=31536000, immutable');
    expect(await cacheOf('/asset/none.css')).toBeUndefined();
  });

  it('lists a folder that may be listed', async () => {
    const moved = await edge.ask('http://files.example.org/list');
    expect('status' in moved && [301, 308].includes(moved.status)).toBe(true);
    expect('headers' in moved && moved.headers.location).toBe('/list/');
    const list = await edge.ask('http://files.example.org/list/');
    expect('body' in list && list.body).toContain('a.txt');
    expect(told(await edge.ask('http://files.example.org/asset/')).slice(0, 3)).toBe('404');
  });
});
