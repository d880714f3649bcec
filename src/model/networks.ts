import { closest } from '../diagnostics/closest.ts';
import type { Place } from '../diagnostics/diagnostic.ts';
import { type Cidr, contains, parseCidr } from './cidr.ts';
import { cloudflare } from './cloudflare.ts';
import { type Findings, type Parse, text } from './reader.ts';

/** An entry of a list of networks: a range, or a word for several. */
export interface Network {
  readonly written: string;
  readonly at: Place;
  readonly ranges: readonly Cidr[];
}

/** Addresses that are not routed in the internet: RFC 1918, RFC 4193 and loopback. */
export const privateNetworks: readonly Cidr[] = ranges(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  '::1/128',
);

const words = { private: privateNetworks, cloudflare: ranges(...cloudflare.ranges) } as const;
export type NetworkWord = keyof typeof words;

function ranges(...texts: readonly string[]): Cidr[] {
  return texts.map((text) => parseCidr(text) as Cidr);
}

/** A list, or one, of CIDRs, addresses and those of the words that mean something at the place. */
export function networks(found: Findings, allowed: readonly NetworkWord[]): Parse<readonly Network[]> {
  return (node) => {
    if (node.kind === 'mapping') return undefined;
    const items = node.kind === 'sequence' ? node.items : [node];
    return items.flatMap((item) => {
      const written = text(item);
      const network = written === undefined ? undefined : parse(written, item.at, found, allowed);
      return network ? [network] : [];
    });
  };
}

function parse(written: string, at: Place, found: Findings, allowed: readonly NetworkWord[]): Network | undefined {
  const word = allowed.find((one) => one === written);
  if (word) return { written, at, ranges: words[word] };
  const range = parseCidr(written);
  if (!range) {
    const guess = closest(written, allowed);
    const help = `write a network such as 10.0.0.0/8${allowed.map((one) => `, or \`${one}\``).join('')}`;
    found.add('error', 'schema-value', at, `"${written}" is not a network`, {
      help: guess ? `did you mean \`${guess}\`?` : help,
    });
    return undefined;
  }
  if (contains(mapped, range)) {
    found.add('error', 'schema-value', at, `"${written}" is a spelling of IPv4 addresses that no request comes from`, {
      help: 'write them as IPv4',
    });
    return undefined;
  }
  return { written, at, ranges: [range] };
}

const mapped = parseCidr('::ffff:0:0/96') as Cidr;

/** Every range once, without those inside of others. */
export function rangesOf(list: readonly Network[]): readonly Cidr[] {
  const all = new Map(list.flatMap(({ ranges }) => ranges.map((range) => [range.text, range] as const)));
  return [...all.values()].filter((one) => ![...all.values()].some((other) => other !== one && contains(other, one)));
}
