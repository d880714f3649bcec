import fc from 'fast-check';
import { stringify } from 'yaml';
import { analyse } from '../../src/pipeline.ts';

/** A topology before it is text, so that the versions of its targets can be set to those of a program. */
export interface Sketch {
  readonly document: Readonly<Record<string, unknown>>;
  readonly flow: boolean;
}

export interface Versions {
  readonly caddy: string;
  readonly nginx: string;
}

/** Releases from the oldest that is compiled for to the newest, with those that change the output. */
export const releases = {
  caddy: ['2.6', '2.6.2', '2.7', '2.8', '2.9.1', '2.10', '2.11', '2.11.3', '2.11.4'],
  nginx: ['1.22', '1.22.1', '1.24', '1.25.1', '1.26', '1.27.3', '1.28', '1.29.6', '1.29.7', '1.30', '1.30.6'],
} as const;

/** The seed of all property tests of a run; `PROXYWRIGHT_SEED` replays one. */
export const seed = Number(process.env.PROXYWRIGHT_SEED || Math.floor(Math.random() * 2 ** 31));

type Words = Readonly<Record<string, unknown>>;
const pick = fc.constantFrom;
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** A map of which each key may be missing. */
const loose = (keys: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Words> =>
  fc.record(keys, { requiredKeys: [] });

const time = pick('250ms', '1s', '1.5s', '90s', '1m30s', '0.5h', '365d');
const limit = fc.oneof(time, fc.constant('none'));
const wholeSeconds = pick('1s', '10s', '1m', '1h30m', '180d');

const address = pick(
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
const servers = fc
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
const poolWords = fc
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
function poolOf(list: readonly unknown[], words: Words): Words {
  const pinned = typeof words.balance === 'object';
  const without = (one: unknown) => {
    const { backup: _backup, ...rest } = one as Words;
    return rest;
  };
  return { servers: pinned ? list.map((one) => (typeof one === 'string' ? one : without(one))) : list, ...words };
}

const timeouts = loose({
  ...{ connect: time, tls_handshake: limit, send: limit },
  ...{ response_header: limit, idle: limit, upgraded: time },
});
const checkPath = pick('/', '/healthz', '/api/healthz?full=1&x=%20', "/a;b'c(d)$e,f:@!*+~=");
const count = fc.integer({ min: 1, max: 100 });
const health = loose({
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

/** What must hold in all of a topology, because words of several places are merged key by key. */
interface World {
  /** Windows and pauses of milliseconds. */
  readonly tiny: boolean;
  /** Some `tries: unlimited`: then every `retry` has a window. */
  readonly unlimited: boolean;
  /** Maps that several places share: in the text, anchors and aliases. */
  readonly shared: readonly Words[];
}

const conditions = ['error', 'timeout', 'invalid_header', 'http_429', 'http_500', 'http_502', 'http_503', 'http_504'];

function retry({ tiny, unlimited }: World): fc.Arbitrary<Words> {
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

function policy(world: World): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  return {
    keepalive,
    timeouts: fc.oneof(timeouts, pick(...world.shared)),
    retry: retry(world),
    health,
  };
}

/** Characters that mean something somewhere: to YAML, to regular expressions, to nginx, Caddy or a shell. */
const odd = pick(...' !"#$%&\'()+,-.:;<=>?@[]\\^_`{|}~', 'ü', '日', '😀', '\u00a0', '\u0085', '\u2028', '\u202e', 'é');
const letter = pick(...'abzAZ09');
const segment = fc
  .array(fc.oneof({ weight: 3, arbitrary: letter }, { weight: 1, arbitrary: odd }), { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join('').replace(/\$\{+/g, '$'))
  .filter((text) => !/^\.{1,2}$/.test(text));
const path = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean(), fc.nat(9))
  .map(([parts, prefix, chance]) => (chance === 0 ? '/*' : `/${parts.join('/')}${prefix ? '/*' : ''}`));

/** Where a route goes; names are found when the whole is put together. */
function upstream(world: World) {
  return fc.record({
    form: pick('address', 'list', 'pool', 'service', 'map', 'map-service'),
    address,
    servers,
    which: fc.nat(5),
    policy: fc.tuple(loose(policy(world)), poolWords).map(([own, words]): Words => ({ ...own, ...words })),
  });
}

const text = pick(
  'x',
  'a  b;c',
  '$host {{x} "q" #',
  "it's `t`",
  '{client_ip}/{method}/{scheme}',
  '{host}{uri}',
  '{path}?{query} {request_id}',
  `default-src ${'https://cdn.example.com '.repeat(90)}'self'`,
);
const headers = loose({
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

function hasWords(words: object): boolean {
  return Object.keys(words).length > 0;
}

const clients = fc.oneof(
  pick('private', '10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1'),
  fc.uniqueArray(pick('private', '10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1', '0.0.0.0/0'), { maxLength: 3 }),
);
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

const forwardAuth = (world: World) =>
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
const errorPages = fc.dictionary(pick('404', '4xx', '502', '5xx'), pick('./e/4.html', './e/it;s x.txt'), {
  minKeys: 1,
  maxKeys: 3,
});
const bodies = {
  max_body_size: pick('1k', '10m', '999999g'),
  compress: pick<unknown>(true, false, ['gzip'], ['zstd', 'br', 'gzip'], ['br']),
};

/** How what comes is passed on. */
const passing = pick<Words>({}, {}, {}, { stream: true }, { flush: 'immediate' }, { stream: false, flush: 'auto' });

function route(world: World) {
  return fc.record({
    named: fc.boolean(),
    path: some(fc.oneof(path, fc.array(path, { minLength: 1, maxLength: 4 }))),
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
          error_pages: errorPages,
          ...access,
          ...gates,
          forward_auth: forwardAuth(world),
        }),
        passing,
      )
      // A stream is never compressed.
      .map(([{ compress, ...words }, more]): Words => ({ ...words, ...(more.stream ? {} : { compress }), ...more })),
  });
}

const hsts = fc.oneof(
  wholeSeconds,
  fc.record(
    { max_age: wholeSeconds, include_subdomains: fc.boolean(), preload: fc.boolean() },
    { requiredKeys: ['max_age'] },
  ),
);

function site(world: World) {
  return fc.record({
    kind: pick('name', 'name', 'port', 'again', 'wildcard', 'default', 'default-port', 'private', 'v4', 'v6', 'long'),
    form: pick('short', 'short-list', 'site', 'site', 'routes', 'routes', 'routes'),
    tls: some(pick('acme', 'internal', 'none', 'map-acme', 'map-internal', 'map-hsts', 'files')),
    hsts: some(hsts),
    profile: some(pick('modern', 'intermediate')),
    client: some(pick<unknown>('./ca.pem', { ca: './ca.pem' }, { ca: './ca.pem', mode: 'optional' })),
    http: some(pick('redirect', 'serve', 'none')),
    aliases: fc.nat(2),
    wideAlias: fc.boolean(),
    redirects: fc.nat(2),
    budget: some(limit),
    rps: some(pick(0.5, 50, 100_000)),
    auth: some(forwardAuth(world)),
    routes: fc.array(route(world), { minLength: 1, maxLength: 5 }),
  });
}

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '').replace(/\$\{+/g, '$')),
  fc.integer(),
  fc.boolean(),
  pick('yes', 'null', '~', '1.10', '$HOME', '$$', '  x ', 'a\nb\n', '*x', '# no comment', '{a: b}', '*/'),
  pick('${TAG:-1}', '${NO:-a b}/$x', '$${literal}'),
);
const environment = fc.dictionary(pick('A', 'SERVER_ID', '_x', 'null', 'y', 'a.b-c', 'PATH'), value, { maxKeys: 4 });

const machineNames = ['server-1', 'a', '0'];
const machineAddresses = ['10.0.0.2', 'fd00::2', '192.0.2.255'];
const containerWords = fc
  .record({
    user: some(pick('1000:1000', 'root')),
    read_only: some(fc.boolean()),
    restart: some(pick('no', 'always', 'unless-stopped')),
    command: some(fc.array(value.map(String), { minLength: 1, maxLength: 3 })),
    'x-note': some(value),
    labels: some(environment),
    volumes: some(
      fc.uniqueArray(
        pick<unknown>(
          'data:/srv/data',
          './themes:/srv/themes:ro',
          { type: 'volume', source: 'cache', target: '/srv/cache' },
          { type: 'bind', source: '../a b', target: '/srv/b' },
        ),
        { minLength: 1, maxLength: 3 },
      ),
    ),
    logging: some(fc.constant({ driver: 'journald' })),
  })
  .map((words) => withoutNothing(words));
const service = fc.record({
  image: pick(
    'nginx',
    'ghcr.io/example/web:1.4.2',
    'ghcr.io/example/web:${TAG:-1.4.2}',
    `localhost:5000/a/b@sha256:${'a'.repeat(64)}`,
  ),
  port: pick(1, 80, 3000, 65535),
  environment: some(environment),
  compose: some(containerWords),
  instances: fc.array(fc.record({ machine: fc.nat(2), publish: fc.boolean(), environment: some(environment) }), {
    maxLength: 4,
  }),
});
const serviceNames = fc.uniqueArray(pick('web', 'api', 'job_1', 'x.y', '123', 'null', 'on', '1e3', 'a-b'), {
  maxLength: 4,
});

const tlsWords: Readonly<Record<string, unknown>> = {
  acme: 'acme',
  internal: 'internal',
  none: 'none',
  'map-acme': { mode: 'acme' },
  'map-internal': { mode: 'internal' },
  'map-hsts': {},
  files: { certificate: './tls/site.pem', key: './tls/site.key' },
};

function whole(world: World) {
  return fc.record({
    sites: fc.array(site(world), { minLength: 1, maxLength: 6 }),
    pools: fc.array(
      fc.record({
        servers: some(servers),
        which: fc.nat(5),
        words: fc.tuple(loose(policy(world)), poolWords).map(([own, words]): Words => ({ ...own, ...words })),
      }),
      { maxLength: 3 },
    ),
    services: fc.array(service, { minLength: 4, maxLength: 4 }),
    serviceNames,
    machines: fc.record({ count: fc.nat(3), edge: fc.nat(2) }),
    targets: some(
      fc.record({
        which: pick(['caddy'], ['nginx'], ['caddy', 'nginx'], ['nginx', 'compose'], ['caddy', 'nginx', 'compose']),
        caddy: some(pick(...releases.caddy)),
        nginx: some(pick(...releases.nginx)),
        workers: some(pick<unknown>('auto', 1, 4)),
      }),
    ),
    edge: some(
      loose({
        proxy: pick('caddy', 'nginx'),
        http_port: pick(80, 8080),
        https_port: pick(443, 8443),
        debug_header: pick('X-Upstream', 'x'),
        access_log: pick('json', 'none'),
        http3: fc.boolean(),
        trusted_proxies: pick<unknown>([], 'cloudflare', ['private', '203.0.113.7'], ['2001:DB8::1/32', '10.1.2.3/8']),
        resolver: pick<unknown>('docker', ['10.0.0.53'], ['10.0.0.53', 'fd00::53']),
      }),
    ),
    acme: some(
      loose({
        email: pick('ops@example.com', 'a.b+c_%d@x-y.example'),
        ca: pick('production', 'staging', 'https://ca.example:14000/dir?x=1', 'https://[::1]:14000/dir'),
        ca_root: pick('./pebble.pem', '/etc/ssl/my roots/ca;1.pem'),
      }),
    ),
    defaults: some(
      loose({
        ...policy(world),
        budget: limit,
        headers,
        ...bodies,
        error_pages: errorPages,
        http: pick('redirect', 'serve', 'none'),
        tls: pick('acme', 'internal', 'none', 'map-internal'),
      }),
    ),
    lint: some(fc.dictionary(pick('tls-internal', 'acme-email', 'stale-dns'), pick('off', 'info', 'warning'))),
    order: fc.nat(5),
    flow: fc.boolean(),
  });
}

/** A number → one of the values of a list; nothing when there are none. */
function at<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(list.length, 1)];
}

