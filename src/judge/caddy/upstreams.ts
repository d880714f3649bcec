import { type Address, isIpv4, isIpv6 } from '../../model/address.ts';

export type Scheme = 'http' | 'https' | 'h2c';

/** What one argument of reverse_proxy stands for. */
export type Upstream =
  | { readonly kind: 'servers'; readonly scheme?: Scheme; readonly servers: readonly Address[] }
  /** Told for each request anew. */
  | { readonly kind: 'placeholder' }
  /** Caddy takes it, and every request fails. */
  | { readonly kind: 'path' }
  | { readonly kind: 'wrong'; readonly message: string; readonly help: string };

/** More servers than a range of ports means by design. */
const mostPorts = 1000;

/** `web:3000`, `https://api`, `:8080`, `unix//run/a.sock`, `web:8001-8003` (reverseproxy.parseUpstreamDialAddress). */
export function parseUpstream(text: string): Upstream {
  if (text.includes('{')) {
    if (!text.includes('://')) return { kind: 'placeholder' };
    const help = 'write the address without a scheme, and `transport http` with `tls` for https';
    return wrong('a placeholder cannot stand in an address with a scheme', help);
  }
  const url = /^([a-z0-9+.-]*):\/\/(.*)$/is.exec(text);
  if (!url) return withoutScheme(text);
  const [, written = '', rest = ''] = url;
  const scheme = (['http', 'https', 'h2c'] as const).find((one) => one === written.toLowerCase());
  if (!scheme)
    return wrong(`servers cannot be reached by ${JSON.stringify(written)}`, 'use http://, https:// or h2c://');
  if (/[/?#]/.test(rest)) {
    return wrong('the address of a server has no path', 'write host and port only, and change the path with `rewrite`');
  }
  const [host, port] = split(rest);
  const other = scheme === 'https' ? '80' : '443';
  if (port === other) {
    return wrong(`${scheme} and port ${port} contradict each other`, 'leave out the scheme, or the port');
  }
  return servers(host, port === '' ? (scheme === 'https' ? '443' : '80') : port, scheme);
}

function withoutScheme(text: string): Upstream {
  const unix = /^unix(\+h2c)?\/(.*)$/s.exec(text);
  if (unix) {
    // After a bar come the permissions of a socket that is listened on.
    const path = (unix[2] ?? '').replace(/\|.*$/s, '');
    return { kind: 'servers', servers: [{ kind: 'unix', path }], ...(unix[1] ? { scheme: 'h2c' } : {}) };
  }
  const network = /^(?:tcp|udp)[46]?\/(.*)$/s.exec(text);
  const address = network?.[1] ?? text;
  if (address.includes('/')) return { kind: 'path' };
  const [host, port] = split(address);
  return servers(host, port === '' ? '80' : port);
}

function split(authority: string): [host: string, port: string] {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/s.exec(authority);
  if (bracketed) return [bracketed[1] ?? '', bracketed[2] ?? ''];
  const colon = authority.lastIndexOf(':');
  // Several colons without brackets: a v6 address.
  if (colon < 0 || authority.indexOf(':') !== colon) return [authority, ''];
  return [authority.slice(0, colon), authority.slice(colon + 1)];
}

function servers(host: string, port: string, scheme?: Scheme): Upstream {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(port) ?? [];
  const [low, high] = [Number(from), Number(to)];
  if (from === undefined || high > 65_535)
    return wrong(`there is no port ${JSON.stringify(port)}`, 'ports go from 0 to 65535');
  if (high < low) return wrong(`the range of ports ${port} ends before it begins`, 'write the lower port first');
  if (high - low >= mostPorts)
    return wrong(`${port} would be ${high - low + 1} servers`, 'is it one port that is meant?');
  const list = Array.from({ length: high - low + 1 }, (_, index) => addressOf(host, low + index));
  return { kind: 'servers', servers: list, ...(scheme ? { scheme } : {}) };
}

/** Without a host it is this machine. */
function addressOf(host: string, port: number): Address {
  if (host === '') return { kind: 'name', host: 'localhost', port };
  const kind = isIpv4(host) ? 'v4' : host.includes(':') && isIpv6(host) ? 'v6' : 'name';
  return { kind, host: kind === 'v6' ? host.toLowerCase() : host, port };
}

function wrong(message: string, help: string): Upstream {
  return { kind: 'wrong', message, help };
}
