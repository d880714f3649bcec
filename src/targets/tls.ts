import { portOf } from '../model/references.ts';
import type { Hsts, Topology } from '../model/topology.ts';
import type { Version } from '../model/version.ts';
import { type CapabilityTable, supportOf } from './capability.ts';
import type { Use } from './portability.ts';

/** The value of `Strict-Transport-Security`. */
export function hstsValue({ max_age, include_subdomains, preload }: Hsts): string {
  const words = [
    `max-age=${Math.floor(max_age.value / 1000)}`,
    ...(include_subdomains.value ? ['includeSubDomains'] : []),
    ...(preload.value ? ['preload'] : []),
  ];
  return words.join('; ');
}

/** The header that tells the server whose certificate was shown. */
export const subjectHeader = 'X-Client-Subject';

/** What the sites of a topology ask of handshakes that not every target can do. */
export function tlsUses({ sites, edge }: Topology): Use[] {
  const secure = sites.flatMap((site) =>
    site.tls.value.mode === 'none' ? [] : [{ ...site.tls.value, at: site.tls.at, port: portOf(site, edge) }],
  );
  const old = new Set(secure.filter(({ profile }) => profile.value !== 'modern').map(({ port }) => port));
  const asking = secure.flatMap(({ client }) => (client ? [client] : []));
  const [first] = asking;
  const another = asking.find(({ ca }) => ca.value !== first?.ca.value);
  return [
    ...secure.flatMap(({ mode, at }): Use[] =>
      mode === 'internal' ? [{ capability: 'tls.internal', at, what: '`tls: internal`' }] : [],
    ),
    ...secure.flatMap(({ profile, port }): Use[] => {
      const what = `\`profile: ${profile.value}\``;
      const use = { capability: 'tls.profile.groups', at: profile.at, what } as const;
      if (profile.value !== 'modern' || !old.has(port)) return profile.origin === 'default' ? [] : [use];
      return [use, { ...use, capability: 'tls.profile.mixed', what: `${what} beside a site with TLS 1.2` }];
    }),
    ...asking.map(({ at }): Use => ({ capability: 'tls.client', at, what: 'client certificates' })),
    ...(another
      ? [{ capability: 'tls.client.several', at: another.ca.at, what: 'client certificates of several CAs' } as const]
      : []),
  ];
}

/** What HTTP/3 asks of a target; nothing where it is not wanted. */
export function http3Uses({ edge: { http3 }, sites, asksClients }: Topology): Use[] {
  if (!http3.value || sites.every(({ tls }) => tls.value.mode === 'none')) return [];
  return [
    { capability: 'http3', at: http3.at, what: 'HTTP/3' },
    ...(asksClients
      ? [{ capability: 'http3.client', at: http3.at, what: 'HTTP/3 beside client certificates' } as const]
      : []),
    { capability: 'http3.replay', at: http3.at, what: 'HTTP/3 without early data' },
  ];
}

/** Is HTTP/3 wanted, and does this version of a target have it? */
export function offersHttp3(topology: Topology, table: CapabilityTable, version: Version): boolean {
  const uses = http3Uses(topology);
  return uses.length > 0 && uses.every(({ capability }) => supportOf(table, capability, version).can !== 'no');
}
