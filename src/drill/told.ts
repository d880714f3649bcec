import type { Bounds, FaultRow } from '../latency/bounds.ts';
import type { Duration } from '../model/duration.ts';
import type { Given } from '../model/topology.ts';
import { askingProxies, type CaddyDirectives, type ReverseProxy } from '../targets/caddy/directives.ts';
import { caddyBounds } from '../targets/caddy/latency.ts';
import type { Lowered } from '../targets/index.ts';
import {
  askingLocations,
  type NginxDirectives,
  type NginxLocation,
  type NginxUpstream,
} from '../targets/nginx/directives.ts';
import { nginxBounds } from '../targets/nginx/latency.ts';
import type { Check } from './farm.ts';
import type { Cell } from './staging.ts';

/** What a program is told about one route. */
export type Told =
  | { readonly program: 'caddy'; readonly proxy: ReverseProxy; readonly all: CaddyDirectives }
  | { readonly program: 'nginx'; readonly location: NginxLocation; readonly all: NginxDirectives };

/** What one target is told about a route of a site; of several targets the first one. `route` absent: its first route. */
export function toldOf({ caddy, nginx }: Lowered, site: string, route?: string): Told | undefined {
  const proxy = caddy?.sites
    .flatMap((one) => (one.kind === 'proxy' && one.site === site ? askingProxies(one) : []))
    .find((one) => route === undefined || one.route === route)?.proxy;
  if (caddy && proxy) return { program: 'caddy', proxy, all: caddy };
  const location = nginx?.servers
    .flatMap((one) => (one.kind === 'proxy' && one.site === site ? askingLocations(one) : []))
    .find((one) => route === undefined || one.route === route);
  return nginx && location && { program: 'nginx', location, all: nginx };
}

export function boundsOf(told: Told): Bounds {
  return told.program === 'caddy'
    ? caddyBounds(told.proxy, told.all, undefined)
    : nginxBounds(told.location, told.all, undefined);
}

export function rowOf(cell: Cell, { rows }: Bounds): FaultRow | undefined {
  return rows.find(
    ({ fault, failing, method }) => fault === cell.fault && failing === cell.failing && method === cell.method,
  );
}

/** Milliseconds that a server may take to connect. */
export function connectOf(told: Told): number {
  return told.program === 'caddy' ? told.proxy.dial.value : told.location.connect.value;
}

/** Milliseconds that a server may take for its header; `Infinity`: for ever. */
export function headerOf(told: Told): number {
  if (told.program === 'nginx') return told.location.read.value;
  return told.proxy.responseHeader?.value ?? Number.POSITIVE_INFINITY;
}

/** The server that a proxy which was just started asks first, of those that it knows; nothing where chance decides. */
export function firstAsked(told: Told): number | undefined {
  if (told.program === 'caddy') {
    const { balance, policy, servers } = told.proxy;
    if (servers.length < 2 || balance === 'first') return 0;
    // Its counters are raised before the first choice.
    if (balance === 'round_robin') return 1;
    if (balance !== 'weighted_round_robin') return undefined;
    return Number(policy?.[1]) > 1 ? 0 : 1;
  }
  const upstream = upstreamOf(told);
  if (!upstream || upstream.peers.length < 2) return 0;
  if (upstream.balance === 'random' || upstream.balance === 'hash') return undefined;
  const weights = weightsOf(upstream);
  return weights.indexOf(Math.max(...weights));
}

/** So many requests, and it is the turn of the server that was asked first again. 1: each request asks the same one. */
export function roundOf(told: Told): number {
  const sum = (weights: readonly number[]): number => weights.reduce((all, weight) => all + weight, 0);
  if (told.program === 'caddy') {
    const { balance, policy = [], servers } = told.proxy;
    if (servers.length < 2) return 1;
    if (balance === 'weighted_round_robin') return sum(policy.slice(1).map(Number));
    return balance === 'round_robin' ? servers.length : 1;
  }
  const upstream = upstreamOf(told);
  return !upstream || upstream.balance === 'random' || upstream.balance === 'hash' ? 1 : sum(weightsOf(upstream));
}

/** Of the servers that are asked first; 0: of the others. */
function weightsOf({ peers }: NginxUpstream): number[] {
  return peers.map(({ backup, down, drain, weight }) => (backup || down || drain ? 0 : (weight?.value ?? 1)));
}

function upstreamOf({ location: { pass }, all }: Extract<Told, { program: 'nginx' }>): NginxUpstream | undefined {
  return pass.kind === 'upstream' ? all.upstreams.find(({ name }) => name === pass.name) : undefined;
}

/** May requests alone take every server out of rotation, one after the other? */
export function canMarkAll(told: Told): boolean {
  if (told.program === 'caddy') return told.proxy.passive !== undefined || told.proxy.active !== undefined;
  const upstream = upstreamOf(told);
  return upstream?.peers.every(({ down, maxFails }) => down || maxFails.value > 0) ?? false;
}

/** Milliseconds until checks have marked a server, where only they do; else 0. */
export function markedByChecks(told: Told): number {
  if (told.program === 'nginx' || told.proxy.passive || !told.proxy.active) return 0;
  const { fails, interval, timeout } = told.proxy.active;
  return fails.value * interval.value + timeout.value;
}

/** What the servers of a route must answer to its active checks. */
export function checkOf(told: Told): Check | undefined {
  if (told.program === 'nginx' || !told.proxy.active) return undefined;
  const { path, status } = told.proxy.active;
  return { path: path.value, status: Number(status.value.replace('xx', '00')) };
}

/** The same, with windows and marks that last `by` milliseconds longer. Running late is the same as shorter ones. */
export function shifted(told: Told, by: number): Told {
  const move = (time: Given<Duration>): Given<Duration> => ({
    ...time,
    value: Math.max(1, time.value + by) as Duration,
  });
  if (told.program === 'nginx') {
    const { window } = told.location;
    return { ...told, location: { ...told.location, ...(window ? { window: move(window) } : {}) } };
  }
  const { tryDuration, passive } = told.proxy;
  return {
    ...told,
    proxy: {
      ...told.proxy,
      ...(tryDuration ? { tryDuration: move(tryDuration) } : {}),
      ...(passive ? { passive: { ...passive, failDuration: move(passive.failDuration) } } : {}),
    },
  };
}
