import type { Edit } from '../../diagnostics/diagnostic.ts';
import { type Duration, directiveDuration } from '../../model/duration.ts';
import type { Setting } from '../../report/tuning.ts';
import { indentOf, lineBreak, lineEnd, lineStart } from '../../source/lines.ts';
import { type Line, Unwritable, type Wish, type Written } from '../adjust.ts';
import { own } from './inherit.ts';
import type { Answering } from './model.ts';
import { type Directive, flatten } from './parse.ts';
import { inForce, type Spot, sourceOf, type World } from './servers.ts';
import { directives, exceeds } from './tuning.ts';

type Block = readonly Directive[];

/** Somebody who is asked on some routes. */
export interface Asked {
  readonly route: string;
  readonly answering: Answering;
}

/** A block in which a value is needed, and for whom. */
interface Need {
  readonly homes: readonly Block[];
  readonly to: number;
  readonly routes: ReadonlySet<string>;
}

interface Work {
  readonly world: World;
  /** The directive that each block belongs to; a file that is included has none. */
  readonly owners: ReadonlyMap<Block, Directive>;
  readonly edits: Edit[];
  readonly lines: Line[];
  /** Directives that are new, by the block. */
  readonly added: Map<Block, { readonly text: string; readonly routes: ReadonlySet<string> }[]>;
}

/**
 * The edits that give each route what it needs. A directive that only these routes inherit is changed where it stands;
 * where there is none, or others share it, one is written into the innermost block that has all of these routes and no
 * other one.
 */
export function write(wishes: readonly Wish[], all: readonly Asked[], world: World): Written {
  const work: Work = { world, owners: ownersOf(world), edits: [], lines: [], added: new Map() };
  for (const setting of Object.keys(directives) as Setting[]) {
    const wanted = wishes.filter((wish) => wish.setting === setting);
    if (wanted.length > 0) grant(setting, new Map(wanted.map(({ route, to }) => [route, to])), all, work);
  }
  for (const [block, added] of work.added) insert(block, added, work);
  return { edits: work.edits, lines: work.lines };
}

function grant(setting: Setting, wanted: ReadonlyMap<string, number>, all: readonly Asked[], work: Work): void {
  const name = directives[setting];
  // Whoever is asked on several routes needs the smallest of their values.
  const needed = new Map<Block | undefined, number>();
  for (const { route, answering } of all) {
    const to = wanted.get(route);
    if (to === undefined || !exceeds(answering, setting, to)) continue;
    const home = homesOf(answering.spot, work).at(-1);
    needed.set(home, Math.min(to, needed.get(home) ?? to));
  }
  const groups = new Map<Directive | undefined, { readonly users: Need[]; readonly needs: Need[] }>();
  for (const { route, answering } of all) {
    const directive = inForce(answering.spot, name);
    const group = groups.get(directive) ?? { users: [], needs: [] };
    groups.set(directive, group);
    const homes = homesOf(answering.spot, work);
    const to = needed.get(homes.at(-1));
    const user: Need = { homes, to: to ?? Number.POSITIVE_INFINITY, routes: new Set(wanted.has(route) ? [route] : []) };
    group.users.push(user);
    if (to !== undefined) group.needs.push(user);
  }
  for (const [directive, { users, needs }] of groups) {
    if (needs.length === 0) continue;
    if (directive && users.length === needs.length) replace(directive, setting, merged(needs), work);
    else {
      const outside = directive
        ? (users[0]?.homes.findIndex((block) => own(block, name)?.includes(directive)) ?? -1)
        : -1;
      settle(setting, outside + 1, { needs, users }, work);
    }
  }
}

/** The smallest of what several need. */
function merged(needs: readonly Need[]): Pick<Need, 'to' | 'routes'> {
  return {
    to: Math.min(...needs.map(({ to }) => to)),
    routes: new Set(needs.flatMap(({ routes }) => [...routes])),
  };
}

interface Group {
  readonly needs: readonly Need[];
  /** All that would inherit what is written around them. */
  readonly users: readonly Need[];
}

