import type { Place } from '../diagnostics/diagnostic.ts';
import type { Entry, Node } from './node.ts';
import { segments } from './pointer.ts';
import { read } from './read.ts';

/**
 * What-if: `path=value` laid over a tree, as `--set` takes it. A path is a JSON pointer (`/sites/a.example.com/budget`)
 * or words with dots (`sites.a.example.com.budget`: a key that has dots itself is found as it is written). The value is
 * YAML. Findings about it point to the nearest thing that is written. The problem: why it cannot be.
 */
export function set(root: Node, setting: string): { readonly root: Node } | { readonly problem: string } {
  const [, path = '', value] = /^([^=]+)=([\s\S]*)$/.exec(setting) ?? [];
  if (value === undefined) return { problem: `\`${setting}\` is not of the form path=value` };
  const { root: written, diagnostics } = read('--set', value);
  if (!written || diagnostics.length > 0) return { problem: `the value of \`${setting}\` is not YAML` };
  const keys = path.startsWith('/') ? segments(path) : undefined;
  return put(root, keys ?? path, written, setting);
}

type Rest = readonly string[] | string;

function put(
  node: Node,
  rest: Rest,
  value: Node,
  setting: string,
): { readonly root: Node } | { readonly problem: string } {
  if (rest.length === 0) return { root: moved(value, node.at) };
  const [key, below] = next(node, rest);
  if (node.kind === 'scalar') {
    const what = node.value === null ? 'empty' : `\`${node.value}\``;
    return { problem: `\`${setting}\` goes into \`${key}\` of something that is ${what}, not a map` };
  }
  if (node.kind === 'sequence') {
    const item = /^\d+$/.test(key) ? node.items[Number(key)] : undefined;
    if (!item) return { problem: `\`${setting}\` names \`${key}\` of a list of ${node.items.length}` };
    const inner = put(item, below, value, setting);
    return 'problem' in inner
      ? inner
      : { root: { ...node, items: node.items.map((one) => (one === item ? inner.root : one)) } };
  }
  const old: Entry = node.entries.get(key) ?? {
    keyAt: node.at,
    value: { kind: 'mapping', entries: new Map(), at: node.at },
  };
  const inner = put(old.value, below, value, setting);
  if ('problem' in inner) return inner;
  return { root: { ...node, entries: new Map(node.entries).set(key, { ...old, value: inner.root }) } };
}

/** The next key: of words with dots the longest that is there, else up to the next dot. */
function next(node: Node, rest: Rest): readonly [string, Rest] {
  if (typeof rest !== 'string') return [rest[0] ?? '', rest.slice(1)];
  const known = node.kind === 'mapping' ? [...node.entries.keys()] : [];
  const fits = known.filter((key) => rest === key || rest.startsWith(`${key}.`));
  const key = fits.sort((a, b) => b.length - a.length)[0] ?? rest.split('.')[0] ?? '';
  return [key, rest.slice(key.length + 1)];
}

/** The same value at another place: nobody can be sent to a line of the command line. */
function moved(node: Node, at: Place): Node {
  if (node.kind === 'scalar') return { ...node, at };
  if (node.kind === 'sequence') return { ...node, at, items: node.items.map((item) => moved(item, at)) };
  const entries = [...node.entries].map(([key, { value }]) => [key, { keyAt: at, value: moved(value, at) }] as const);
  return { ...node, at, entries: new Map(entries) };
}
