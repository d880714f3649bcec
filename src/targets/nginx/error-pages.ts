import { type ErrorPage, pageType } from '../../model/error-pages.ts';
import type { Layout } from '../layout.ts';
import type { View } from '../render.ts';
import { pageView } from './asking.ts';
import type { NginxLocation } from './directives.ts';
import { literal, nginxToken } from './tokens.ts';
import { nginxValue } from './values.ts';

/** The pages of one route, with the headers of its requests and answers: pages with other headers are other locations. */
export interface Pages {
  readonly pages: readonly ErrorPage[];
  readonly request: readonly string[];
  readonly response: readonly string[];
}

/**
 * The page of an error, by a path that no client can send: nginx merges the slashes of what it is asked for, not those of
 * its own redirects. Unlike a named location it turns the request into a GET, so that a POST has its page too.
 */
export type PagePaths = ReadonlyMap<string, string>;

function keyOf(page: ErrorPage, { request, response }: Pages): string {
  const asked = page.action === 'proxy' ? [page.asks.id, ...request] : answerLines(page, (file) => file);
  return [...asked, ...response].join('\n');
}

export function pagePaths(all: readonly Pages[]): PagePaths {
  const keys = new Set(all.flatMap((one) => one.pages.map((page) => keyOf(page, one))));
  return new Map([...keys].map((key, index) => [key, `//error${index + 1}`]));
}

export function errorPageLines(own: Pages, paths: PagePaths): string[] {
  return own.pages
    .filter(({ statuses }) => statuses.length > 0)
    .map((page) => {
      const path = paths.get(keyOf(page, own));
      return `error_page ${page.statuses.join(' ')}${keepsStatus(page) ? '' : ' ='} ${path};`;
    });
}

/** A page has the status of the error; what is done instead has one of its own. */
function keepsStatus(page: ErrorPage): boolean {
  return page.action === 'file' || (page.action === 'respond' && page.status === undefined);
}

interface PagesSpot {
  readonly site: string;
  readonly layout: Layout;
  /** The servers of the pages. */
  readonly servers: readonly NginxLocation[];
}

export function errorPageLocations(
  all: readonly Pages[],
  paths: PagePaths,
  { site, layout, servers }: PagesSpot,
): (View & { readonly match: string })[] {
  const told = new Map<string, View & { readonly match: string }>();
  for (const one of all) {
    for (const page of one.pages) {
      const match = `= ${paths.get(keyOf(page, one))}`;
      const asked = page.action === 'proxy' ? servers.find(({ route }) => route === page.asks.id) : undefined;
      told.set(match, {
        match,
        ...(asked
          ? pageView(asked, one, layout)
          : { lines: ['internal;', ...one.response, ...answerLines(page, (file) => layout.files(site, file))] }),
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
      return [];
  }
}
