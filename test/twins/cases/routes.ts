import type { Difference, TwinCase, TwinRequest } from '../case.ts';
import { caddy, page } from '../known.ts';
import { get, http2 } from '../requests.ts';

const host = 'routes.example.org';
const secure = 'tls.routes.example.org';

const nothing: readonly Difference[] = [{ known: 'length-of-nothing', what: 'seen content-length', on: caddy }];

type Headers = readonly (readonly [string, string])[];

/** The route says its name. */
const takes = (name: string, target: string, method = 'GET', headers: Headers = []): TwinRequest => ({
  name: `${method} ${target} ${headers.map((one) => one.join(': ')).join(', ')} → ${name}`,
  message: get(target, { host, method, headers }),
  status: 200,
  seen: `${method} ${target} HTTP/1.1`,
  differences: method === 'POST' || method === 'PUT' ? nothing : [],
});
const nobody = (target: string, method = 'GET', headers: Headers = []): TwinRequest => ({
  ...takes('nobody', target, method, headers),
  status: 404,
  seen: null,
  differences: [],
});
const answers = (target: string, status: number, rest: Partial<TwinRequest> = {}): TwinRequest => ({
  name: `GET ${target} → ${status}`,
  message: get(target, { host }),
  status,
  seen: null,
  ...rest,
});
const cut = (target: string, seen: string, rest: Partial<TwinRequest> = {}): TwinRequest => ({
  ...answers(target, 200, rest),
  seen: `GET ${seen} HTTP/1.1`,
});

