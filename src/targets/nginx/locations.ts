import type { ErrorPage } from '../../model/error-pages.ts';
import { onlyPaths, type PathMatch, pathsOf, takesAll } from '../../model/match.ts';
import type { Layout } from '../layout.ts';
import { pathPattern } from '../patterns.ts';
import type { View } from '../render.ts';
import { askingView } from './asking.ts';
import type { NginxMap, NginxRoute, ProxyServer, RedirectServer } from './directives.ts';
import { answerName, closedName, locationName, noRoute, upgradeName } from './dispatch.ts';
import { emptyAnswer, errorPageLines, errorPageLocations, type Pages, pagePaths } from './error-pages.ts';
import {
  closedPages,
  closedView,
  gateView,
  type HeaderLists,
  isApart,
  nowhere,
  pagesOf,
  quoted,
  refusedView,
  routeView,
  type Spot,
} from './route-view.ts';
import { comment, nginxToken, withVariables } from './tokens.ts';

/** The variables of a site, once for all its servers. */
export function mapViews(servers: readonly (ProxyServer | RedirectServer)[]): View[] {
  const proxy = servers.find((server) => server.kind === 'proxy');
  return proxy ? proxy.maps.map(mapView) : [];
}

function mapView({ kind, source, variable, fallback, rows }: NginxMap): View {
  return {
    head: `${kind} ${text(source)} $${variable}`,
    rows: [
      `default ${text(fallback)}`,
      ...rows.flatMap(({ key, value }) => {
        const keys = kind === 'geo' ? (halves[key] ?? [key]) : [quoted(`~${key}`)];
        return keys.map((one) => `${one} ${text(value)}`);
      }),
    ],
  };
}

/** What nginx calls the default, and would take for a network that is there twice. */
const halves: Readonly<Record<string, readonly string[]>> = {
  '0.0.0.0/0': ['0.0.0.0/1', '128.0.0.0/1'],
  '::/0': ['::/1', '8000::/1'],
};

function text(value: string): string {
  return value === '' ? '""' : withVariables(value);
}

/** In the order in which nginx tries them; last what answers requests that no route takes. */
export function locationViews(server: ProxyServer, headers: HeaderLists, layout: Layout): View[] {
  const { locations, dispatch, errorPages = [] } = server;
  const isOpen = !locations.some(({ match }) => takesAll(match));
  const pages = isOpen && asksPage(errorPages) ? errorPages : [];
  const nobodys: Pages = { pages, ...headers.general };
  const all = [nobodys, ...locations.flatMap((one) => [pagesOf(one, headers), closedPages(one, headers) ?? []].flat())];
  const paths = pagePaths(all);
  const nobody = (match: string): View => ({
    ...nowhere,
    match,
    comment: 'Whatever no route takes',
    lines: pages.length > 0 ? [...errorPageLines(nobodys, paths), 'return 404;'] : emptyAnswer(404),
  });
  const views = dispatch === undefined ? locations.flatMap(readable) : locations;
  const own = views.flatMap((location, index): View[] => {
    const plain = takesAll(location.match) ? '/' : `~ ${quoted(pathPattern(pathsOf(location.match)))}`;
    const match = dispatch === undefined ? plain : `= ${locationName(index)}`;
    const isDispatched = dispatch !== undefined;
    const names = { closed: closedName(index), refused: `@refused${index + 1}` };
    const spot: Spot = { site: server.site, paths, isDispatched, ...names, headers, layout };
    const said = comment(location.route);
    const view = (at: string, what: string, lines: View): View => ({
      ...nowhere,
      match: at,
      comment: `${said}${what}`,
      ...lines,
    });
    const within: Spot = { ...spot, isDispatched: true };
    const upgrades = upgradeName(index);
    const answer = answerName(index);
    const upgraded = location.action === 'proxy' ? location.upgraded : undefined;
    return [
      ...(isApart(location)
        ? [
            view(match, '', gateView(location, spot, answer)),
            view(`= ${answer}`, ', for those who may have it', routeView(location, within, { isOpen: true })),
          ]
        : [view(match, '', routeView(location, upgraded ? { ...spot, upgrades } : spot))]),
      ...(location.action === 'proxy' && upgraded
        ? [view(`= ${upgrades}`, ': upgrades (websocket)', routeView({ ...location, read: upgraded }, within))]
        : []),
      ...(location.auth
        ? [view(spot.refused, ': who is not known to the auth server', refusedView(location, spot))]
        : []),
      ...(location.maintenance ? [view(`= ${spot.closed}`, ': maintenance', closedView(location, spot))] : []),
    ];
  });
  const auths = new Map(locations.flatMap(({ auth }) => (auth ? [[auth.name, auth] as const] : [])));
  const asked = [...auths.values()].map((auth) => ({
    ...nowhere,
    match: `= ${auth.name}`,
    comment: comment(auth.location.route),
    ...askingView(auth, { headers, layout }),
  }));
  const rest = isOpen ? [nobody(dispatch === undefined ? '/' : `= ${noRoute}`)] : [];
  const told = errorPageLocations(all, paths, { site: server.site, layout, servers: server.pages }).map((page) => ({
    ...nowhere,
    ...page,
    comment: 'The page of an error: no client can ask for a path of two slashes',
  }));
  return [...own, ...asked, ...rest, ...told];
}

function asksPage(pages: readonly ErrorPage[]): boolean {
  return pages.some(({ statuses }) => statuses.includes(404));
}

/** nginx reads no token of more than 4096 bytes: many paths become several locations, in the order of the route. */
function readable(location: NginxRoute): NginxRoute[] {
  if (takesAll(location.match)) return [location];
  const parts: PathMatch[][] = [[]];
  let length = 0;
  for (const path of pathsOf(location.match)) {
    const more = new TextEncoder().encode(nginxToken(pathPattern([path]))).length;
    length += more;
    if (length > 3500) {
      parts.push([]);
      length = more;
    }
    parts.at(-1)?.push(path);
  }
  return parts.filter(({ length }) => length > 0).map((paths) => ({ ...location, match: onlyPaths(paths) }));
}
