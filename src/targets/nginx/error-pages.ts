import { type ErrorPage, pageType } from '../../model/error-pages.ts';
import type { Layout } from '../layout.ts';
import { literal, nginxToken } from './tokens.ts';
import { nginxValue } from './values.ts';

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

function keyOf(page: ErrorPage, headers: readonly string[]): string {
  return [...answerLines(page, (file) => file), ...headers].join('\n');
}

export function pagePaths(all: readonly Pages[]): PagePaths {
  const keys = new Set(all.flatMap(({ pages, headers }) => pages.map((page) => keyOf(page, headers))));
  return new Map([...keys].map((key, index) => [key, `//error${index + 1}`]));
}

export function errorPageLines({ pages, headers }: Pages, paths: PagePaths): string[] {
  return pages
    .filter(({ statuses }) => statuses.length > 0)
    .map((page) => {
      const path = paths.get(keyOf(page, headers));
      return `error_page ${page.statuses.join(' ')}${keepsStatus(page) ? '' : ' ='} ${path};`;
    });
}

/** A page has the status of the error; what is done instead has one of its own. */
function keepsStatus(page: ErrorPage): boolean {
  return page.action === 'file' || (page.action === 'respond' && page.status === undefined);
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
      told.set(match, {
        match,
        lines: ['internal;', ...headers, ...answerLines(page, (file) => layout.files(site, file))],
      });
    }
  }
  return [...told.values()];
}

/** A status with nothing else, as on Caddy. With an empty text nginx would send a page of its own. */
export function emptyAnswer(status: number): string[] {
  return ['default_type "";', `return ${status} $edge_nothing;`];
}

/** What a page is: the request is a GET by now. Where the status of the error stays, that of `return` does not count. */
function answerLines(page: ErrorPage, pathOf: (file: string) => string): string[] {
  switch (page.action) {
    case 'file': {
      const file = page.file.value;
      return [
        'types {',
        '}',
        `default_type ${nginxToken(pageType(file))};`,
        'etag off;',
        `alias ${literal(pathOf(file))};`,
      ];
    }
    case 'respond': {
      const { status, body, type } = page;
      const shown = status?.value ?? 200;
      if (!body) return emptyAnswer(shown);
      return [`default_type ${nginxToken(type.value)};`, `return ${shown} ${nginxValue(body.value)};`];
    }
    case 'redirect':
      return ['absolute_redirect off;', `return ${page.status.value} ${nginxValue(page.to.value)};`];
    case 'proxy':
      throw new Error('not here yet');
  }
}
