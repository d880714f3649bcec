import { topologySchema } from './schema.generated.ts';

/** The part of JSON Schema draft-07 that the topology's schema uses. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
  /** What becomes of `${NAME}`; absent: it is replaced. `never`: nothing; `compose`: compose replaces it. */
  readonly 'x-variables'?: string;
  /** What belongs here, for error messages. */
  readonly 'x-expected'?: string;
  readonly [keyword: string]: unknown;
}

export const schema: Schema = topologySchema;

const known = new WeakMap<Schema, Schema>();

/** Follows `$ref` and the single `allOf` that carries a title beside a reference. */
export function resolved(node: Schema): Schema {
  // Every value of a file asks.
  const found = known.get(node) ?? followed(node);
  known.set(node, found);
  return found;
}

function followed(node: Schema): Schema {
  const [only] = node.allOf ?? [];
  if (only) return { ...resolved(only), ...node, allOf: undefined } as unknown as Schema;
  if (!node.$ref) return node;
  const name = node.$ref.replace('#/definitions/', '');
  return resolved(schema.definitions?.[name] ?? {});
}

/** The schema of one key of a map, or of the items of a list. */
export function below(node: Schema, key: string | number): Schema | undefined {
  const own = typeof key === 'string' && node.properties && Object.hasOwn(node.properties, key);
  const found = own ? node.properties?.[key] : typeof key === 'number' ? node.items : node.additionalProperties;
  return typeof found === 'object' ? resolved(found) : undefined;
}
