import fc from 'fast-check';
import { at, limit, pick, some, type Words, type World, wholeSeconds, withoutNothing } from './draw.ts';
import { forwardAuth, route } from './routes.ts';

const hsts = fc.oneof(
  wholeSeconds,
  fc.record(
    { max_age: wholeSeconds, include_subdomains: fc.boolean(), preload: fc.boolean() },
    { requiredKeys: ['max_age'] },
  ),
);

export function site(world: World) {
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
    auth: world.plain ? fc.constant(undefined) : some(forwardAuth(world)),
    routes: fc.array(route(world), { minLength: 1, maxLength: 5 }),
  });
}

type SiteChoice = ReturnType<typeof site> extends fc.Arbitrary<infer T> ? T : never;

export const tlsWords: Readonly<Record<string, unknown>> = {
  acme: 'acme',
  internal: 'internal',
  none: 'none',
  'map-acme': { mode: 'acme' },
  'map-internal': { mode: 'internal' },
  'map-hsts': {},
  files: { certificate: './tls/site.pem', key: './tls/site.key' },
};

export function nameOf({ kind }: SiteChoice, index: number, plain: boolean, last: string | undefined): string {
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

export function siteWords(one: SiteChoice, index: number, tls: string | undefined, effective: string): Words {
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
