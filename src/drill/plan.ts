import type { FaultRow } from '../latency/bounds.ts';
import { bound, equation, evaluate, leaves } from '../latency/term.ts';
import type { Address } from '../model/address.ts';
import { ranks } from '../model/balance.ts';
import { type Duration, humanDuration } from '../model/duration.ts';
import { everything } from '../model/match.ts';
import { proxyRoutes } from '../model/relations.ts';
import type { Given, Pool, ProxyRoute, Server, Site, Topology } from '../model/topology.ts';
import type { Version } from '../model/version.ts';
import { judge, judgeAuths, type RouteReport } from '../report/report.ts';
import { lower, targets } from '../targets/index.ts';
import { allowance, answered, type Cell, earliness, staged } from './staging.ts';
import {
  boundsOf,
  canMarkAll,
  connectOf,
  firstAsked,
  markedByChecks,
  rowOf,
  shifted,
  type Told,
  toldOf,
} from './told.ts';

/** The programs that can be drilled. */
export type Program = Told['program'];

/** A row of a route that is measured. Times in milliseconds. */
export interface Planned {
  readonly cell: Cell;
  readonly row: FaultRow;
  readonly route: ProxyRoute;
  /** The bound. */
  readonly predicted: number;
  /** When a measurement is given up, from its start on. */
  readonly patience: number;
  /** How long it can take in all. */
  readonly longest: number;
}

/** A row of a route that is not measured. */
export interface Omitted {
  readonly row: FaultRow;
  readonly because: string;
}

/** One route on one target, judged for the installed version. */
export interface RoutePlan {
  readonly report: RouteReport;
  /** Milliseconds of the headline; null: nothing bounds it. */
  readonly headline: number | null;
  readonly planned: readonly Planned[];
  readonly omitted: readonly Omitted[];
}

export interface Plan {
  readonly program: Program;
  readonly installed: Version;
  /** What the topology is compiled for. */
  readonly compiledFor: Version;
  /** The topology for the installed version, with this target alone. */
  readonly topology: Topology;
  readonly routes: readonly RoutePlan[];
}

/** A drill does not wait longer for one row. Minutes are waited for a limit of minutes, days are not for one of days. */
const patienceLimit = 600_000;
/** Milliseconds above the allowance after which a measurement is given up: how much it is above does not matter any more. */
const grace = 1_000;

/** Which rows of which routes are drilled on one target. `holes`: why no SYN can be dropped on this machine. */
export function planOf(topology: Topology, program: Program, installed: Version, holes: string | undefined): Plan {
  const own = retargeted(topology, program, installed);
  const lowered = lower(own);
  // What is asked of auth servers is drilled apart from the routes that ask.
  const routes = [...judge(own, lowered), ...judgeAuths(own, lowered)].flatMap((report): RoutePlan[] => {
    const {
      route,
      site,
      targets: [judged],
    } = report;
    const told = toldOf(lowered, site.id, route.id);
    if (!told) return [];
    const { rows } = boundsOf(told);
    const headline = judged?.bounds.headline ?? boundsOf(told).headline;
    const planned: Planned[] = [];
    const omitted: Omitted[] = [];
    for (const row of rows) {
      const { failing, method } = row;
      const fault = staged.find((one) => one === row.fault);
      const cell = fault && { fault, failing, method };
      const because = cell ? obstacle(cell, row, told, holes) : 'no stand-in can bring it about';
      if (!cell || because !== undefined) omitted.push({ row, because: because ?? '' });
      else {
        const predicted = evaluate(row.wait);
        const patience = predicted + allowance(row.attempts) + grace;
        planned.push({ cell, row, route, predicted, patience, longest: preparation(cell, told) + patience });
      }
    }
    return [{ report, headline: bound(headline), planned, omitted }];
  });
  return { program, installed, compiledFor: targets[program].version(topology), topology: own, routes };
}

/** Compiled for the program that is there. One worker: what workers of nginx do not share is exact with one only. */
function retargeted(topology: Topology, program: Program, installed: Version): Topology {
  const { caddy, nginx } = topology.targets;
  const told = <T>(given: Given<T>, value: T): Given<T> => ({ ...given, value });
  if (program === 'caddy') {
    const target = caddy ? { caddy: { version: told(caddy.version, installed) } } : {};
    return { ...topology, targets: target, targetIds: ['caddy'] };
  }
  const target = nginx ? { nginx: { version: told(nginx.version, installed), workers: told(nginx.workers, 1) } } : {};
  return { ...topology, targets: target, targetIds: ['nginx'] };
}

/** Why a row cannot be drilled; nothing when it can. */
function obstacle(cell: Cell, row: FaultRow, told: Told, holes: string | undefined): string | undefined {
  const { fault, failing } = cell;
  if (speaksTls(told)) return 'the stand-ins speak plain http, not https';
  if (speaksHttp2(told)) return 'the stand-ins speak HTTP/1.1, not HTTP/2';
  if (fault === 'all_marked' && !canMarkAll(told))
    return 'only as many requests at once as `max_conns` lets through do it';
  if (bound(row.wait) === null) {
    const reasons = leaves(row.wait).flatMap(({ because }) => because ?? []);
    return `nothing bounds it: ${[...new Set(reasons)].join('; ')}`;
  }
  if (holes !== undefined && (fault === 'blackhole' || fault === 'late')) return holes;
  if (fault === 'late' && connectOf(told) <= answered) {
    return `a lost SYN is sent again after ${human(answered)}, and \`connect\` is ${human(connectOf(told))}: nothing later can be staged`;
  }
  if (failing === 'one' && firstAsked(told) === undefined) {
    return 'the balance picks a server by chance: which one is asked first is not known';
  }
  const time = preparation(cell, told) + evaluate(row.wait);
  if (time > patienceLimit) return `it takes ${human(time)}, and a drill waits ${human(patienceLimit)} at most`;
  if (isOnTheEdge(cell, row, told)) return 'a few milliseconds decide whether one more attempt starts';
  return undefined;
}