/** Finds the block for a new directive, from outside in. */
function settle(setting: Setting, level: number, { needs, users }: Group, work: Work): void {
  for (const block of new Set(needs.map(({ homes }) => homes[level]))) {
    if (!block) {
      const because = `\`${directives[setting]}\` stands in a file that other routes include as well`;
      throw new Unwritable(because, merged(needs).routes);
    }
    const inside = (one: Need): boolean => one.homes[level] === block;
    const group: Group = { needs: needs.filter(inside), users: users.filter(inside) };
    const deeper = new Set(group.users.map(({ homes }) => homes[level + 1]));
    const isShared = group.needs.length === group.users.length;
    if (isShared && (deeper.size > 1 || deeper.has(undefined))) {
      const { to, routes } = merged(group.needs);
      const list = work.added.get(block) ?? [];
      list.push({ text: `${directives[setting]} ${written(setting, to)};`, routes });
      work.added.set(block, list);
    } else if (group.needs.some(({ homes }) => homes.length === level + 1)) {
      throw new Unwritable('its location has others inside, which would change as well', merged(group.needs).routes);
    } else settle(setting, level + 1, group, work);
  }
}

/** The blocks that a value may be written in for a request there, the outermost first. */
function homesOf({ scopes }: Spot, { world, owners }: Work): Block[] {
  const { main, context } = world.configuration;
  return scopes.filter((block) => {
    const owner = owners.get(block)?.name;
    // `if` and `limit_except` do not take these directives, and what is above a fragment holds for others, too.
    const isOthers = block === main.directives && (context === 'http' || block.every(({ name }) => name === 'include'));
    return owner !== 'if' && owner !== 'limit_except' && !isOthers;
  });
}

function ownersOf({ configuration }: World): Map<Block, Directive> {
  const owners = new Map<Block, Directive>();
  const walk = (block: Block): void => {
    for (const directive of flatten(block)) {
      if (!directive.block || owners.has(directive.block)) continue;
      owners.set(directive.block, directive);
      walk(directive.block);
    }
  };
  walk(configuration.main.directives);
  return owners;
}

function written(setting: Setting, to: number): string {
  return setting === 'tries' ? String(to) : directiveDuration(to as Duration);
}

function replace(
  directive: Directive,
  setting: Setting,
  { to, routes }: Pick<Need, 'to' | 'routes'>,
  work: Work,
): void {
  const word = directive.args[0];
  if (!word) throw new Unwritable(`\`${directive.name}\` has no value`, routes);
  const text = written(setting, to);
  const { file, line } = directive;
  work.edits.push({ source: file, ...word.span, text });
  work.lines.push({ file, number: line, text: `${directive.name} ${text}`, routes });
}

/** New directives stand behind the last one that has no block, where a person would write them. */
function insert(block: Block, added: readonly { text: string; routes: ReadonlySet<string> }[], work: Work): void {
  const owner = work.owners.get(block);
  const file = owner?.file ?? block[0]?.file ?? work.world.configuration.main.path;
  const source = sourceOf(work.world, file);
  const newline = lineBreak(source);
  const texts = added.map(({ text }) => text);
  const firstBlock = block.findIndex((one) => one.block);
  const plain = block.filter((one) => !one.block);
  const anchor =
    plain.findLast(({ name }) => name.startsWith('proxy_')) ??
    block.slice(0, firstBlock < 0 ? undefined : firstBlock).at(-1) ??
    plain.at(-1);
  const after = anchor ? anchor.span.end : owner ? owner.mark + 1 : 0;
  const rest = source.text.slice(after, lineEnd(source, after));
  const start = lineStart(source, anchor?.span.start ?? after);
  const isAlone = /^\s*(?:#.*)?$/.test(rest) && (!anchor || source.text.slice(start, anchor.span.start).trim() === '');
  const at = isAlone ? lineEnd(source, after) : after;
  const indent = anchor ? indentOf(source, anchor.span.start) : innerIndent(block, owner, source);
  const text = isAlone
    ? texts.map((one) => `${newline}${indent}${one}`).join('')
    : texts.map((one) => (owner || anchor ? ` ${one}` : `${one} `)).join('');
  const { line: number } = source.position(after);
  work.edits.push({ source: file, start: at, end: at, text });
  for (const { text: one, routes } of added) work.lines.push({ file, number, text: one.slice(0, -1), routes });
}

function innerIndent(block: Block, owner: Directive | undefined, source: { readonly text: string }): string {
  const [first] = block;
  if (first && first.line !== owner?.line) return indentOf(source, first.span.start);
  return owner ? `${indentOf(source, owner.span.start)}  ` : '';
}