const withoutNothing = (words: Words): Record<string, unknown> =>
  Object.fromEntries(Object.entries(words).filter(([, one]) => one !== undefined));

type Choices = ReturnType<typeof whole> extends fc.Arbitrary<infer T> ? T : never;
type SiteChoice = Choices['sites'][number];

/** The choices, made consistent: names that exist, ports and names used once, words where they may stand. */
function assemble(choices: Choices): Sketch {
  const machines = machineNames.slice(0, choices.machines.count);
  const edgeIndex = choices.machines.edge % Math.max(machines.length, 1);
  const services = servicesOf(choices, machines, edgeIndex);
  const pools = choices.pools.map(({ servers: list, which, words }, index): [string, Words] => {
    const name = at(services, which)?.name;
    return [
      `Pool_${index}.x`,
      list || name === undefined ? poolOf(list ?? ['app-1:3000'], words) : { service: name, ...words },
    ];
  });
  const poolNames: readonly string[] = pools.map(([name]) => name);

  const place = (wanted: Choices['sites'][number]['routes'][number]['upstream']): unknown => {
    const service = at(services, wanted.which)?.name;
    switch (wanted.form) {
      case 'list':
        return wanted.servers;
      case 'map':
        return poolOf(wanted.servers, wanted.policy);
      case 'pool':
        return at(poolNames, wanted.which) ?? wanted.address;
      case 'service':
        return service ?? wanted.address;
      case 'map-service':
        return service === undefined ? wanted.servers : { service, ...wanted.policy };
      default:
        return wanted.address;
    }
  };

  const sites: Record<string, unknown> = {};
  const taken = new Set<string>();
  let last: string | undefined;
  const certificates = new Map<string, string | undefined>();
  const generalTls = String(choices.defaults?.tls ?? 'acme');
  for (const [index, one] of choices.sites.entries()) {
    const wildcard = one.kind === 'wildcard';
    const form = wildcard && one.form.startsWith('short') ? 'site' : one.form;
    // A name has one kind of certificate, on all its ports.
    const host = one.kind === 'again' ? last : undefined;
    const again = host !== undefined && certificates.has(host);
    const wanted = again && one.tls !== 'none' ? certificates.get(host) : one.tls;
    const asked = form.startsWith('short') ? undefined : wanted;
    // Public CAs give certificates for wildcards to DNS challenges only.
    const tls = wildcard && /acme|hsts/.test(asked ?? generalTls) ? 'internal' : asked;
    const effective = tls === undefined || tls === 'map-hsts' ? generalTls : tls;
    if (again && effective !== 'none' && asked !== certificates.get(host)) continue;
    const name = nameOf(one, index, effective === 'none', last);
    if (taken.has(name)) continue;
    taken.add(name);
    if (one.kind === 'name' || one.kind === 'private') last = name;
    if (effective !== 'none') certificates.set(host ?? name, tls);
    const [first] = one.routes;
    if (form === 'short' || form === 'short-list') {
      sites[name] = form === 'short' ? (first?.upstream.address ?? '') : (first?.upstream.servers ?? []);
      continue;
    }
    const words = siteWords(one, index, tls, effective);
    sites[name] =
      form === 'site'
        ? {
            ...words,
            upstream: first && place(first.upstream),
            ...first?.words,
            ...withoutNothing({ budget: one.budget }),
          }
        : {
            ...words,
            ...withoutNothing({ budget: one.budget }),
            routes: one.routes.map((route, number) => ({
              ...(route.named ? { name: `Route.${number}` } : {}),
              ...(route.path === undefined ? {} : { match: { path: route.path } }),
              upstream: place(route.upstream),
              ...route.words,
            })),
          };
  }

  const { targets, edge } = choices;
  const proxies = targets?.which ?? ['caddy', 'nginx'];
  const general = choices.defaults && {
    ...choices.defaults,
    ...(choices.defaults.tls ? { tls: tlsWords[generalTls] } : {}),
  };
  const parts: [string, unknown][] = [
    ['targets', targets && Object.fromEntries(targets.which.map((id) => [id, targetWords(id, targets)]))],
    ['edge', edge && (proxies.some((id) => id === edge.proxy) ? edge : withoutNothing({ ...edge, proxy: undefined }))],
    ['acme', choices.acme],
    ['defaults', general],
    ['machines', machines.length > 0 ? machinesOf(machines, edgeIndex) : undefined],
    [
      'services',
      services.length > 0 ? Object.fromEntries(services.map(({ name, words }) => [name, words])) : undefined,
    ],
    ['upstreams', pools.length > 0 ? Object.fromEntries(pools) : undefined],
    ['sites', sites],
    ['lint', choices.lint && { rules: choices.lint }],
    ['version', 1],
  ];
  const turned = [...parts.slice(choices.order), ...parts.slice(0, choices.order)];
  return { document: withoutNothing(Object.fromEntries(turned)), flow: choices.flow };
}

