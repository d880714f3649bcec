import type { Bounds, FaultRow } from '../../src/latency/bounds.ts';
import { equation, evaluate } from '../../src/latency/term.ts';
import type { Duration } from '../../src/model/duration.ts';
import type { Given } from '../../src/model/topology.ts';
import type { CaddyDirectives, ReverseProxy } from '../../src/targets/caddy/directives.ts';
import { caddyBounds } from '../../src/targets/caddy/latency.ts';
import type { Lowered } from '../../src/targets/index.ts';
import type { NginxDirectives, NginxLocation } from '../../src/targets/nginx/directives.ts';
import { nginxBounds } from '../../src/targets/nginx/latency.ts';
import { type Case, JUST_BEFORE, RETRANSMISSION } from './cases.ts';

/** What a program is told about one case. */
export type Told =
  | { readonly program: 'caddy'; readonly proxy: ReverseProxy; readonly all: CaddyDirectives }
  | { readonly program: 'nginx'; readonly location: NginxLocation; readonly all: NginxDirectives };

/** Case → directives, by the name of its site. */
export function toldOf({ caddy, nginx }: Lowered): ReadonlyMap<string, Told> {
  const found = new Map<string, Told>();
  for (const site of caddy?.sites ?? []) {
    if (site.kind !== 'proxy' || !caddy) continue;
    for (const { proxy } of site.routes) found.set(proxy.pool, { program: 'caddy', proxy, all: caddy });
  }
  for (const server of nginx?.servers ?? []) {
    if (server.kind !== 'proxy' || !nginx) continue;
    for (const location of server.locations) {
      found.set(server.site.replace(/\.example\.org$/, ''), { program: 'nginx', location, all: nginx });
    }
  }
  return found;
}

export function boundsOf(told: Told): Bounds {
  return told.program === 'caddy'
    ? caddyBounds(told.proxy, told.all, undefined)
    : nginxBounds(told.location, told.all, undefined);
}

export function rowOf({ cell }: Case, { rows }: Bounds): FaultRow | undefined {
  return rows.find(
    ({ fault, failing, method }) => fault === cell?.fault && failing === cell.failing && method === cell.method,
  );
}

/**
 * Does the number of attempts rest on more than a few milliseconds? Where an attempt ends right at the end of a window
 * or of a mark, chance decides whether one more starts. A fault that comes just before its limit comes a little too
 * early for the formula, a limit that passes is noticed a little late.
 */
export function isSteady(one: Case, told: Told): boolean {
  const row = rowOf(one, boundsOf(told));
  if (!row || !one.cell) return row !== undefined;
  const { fault } = one.cell;
  const tries = Math.max(1, row.attempts);
  const early = fault === 'close' || fault === 'error_status' ? JUST_BEFORE : fault === 'late' ? lateness(told) : 0;
  // Running late is the same as a shorter window, being early the same as a longer one.
  return [-12 * tries - 10, -5, early * tries, early * tries + (early > 0 ? 12 : 0)].every((shift) => {
    const moved = rowOf(one, boundsOf(shifted(told, shift)));
    return (
      moved?.attempts === row.attempts && moved.status === row.status && equation(moved.wait) === equation(row.wait)
    );
  });
}

function lateness(told: Told): number {
  const connect = told.program === 'caddy' ? told.proxy.dial.value : told.location.connect.value;
  return Math.max(0, connect - RETRANSMISSION);
}

function shifted(told: Told, by: number): Told {
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

/** Marks forgotten: what the formulas would say if no failure were counted. */
export function unmarked(told: Told): Told {
  if (told.program === 'nginx') return told;
  const { passive, ...proxy } = told.proxy;
  return { ...told, proxy };
}

export function milliseconds(row: FaultRow): number {
  return evaluate(row.wait);
}
