import { rawLines } from '../../model/raw.ts';
import type { FilesRoute, RedirectRoute, RespondRoute, Route } from '../../model/topology.ts';
import { cacheControl } from '../files.ts';
import { bodiesOf } from './bodies.ts';
import type { NginxMap, NginxRoute } from './directives.ts';
import { captureMaps, rewrittenPath } from './rewrite.ts';

/** What the location of any route has. */
export function commonOf(
  route: Route,
): Pick<NginxRoute, 'route' | 'match' | 'headers' | 'maxBody' | 'gzip' | 'raw' | 'errorPages'> {
  const { id, match, headers, errorPages } = route;
  const raw = rawLines(route.raw, 'nginx', ' '.repeat(8));
  return {
    route: id,
    match,
    ...(headers ? { headers } : {}),
    ...bodiesOf(route),
    ...(raw.length > 0 ? { raw } : {}),
    ...(errorPages ? { errorPages } : {}),
  };
}

/** A route that the edge answers itself. `name`: how the names of its variables begin. */
export function answered(
  route: RespondRoute | RedirectRoute | FilesRoute,
  name: string,
): { readonly location: NginxRoute; readonly maps: readonly NginxMap[] } {
  const { match } = route;
  const base = commonOf(route);
  if (route.action === 'respond') {
    const { status, body, type } = route;
    const said = body ? { text: body.value, type: type.value } : {};
    return { location: { ...base, action: 'answer', status: status.value, ...said, captures: [] }, maps: [] };
  }
  if (route.action === 'redirect') {
    const { status, to } = route;
    const maps = to.value.some((part) => typeof part !== 'string' && 'capture' in part) ? captureMaps(match, name) : [];
    const captures = maps.map(({ variable }) => variable);
    return { location: { ...base, action: 'answer', status: status.value, text: to.value, captures }, maps };
  }
  const { root, index, fallback, browse, cache, rewrite } = route;
  const rewritten = rewrite && rewrittenPath(rewrite, name);
  const location: NginxRoute = {
    ...base,
    action: 'files',
    root: root.value,
    index: index.value,
    ...(fallback ? { fallback: fallback.value } : {}),
    browse: browse.value,
    ...(cache ? { cache: cacheControl(cache.value) } : {}),
    ...(rewritten ? { rewritten: rewritten.path } : {}),
  };
  return { location, maps: rewritten?.maps ?? [] };
}
