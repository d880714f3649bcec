import fc from 'fast-check';
import { limit, loose, pick, time, type Words, type World, wholeSeconds } from './draw.ts';

export const address = pick(
  'app-1:3000',
  'cache.internal:80',
  'web_3:65535',
  'APP.Example:8080',
  'localhost:9000',
  '10.0.0.9:3100',
  '127.0.0.1:1',
  '[fd00::9]:80',
  '[::1]:8080',
  '[::ffff:10.0.0.1]:80',
  'unix:/run/app.sock',
  'unix:/run/a@b+c.sock',
);
const server = fc.oneof(
  address,
  fc.record(
    {
      address,
      weight: pick(1, 2, 1000),
      backup: fc.boolean(),
      state: pick('up', 'drain', 'down'),
      max_conns: pick(1, 100, 1_000_000),
    },
    { requiredKeys: ['address'] },
  ),
);
export const servers = fc
  .uniqueArray(server, {
    minLength: 1,
    maxLength: 6,
    selector: (one) => (typeof one === 'string' ? one : one.address),
  })
  // Somebody must serve.
  .map((list) => list.map((one, index) => (index > 0 || typeof one === 'string' ? one : inService(one))));

function inService({ backup: _backup, state: _state, ...rest }: Words): Words {
  return rest;
}

const balance = pick<unknown>(
  ...['round_robin', 'least_conn', 'random', 'first'],
  ...['client_ip', 'uri', { header: 'X-User' }, { cookie: 'sid' }].map((hash) => ({ hash })),
  { sticky: { cookie: 'edge' } },
);

/** How the servers are chosen and spoken to. */
export const poolWords = fc
  .record(
    {
      balance,
      protocol: pick('http', 'https', 'h2c', 'grpc', 'grpcs'),
      host_header: pick('client', 'shop.example.org', 'app-1:3000'),
      tls: pick<unknown>(
        { server_name: 'api.internal' },
        { server_name: 'api.internal', ca: './ca.pem' },
        { server_name: 'api.internal', insecure: true },
      ),
    },
    { requiredKeys: ['tls'] },
  )
  .map(({ tls, protocol, ...rest }) => {
    if (protocol === 'grpcs') return { ...rest, protocol: 'grpc', tls };
    return { ...rest, ...(protocol ? { protocol } : {}), ...(protocol === 'https' ? { tls } : {}) };
  });

/** A pool whose words may stand together: nobody has backups beside hash and sticky. */
export function poolOf(list: readonly unknown[], words: Words): Words {
  const pinned = typeof words.balance === 'object';
  const without = (one: unknown) => {
    const { backup: _backup, ...rest } = one as Words;
    return rest;
  };
  return { servers: pinned ? list.map((one) => (typeof one === 'string' ? one : without(one))) : list, ...words };
}

export const timeouts = loose({
  ...{ connect: time, tls_handshake: limit, send: limit },
  ...{ response_header: limit, idle: limit, upgraded: time },
});
const checkPath = pick('/', '/healthz', '/api/healthz?full=1&x=%20', "/a;b'c(d)$e,f:@!*+~=");
const count = fc.integer({ min: 1, max: 100 });
export const health = loose({
  active: fc.oneof(
    checkPath,
    fc.record(
      {
        path: checkPath,
        interval: time,
        timeout: time,
        passes: count,
        fails: count,
        status: pick('2xx', '3xx', '204', '200'),
      },
      { requiredKeys: ['path'] },
    ),
  ),
  passive: loose({ max_fails: pick(0, 1, 3, 1000), fail_window: wholeSeconds }),
});
const connections = pick(0, 1, 16, 1000);
const keepalive = fc.oneof(connections, loose({ connections, idle: time }));

const conditions = ['error', 'timeout', 'invalid_header', 'http_429', 'http_500', 'http_502', 'http_503', 'http_504'];

export function retry({ tiny, unlimited }: World): fc.Arbitrary<Words> {
  const window = tiny ? pick('20ms', '1s') : pick('5s', '10s', '1m30s', ...(unlimited ? [] : ['none']));
  return fc.record(
    {
      tries: pick<unknown>(1, 2, 3, 100, ...(unlimited ? ['unlimited'] : [])),
      window,
      interval: tiny ? pick('0s', '1ms', '10ms') : pick('0s', '10ms', '250ms', '1.5s'),
      on: fc.uniqueArray(pick(...conditions), { minLength: 1 }),
      non_idempotent: fc.boolean(),
    },
    { requiredKeys: unlimited ? ['window'] : [] },
  );
}

export function policy(world: World): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  return {
    keepalive,
    timeouts: fc.oneof(timeouts, pick(...world.shared)),
    retry: retry(world),
    health,
  };
}

/** Where a route goes; names are found when the whole is put together. */
export function upstream(world: World) {
  return fc.record({
    form: pick('address', 'list', 'pool', 'service', 'map', 'map-service'),
    address,
    servers,
    which: fc.nat(5),
    policy: fc.tuple(loose(policy(world)), poolWords).map(([own, words]): Words => ({ ...own, ...words })),
  });
}
