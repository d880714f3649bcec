import { type ErrorPage, pageType } from '../../model/error-pages.ts';
import type { Layout } from '../layout.ts';
import { literal, nginxToken } from './tokens.ts';

/** The pages of one route, with what its answers carry: pages with other headers are other locations. */
export interface Pages {
  readonly pages: readonly ErrorPage[];
  readonly headers: readonly string[];
}

/**
 * The page of an error, by a path that no client can send: nginx merges the slashes of what it is asked for, not those of
 * its own redirects. Unlike a named location it turns the request into a GET, so that a POST has its page too.
 */
export type PagePaths = ReadonlyMap<string, string>;

function keyOf({ file }: ErrorPage, headers: readonly string[]): string {
  return [file.value, ...headers].join('\n');
}

export function pagePaths(all: readonly Pages[]): PagePaths {
  const keys = new Set(all.flatMap(({ pages, headers }) => pages.map((page) => keyOf(page, headers))));
  return new Map([...keys].map((key, index) => [key, `//error${index + 1}`]));
}

export function errorPageLines({ pages, headers }: Pages, paths: PagePaths): string[] {
  return pages
    .filter(({ statuses }) => statuses.length > 0)
    .map((page) => `error_page ${page.statuses.join(' ')} ${paths.get(keyOf(page, headers))};`);
}

export interface PageLocation {
  readonly match: string;
  readonly lines: readonly string[];
}

export function errorPageLocations(
  all: readonly Pages[],
  paths: PagePaths,
  { site, layout }: { readonly site: string; readonly layout: Layout },
): PageLocation[] {
  const told = new Map<string, PageLocation>();
  for (const { pages, headers } of all) {
    for (const page of pages) {
      const match = `= ${paths.get(keyOf(page, headers))}`;
      const file = page.file.value;
      told.set(match, {
        match,
        lines: [
          'internal;',
          ...headers,
          'types {',
          '}',
          `default_type ${nginxToken(pageType(file))};`,
          'etag off;',
          `alias ${literal(layout.files(site, file))};`,
        ],
      });
    }
  }
  return [...told.values()];
}
