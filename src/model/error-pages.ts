import type { Place } from '../diagnostics/diagnostic.ts';
import { get, type Node } from '../source/node.ts';
import { actionOf, redirectOf, respondOf } from './actions.ts';
import { askingRoute, refuseHttp2 } from './asking.ts';
import { defaults } from './defaults.ts';
import { everything } from './match.ts';
import { type NamedPool, type PoolContext, poolOfRoute } from './pools.ts';
import { type Layer, text } from './reader.ts';
import type { Given, ProxyRoute, RedirectRoute, RespondRoute } from './topology.ts';
import type { Value } from './value.ts';

/** What a client sees instead of an error of the edge itself. */
export type ErrorPage = {
  /** As written: `404`, `5xx`. */
  readonly key: string;
  readonly at: Place;
  readonly statuses: readonly number[];
} & ErrorAnswer;

type ErrorAnswer =
  | { readonly action: 'file'; readonly file: Given<string> }
  /** Without a status of its own the error keeps its one. */
  | ({ readonly action: 'respond'; readonly status?: Given<number> } & Pick<RespondRoute, 'body' | 'type'>)
  | Pick<RedirectRoute, 'action' | 'to' | 'status'>
  /** Other servers, asked as if they were those of a route. */
  | { readonly action: 'proxy'; readonly asks: ProxyRoute };

/** The errors that a proxy says by itself. */
const classes: Readonly<Record<string, readonly number[]>> = {
  '4xx': [400, 401, 403, 404, 405, 408, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 429, 431],
  '5xx': [500, 501, 502, 503, 504, 505, 507],
};

/** A place where pages may be written, and what it is called. */
export interface PagesLayer extends Layer {
  readonly id: string;
}

interface Context extends PoolContext {
  readonly named: Map<string, NamedPool>;
  /** Pages that are written in one place are the same for all who inherit them. */
  readonly pages: Map<string, readonly ErrorPage[]>;
}

/** The nearest map as a whole; a status of its own is not one of its class. */
export function errorPagesOf(layers: readonly PagesLayer[], context: Context): readonly ErrorPage[] {
  const layer = layers.find(({ node }) => get(node, 'error_pages')?.kind === 'mapping');
  const map = get(layer?.node, 'error_pages');
  if (!layer || map?.kind !== 'mapping') return [];
  const key = `${map.at.source} ${map.at.path}`;
  const known = context.pages.get(key) ?? pagesOf(map, layer, context);
  context.pages.set(key, known);
  return known;
}

function pagesOf(map: Extract<Node, { kind: 'mapping' }>, { id, origin }: PagesLayer, context: Context): ErrorPage[] {
  const own = [...map.entries.keys()].filter((key) => !Object.hasOwn(classes, key)).map(Number);
  const pages = [...map.entries].flatMap(([key, { value }]): ErrorPage[] => {
    const answer = answerOf(value, `${id} error_pages ${key}`, origin, context);
    if (!answer) return [];
    const all = Object.hasOwn(classes, key) ? (classes[key] ?? []) : [Number(key)];
    const statuses = Object.hasOwn(classes, key) ? all.filter((status) => !own.includes(status)) : all;
    return [{ key, at: value.at, statuses, ...answer }];
  });
  return pages.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function answerOf(node: Node, id: string, origin: Layer['origin'], context: Context): ErrorAnswer | undefined {
  const file = text(node);
  if (file !== undefined) return { action: 'file', file: { value: file, at: node.at, origin } };
  if (node.kind !== 'mapping') return undefined;
  const { found } = context;
  const action = actionOf(node, found, true);
  if (action === 'respond') {
    const { status, ...said } = respondOf(node, found);
    return status.origin === 'default' ? said : { ...said, status };
  }
  if (action === 'redirect') {
    const redirect = redirectOf(node, everything, found);
    if (redirect?.status.origin !== 'default') return redirect;
    const { value, because } = defaults.error_pages.redirect.status;
    return { ...redirect, status: { ...redirect.status, value, because } };
  }
  const asks = action === 'upstream' ? asksOf(node, id, context) : undefined;
  return asks && { action: 'proxy', asks };
}

function asksOf(node: Node, id: string, context: Context): ProxyRoute | undefined {
  const upstream = get(node, 'upstream');
  const target = upstream && poolOfRoute(upstream, id.replaceAll(' ', '-'), context.named, context);
  if (!target) return undefined;
  refuseHttp2(target.pool, 'pages of errors are not asked for', context.found);
  return askingRoute(node, id, target, context);
}

/** The pages that are files. */
export function pageFiles(pages: readonly ErrorPage[] = []): Given<string>[] {
  return pages.flatMap((page) => (page.action === 'file' ? [page.file] : []));
}

/** What the pages say that may name parts of a request. */
export function pageValues(pages: readonly ErrorPage[] = []): Value[] {
  return pages.flatMap((page) => {
    if (page.action === 'respond') return page.body ? [page.body.value] : [];
    return page.action === 'redirect' ? [page.to.value] : [];
  });
}

/** What the name of a page says about it. */
export function pageType(file: string): string {
  const ending = file.slice(file.lastIndexOf('.') + 1);
  return types[ending] ?? 'text/html; charset=utf-8';
}

const types: Readonly<Record<string, string>> = {
  txt: 'text/plain; charset=utf-8',
  json: 'application/json',
  xml: 'application/xml',
};
