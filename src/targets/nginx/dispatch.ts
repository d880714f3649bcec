import { type Criterion, isPathOnly } from '../../model/match.ts';
import { rangesOf } from '../../model/networks.ts';
import { headerPattern, hostPattern, methodPattern, pathPattern, queryPattern } from '../patterns.ts';
import type { NginxMap, NginxRoute } from './directives.ts';

/**
 * Locations choose by the path alone. Where a route asks for more, every condition becomes a variable that is 1 or 0,
 * and one map takes the first route whose conditions hold; `rewrite` goes to its location, whose name no client can
 * send: it has no leading slash. The flags have a fixed width, so that no byte of a request can forge a match.
 * The last map is the one that holds the location.
 */
export function dispatchOf(prefix: string, routes: readonly NginxRoute[]): NginxMap[] {
  if (routes.every(({ match }) => isPathOnly(match))) return [];
  const conditions: NginxMap[] = [];
  const index = new Map<string, number>();
  const flagOf = (criterion: Criterion): Flag => {
    const { kind, source, keys } = conditionOf(criterion);
    const same = JSON.stringify([source, keys]);
    let at = index.get(same);
    if (at === undefined) {
      at = conditions.length;
      index.set(same, at);
      const rows = keys.map((key) => ({ key, value: '1' }));
      conditions.push({ kind, source, variable: `${prefix}_is${at + 1}`, fallback: '0', rows });
    }
    return { at, wanted: 'value' in criterion && criterion.value.value === false ? '0' : '1' };
  };
  const wanted = routes.map(({ match: { all, none } }) => ({ all: all.map(flagOf), none: none.map(flagOf) }));
  const rows = wanted.map(({ all, none }, number) => ({
    key: `^${none.length > 0 ? `(?!${flags(none, conditions.length)})` : ''}${flags(all, conditions.length)}`,
    value: locationName(number),
  }));
  const [groups, source] = joined(prefix, conditions);
  return [...conditions, ...groups, { kind: 'map', source, variable: `${prefix}_route`, fallback: noRoute, rows }];
}

/** nginx reads no token of more than 4096 bytes: where the names of the flags are longer, groups of them get a name. */
const room = 3000;

function joined(
  prefix: string,
  conditions: readonly NginxMap[],
): readonly [groups: readonly NginxMap[], source: string] {
  const parts = [''];
  for (const { variable } of conditions) {
    const last = parts.pop() ?? '';
    const name = `\${${variable}}`;
    parts.push(...(last.length + name.length > room ? [last, name] : [last + name]));
  }
  const [only = ''] = parts;
  if (parts.length === 1) return [[], only];
  const groups = parts.map((fallback, at): NginxMap => {
    return { kind: 'map', source: '', variable: `${prefix}_flags${at + 1}`, fallback, rows: [] };
  });
  return [groups, groups.map(({ variable }) => `\${${variable}}`).join('')];
}

interface Flag {
  readonly at: number;
  readonly wanted: '0' | '1';
}

function flags(list: readonly Flag[], width: number): string {
  const text = new Array<string>(width).fill('.');
  for (const { at, wanted } of list) text[at] = wanted;
  return text.join('');
}

/** No path of a client begins without a slash. */
export function locationName(number: number): string {
  return `route${number + 1}/`;
}

/** The same for upgrades. */
export function upgradeName(number: number): string {
  return `upgrade${number + 1}/`;
}

/** Where a location goes while there is maintenance. */
export function closedName(number: number): string {
  return `maintenance${number + 1}/`;
}

/** What a route answers by itself, once it was asked who is there. */
export function answerName(number: number): string {
  return `answer${number + 1}/`;
}

export const noRoute = 'none/';

interface Condition {
  readonly kind: NginxMap['kind'];
  readonly source: string;
  readonly keys: readonly string[];
}

function conditionOf(criterion: Criterion): Condition {
  const map = (source: string, ...keys: string[]): Condition => ({ kind: 'map', source, keys });
  switch (criterion.kind) {
    case 'path':
      // nginx reads no token of more than 4096 bytes: a pattern a path.
      return map('$uri', ...criterion.paths.map((path) => pathPattern([path])));
    case 'path_regex':
      return map('$uri', criterion.pattern.value.source);
    case 'method':
      return map('$request_method', methodPattern(criterion));
    case 'host':
      return map('$host', hostPattern(criterion));
    case 'header':
      return map(headerVariable(criterion.name), headerPattern(criterion.value.value));
    case 'query':
      return map('$args', queryPattern(criterion.name, criterion.value.value));
    case 'client':
      return { kind: 'geo', source: '$remote_addr', keys: rangesOf(criterion.networks).map((range) => range.text) };
  }
}

function headerVariable(name: string): string {
  return `$http_${name.toLowerCase().replaceAll('-', '_')}`;
}

/** How the names of the variables of each site begin. */
export function variablePrefixes(sites: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const site of sites) {
    const base = `edge_${site
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '')}`;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
    taken.add(name);
    names.set(site, name);
  }
  return names;
}