function human(time: number): string {
  return humanDuration(time as Duration);
}

function speaksTls(told: Told): boolean {
  return (told.program === 'caddy' ? told.proxy.tls : told.location.tls) !== undefined;
}

function speaksHttp2(told: Told): boolean {
  return told.program === 'caddy' ? told.proxy.h2c === true : told.location.speaks !== undefined;
}

function preparation({ fault }: Cell, told: Told): number {
  return fault === 'all_marked' ? markedByChecks(told) : 0;
}

/**
 * Where an attempt ends right at the end of a window or of a mark, chance decides whether one more starts: a stand-in that
 * fails a little before its limit, as it must, would then show more than the row says.
 */
function isOnTheEdge(cell: Cell, row: FaultRow, told: Told): boolean {
  const tries = Math.max(1, row.attempts);
  const early = earliness(cell.fault, told);
  const shifts = [-12 * tries - 10, -5, early * tries, early * tries + (early > 0 ? 12 : 0)];
  return shifts.some((shift) => {
    const moved = rowOf(cell, boundsOf(shifted(told, shift)));
    return moved !== undefined && evaluate(moved.wait) - early * moved.attempts > evaluate(row.wait);
  });
}

/** What a drill's topology calls the site of a row, and its servers. */
export interface Stage {
  readonly planned: Planned;
  readonly site: string;
  readonly servers: readonly Address[];
  readonly told: Told;
}

/** The topology that is drilled, and a stage for each row in it. */
export interface Drill {
  readonly topology: Topology;
  readonly stages: readonly Stage[];
}

/**
 * One site over plain http and one pool for each row, with servers that no other row has. The servers have placeholders
 * for addresses: the layout says where they are. Throws when a row would say something else there than on its route.
 */
export function drillOf({ topology, program }: Pick<Plan, 'topology' | 'program'>, rows: readonly Planned[]): Drill {
  let number = 0;
  const placed = rows.map((planned, index) => {
    const name = `c${String(index).padStart(3, '0')}`;
    const { primaries, backups } = ranks(planned.route.pool);
    const asked = [...primaries, ...backups];
    const servers = asked.map(({ address }): Address => {
      const own = ++number;
      // The bounds of a name are others than those of an address.
      if (address.value.kind === 'name') return { kind: 'name', host: `s${own}.drill.invalid`, port: 80 };
      return { kind: 'v4', host: `10.${own >> 16}.${(own >> 8) & 255}.${own & 255}`, port: 80 };
    });
    const own = asked.map((one, index) => ({
      ...one,
      address: { ...one.address, value: servers[index] ?? one.address.value },
    }));
    return { planned, name, servers, site: siteOf(planned, name, own, topology) };
  });
  const { acme, edge } = topology;
  const given = <T>(value: T): Given<T> => ({ value, at: edge.http_port.at, origin: 'default' });
  const drilled: Topology = {
    ...topology,
    acme: { ca: acme.ca },
    edge: {
      proxy: edge.proxy,
      resolver: edge.resolver,
      trusted_proxies: given([]),
      http_port: given(80),
      https_port: given(443),
      access_log: given('none' as const),
      http3: given(false),
    },
    machines: [],
    services: [],
    pools: placed.flatMap(({ site }) => proxyRoutes(site).map(({ pool }) => pool)),
    sites: placed.map(({ site }) => site),
  };
  const lowered = lower(drilled);
  const stages = placed.map(({ planned, site, servers }): Stage => {
    const told = toldOf(lowered, site.id);
    const row = told && rowOf(planned.cell, boundsOf(told));
    if (!told || !row || equation(row.wait) !== equation(planned.row.wait)) {
      const { fault, failing, method } = planned.cell;
      throw new Error(
        `${program}: ${planned.route.id} is drilled with another ${fault}/${failing}/${method} than its own`,
      );
    }
    return { planned, site: site.id, servers, told };
  });
  return { topology: drilled, stages };
}

function siteOf({ route }: Planned, name: string, servers: readonly Server[], { edge }: Topology): Site {
  const { at } = edge.http_port;
  const given = <T>(value: T): Given<T> => ({ value, at, origin: 'default' });
  const pool: Pool = {
    ...route.pool,
    name,
    servers,
  };
  const id = `${name}.drill.invalid`;
  return {
    id,
    name: id,
    at: route.at,
    aliases: [],
    redirectFrom: [],
    tls: given({ mode: 'none' } as const),
    http: given('none' as const),
    routes: [
      {
        id: `${id}/`,
        at: route.at,
        action: 'proxy',
        match: everything,
        pool,
        timeouts: route.timeouts,
        retry: route.retry,
        stream: route.stream,
        flush: route.flush,
      },
    ],
  };
}

/** How long these take with `together` at the same time, the longest first. */
export function timeFor(rows: readonly Pick<Planned, 'longest'>[], together: number): number {
  const lanes = new Array<number>(Math.max(1, together)).fill(0);
  for (const time of rows.map(({ longest }) => longest).sort((a, b) => b - a)) {
    const first = lanes.indexOf(Math.min(...lanes));
    lanes[first] = (lanes[first] ?? 0) + time;
  }
  return Math.max(...lanes);
}

/** Is a measurement longer than predicted, by more than the machine itself costs? */
export function isAbove(
  { ms }: { readonly ms: number },
  { predicted, row }: Pick<Planned, 'predicted' | 'row'>,
): boolean {
  return ms > predicted + allowance(row.attempts);
}
