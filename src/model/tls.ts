import type { Place } from '../diagnostics/diagnostic.ts';
import { entry, get } from '../source/node.ts';
import { defaults } from './defaults.ts';
import { isPrivateName } from './names.ts';
import { boolean, duration, type Findings, find, type Layer, read, text, under, word } from './reader.ts';
import type { Acme, ClientCertificates, Given, Hsts, SiteTls, TlsWords } from './topology.ts';

interface TlsContext {
  readonly acme: Acme;
  readonly found: Findings;
}

/** A CA of one's own issues certificates for any name. */
export function isPrivateCa({ ca }: Acme): boolean {
  return ca.value.startsWith('https://');
}

/** What a site's certificate is, and what else its handshakes are: the words of `tls` merge key by key. */
export function siteTls(
  layers: readonly Layer[],
  name: string | undefined,
  at: Place,
  context: TlsContext,
): Given<SiteTls> {
  const { found, acme } = context;
  const maps = under(layers, 'tls');
  // `mode`, or `certificate` with `key`: together they say where the certificate comes from.
  const source = maps.find(({ node }) => ['mode', 'certificate', 'key'].some((key) => get(node, key)));
  const nearest = source ?? maps.find(({ node }) => node);
  const own = source ? [source] : [];
  const mode = find(own, 'mode', word('acme', 'internal', 'none'));
  const certificate = find(own, 'certificate', text);
  const key = find(own, 'key', text);
  const given = (value: SiteTls): Given<SiteTls> => ({
    value,
    at: nearest?.node?.at ?? at,
    origin: nearest?.origin ?? 'default',
    ...(nearest ? {} : { because: defaults.tls.mode.because }),
  });
  if (mode && certificate) {
    found.add('error', 'reference-tls', mode.at, 'both `mode` and `certificate` are written', {
      help: 'write one of the two',
    });
  }
  if (mode?.value === 'none') {
    withoutTls(maps, found);
    return given({ mode: 'none' });
  }
  const words = tlsWords(maps, nearest?.node?.at ?? at, found);
  if (certificate && key) return given({ mode: 'files', certificate, key, ...words });
  if (mode?.value === 'internal') return given({ mode: 'internal', ...words });

  const place = mode?.at ?? at;
  if (name === undefined || (isPrivateName(name) && !isPrivateCa(acme))) {
    const who = name === undefined ? '`default` is no name' : `no public CA issues certificates for \`${name}\``;
    found.add(mode ? 'warning' : 'info', 'tls-internal', place, `${who}: the proxy makes one itself`, {
      why: 'browsers warn until its CA is trusted',
      help: 'write `tls: internal` to say so, or `tls: none`',
    });
    return given({ mode: 'internal', ...words });
  }
  if (name.startsWith('*.')) wildcardCertificate(name, place, found);
  return given({ mode: 'acme', ...words });
}

function tlsWords(maps: readonly Layer[], at: Place, found: Findings): TlsWords {
  const hsts = hstsOf(maps, found);
  const client = clientOf(maps);
  return {
    profile: read(maps, 'profile', word('modern', 'intermediate'), defaults.tls.profile, at),
    ...(hsts ? { hsts } : {}),
    ...(client ? { client } : {}),
  };
}

function hstsOf(maps: readonly Layer[], found: Findings): Hsts | undefined {
  const layer = maps.map(({ node, origin }) => ({ node: get(node, 'hsts'), origin })).find(({ node }) => node);
  const age = layer && find([layer], 'max_age', duration(found));
  if (!layer?.node || !age) return undefined;
  const { at } = layer.node;
  const table = defaults.tls.hsts;
  return {
    at,
    max_age: age,
    include_subdomains: read<boolean>([layer], 'include_subdomains', boolean, table.include_subdomains, at),
    preload: read<boolean>([layer], 'preload', boolean, table.preload, at),
  };
}

function clientOf(maps: readonly Layer[]): ClientCertificates | undefined {
  const layer = maps.map(({ node, origin }) => ({ node: get(node, 'client'), origin })).find(({ node }) => node);
  const ca = layer && find([layer], 'ca', text);
  if (!layer?.node || !ca) return undefined;
  const { at } = layer.node;
  return { at, ca, mode: read([layer], 'mode', word('require', 'optional'), defaults.tls.client.mode, at) };
}

/** Words beside `none` that a person wrote at the site itself would protect nothing. */
function withoutTls(maps: readonly Layer[], found: Findings): void {
  for (const { node, origin } of maps) {
    for (const key of origin === 'written' ? ['hsts', 'profile', 'client'] : []) {
      const stray = node && entry(node, key);
      if (!stray) continue;
      found.add('error', 'reference-tls', stray.keyAt, `\`${key}\` says nothing where there is no TLS`, {
        help: 'remove it, or give the site TLS: write a `mode` beside it',
      });
    }
  }
}

/** Whoever must show a certificate over TLS would be let in over plain http. */
export function clientOverHttp(tls: SiteTls, http: Given<string>, found: Findings): void {
  if (tls.mode === 'none' || !tls.client || http.value !== 'serve') return;
  found.add('error', 'reference-tls', http.at, 'plain http asks nobody for a certificate', {
    why: 'whoever has none is served there all the same',
    help: 'write `http: redirect` or `http: none`',
    related: [{ place: tls.client.at, message: 'client certificates are asked for here' }],
  });
}

export function wildcardCertificate(name: string, at: Place, found: Findings): void {
  found.add(
    'error',
    'reference-tls',
    at,
    `a certificate for \`${name}\` needs a DNS challenge, which this program does not configure`,
    {
      why: 'it would need the API of your DNS provider; a stock Caddy has none, and certbot needs a plugin for it',
      help: 'get one with a client of your choice and write `certificate` and `key`, or write `tls: internal`',
    },
  );
}

/** The TLS of a site about which no more is known than its certificate. */
export function plainTls(at: Place): TlsWords {
  return { profile: { ...defaults.tls.profile, at, origin: 'default' } };
}
