import { directiveDuration } from '../../model/duration.ts';
import { atLeast, type Version } from '../../model/version.ts';
import type { Layout } from '../layout.ts';
import type { View } from '../render.ts';
import { keyHeader, policyWords } from './balance.ts';
import type { ReverseProxy } from './directives.ts';
import { transportLines } from './transport.ts';

/** What is said of the choice of a server, and of speaking to it. */
export function poolView(proxy: ReverseProxy, version: Version, layout: Layout): View {
  const { fullAt, hashedCookie, host, passive, tls } = proxy;
  return {
    balance: policyWords(proxy).join(' ') || false,
    fullAt: fullAt ? String(fullAt.value) : false,
    // Before 2.7.5 such a limit without any mark takes every server out.
    neverMarked: fullAt !== undefined && !passive && !atLeast(version, '2.7.5'),
    key: hashedCookie === undefined ? false : `${keyHeader} {http.request.cookie.${hashedCookie}}`,
    keyHeader,
    host: host ?? false,
    tls: transportLines(proxy, version, layout),
    handshake: tls?.handshake ? directiveDuration(tls.handshake.value) : false,
  };
}
