import { type ErrorPage, pageType } from '../../model/error-pages.ts';
import { baseName, type Layout } from '../layout.ts';
import type { CaddyProxySite } from './directives.ts';
import { errorStatus } from './forward-auth.ts';
import { maintenanceMark } from './gate.ts';
import { caddyToken, literal } from './tokens.ts';

/** What an error remembers of where it came from: `route2`, or `site` for what no route takes. */
export function errorMark(pages: readonly ErrorPage[] | undefined, spot: string): string[] {
  return pages && pages.length > 0 ? [`vars edge_errors ${spot}`] : [];
}

/** Lines of handle_errors: the page of each error of each route. */
export function errorPageLines(own: CaddyProxySite, layout: Layout): string[] {
  const { errorPages, routes } = own;
  const spots = [
    ...routes.map((route, index) => ({ spot: `route${index + 1}`, pages: route.errorPages ?? [] })),
    ...routes.flatMap(({ maintenance }, index) => {
      const { page: file, status } = maintenance ?? {};
      if (!file || !status) return [];
      return [{ spot: maintenanceMark(index + 1), pages: [{ key: '', statuses: [status.value], file }] }];
    }),
    { spot: 'site', pages: errorPages ?? [] },
  ];
  const together = new Map<string, { readonly page: ErrorPage; readonly spots: string[] }>();
  for (const { spot, pages } of spots) {
    for (const page of pages.filter(({ statuses }) => statuses.length > 0)) {
      const key = `${page.statuses.join(' ')} ${page.file.value}`;
      const known = together.get(key);
      if (known) known.spots.push(spot);
      else together.set(key, { page, spots: [spot] });
    }
  }
  const told = [...together.values()].flatMap(({ page, spots: from }, index) =>
    pageLines(page, from, `@page${index + 1}`, { site: own, layout }),
  );
  if (told.length === 0) return [];
  return [
    // A page is whole, whatever was asked of the thing that failed.
    'request_header -Range',
    'request_header -If-None-Match',
    'request_header -If-Modified-Since',
    ...told,
  ];
}

function pageLines(
  { statuses, file }: ErrorPage,
  spots: readonly string[],
  name: string,
  { site, layout }: { readonly site: CaddyProxySite; readonly layout: Layout },
): string[] {
  const path = layout.files(site.site, file.value);
  const status = errorStatus(site);
  const folder = path.slice(0, -baseName(path).length - 1) || '/';
  return [
    `${name} {`,
    `\tvars edge_errors ${spots.join(' ')}`,
    `\tvars_regexp {${status.long}} ^(${statuses.join('|')})$`,
    '}',
    `handle ${name} {`,
    '\troute {',
    `\t\theader Content-Type ${caddyToken(pageType(file.value))}`,
    ...['ETag', 'Last-Modified', 'Accept-Ranges'].map((header) => `\t\theader -${header}`),
    `\t\troot * ${literal(folder)}`,
    `\t\trewrite * ${literal(`/${baseName(path)}`)}`,
    ...(status.isOwn ? ['\t\tfile_server {', `\t\t\tstatus ${status.short}`, '\t\t}'] : ['\t\tfile_server']),
    '\t}',
    '}',
  ];
}