export const routes: TwinCase = {
  name: 'routes',
  sites: `
${host}:
  tls: none
  aliases: [named.routes.example.org, "*.wild.routes.example.org"]
  routes:
    - { match: { path: /write/*, method: [POST, PUT], not: { header: { X-Beta: "1" }, path: /write/open/* } }, upstream: other:3000 }
    - { match: { path: /user/*, path_regex: "^/user/[0-9]{1,3}$" }, upstream: other:3000 }
    - { match: { path: /named, host: named.routes.example.org }, upstream: other:3000 }
    - { match: { path: /wild, host: "*.wild.routes.example.org" }, upstream: other:3000 }
    - { match: { path: /mode, header: { X-Mode: "a b", X-Some: true, X-None: false } }, upstream: other:3000 }
    - { match: { path: /ask, query: { "q x": "a&b", "on": true, "off": false, é: "" } }, upstream: other:3000 }
    - { match: { path: /inside, client: 10.0.0.0/8 }, respond: { status: 500, body: never } }
    - { match: { path: /inside, client: private }, upstream: other:3000 }
    - { match: { path: [/write/*, /user/*, /mode] }, upstream: echo:3000 }
    - { match: { path: /said }, respond: { status: 202, body: '{"a": "$5 {{x} \\\\ \\""}', type: application/json } }
    - { match: { path: /empty }, respond: 204 }
    - { match: { path: /gone }, respond: { status: 410, body: "gone {method} {uri}" } }
    - { match: { path: /moved/* }, redirect: "https://new.example.org{uri}" }
    - { match: { path_regex: "^/u/([^/]+)/(.*)$" }, redirect: { to: "/users/{1}?rest={2}", status: 302 } }
    - { match: { path: /search }, redirect: { to: "https://{host}/find?{query}", status: 307 } }
    - { match: { path: /cut/* }, strip_prefix: /cut, upstream: echo:3000 }
    - { match: { path: /more/* }, add_prefix: /v1, upstream: echo:3000 }
    - { match: { path: /fixed/* }, rewrite: /index.php, upstream: echo:3000 }
    - { match: { path: /other/* }, rewrite: "/index.php?a=1", upstream: echo:3000 }
    - { match: { path: /id/* }, rewrite: { regex: "^/id/([0-9]+)/(.*)$", to: "/i{1}/x/{2}" }, upstream: echo:3000 }
${secure}:
  tls: internal
  routes:
    - { match: { path: /cut/*, method: GET }, strip_prefix: /cut, upstream: echo:3000 }
    - { match: { method: [POST] }, respond: { status: 403, body: "no {path}" } }
    - { redirect: { to: "{scheme}://{host}/there{path}", status: 301 } }
`,
  requests: [
    takes('other', '/write/x', 'POST'),
    takes('other', '/write/open/x', 'PUT'),
    takes('echo', '/write/open/x', 'POST', [['X-Beta', '1']]),
    takes('echo', '/write/x', 'HEAD'),
    takes('other', '/user/123'),
    takes('echo', '/user/1234'),
    takes('echo', '/user/12%0A'),
    takes('other', '/user/%31'),
    nobody('/named'),
    { ...takes('other', '/named'), name: 'by another name', message: get('/named', { host: `named.${host}` }) },
    { ...takes('other', '/wild'), name: 'by any name', message: get('/wild', { host: `any.wild.${host}` }) },
    takes('other', '/mode', 'GET', [
      ['X-Mode', 'a b'],
      ['x-some', 'x'],
    ]),
    takes('other', '/mode', 'GET', [
      ['X-Mode', 'c, a b, d'],
      ['X-Some', '0'],
    ]),
    takes('echo', '/mode', 'GET', [
      ['X-Mode', 'a b'],
      ['X-Some', 'x'],
      ['X-None', 'x'],
    ]),
    takes('echo', '/mode', 'GET', [
      ['X-Mode', 'A B'],
      ['X-Some', 'x'],
    ]),
    ...['/ask?q+x=a%26b&on&%C3%A9=', '/ask?%c3%a9&z=1&q%20x=a%26b&on=0'].map((target) => takes('other', target)),
    ...['/ask', '/ask?q+x=a&b&on&%C3%A9=', '/ask?q+x=a%26b&on&%C3%A9&off', '/ask?Q+X=a%26b&on&%C3%A9'].map((target) =>
      nobody(target),
    ),
    takes('other', '/inside'),
    nobody('/outside'),
    nobody('/', 'POST'),
    answers('/said', 202),
    answers('/said?x', 202),
    answers('/empty', 204),
    answers('/gone?x=%20y', 410),
    { ...answers('/said', 202), name: 'HEAD of a text', message: get('/said', { host, method: 'HEAD' }) },
    { ...answers('/said', 202), name: 'POST to a text', message: get('/said', { host, method: 'POST', body: 'body' }) },
    ...['/moved/a%2Fb//c?d=%20e', '/moved', '/moved/http://x/'].map((target) =>
      answers(target, 308, { differences: page }),
    ),
    ...['/u/ann/x/y', '/u/a%20n/%2F?q'].map((target) => answers(target, 302, { differences: page })),
    ...['/search?q=a%26b', '/search'].map((target) => answers(target, 307, { differences: page })),
    ...(
      [
        ['/cut', '/'],
        ['/cut/', '/'],
        ['/cut?q=1', '/?q=1'],
        ['/cut/a%2Fb?x', '/a%2Fb?x'],
        ['/cut//x', '//x'],
        ['/cut/./x/../y', '/./x/../y'],
        ['//cut/x', '/x'],
        ['/%63ut/x', '/x'],
        ['/cut/cut/x', '/cut/x'],
        ['/more/x?y', '/v1/more/x?y'],
        ['/more/%C3%A9//', '/v1/more/%C3%A9//'],
        ['/fixed/x?y=1', '/index.php?y=1'],
        ['/other/x?y=1', '/index.php?a=1'],
        ['/id/7/a/b?c', '/i7/x/a/b?c'],
        ['/id/7/a%2Fb', '/i7/x/a%2Fb'],
      ] as const
    ).map(([target, seen]) => cut(target, seen)),
    { ...cut('/cut/a?b', '/a?b'), name: 'cut over HTTP/2', message: http2('/cut/a?b', { host: secure }) },
    {
      name: 'refused over HTTP/2',
      message: http2('/x?y', { host: secure, method: 'POST', body: 'body' }),
      status: 403,
      seen: null,
    },
    {
      name: 'redirected over HTTP/2',
      message: http2('/x?y', { host: secure }),
      status: 301,
      seen: null,
      differences: page,
    },
  ],
};
