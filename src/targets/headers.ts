import type { HeaderChange } from '../model/headers.ts';
import type { Site, Topology } from '../model/topology.ts';
import { type Value, variablesOf } from '../model/value.ts';
import type { Use } from './portability.ts';

/** The one name that requests of a site ask for; nothing where there are several, or any. */
export function onlyHost(names: readonly string[]): { readonly host?: string } {
  const [name, other] = names;
  return name === undefined || other !== undefined || name.startsWith('*.') ? {} : { host: name };
}

/** What the headers of a topology ask that not every target can do. */
export function headerUses({ sites }: Topology): Use[] {
  const all = new Map<HeaderChange, Use[]>();
  for (const site of sites) {
    for (const { headers } of [site, ...site.routes]) {
      for (const change of headers?.request ?? []) all.set(change, usesOf(change, site, 'request'));
      for (const change of headers?.response ?? []) all.set(change, usesOf(change, site, 'response'));
    }
  }
  return [...all.values()].flat();
}

function usesOf({ kind, name, given: { value, at } }: HeaderChange, site: Site, direction: string): Use[] {
  const named = variablesOf([value]);
  const several = site.name === undefined || site.name.startsWith('*.') || site.aliases.length > 0;
  const use = (capability: Use['capability'], what: string): Use => ({ capability, at, what });
  return [
    ...(kind === 'add' && direction === 'request' ? [use('headers.request.add', `a second \`${name}\``)] : []),
    ...(kind === 'remove' && name.toLowerCase() === 'server'
      ? [use('headers.response.server', 'responses without `Server`')]
      : []),
    ...(named.has('server') ? [use('headers.server', '`{server}`')] : []),
    ...(kind !== 'remove' && mayBeEmpty(value) ? [use('headers.empty', 'a header without a value')] : []),
    ...(named.has('host') && several ? [use('values.host', '`{host}` of several names')] : []),
  ];
}

function mayBeEmpty(value: Value): boolean {
  return value.every((part) => typeof part !== 'string' && 'variable' in part && part.variable === 'query');
}
