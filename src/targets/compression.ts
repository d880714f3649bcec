import type { Route, Topology } from '../model/topology.ts';
import type { Use } from './portability.ts';

/** The types that are worth it: what is not text is compressed already. Nothing here is a stream. */
export const compressedTypes = [
  'text/html',
  'text/css',
  'text/csv',
  'text/javascript',
  'text/markdown',
  'text/plain',
  'text/xml',
  'application/atom+xml',
  'application/javascript',
  'application/json',
  'application/ld+json',
  'application/manifest+json',
  'application/rss+xml',
  'application/wasm',
  'application/xhtml+xml',
  'application/xml',
  'image/svg+xml',
];

/** Shorter answers fit one packet either way. */
export const compressedFrom = 512;

/** The statuses whose bodies nginx compresses. */
export const compressedStatuses = [200, 403, 404];

/** What limits and compression ask of a target. */
export function bodyUses({ sites }: Topology): Use[] {
  return sites.flatMap(({ routes }) =>
    routes.flatMap((route): Use[] => [...limitUses(route), ...compressionUses(route)]),
  );
}

function limitUses({ maxBody, ...route }: Route): Use[] {
  if (!maxBody || route.action !== 'proxy') return [];
  const { servers, health } = route.pool;
  const marks = servers.length > 1 && health.passive.max_fails.value > 0;
  return [
    {
      capability: marks ? 'body.limit.marks' : 'body.limit',
      at: maxBody.at,
      what: 'a limit for bodies whose length is not told',
    },
  ];
}

function compressionUses({ action, compress }: Route): Use[] {
  if (!compress) return [];
  const { at, value } = compress;
  return [
    { capability: 'compress.validators', at, what: '`compress`' },
    ...(action === 'proxy' ? [{ capability: 'compress.no_transform', at, what: '`no-transform`' } as const] : []),
    ...(['zstd', 'br'] as const)
      .filter((one) => value.includes(one))
      .map((one) => ({ capability: `compress.${one}`, at, what: one }) as const),
  ];
}
