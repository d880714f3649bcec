import { isIpv4, isIpv6 } from './address.ts';

/** Addresses that begin alike. `text` is canonical: the lowest address of the range, a `/` and the length. */
export interface Cidr {
  readonly text: string;
  readonly family: 4 | 6;
  readonly lowest: bigint;
  /** How many bits all of them share. */
  readonly length: number;
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address; nothing when it is none of them. Bits behind the length are dropped. */
export function parseCidr(written: string): Cidr | undefined {
  const [, address = '', digits] = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(written) ?? [];
  const family = isIpv4(address) ? 4 : address.includes(':') && isIpv6(address) ? 6 : undefined;
  if (!family) return undefined;
  const width = family === 4 ? 32 : 128;
  const length = digits === undefined ? width : Number(digits);
  if (length > width) return undefined;
  const rest = BigInt(width - length);
  const lowest = (number(address, family) >> rest) << rest;
  return { text: `${address4or6(lowest, family)}/${length}`, family, lowest, length };
}

/** Is every address of the second range in the first one? */
export function contains(outer: Cidr, inner: Cidr): boolean {
  if (outer.family !== inner.family || outer.length > inner.length) return false;
  const rest = BigInt((outer.family === 4 ? 32 : 128) - outer.length);
  return outer.lowest >> rest === inner.lowest >> rest;
}

function number(address: string, family: 4 | 6): bigint {
  if (family === 4) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  // The URL parser turns every spelling into groups of hexadecimal digits with one `::` at most.
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const first = groups(head);
  const last = groups(tail ?? '');
  const gap = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array<string>(gap).fill('0'), ...last].reduce(
    (sum, part) => (sum << 16n) | BigInt(`0x${part}`),
    0n,
  );
}

function address4or6(value: bigint, family: 4 | 6): string {
  const [width, size, base] = family === 4 ? ([32, 8, 10] as const) : ([128, 16, 16] as const);
  const groups = Array.from({ length: width / size }, (_, index) =>
    BigInt.asUintN(size, value >> BigInt(width - size * (index + 1))).toString(base),
  );
  return family === 4 ? groups.join('.') : new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}
