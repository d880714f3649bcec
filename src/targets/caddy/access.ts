import type { Access } from '../../model/access.ts';
import { matcherLines } from './matchers.ts';
import type { RouteSpot } from './routes.ts';

/** Lines that refuse who may not ask, before anything else of the route. */
export function accessLines({ allow, deny }: Access, { number, version }: RouteSpot): string[] {
  const client = (list: typeof allow) => (list ? [{ kind: 'client' as const, networks: list.value }] : []);
  const denied = matcherLines({ all: client(deny), none: [] }, version);
  const outside = matcherLines({ all: [], none: client(allow) }, version);
  return [
    ...denied.flatMap((line) => [`@denied${number} ${line}`, `error @denied${number} 403`]),
    ...(outside.length > 0
      ? [`@outside${number} {`, ...outside.map((line) => `\t${line}`), '}', `error @outside${number} 403`]
      : []),
  ];
}
