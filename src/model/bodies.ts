import { get, type Node } from '../source/node.ts';
import { type Findings, find, inherited, type Layer, type Parse, text, word, written } from './reader.ts';
import { parseSize, type Size } from './size.ts';
import type { RouteBase } from './topology.ts';

export const encodings = ['zstd', 'br', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

type Bodies = Pick<RouteBase, 'maxBody' | 'compress'>;

/** How large the bodies of requests may be, and how those of answers are made smaller. */
export function bodiesOf(item: Node, above: readonly Layer[], found: Findings): Bodies {
  const layers = [written(item), ...inherited(above)];
  const maxBody = find(layers, 'max_body_size', size);
  const compress = find(layers, 'compress', list);
  const streams = get(item, 'stream');
  if (streams?.kind === 'scalar' && streams.value === true && compress) {
    if (compress.origin === 'written' && compress.value.length > 0) {
      found.add('error', 'reference-action', compress.at, 'a stream is never compressed', {
        why: 'what is compressed waits until there is enough of it',
        help: 'remove `compress`, or `stream`',
        related: [{ place: streams.at, message: 'the stream' }],
      });
    }
    return maxBody ? { maxBody } : {};
  }
  return { ...(maxBody ? { maxBody } : {}), ...(compress && compress.value.length > 0 ? { compress } : {}) };
}

const size: Parse<Size> = (node) => {
  const said = text(node);
  return said === undefined ? undefined : parseSize(said);
};

/** `false`: none. `true`: what every browser and both proxies have. */
const list: Parse<readonly Encoding[]> = (node) => {
  if (node.kind === 'sequence') return node.items.flatMap((one) => word(...encodings)(one) ?? []);
  if (node.kind !== 'scalar') return undefined;
  return node.value === true ? ['gzip'] : [];
};
