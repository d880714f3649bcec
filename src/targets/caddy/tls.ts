import { isPrivateName } from '../../model/names.ts';
import { keyExchanges, profileProtocols } from '../../model/tls-profiles.ts';
import type { SiteTls } from '../../model/topology.ts';
import { atLeast, type Version } from '../../model/version.ts';
import type { Layout } from '../layout.ts';
import { hstsValue } from '../tls.ts';
import type { CaddyDirectives, CaddySite } from './directives.ts';
import { caddyToken } from './tokens.ts';

/** The guideline's key exchanges by Caddy's names; the hybrid one is there since 2.10. */
const curves: Readonly<Record<(typeof keyExchanges)[number], string>> = {
  X25519MLKEM768: 'x25519mlkem768',
  X25519: 'x25519',
  prime256v1: 'secp256r1',
  secp384r1: 'secp384r1',
};

/** Strict-Transport-Security of a site block with TLS. */
export function hstsOf(tls: SiteTls): { readonly hsts?: string } {
  return tls.mode === 'none' || !tls.hsts ? {} : { hsts: hstsValue(tls.hsts) };
}

export function caLines({ acme }: CaddyDirectives, layout: Layout): string[] {
  return [
    ...(acme.ca === undefined ? [] : [`ca ${caddyToken(acme.ca)}`]),
    ...(acme.hasRoot ? [`ca_root ${caddyToken(layout.caddy.caRoot)}`] : []),
  ];
}

/** A challenge inside a handshake comes to one machine only, which may be another than the one that asked for it. */
function issuerLines({ acme }: CaddyDirectives, layout: Layout): string[] {
  return [
    'issuer acme {',
    ...(acme.ca === undefined ? [] : [`\tdir ${caddyToken(acme.ca)}`]),
    ...(acme.hasRoot ? [`\ttrusted_roots ${caddyToken(layout.caddy.caRoot)}`] : []),
    ...(acme.email === undefined ? [] : [`\temail ${caddyToken(acme.email)}`]),
    '\tdisable_tlsalpn_challenge',
    '}',
  ];
}

const known = new WeakMap<CaddyDirectives, boolean>();

/** Is there a site that makes a certificate for whatever name a client asks for, at its first handshake? */
export function makesAnyName(directives: CaddyDirectives): boolean {
  // Every site asks.
  const before = known.get(directives);
  if (before !== undefined) return before;
  const found = directives.sites.some(
    (site) => site.kind === 'proxy' && site.names.length === 0 && site.tls.mode === 'internal',
  );
  known.set(directives, found);
  return found;
}

/** The `tls` directive of a site block, a line each; empty: none is needed. */
export function tlsLines(site: CaddySite, directives: CaddyDirectives, layout: Layout): string[] {
  if (!site.listener.tls) return [];
  const { head, lines } = certificateOf(site, directives, layout);
  const inside = [...lines, ...(site.kind === 'unknown' ? [] : handshakeLines(site, directives.version, layout))];
  const words = ['tls', ...head].join(' ');
  if (inside.length > 0) return [`${words} {`, ...inside.map((line) => `\t${line}`), '}'];
  return head.length > 0 ? [words] : [];
}

/**
 * Caddy has one rule for all names that it does not know beforehand, on all ports, and refuses two that differ: where
 * certificates are made for them, every block without names says so, and the CA of the other sites is told to each.
 */
function certificateOf(
  site: CaddySite,
  directives: CaddyDirectives,
  layout: Layout,
): { readonly head: readonly string[]; readonly lines: readonly string[] } {
  const anyName = makesAnyName(directives) && (site.kind === 'unknown' || site.names.length === 0);
  const mode = site.kind === 'unknown' ? 'none' : site.tls.mode;
  if (site.kind !== 'unknown' && site.tls.mode === 'files') {
    const { certificate, key } = site.tls;
    const files = layout.certificate(site.site, { certificate: certificate.value, key: key.value });
    const head = [caddyToken(files.certificate), caddyToken(files.key)];
    return { head, lines: anyName ? ['issuer internal', 'on_demand'] : [] };
  }
  if (anyName) return { head: ['internal'], lines: ['on_demand'] };
  if (mode === 'internal') return { head: ['internal'], lines: [] };
  if (mode === 'acme' && directives.challengePeers) return { head: [], lines: issuerLines(directives, layout) };
  if (mode !== 'acme') return { head: [], lines: [] };
  // For names that no public CA knows Caddy would take its own CA, whatever is said for all; and what one site says as all
  // do it takes for what is said for all. Its own default makes the difference.
  if (site.kind !== 'unknown' && site.names.some(isPrivateName)) {
    return { head: [], lines: [...caLines(directives, layout), 'key_type p256'] };
  }
  return { head: [], lines: makesAnyName(directives) ? caLines(directives, layout) : [] };
}

/** Ciphers are not written: Caddy's own are those of the guideline. */
function handshakeLines(site: Exclude<CaddySite, { kind: 'unknown' }>, version: Version, layout: Layout): string[] {
  if (site.tls.mode === 'none') return [];
  const { profile, client } = site.tls;
  const hybrid = atLeast(version, '2.10');
  const offered = keyExchanges.filter((one) => hybrid || one !== 'X25519MLKEM768').map((one) => curves[one]);
  const old = profileProtocols[profile.value].includes('TLSv1.2');
  return [
    ...(old ? [] : ['protocols tls1.3']),
    `curves ${offered.join(' ')}`,
    ...(client
      ? [
          'client_auth {',
          `\tmode ${client.mode.value === 'require' ? 'require_and_verify' : 'verify_if_given'}`,
          `\t${trust(version)} ${caddyToken(layout.clientCa(site.site, client.ca.value))}`,
          '}',
        ]
      : []),
  ];
}

function trust(version: Version): string {
  return atLeast(version, '2.8') ? 'trust_pool file' : 'trusted_ca_cert_file';
}
