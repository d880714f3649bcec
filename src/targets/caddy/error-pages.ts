import { type ErrorPage, pageType } from '../../model/error-pages.ts';
import type { Headers } from '../../model/headers.ts';
import type { ProxyRoute } from '../../model/topology.ts';
import { baseName, type Layout } from '../layout.ts';
import type { CaddyProxySite } from './directives.ts';
import { errorStatus } from './forward-auth.ts';
import { maintenanceMark } from './gate.ts';
import { caddyToken, literal } from './tokens.ts';
import { type CaddyPlace, caddyValue } from './values.ts';

/** What only the site of a page knows. */
export interface PagePlace extends CaddyPlace {
  readonly layout: Layout;
  /** The lines that ask the servers of a page, for a route with these headers. */
  readonly asked: (asks: ProxyRoute, headers: Headers | undefined) => readonly string[];
}

/** What an error remembers of where it came from: `route2`, or `site` for what no route takes. */
export function errorMark(pages: readonly ErrorPage[] | undefined, spot: string): string[] {
  return pages && pages.length > 0 ? [`vars edge_errors ${spot}`] : [];
}

/** Lines of handle_errors: the page of each error of each route. */
export function errorPageLines(site: CaddyProxySite, place: PagePlace): string[] {
  const status = errorStatus(site);
  const told = [...pagesOf(site, place).values()].flatMap(({ page, spots, lines }, index) => [
    `@page${index + 1} {`,
    `\tvars edge_errors ${spots.join(' ')}`,
    `\tvars_regexp {${status.long}} ^(${page.statuses.join('|')})$`,
    '}',
    `handle @page${index + 1} {`,
    '\troute {',
    ...lines.map((line) => `\t\t${line}`),
    '\t}',
    '}',
  ]);
  if (told.length === 0) return [];
  return [
    // A page is whole, whatever was asked of the thing that failed.
    'request_header -Range',
    'request_header -If-None-Match',
    'request_header -If-Modified-Since',
    ...told,
  ];
}

interface Told {
  readonly page: ErrorPage;
  /** Where the errors come from. */
  readonly spots: string[];
  readonly lines: readonly string[];
}

/** Those that say the same are one. */
function pagesOf(site: CaddyProxySite, place: PagePlace): ReadonlyMap<string, Told> {
  const { errorPages, headers, routes } = site;
  const spots = [
    ...routes.map((route, index) => ({
      spot: `route${index + 1}`,
      pages: route.errorPages ?? [],
      headers: route.headers,
    })),
    ...routes.flatMap((route, index) => {
      const { page: file, status } = route.maintenance ?? {};
      if (!file || !status) return [];
      const page: ErrorPage = { key: '', at: file.at, statuses: [status.value], action: 'file', file };
      return [{ spot: maintenanceMark(index + 1), pages: [page], headers: route.headers }];
    }),
    { spot: 'site', pages: errorPages ?? [], headers },
  ];
  const together = new Map<string, Told>();
  for (const { spot, pages, headers: own } of spots) {
    for (const page of pages.filter(({ statuses }) => statuses.length > 0)) {
      const lines = answerLines(page, site, own, place);
      const key = [page.statuses.join(' '), ...lines].join('\n');
      const known = together.get(key);
      if (known) known.spots.push(spot);
      else together.set(key, { page, spots: [spot], lines });
    }
  }
  return together;
}

function answerLines(
  page: ErrorPage,
  site: CaddyProxySite,
  headers: Headers | undefined,
  place: PagePlace,
): readonly string[] {
  const own = errorStatus(site);
  switch (page.action) {
    case 'file': {
      const path = place.layout.files(site.site, page.file.value);
      const folder = path.slice(0, -baseName(path).length - 1) || '/';
      return [
        `header Content-Type ${caddyToken(pageType(page.file.value))}`,
        ...['ETag', 'Last-Modified', 'Accept-Ranges'].map((header) => `header -${header}`),
        `root * ${literal(folder)}`,
        `rewrite * ${literal(`/${baseName(path)}`)}`,
        ...(own.isOwn ? ['file_server {', `\tstatus ${own.short}`, '}'] : ['file_server']),
      ];
    }
    case 'respond': {
      const { status, body, type } = page;
      const shown = status ? String(status.value) : own.short;
      if (!body) return [`respond "" ${shown}`];
      return [`header Content-Type ${caddyToken(type.value)}`, `respond * ${caddyValue(body.value, place)} ${shown}`];
    }
    case 'redirect':
      return [`redir * ${caddyValue(page.to.value, place)} ${page.status.value}`];
    case 'proxy':
      return place.asked(page.asks, headers);
  }
}
