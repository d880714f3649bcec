import { mountSource } from '../../model/container-words.ts';
import type { Service } from '../../model/topology.ts';
import type { Node } from '../../source/node.ts';
import type { ComposeContext } from './directives.ts';
import { composeTemplate, composeToken } from './tokens.ts';

/** The further words of a service's containers, each on one line; paths as the fragments reach them. */
export function furtherWords({ container }: Service, { hostPath }: ComposeContext): Map<string, string> {
  const moved = (path: string): string => (/^\.{1,2}(?:\/|$)/.test(path) ? hostPath(path) : path);
  return new Map(
    [...container].map(([key, { value }]) => {
      if (key === 'volumes') return [key, flow(mapped(value, (item) => mount(item, moved)))];
      if (key === 'env_file') return [key, flow(mapped(value, (item) => envFile(item, hostPath)))];
      return [key, flow(value)];
    }),
  );
}

/** The volumes that they mount by name: compose wants each declared. */
export function namedVolumes({ container }: Service): string[] {
  const volumes = container.get('volumes')?.value;
  if (volumes?.kind !== 'sequence') return [];
  return volumes.items.flatMap((item) => {
    const source = mountSource(item);
    return source !== undefined && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(source) ? [source] : [];
  });
}

function mapped(node: Node, change: (item: Node) => Node): Node {
  return node.kind === 'sequence' ? { ...node, items: node.items.map(change) } : change(node);
}

function mount(item: Node, moved: (path: string) => string): Node {
  const source = mountSource(item);
  if (source === undefined) return item;
  if (item.kind === 'scalar') {
    return { ...item, value: moved(source) + String(item.value).slice(source.length) };
  }
  return withText(item, ['source', 'src'], moved);
}

function envFile(item: Node, hostPath: (path: string) => string): Node {
  const moved = (path: string): string => (/^[/~$]/.test(path) ? path : hostPath(path));
  if (item.kind === 'scalar' && typeof item.value === 'string') return { ...item, value: moved(item.value) };
  return withText(item, ['path'], moved);
}

function withText(node: Node, keys: readonly string[], change: (text: string) => string): Node {
  if (node.kind !== 'mapping') return node;
  const entries = new Map(
    [...node.entries].map(([key, entry]) => {
      const { value } = entry;
      if (!keys.includes(key) || value.kind !== 'scalar') return [key, entry];
      return [key, { ...entry, value: { ...value, value: change(String(value.value)) } }];
    }),
  );
  return { ...node, entries };
}

function flow(node: Node): string {
  if (node.kind === 'sequence') return `[${node.items.map(flow).join(', ')}]`;
  if (node.kind === 'mapping') {
    const pairs = [...node.entries].map(([key, { value }]) => `${composeToken(key)}: ${flow(value)}`);
    return pairs.length > 0 ? `{ ${pairs.join(', ')} }` : '{}';
  }
  return typeof node.value === 'string' ? composeTemplate(node.value) : String(node.value);
}
