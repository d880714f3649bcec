import type { Place } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import { formatAddress } from '../../model/address.ts';
import { everything } from '../../model/match.ts';
import type { Given } from '../../model/topology.ts';
import { atLeast } from '../../model/version.ts';
import type { NginxLocation } from '../../targets/nginx/directives.ts';
import { effective } from './inherit.ts';
import type { Directive } from './parse.ts';
import { inForce, placeOf, type Spot, type World } from './servers.ts';
import { type Problem, settingsOf } from './settings.ts';
import { addressOf, implicitPool, type Pool, poolOf } from './upstreams.ts';
import { serversOf, valuesOf } from './variables.ts';

/** What a `proxy_pass` may mean: one directive, or one for each value of its variables. */
export interface Proxied {
  readonly ways: readonly ProxyWay[];
  readonly problems: readonly Problem[];
  readonly at: Place;
}

export interface ProxyWay {
  readonly location: NginxLocation;
  /** Absent: a name that is looked up for each request. */
  readonly pool?: Pool;
}

/** More reasons than these say nothing more. */
const mostReasons = 3;

/** `upstream` blocks that are asked for several times are read once. */
export type Pools = Map<string, Pool>;

export function proxied(pass: Directive, spot: Spot, world: World, pools: Pools): Proxied {
  const word = pass.args[0];
  const at = placeOf(world, pass, word ?? pass.head);
  const url = word?.text ?? '';
  const values = serversOf(url, spot, world);
  if ('unknown' in values) {
    const because = `where ${quoted(url)} leads is not known: $${values.unknown} may be anything`;
    return { ways: [], problems: [{ name: 'proxy_pass', because, place: at }], at };
  }
  const problems: Problem[] = [];
  const settings = locationSettings(spot, world, at);
  const ways = values.texts.flatMap((text): ProxyWay[] => {
    // Anything else is answered with 500 at once.
    const [, scheme = '', rest = ''] = /^(https?):\/\/(.*)$/is.exec(text) ?? [];
    const authority = rest.startsWith('unix:') ? rest.split(':', 2).join(':') : (rest.split(/[/?]/, 1)[0] ?? '');
    if (authority === '') return [];
    const tls = scheme.toLowerCase() === 'https';
    const target = targetOf(authority, { tls, perRequest: url.includes('$'), at, world, pools });
    if (!target) {
      problems.push({ name: 'proxy_pass', because: `${quoted(authority)} is no address`, place: at });
      return [];
    }
    const { pass: where, pool } = target;
    const kept = (pool?.upstream.keepalive.connections ?? 0) > 0 && !settings.reuse ? { reuse: false } : {};
    const lookup = where.kind === 'variable' && where.address.value.kind === 'name' ? { lookup: settings.lookup } : {};
    problems.push(...(pool?.problems ?? []).slice(0, mostReasons));
    const location = { ...settings.common, pass: where, ...kept, ...lookup, ...(tls ? { tls: {} } : {}) };
    return [{ location, ...(pool ? { pool } : {}) }];
  });
  return { ways, problems: [...new Set([...problems, ...settings.problems])], at };
}

interface Asking {
  readonly tls: boolean;
  readonly perRequest: boolean;
  readonly at: Place;
  readonly world: World;
  readonly pools: Pools;
}

type Target = { readonly pass: NginxLocation['pass']; readonly pool?: Pool };

function targetOf(authority: string, { tls, perRequest, at, world, pools }: Asking): Target | undefined {
  const key = authority.toLowerCase();
  const block = world.upstreams.get(key);
  const known = pools.get(key);
  if (block || known) {
    const pool = known ?? poolOf(block as Directive, world);
    pools.set(key, pool);
    if (block || !perRequest) return { pass: { kind: 'upstream', name: pool.upstream.name }, pool };
  }
  const address = addressOf(authority, tls ? 443 : 80);
  if (!address) return undefined;
  const given: Given<typeof address> = { value: address, at, origin: 'written' };
  if (perRequest) return { pass: { kind: 'variable', address: given } };
  const name = formatAddress(address);
  const pool = pools.get(name) ?? implicitPool(address, at);
  pools.set(name, pool);
  return { pass: { kind: 'upstream', name }, pool };
}

type Common = Omit<NginxLocation, 'pass' | 'tls' | 'reuse' | 'lookup'>;

const conditions = new Set<string>(
  'error timeout invalid_header http_429 http_500 http_502 http_503 http_504 http_403 http_404 non_idempotent'.split(
    ' ',
  ),
);

function locationSettings(spot: Spot, world: World, at: Place) {
  const settings = settingsOf(spot, world, at);
  const window = settings.time('proxy_next_upstream_timeout', 0);
  const next = settings.words('proxy_next_upstream');
  const words = next?.value ?? ['error', 'timeout'];
  const problems: Problem[] = [];
  const strange = words.find((word) => !conditions.has(word) && !['off', 'updating'].includes(word));
  if (next && strange !== undefined) {
    problems.push({ name: 'proxy_next_upstream', because: `${quoted(strange)} is no condition`, place: next.at });
  }
  const on = words.includes('off') ? [] : words.filter((word) => conditions.has(word));
  const ignored = settings.words('proxy_ignore_headers')?.value.includes('x-accel-redirect');
  const common: Common = {
    route: '',
    action: 'proxy',
    match: everything,
    connect: settings.time('proxy_connect_timeout', 60_000),
    send: settings.time('proxy_send_timeout', 60_000),
    read: settings.time('proxy_read_timeout', 60_000),
    conditions: on as Common['conditions'],
    tries: settings.number('proxy_next_upstream_tries', 0),
    ...(window.value > 0 ? { window } : {}),
    ...(settings.flag('proxy_buffering', true) ? {} : { buffering: false }),
    ...(settings.flag('proxy_request_buffering', true) ? {} : { requestBuffering: false }),
    ...(settings.flag('proxy_ignore_client_abort', false) ? { ignoresAbort: true } : {}),
    ...(ignored ? {} : { accelRedirect: true }),
  };
  const { reuse, problem } = reuseOf(spot, world);
  return {
    common,
    lookup: settings.time('resolver_timeout', 30_000),
    reuse,
    problems: [...problems, ...settings.problems, ...(problem ? [problem] : [])],
  };
}

/** Can a connection serve a second request? Until 1.29.7 only if the file asks for HTTP/1.1 and takes `Connection: close` out. */
function reuseOf(spot: Spot, world: World): { readonly reuse: boolean; readonly problem?: Problem } {
  const modern = atLeast(world.version, '1.29.7');
  const written = inForce(spot, 'proxy_http_version');
  const version = written?.args[0]?.text ?? (modern ? '1.1' : '1.0');
  if (written && version === '2') {
    const because = 'how long a server with HTTP/2 is waited for has not been measured';
    return {
      reuse: true,
      problem: { name: 'proxy_http_version', because, place: placeOf(world, written, written.args[0]) },
    };
  }
  const header = effective(spot.scopes, 'proxy_set_header').findLast(({ args }) =>
    /^connection$/i.test(args[0]?.text ?? ''),
  );
  const text = header?.args[1]?.text ?? (modern && version === '1.1' ? '' : 'close');
  const values = valuesOf(text, spot, world);
  const open = 'unknown' in values || values.texts.some((value) => !/\bclose\b/i.test(value));
  return { reuse: open && (version === '1.1' || /keep-alive|\$/i.test(text)) };
}
