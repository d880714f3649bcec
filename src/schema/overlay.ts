import { closest } from '../diagnostics/closest.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Mapping, Node, Scalar, Sequence } from '../source/node.ts';
import { asMap } from './canonical.ts';
import { below, resolved, type Schema, schema } from './schema.ts';

/**
 * What an environment changes, laid over a topology: maps merge, scalars and lists are replaced, `null` removes. Routes
 * that have names are overlaid by them. Every value keeps the place of the file that wrote it.
 */
export function lay(base: Node, over: Node, found: Diagnostic[]): Node {
  return layValue(base, over, resolved(schema), [], found);
}

function layValue(base: Node, over: Node, rules: Schema, path: readonly string[], found: Diagnostic[]): Node {
  if (over.kind === 'sequence' && base.kind === 'sequence' && isRoutes(path)) {
    return layRoutes(base, over, rules, path, found);
  }
  if (over.kind !== 'mapping') return over;
  const map = asMap(base, path);
  if (!map) return over;
  const entries = new Map(map.entries);
  for (const [key, entry] of over.entries) {
    const old = entries.get(key);
    const inner = below(rules, key) ?? {};
    if (!old) {
      if (isNull(entry.value) && !takesNull(inner)) found.push(nothingToRemove(key, entry.keyAt, map));
      else entries.set(key, entry);
    } else if (isNull(entry.value)) entries.delete(key);
    else {
      const value = layValue(old.value, entry.value, inner, [...path, key], found);
      entries.set(key, value === entry.value ? entry : { ...old, value });
    }
  }
  return { ...map, entries };
}

function isRoutes(path: readonly string[]): boolean {
  return path.length === 3 && path[0] === 'sites' && path[2] === 'routes';
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function takesNull({ type }: Schema): boolean {
  return [type ?? []].flat().includes('null');
}

function nothingToRemove(key: string, place: Diagnostic['place'], { entries }: Mapping): Diagnostic {
  const guess = closest(key, entries.keys());
  return {
    rule: 'reference-overlay',
    severity: 'error',
    message: `there is no \`${key}\` to remove`,
    help: guess
      ? `did you mean \`${guess}\`?`
      : 'a key without a value removes what the topology says; give it a value',
    place,
  };
}

/** Those of a known name are laid over it; the others come first, because the first match wins. */
function layRoutes(
  base: Sequence,
  over: Sequence,
  rules: Schema,
  path: readonly string[],
  found: Diagnostic[],
): Sequence {
  const unnamed = over.items.find((item) => nameOf(item) === undefined);
  if (unnamed) {
    if (over.items.some((item) => nameOf(item) !== undefined)) {
      found.push({
        rule: 'reference-overlay',
        severity: 'error',
        message: 'some of these routes have a name, and this one has none',
        help: 'with names they are laid over the routes of the same name; without any they replace all routes of the site',
        place: unnamed.at,
      });
    }
    return over;
  }
  const laid = new Map(over.items.map((item) => [nameOf(item), item]));
  const known = new Set(base.items.map(nameOf));
  const items = base.items.map((item, index) => {
    const name = nameOf(item);
    const above = name === undefined ? undefined : laid.get(name);
    return above ? layValue(item, above, below(rules, 0) ?? {}, [...path, String(index)], found) : item;
  });
  return { ...base, items: [...over.items.filter((item) => !known.has(nameOf(item))), ...items] };
}

function nameOf(route: Node): Scalar['value'] | undefined {
  const name = route.kind === 'mapping' ? route.entries.get('name')?.value : undefined;
  return name?.kind === 'scalar' ? (name.value ?? undefined) : undefined;
}
