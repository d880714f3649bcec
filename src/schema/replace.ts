import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import type { Entry, Mapping, Node, Scalar } from '../source/node.ts';
import { filled, hasReference, template, type Variables } from '../source/variables.ts';
import { below, resolved, type Schema, schema } from './schema.ts';

/**
 * A tree with its variables replaced, where the schema does not say otherwise. A value stays one value: it was read as
 * YAML before.
 */
export function replaceValues(root: Node, variables: Variables, found: Diagnostic[]): Node {
  const visit = (node: Node, rules: Schema): Node => {
    const how = rules['x-variables'];
    if (how === 'never') return node;
    if (how === 'compose') {
      passed(node, found);
      return node;
    }
    if (node.kind === 'scalar') return replaced(node, rules, variables, found);
    if (node.kind === 'sequence') {
      const items = node.items.map((item) => visit(item, below(rules, 0) ?? {}));
      return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
    }
    let entries: Map<string, Entry> | undefined;
    for (const [key, entry] of node.entries) {
      const value = visit(entry.value, below(rules, key) ?? {});
      if (value === entry.value) continue;
      entries ??= new Map(node.entries);
      entries.set(key, { ...entry, value });
    }
    return entries ? { ...node, entries } : node;
  };
  // Most files have none, and looking up the schema of every value costs more than this.
  return mentions(root) ? visit(root, resolved(schema)) : root;
}

function mentions(node: Node): boolean {
  if (node.kind === 'scalar') return typeof node.value === 'string' && hasReference(node.value);
  if (node.kind === 'sequence') return node.items.some(mentions);
  for (const { value } of node.entries.values()) if (mentions(value)) return true;
  return false;
}

/** The names of sites: the only keys in which variables are replaced. */
export function replaceNames(root: Node, variables: Variables, found: Diagnostic[]): Node {
  const section = root.kind === 'mapping' ? root.entries.get('sites') : undefined;
  if (root.kind !== 'mapping' || section?.value.kind !== 'mapping') return root;
  const { entries } = section.value;
  if (![...entries.keys()].some(hasReference)) return root;
  const named = new Map<string, Entry>();
  for (const [key, entry] of entries) {
    const name = hasReference(key) ? (textOf(key, entry.keyAt, variables, found) ?? key) : key;
    const twin = named.get(name);
    if (twin) {
      found.push(duplicate(`the site \`${name}\``, 'is written twice', entry.keyAt, twin.keyAt, 'keep one of the two'));
    } else named.set(name, entry);
  }
  const sites: Mapping = { ...section.value, entries: named };
  return { ...root, entries: new Map(root.entries).set('sites', { ...section, value: sites }) };
}

export function duplicate(what: string, how: string, place: Place, first: Place, help: string): Diagnostic {
  const related = [{ place: first, message: 'first written here' }];
  return { rule: 'reference-duplicate', severity: 'error', message: `${what} ${how}`, help, place, related };
}

/** What is left to compose must be something that compose can read. */
function passed(node: Node, found: Diagnostic[]): void {
  if (node.kind === 'sequence') for (const item of node.items) passed(item, found);
  else if (node.kind === 'mapping') for (const { value } of node.entries.values()) passed(value, found);
  else if (typeof node.value === 'string' && hasReference(node.value)) {
    const parts = template(node.value, { operators: 'all' });
    if ('problem' in parts) found.push(wrong(parts.problem, parts.help, node.at));
  }
}

function replaced(node: Scalar, rules: Schema, variables: Variables, found: Diagnostic[]): Scalar {
  if (typeof node.value !== 'string' || !hasReference(node.value)) return node;
  const text = textOf(node.value, node.at, variables, found);
  return text === undefined ? node : { ...node, value: typed(text, rules), written: node.value };
}

/** The text with its variables replaced; nothing, with a finding, where that cannot be. */
export function textOf(text: string, at: Place, variables: Variables, found: Diagnostic[]): string | undefined {
  const parts = template(text);
  if ('problem' in parts) {
    found.push(wrong(parts.problem, parts.help, at));
    return undefined;
  }
  const value = filled(parts, variables);
  if (typeof value === 'string') return value;
  const { unset: name, message } = value;
  const help = `give it a value with \`--env-file FILE\` or \`--allow-env ${name}\`, or write a default: \`\${${name}:-…}\``;
  found.push(wrong(`\`${name}\` is not set${message === undefined ? '' : `: ${message}`}`, help, at));
  return undefined;
}

function wrong(message: string, help: string, place: Place): Diagnostic {
  return { rule: 'schema-variable', severity: 'error', message, help, place };
}

/** Text where the schema takes text; a number or a word of YAML where it takes nothing but that. */
function typed(text: string, rules: Schema): string | number | boolean {
  if (takes(rules, text)) return text;
  const value = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)
    ? Number(text)
    : text === 'true'
      ? true
      : text === 'false'
        ? false
        : text;
  return takes(rules, value) ? value : text;
}

function takes(rules: Schema, value: string | number | boolean): boolean {
  const { type, anyOf, pattern, ...here } = resolved(rules);
  const types = [type ?? []].flat();
  const isOne = (name: string): boolean => name === typeof value || (name === 'integer' && Number.isInteger(value));
  if (types.length > 0 && !types.some(isOne)) return false;
  if (here.const !== undefined && here.const !== value) return false;
  if (here.enum && !here.enum.includes(value)) return false;
  if (anyOf && !anyOf.some((one) => takes(one, value))) return false;
  return typeof value !== 'string' || pattern === undefined || new RegExp(pattern, 'u').test(value);
}
