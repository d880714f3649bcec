import { cloudflare } from '../model/cloudflare.ts';
import { rangesOf } from '../model/networks.ts';
import type { Edge } from '../model/topology.ts';

/** Who may say for whom a request is made: networks in canonical form, and what a reader of the files wants to know. */
export interface Trust {
  readonly ranges: readonly string[];
  readonly note?: string;
}

/** Nothing: nobody is believed. */
export function trustOf({ trusted_proxies: { value } }: Edge): Trust | undefined {
  if (value.length === 0) return undefined;
  const dated = value.some(({ written }) => written === 'cloudflare');
  return {
    ranges: rangesOf(value).map(({ text }) => text),
    ...(dated ? { note: `Cloudflare’s networks as of ${cloudflare.asOf}` } : {}),
  };
}
