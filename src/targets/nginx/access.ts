import type { Access } from '../../model/access.ts';
import { type Network, rangesOf } from '../../model/networks.ts';
import type { Route } from '../../model/topology.ts';
import type { NginxAccess, NginxMap } from './directives.ts';

/**
 * `allow` and `deny` of nginx are looked at after `return` and `rewrite`, too late for a route that answers by itself: the
 * address becomes a variable that is 1 in each list of networks, and whoever is refused is so before all else.
 */
export function accessMaps(prefix: string, routes: readonly Route[]): AccessMaps {
  const maps = new Map<string, NginxMap>();
  const variableOf = (list: readonly Network[]): string => {
    const keys = rangesOf(list).map(({ text }) => text);
    const same = keys.join(' ');
    const known = maps.get(same);
    const variable = known?.variable ?? `${prefix}_clients${maps.size + 1}`;
    const rows = keys.map((key) => ({ key, value: '1' }));
    if (!known) maps.set(same, { kind: 'geo', source: '$remote_addr', variable, fallback: '0', rows });
    return variable;
  };
  const accessOf = ({ allow, deny }: Access): NginxAccess => ({
    ...(deny ? { denied: variableOf(deny.value) } : {}),
    ...(allow ? { allowed: variableOf(allow.value) } : {}),
  });
  const of = new Map(routes.flatMap((route) => (route.access ? [[route.id, accessOf(route.access)] as const] : [])));
  return { maps: [...maps.values()], of: (id) => of.get(id) };
}

interface AccessMaps {
  readonly maps: readonly NginxMap[];
  /** By the id of a route. */
  readonly of: (id: string) => NginxAccess | undefined;
}

export function accessLines(access: NginxAccess | undefined): string[] {
  const refuse = (condition: string): string[] => [`if (${condition}) {`, '    return 403;', '}'];
  return [
    ...(access?.denied === undefined ? [] : refuse(`$${access.denied}`)),
    ...(access?.allowed === undefined ? [] : refuse(`$${access.allowed} = 0`)),
  ];
}
