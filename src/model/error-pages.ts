import { get } from '../source/node.ts';
import { type Layer, text } from './reader.ts';
import type { Given } from './topology.ts';

/** What a client sees instead of an error of the edge itself. */
export interface ErrorPage {
  /** As written: `404`, `5xx`. */
  readonly key: string;
  readonly statuses: readonly number[];
  readonly file: Given<string>;
}

/** The errors that a proxy says by itself. */
const classes: Readonly<Record<string, readonly number[]>> = {
  '4xx': [400, 401, 403, 404, 405, 408, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 429, 431],
  '5xx': [500, 501, 502, 503, 504, 505, 507],
};

/** The nearest map as a whole; a status of its own is not one of its class. */
export function errorPagesOf(layers: readonly Layer[]): readonly ErrorPage[] {
  const layer = layers.find(({ node }) => get(node, 'error_pages')?.kind === 'mapping');
  const map = get(layer?.node, 'error_pages');
  if (!layer || map?.kind !== 'mapping') return [];
  const own = [...map.entries.keys()].filter((key) => !Object.hasOwn(classes, key)).map(Number);
  const pages = [...map.entries].flatMap(([key, { value }]): ErrorPage[] => {
    const file = text(value);
    if (file === undefined) return [];
    const all = Object.hasOwn(classes, key) ? (classes[key] ?? []) : [Number(key)];
    const statuses = Object.hasOwn(classes, key) ? all.filter((status) => !own.includes(status)) : all;
    return [{ key, statuses, file: { value: file, at: value.at, origin: layer.origin } }];
  });
  return pages.sort((a, b) => (a.key < b.key ? -1 : 1));
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
