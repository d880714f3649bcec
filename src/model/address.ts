/** Where a server listens. `host` of a v6 address is without brackets. */
export type Address =
  | { readonly kind: 'name' | 'v4' | 'v6'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** `web:3000`, `10.0.0.3:3100`, `[fd00::1]:80`, `unix:/run/app.sock`; nothing when it is none of them. */
export function parseAddress(text: string): Address | undefined {
  const [, path] = /^unix:(\/[A-Za-z0-9._/@+-]{1,106})$/.exec(text) ?? [];
  if (path !== undefined) return { kind: 'unix', path };
  const v6 = /^\[([0-9A-Fa-f:.]+)\]:(\d+)$/.exec(text);
  // The short form of a route's upstream is not seen by the schema's pattern: it may be a name of a pool.
  const plain = /^([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?):(\d+)$/.exec(text);
  const [, host, digits] = v6 ?? plain ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65535) return undefined;
  if (v6) return isIpv6(host) ? { kind: 'v6', host: host.toLowerCase(), port } : undefined;
  if (/^[\d.]+$/.test(host)) return isIpv4(host) ? { kind: 'v4', host, port } : undefined;
  return { kind: 'name', host, port };
}

export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return address.kind === 'v6' ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

export function isIpv6(text: string): boolean {
  try {
    return new URL(`http://[${text}]/`).hostname.length > 2;
  } catch {
    return false;
  }
}

/** Reachable from outside, as far as the address tells: neither private, shared, link-local nor loopback. */
export function isPublicAddress(text: string): boolean {
  if (!isIpv4(text)) return !/^(?:f[cd]|fe[89ab]|::1$)/i.test(text);
  const [a = 0, b = 0] = text.split('.').map(Number);
  if (a === 10 || a === 127) return false;
  if (a === 172) return b < 16 || b > 31;
  if (a === 192) return b !== 168;
  if (a === 169) return b !== 254;
  return a !== 100 || b < 64 || b > 127;
}

/** Is it a name that DNS may give another address? */
export function mayMove(address: Address): boolean {
  return address.kind === 'name' && address.host.toLowerCase() !== 'localhost';
}