function servicesOf(choices: Choices, machines: readonly string[], edge: number) {
  let published = 4000;
  return choices.serviceNames.flatMap((name, index) => {
    const one = choices.services[index];
    if (!one) return [];
    const instances = one.instances.flatMap(({ machine, publish, environment: own }) => {
      const where = at(machines, machine);
      if (where === undefined) return [];
      const needed = publish || where !== machines[edge];
      return [withoutNothing({ machine: where, publish: needed ? published++ : undefined, environment: own })];
    });
    const words = { image: one.image, port: one.port, environment: one.environment, compose: one.compose };
    return [{ name, words: withoutNothing({ ...words, instances: instances.length > 0 ? instances : undefined }) }];
  });
}

function machinesOf(names: readonly string[], edge: number): Words {
  return Object.fromEntries(
    names.map((name, index) => [name, { address: machineAddresses[index], ...(index === edge ? { edge: true } : {}) }]),
  );
}

function targetWords(id: string, { caddy, nginx, workers }: NonNullable<Choices['targets']>): unknown {
  if (id === 'caddy') return withoutNothing({ version: caddy });
  if (id === 'nginx') return withoutNothing({ version: nginx, workers });
  return null;
}

function nameOf({ kind }: SiteChoice, index: number, plain: boolean, last: string | undefined): string {
  const port = plain ? 9000 + index : 9440 + index;
  switch (kind) {
    case 'port':
      return `site-${index}.example.com:${port}`;
    case 'again':
      return last === undefined ? `site-${index}.example.com` : `${last}:${port}`;
    case 'wildcard':
      return `*.wild-${index}.example.com`;
    case 'default':
      return 'default';
    case 'default-port':
      return `default:${port}`;
    case 'private':
      return at(['localhost', '00-http', 'import', '0', '_dmarc.lan', '123'], index) ?? '';
    case 'v4':
      return `192.0.2.${index}`;
    case 'v6':
      return index % 2 === 0 ? `[fd00::${index}]` : `[fd00::${index}]:${port}`;
    case 'long':
      return `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.site-${index}.example`;
    default:
      return `site-${index}.example.com`;
  }
}

