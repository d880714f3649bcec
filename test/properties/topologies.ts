import fc from 'fast-check';
import { stringify } from 'yaml';
import { analyse } from '../../src/pipeline.ts';
import { machineNames, machinesOf, service, serviceNames, servicesOf } from './words/containers.ts';
import { at, hasWords, limit, loose, pick, some, type Words, type World, withoutNothing } from './words/draw.ts';
import { policy, poolOf, poolWords, servers, timeouts } from './words/pools.ts';
import { actionOf, bodies, errorPages, headers, routeWords } from './words/routes.ts';
import { nameOf, site, siteWords, tlsWords } from './words/sites.ts';

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
        error_pages: errorPages(world),
        http: pick('redirect', 'serve', 'none'),
        tls: pick('acme', 'internal', 'none', 'map-internal'),
      }),
    ),
    lint: some(fc.dictionary(pick('tls-internal', 'acme-email', 'stale-dns'), pick('off', 'info', 'warning'))),
    order: fc.nat(5),
    flow: fc.boolean(),
  });
}

type Choices = ReturnType<typeof whole> extends fc.Arbitrary<infer T> ? T : never;

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
    const names = [...(wildcard || /default|\[/.test(name) ? [] : [name]), ...((words.aliases as string[]) ?? [])];
    sites[name] =
      form === 'site'
        ? {
            ...words,
            ...(first ? actionOf(first, undefined, place(first.upstream)) : {}),
            ...withoutNothing({ budget: one.budget }),
          }
        : {
            ...words,
            ...withoutNothing({ budget: one.budget }),
            routes: one.routes.map((route, number) => routeWords(route, number, names, place(route.upstream))),
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

function targetWords(id: string, { caddy, nginx, workers }: NonNullable<Choices['targets']>): unknown {
  if (id === 'caddy') return withoutNothing({ version: caddy });
  if (id === 'nginx') return withoutNothing({ version: nginx, workers });
  return null;
}

function drawn(plain: boolean): fc.Arbitrary<Sketch> {
  const shared = fc.array(timeouts, { minLength: 2, maxLength: 2 });
  return fc
    .record({ tiny: fc.boolean(), unlimited: fc.boolean(), shared, plain: fc.constant(plain) })
    .chain((world) => whole(world).map(assemble))
    .map(({ document, ...sketch }) => ({ ...sketch, document: trustful(document) }));
}

/** Valid topologies over the whole language, in every form it knows. */
export const topologies = drawn(false);

/** Those whose routes choose by the path alone and ask servers: what a hand-written file is read back as. */
export const plainTopologies = drawn(true);

/** Old Caddys do not know the clients behind proxies that are trusted: who may ask cannot be said then. */
function trustful(document: Words): Words {
  const edge = document.edge as Words | undefined;
  if (edge?.trusted_proxies === undefined) return document;
  const bare = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(bare);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
        if (['allow', 'deny', 'maintenance', 'basic_auth'].includes(key)) return [];
        const left = key === 'match' ? anybody(inner as Words) : bare(inner);
        return left === undefined ? [] : [[key, left]];
      }),
    );
  };
  return { ...document, sites: bare(document.sites) };
}

function anybody({ client: _client, not, ...rest }: Words): Words | undefined {
  const others = not === undefined ? undefined : anybody(not as Words);
  const left = { ...rest, ...(others ? { not: others } : {}) };
  return hasWords(left) ? left : undefined;
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
