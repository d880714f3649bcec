import { isHarmless } from './harmless.ts';
import type { NginxConfiguration } from './index.ts';
import { type Directive, flatten } from './parse.ts';
import { placeOf, type Spot, sourceOf, type World } from './servers.ts';
import type { Problem } from './settings.ts';
import { unread } from './upstreams.ts';

export interface Obstacle extends Problem {
  /** It may answer in place of nginx’s own files, and is not only in the way of a proxy. */
  readonly handler: boolean;
}

const foreign = new WeakMap<NginxConfiguration, ReadonlySet<Directive>>();

/** Directives of modules that are not known, and that are not known to be harmless. */
export function notUnderstood(configuration: NginxConfiguration): ReadonlySet<Directive> {
  const known = foreign.get(configuration);
  if (known) return known;
  const found = new Set(configuration.notUnderstood.filter(({ name }) => !isHarmless(name) && !isPass(name)));
  foreign.set(configuration, found);
  return found;
}

/** Handlers that are known not to be measured are told as such. */
function isPass(name: string): boolean {
  return name === 'uwsgi_pass' || name === 'scgi_pass' || name === 'memcached_pass';
}

/** More reasons than these say nothing more; each has a finding of its own. */
const mostReasons = 3;

interface InBlock {
  readonly directives: readonly Directive[];
  readonly includes: readonly Directive[];
}

const perBlock = new WeakMap<readonly Directive[], InBlock>();

function inBlock(block: readonly Directive[], configuration: NginxConfiguration): InBlock {
  const known = perBlock.get(block);
  if (known) return known;
  const strange = notUnderstood(configuration);
  const found = {
    directives:
      strange.size === 0 ? [] : [...flatten(block)].filter((directive) => strange.has(directive)).slice(0, mostReasons),
    includes: unread(block).slice(0, mostReasons),
  };
  perBlock.set(block, found);
  return found;
}

/** What is around a request that may wait, answer or change where it goes, and is not understood. */
export function obstacles(spot: Spot, world: World, isProxy: boolean): Obstacle[] {
  const found: Obstacle[] = [];
  for (const [depth, block] of spot.scopes.entries()) {
    const { directives, includes } = inBlock(block, world.configuration);
    const here = depth === spot.scopes.length - 1;
    for (const directive of directives) {
      const because = `${describe(directive)}, and may wait or answer by itself`;
      const place = placeOf(world, directive, directive.head);
      found.push({ name: directive.name, because, place, handler: here || directive.name.includes('_by_lua') });
    }
    for (const directive of includes) {
      const because = `\`include ${directive.args[0]?.text}\` is not at hand, and may say anything`;
      found.push({ name: 'include', because, place: placeOf(world, directive, directive.args[0]), handler: here });
    }
  }
  const cut = isProxy ? cutOff(spot, world) : undefined;
  return cut ? [...found, cut] : found;
}

function describe({ name }: Directive): string {
  return name.includes('_by_lua') ? `\`${name}\` runs a program in Lua` : `\`${name}\` is not understood`;
}

/** A block that the file’s syntax error cuts off: what it would have said is not known. */
function cutOff({ directive, server }: Spot, world: World): Obstacle | undefined {
  for (const one of [directive, server.directive]) {
    const fault = one && (world.configuration.files.get(one.file) ?? world.configuration.main).fault;
    if (!one || !fault || one.span.end < fault.span.start) continue;
    if (one.span.start > fault.span.start) continue;
    const source = sourceOf(world, one.file);
    const place = source.place(fault.span.start, fault.span.end);
    return { name: 'syntax', because: 'the file is read only up to its mistake', place, handler: false };
  }
  return undefined;
}
