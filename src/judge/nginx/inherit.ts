import { type Directive, flatten } from './parse.ts';

/** A block of directives and the blocks around it, the outermost first: `[http, server, location]`. */
export type Scopes = readonly (readonly Directive[])[];

/** What a block does not get from those around it: who answers, and what is done on the way there. */
const never = new Set(
  `proxy_pass fastcgi_pass grpc_pass uwsgi_pass scgi_pass memcached_pass return rewrite set break if location alias
  internal try_files stub_status empty_gif limit_except server listen server_name`.split(/\s+/),
);

/** The handlers that an `if` of a location, and a `limit_except`, take over from the location itself. */
const passed = new Set('proxy_pass fastcgi_pass grpc_pass uwsgi_pass scgi_pass memcached_pass'.split(' '));

const additions: Readonly<Record<string, string>> = {
  add_header: 'add_header_inherit',
  add_trailer: 'add_trailer_inherit',
};

/**
 * What is in force of a directive in the innermost of some blocks. One block decides: the innermost that has the
 * directive at all. Lists such as `proxy_set_header`, `add_header`, `error_page` or `proxy_next_upstream` are replaced as
 * a whole, never merged, unless `add_header_inherit` says so (since 1.29.3).
 */
export function effective(scopes: Scopes, name: string): readonly Directive[] {
  const innermost = scopes.at(-1);
  if (!innermost) return [];
  if (passed.has(name) && conditional(scopes)) return own(innermost, name) ?? own(scopes.at(-2) ?? [], name) ?? [];
  if (never.has(name)) return own(innermost, name) ?? [];

  const mode = additions[name] && effective(scopes, additions[name] ?? '')[0]?.args[0]?.text.toLowerCase();
  if (mode === 'off') return own(innermost, name) ?? [];
  if (mode === 'merge') return scopes.flatMap((block) => own(block, name) ?? []);
  for (const block of scopes.toReversed()) {
    const found = own(block, name);
    if (found) return found;
  }
  return [];
}

/** Blocks are asked for many names, and those around many others by each of these: each is sorted once. */
const sorted = new WeakMap<readonly Directive[], ReadonlyMap<string, readonly Directive[]>>();

/** The directives of that name in a block itself, includes in place; nothing when there are none. */
export function own(block: readonly Directive[], name: string): readonly Directive[] | undefined {
  const known = sorted.get(block);
  if (known) return known.get(name);
  const table = new Map<string, Directive[]>();
  for (const directive of flatten(block)) {
    const list = table.get(directive.name);
    if (list) list.push(directive);
    else table.set(directive.name, [directive]);
  }
  sorted.set(block, table);
  return table.get(name);
}

/** Is the innermost block an `if` or `limit_except`? */
function conditional(scopes: Scopes): boolean {
  const innermost = scopes.at(-1);
  const around = scopes.at(-2) ?? [];
  return ['if', 'limit_except'].some((name) => own(around, name)?.some(({ block }) => block === innermost));
}

/** One block of a tree, with what is around it. */
export interface Found {
  readonly directive: Directive;
  /** The blocks around the directive and its own, as `effective` takes them. */
  readonly scopes: Scopes;
  /** The directives that these blocks belong to, the outermost first, without the directive itself. */
  readonly around: readonly Directive[];
}

/** Every block of that name (`server`, `location`, `upstream`) at any depth, in the order of the files. */
export function* blocks(directives: readonly Directive[], name: string): Generator<Found> {
  yield* below(directives, name, [directives], []);
}

function* below(
  directives: readonly Directive[],
  name: string,
  scopes: Scopes,
  around: readonly Directive[],
): Generator<Found> {
  for (const directive of flatten(directives)) {
    if (!directive.block) continue;
    const inner = [...scopes, directive.block];
    if (directive.name === name) yield { directive, scopes: inner, around };
    yield* below(directive.block, name, inner, [...around, directive]);
  }
}