function siteWords(one: SiteChoice, index: number, tls: string | undefined, effective: string): Words {
  const numbers = [...Array(one.aliases).keys()];
  const wide = one.wideAlias && !effective.includes('acme') ? '*.' : '';
  const redirects = one.kind.startsWith('default') || one.kind === 'wildcard' ? 0 : one.redirects;
  const map = tls === undefined ? undefined : tlsWords[tls];
  const secure = typeof map === 'object' && effective !== 'none';
  const more = secure ? withoutNothing({ hsts: one.hsts, profile: one.profile, client: one.client }) : {};
  // Nobody is asked for a certificate over plain http.
  const http = 'client' in more ? (one.http === 'none' ? 'none' : 'redirect') : one.http;
  return withoutNothing({
    aliases: one.aliases > 0 ? numbers.map((number) => `${wide}alias-${number}.${index}.example.net`) : undefined,
    redirect_from:
      redirects > 0 ? [...Array(redirects).keys()].map((number) => `from-${number}.${index}.example.net`) : undefined,
    tls: typeof map === 'object' ? { ...map, ...more } : map,
    http: effective === 'none' ? undefined : http,
    traffic: one.rps === undefined ? undefined : { rps: one.rps },
    forward_auth: one.auth,
  });
}

/** Valid topologies over the whole language, in every form it knows. */
export const topologies: fc.Arbitrary<Sketch> = fc
  .record({ tiny: fc.boolean(), unlimited: fc.boolean(), shared: fc.array(timeouts, { minLength: 2, maxLength: 2 }) })
  .chain((world) => whole(world).map(assemble))
  .map(({ document, ...sketch }) => ({ ...sketch, document: trustful(document) }));

