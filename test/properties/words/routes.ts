import fc from 'fast-check';
import { type ActionChoice, action, actionWords, text, withoutServer } from './actions.ts';
import { hasWords, limit, loose, pick, type Words, type World } from './draw.ts';
import { match, matchWords, networks } from './matches.ts';
import { address, health, retry, timeouts, upstream } from './pools.ts';

export const headers = loose({
  request: loose({
    set: fc.dictionary(pick('X-A', 'x-b', 'api_key'), text, { minKeys: 1, maxKeys: 2 }),
    add: fc.dictionary(pick('X-C', 'X-D'), text, { minKeys: 1, maxKeys: 2 }),
    remove: pick(['Via'], ['X-E', 'Authorization']),
  }).filter(hasWords),
  response: loose({
    set: fc.dictionary(pick('X-A', 'x-b'), text, { minKeys: 1, maxKeys: 2 }),
    add: fc.dictionary(pick('Link', 'Set-Cookie'), fc.oneof(text, pick('{server}')), { minKeys: 1, maxKeys: 2 }),
    remove: pick(['Server'], ['X-E', 'Via']),
  }).filter(hasWords),
}).filter(hasWords);

const clients = fc.oneof(networks, fc.uniqueArray(networks, { maxLength: 3 }));
const access = { allow: clients, deny: clients };

const hash = '$2y$08$abcdefghijklmnopqrstuuKxCcvB7KZ7.BpDoK0bh6qM7Dl1/xiJa';
/** What else stands before a route. */
const gates = {
  maintenance: fc.oneof(
    fc.boolean(),
    loose({
      page: pick('./e/closed.html', './e/it;s x.txt'),
      status: pick(503, 410),
      retry_after: pick('10s', '1h'),
      allow: clients,
      flag: pick('./flags/on', '/run/it;s x/on'),
    }).filter(hasWords),
  ),
  basic_auth: fc.oneof(
    fc.constant(false),
    fc.record(
      {
        users: fc.dictionary(pick('ada', 'bob@x', '0+_-.'), fc.constant(hash), { minKeys: 1, maxKeys: 2 }),
        realm: pick('x', "it's; (a) place"),
        except: fc.oneof(
          clients.filter((list) => list.length > 0),
          pick('/open/*', '/a b;c', '/$x'),
        ),
      },
      { requiredKeys: ['users'] },
    ),
  ),
};

export const forwardAuth = (world: World) =>
  fc.oneof(
    fc.constant('none'),
    fc.record(
      {
        upstream: fc.oneof(
          address,
          fc.uniqueArray(address, { minLength: 1, maxLength: 3 }),
          fc
            .record(
              {
                servers: fc.uniqueArray(address, { minLength: 1, maxLength: 3 }),
                balance: pick<unknown>('least_conn', 'first', { hash: 'client_ip' }),
                protocol: pick('http', 'https'),
                host_header: pick('client', 'auth.example.org'),
                retry: retry(world),
                health,
              },
              { requiredKeys: ['servers'] },
            )
            .map(
              (words): Words =>
                words.protocol === 'https' ? { ...words, tls: { server_name: 'auth.internal' } } : words,
            ),
        ),
        path: pick('/', '/check', '/a/b.php?x=1&y=!;/?:@,~+'),
        copy_headers: pick(['Remote-User'], ['X-WEBAUTH-GROUPS', 'Cookie'], []),
        timeouts,
      },
      { requiredKeys: ['upstream', 'path'] },
    ),
  );

const raw = fc.record({
  nginx: pick('expires 1h;', 'limit_rate 1m;\nadd_header X-Raw "a b" always;', 'none'),
  caddy: pick('header X-Raw `a b`', '@x path /x\nheader @x X-Raw 1', 'none'),
});
const pageFile = pick('./e/4.html', './e/it;s x.txt');
/** Read back are those that are files. */
export const errorPages = ({ plain }: World) =>
  fc.dictionary(pick('404', '4xx', '502', '5xx'), plain ? pageFile : fc.oneof(pageFile, pageAction), {
    minKeys: 1,
    maxKeys: 3,
  });
const pageAction = pick<unknown>(
  { respond: 410 },
  { respond: { body: 'no "{path}"; x', type: 'application/json' } },
  { redirect: '/x?from={uri}' },
  { redirect: { to: 'https://b.example.com/', status: 303 } },
  { upstream: '10.9.9.9:80' },
  { upstream: ['10.9.9.8:80', '10.9.9.9:80'], timeouts: { connect: '1s' }, retry: { tries: 1 } },
);
export const bodies = {
  max_body_size: pick('1k', '10m', '999999g'),
  compress: pick<unknown>(true, false, ['gzip'], ['zstd', 'br', 'gzip'], ['br']),
};

/** How what comes is passed on. */
const passing = pick<Words>({}, {}, {}, { stream: true }, { flush: 'immediate' }, { stream: false, flush: 'auto' });

export function route(world: World) {
  return fc.record({
    named: fc.boolean(),
    match: match(world),
    action: action(world),
    upstream: upstream(world),
    words: fc
      .tuple(
        loose({
          budget: limit,
          timeouts,
          retry: retry(world),
          headers,
          ...bodies,
          raw,
          error_pages: errorPages(world),
          ...access,
          ...(world.plain ? {} : { ...gates, forward_auth: forwardAuth(world) }),
        }),
        passing,
      )
      // A stream is never compressed.
      .map(([{ compress, ...words }, more]): Words => ({ ...words, ...(more.stream ? {} : { compress }), ...more })),
  });
}

export type RouteChoice = ReturnType<typeof route> extends fc.Arbitrary<infer T> ? T : never;

/** A route of a site with these names; `place` is where it would send requests. */
export function routeWords(choice: RouteChoice, number: number, names: readonly string[], place: unknown): Words {
  const asked = matchWords(choice.match, names);
  return {
    ...(choice.named ? { name: `Route.${number}` } : {}),
    ...asked,
    ...actionOf(choice, asked.match, place),
  };
}

/** A route that takes everything, without what only a route among others says. */
export function actionOf(
  { action: does, words }: { action: ActionChoice; words: Words },
  asked: unknown,
  place: unknown,
) {
  const done = actionWords(does, asked, place);
  return { ...done, ...('upstream' in done ? words : withoutServer(words)) };
}
