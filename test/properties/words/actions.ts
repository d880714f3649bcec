import fc from 'fast-check';
import { pick, some, type Words, type World, withoutNothing } from './draw.ts';
import { grouped } from './matches.ts';

/** What a header, an answer or a place may say. */
const said = pick(
  'x',
  'a  b;c',
  '$host {{x} "q" #',
  "it's `t`",
  '{client_ip}/{method}/{scheme}',
  '{host}{uri}',
  '{path}?{query} {request_id}',
);
export const text = fc.oneof(said, pick(`default-src ${'https://cdn.example.com '.repeat(90)}'self'`));

const respond = fc.oneof(
  pick(200, 204, 404, 599),
  fc.record(
    {
      status: pick(200, 401, 503),
      body: fc.oneof(said, pick('', '{"a": "ü"}')),
      type: pick('application/json', 'a/b; c=d'),
    },
    { requiredKeys: [] },
  ),
);

const redirect = fc.oneof(
  pick('https://a.example.net{uri}', '/login?next={path}', '{scheme}://{host}/x;y?{query}#$z'),
  fc.record({
    to: pick('https://[2001:db8::1]:8443/{1}', '/{1}/{1}', "/it's(a)"),
    status: pick(301, 302, 303, 307, 308),
  }),
);

const files = fc.oneof(
  pick('./site', '/srv/a b;c'),
  fc
    .record(
      {
        root: pick('./site', "../it's", '/srv/www'),
        index: pick('index.html', 'start.htm'),
        fallback: pick('/index.html', '/a/b_c.html'),
        browse: fc.boolean(),
        cache: pick('immutable', 'none', '1h', '365d'),
      },
      { requiredKeys: ['root'] },
    )
    // With a fallback no folder is ever listed.
    .map(({ browse, ...rest }): Words => ({ ...rest, ...(browse && !rest.fallback ? { browse } : {}) })),
);

/** What becomes of the path. */
const rewrite = pick<Words>(
  { strip_prefix: '/api' },
  { strip_prefix: '/a.b/!c+d,e;f=g:h@i~' },
  { add_prefix: '/v1' },
  { add_prefix: '/a;b/c' },
  { rewrite: '/index.php' },
  { rewrite: '/a;b?x=%20&y' },
  ...grouped.map((regex): Words => ({ rewrite: { regex, to: '/new/{1};{1}' } })),
  { rewrite: { regex: '^/old(?:/|$)', to: '/' } },
);

/** What is done with a request; absent: a server is asked. The path may be rewritten for a server or for files. */
const any = fc.record({
  own: fc.option(
    fc.oneof(
      respond.map((words) => ({ respond: words })),
      redirect.map((words) => ({ redirect: words })),
      files.map((words) => ({ files: words })),
    ) as fc.Arbitrary<Words>,
    { nil: undefined, freq: 2 },
  ),
  rewrite: some(rewrite),
});

export type ActionChoice = typeof any extends fc.Arbitrary<infer T> ? T : never;

export function action({ plain }: World): fc.Arbitrary<ActionChoice> {
  return plain ? fc.constant({ own: undefined, rewrite: undefined }) : any;
}

/** `{1}` goes with a pattern of the route that has a group. */
export function actionWords({ own, rewrite }: ActionChoice, match: unknown, upstream: unknown): Words {
  const cut = rewrite ?? {};
  if (own === undefined) return { upstream, ...cut };
  const { redirect, files } = own as { redirect?: string | { to: string }; files?: string | { browse?: boolean } };
  if (files !== undefined) return typeof files === 'object' && files.browse ? own : { ...own, ...cut };
  const pattern = (match as { path_regex?: string } | undefined)?.path_regex ?? '';
  if (typeof redirect === 'object' && redirect.to.includes('{1}') && !grouped.includes(pattern)) {
    return { redirect: { ...redirect, to: redirect.to.replaceAll('{1}', 'x') } };
  }
  return own;
}

/** Words of a route that say how a server is asked. */
export function withoutServer({ timeouts: _1, retry: _2, stream: _3, flush: _4, ...rest }: Words): Words {
  return withoutNothing(rest);
}