/** Old Caddys do not know the clients behind proxies that are trusted: who may ask cannot be said then. */
function trustful(document: Words): Words {
  const edge = document.edge as Words | undefined;
  if (edge?.trusted_proxies === undefined) return document;
  const bare = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(bare);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) =>
        ['allow', 'deny', 'maintenance', 'basic_auth'].includes(key) ? [] : [[key, bare(inner)]],
      ),
    );
  };
  return { ...document, sites: bare(document.sites) };
}

/** The text of a topology; with versions, compiled for exactly those. */
export function print({ document, flow }: Sketch, versions?: Versions): string {
  const pinned = versions ? { ...document, targets: pin(document.targets, versions) } : document;
  return stringify(pinned, { collectionStyle: flow ? 'flow' : 'block', lineWidth: 0 });
}

function pin(targets: unknown, { caddy, nginx }: Versions): Words {
  const written = (targets ?? { caddy: {}, nginx: {}, compose: {} }) as Readonly<Record<string, Words | null>>;
  return Object.fromEntries(
    Object.entries(written).map(([id, words]) => {
      if (id === 'compose') return [id, words];
      return [id, { ...words, version: id === 'caddy' ? caddy : nginx }];
    }),
  );
}

/** The model of a text that must be valid; an error names every finding and shows the text. */
export function valid(text: string, label: string) {
  const { topology, diagnostics } = analyse('topology.yaml', text);
  const errors = diagnostics.filter(({ severity, rule }) => severity === 'error' && rule !== 'over-budget');
  if (topology && errors.length === 0) return topology;
  const said = errors.map(({ rule, place, message }) => `${rule} at ${place.path}: ${message}`).join('\n');
  throw new Error(`${label} has errors\n${said}\n\n${text}`);
}
