import type { Version } from '../../model/version.ts';
import { directiveOrder } from './directives.ts';
import type { Condition } from './matchers.ts';
import type { CaddyBlock } from './parse.ts';
import type { CaddyDirective } from './tree.ts';

/** The order of handlers with what the option `order` changes; of a handler that is in neither nobody knows the place. */
export function orderOf(blocks: readonly CaddyBlock[], version: Version): readonly string[] {
  let order = [...directiveOrder(version)];
  const options = blocks.find(({ kind }) => kind === 'options')?.directives ?? [];
  for (const { name, args } of options) {
    const [moved, where, beside] = args.map(({ text }) => text);
    if (name !== 'order' || moved === undefined) continue;
    const rest = order.filter((one) => one !== moved);
    const index = rest.indexOf(beside ?? '');
    if (where === 'first') order = [moved, ...rest];
    else if (where === 'last') order = [...rest, moved];
    else if (index >= 0 && (where === 'before' || where === 'after')) {
      const at = where === 'before' ? index : index + 1;
      order = [...rest.slice(0, at), moved, ...rest.slice(at)];
    }
  }
  return order;
}

export interface Ordered {
  readonly directive: CaddyDirective;
  readonly condition: Condition;
}

/**
 * As httpcaddyfile.sortRoutes puts them: by the order of directives, where `handle_path` counts as `handle`, and of the same
 * directive the longer path first. What has no place comes first, since it may be before anything.
 */
export function sorted<One extends Ordered>(list: readonly One[], order: readonly string[]): One[] {
  const position = ({ directive: { name } }: One): number => order.indexOf(name === 'handle_path' ? 'handle' : name);
  return [...list].sort((a, b) => position(a) - position(b) || compared(a.condition, b.condition));
}

function compared(a: Condition, b: Condition): number {
  return Number(before(b, a)) - Number(before(a, b));
}

function before(a: Condition, b: Condition): boolean {
  const [one, other] = [single(a), single(b)];
  if (one !== undefined && other !== undefined) {
    const [short, long] = [one.replace(/\*$/, ''), other.replace(/\*$/, '')];
    if (short === long) return one.length < other.length;
    return short.length === long.length ? short < long : short.length > long.length;
  }
  return isLimited(a) && !isLimited(b);
}

function single({ paths = [] }: Condition): string | undefined {
  return paths.length === 1 ? paths[0]?.text : undefined;
}

function isLimited({ paths, pattern, others }: Condition): boolean {
  return paths !== undefined || pattern !== undefined || others;
}
