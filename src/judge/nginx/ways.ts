import { quoted } from '../../diagnostics/visible.ts';
import type { Bounds } from '../../latency/bounds.ts';
import { eitherOf, hindered, inPlaceOf, inSequence, type Stage, unknownBounds } from '../../latency/stages.ts';
import { fixedWait, type Term, unbounded, wait } from '../../latency/term.ts';
import { type Duration, milliseconds } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import type { NginxLocation } from '../../targets/nginx/directives.ts';
import { nginxBounds } from '../../targets/nginx/latency.ts';
import { effective, own } from './inherit.ts';
import { locationsFor } from './match.ts';
import type { Answering } from './model.ts';
import { obstacles } from './obstacles.ts';
import { type Directive, flatten } from './parse.ts';
import { type Pools, proxied } from './proxy.ts';
import { inForce, type Location, placeOf, type Spot, type World } from './servers.ts';
import { type Problem, settingsOf } from './settings.ts';
import { parseNumber } from './units.ts';
import { isForUpgrades } from './upgrades.ts';

/** How long a request waits, and for whom. */
export interface Outcome {
  readonly bounds: Bounds;
  /** Who is asked for the answer; the first is the worst. */
  readonly upstreams: readonly string[];
  /** The one `proxy_pass` that answers, where there is one and it was understood. */
  readonly proxy?: Answering;
  /** What the outcome holds beside that: other ways, stages. */
  readonly beside: readonly { readonly directive: Directive; readonly what: string }[];
  readonly problems: readonly Problem[];
}

export interface Judging {
  readonly world: World;
  readonly pools: Pools;
  readonly workers: number | 'auto';
  /** Sees everybody who is asked on the way, and may give them other values. */
  readonly adjusted?: (asked: Answering) => NginxLocation;
}

/** More than this many further locations of one request are not followed. */
const mostSteps = 64;

interface Walk extends Judging {
  /** Locations that a request may still be led through. */
  readonly left: { steps: number };
  /** Locations on the way here, and whether something was waited for since. */
  readonly trail: readonly { readonly spot: unknown; readonly mode: string; readonly waited: boolean }[];
  /** `error_page` is followed: not from an error page, unless `recursive_error_pages` says so. */
  readonly pages: boolean;
  /** For `auth_request`: without access rules of its own. */
  readonly sub: boolean;
  /** Requests are delayed once. */
  readonly limited: boolean;
  /** Upgrades (websockets) have gone another way, with this limit. */
  readonly upgraded?: Given<Duration>;
}

/** What a request of a location waits for in all. Nothing: nobody is asked. */
export function judgeLocation(location: Location, judging: Judging): Outcome | undefined {
  return enter(location, {
    ...judging,
    left: { steps: mostSteps },
    trail: [],
    pages: true,
    sub: false,
    limited: false,
  });
}

interface Way {
  readonly name: string;
  readonly outcome: Outcome;
}

function enter(location: Location, walk: Walk): Outcome | undefined {
  const spot = location.scopes.at(-1);
  const mode = `${walk.pages} ${walk.sub}`;
  const before = walk.trail.findIndex((step) => step.spot === spot && step.mode === mode);
  if (before >= 0) {
    // nginx goes round ten times; without a wait in between that is nothing.
    if (!walk.trail.slice(before + 1).some(({ waited }) => waited)) return undefined;
    return unknown(location, walk, 'error_page', 'its error pages lead back to itself, round and round');
  }
  if (--walk.left.steps < 0) {
    return unknown(location, walk, 'location', `a request may be led through more than ${mostSteps} locations`);
  }
  const inside: Walk = { ...walk, trail: [...walk.trail, { spot, mode, waited: false }] };
  return either(waysOf(location, inside));
}

function unknown(spot: Spot, { world }: Judging, name: string, because: string): Outcome {
  const directive = spot.directive ?? spot.server.directive;
  const place = directive ? placeOf(world, directive) : world.configuration.main.source.place(0, 1);
  const problems = [{ name, because, place }];
  return { bounds: unknownBounds(name, because, place), upstreams: [], beside: [], problems };
}

/** Patterns that every path fits. */
const always = /^\^?(?:\/|\.|\(?\/?\.[*+]\)?|\/\(?\.\*\)?)?\$?$/;

/** The ways that a request takes through the rewrites of a location, in their order. */
function waysOf(location: Location, entered: Walk): Way[] {
  const block = location.scopes.at(-1) ?? [];
  const ways: Way[] = [];
  let walk = entered;
  for (const directive of flatten(block)) {
    const upgraded = isForUpgrades(directive, walk.world) ? limitOfUpgrades(directive, location, walk) : undefined;
    if (upgraded) walk = { ...walk, upgraded };
    else if (directive.name === 'if') ways.push(...waysOfIf(directive, location, walk));
    else if (directive.name === 'limit_except') ways.push(...waysOfSpot(inner(location, directive), walk));
    else {
      const step = rewriteStep(directive, location, walk);
      ways.push(...step.ways);
      if (step.ends === 'answered') return ways;
      if (step.ends === 'rewritten') break;
    }
  }
  return [...ways, ...waysOfSpot(location, walk)];
}

function inner(location: Spot, directive: Directive): Spot {
  return { server: location.server, scopes: [...location.scopes, directive.block ?? []], directive };
}

/** What upgrades wait for is told beside the wait of all others. */
function limitOfUpgrades(directive: Directive, location: Spot, walk: Walk): Given<Duration> | undefined {
  const { adjusted: _, ...unseen } = walk;
  return either(waysOfIf(directive, location, unseen))?.proxy?.way.location.read;
}

function waysOfIf(directive: Directive, location: Spot, walk: Walk): Way[] {
  const spot = inner(location, directive);
  const ways: Way[] = [];
  for (const inside of flatten(directive.block ?? [])) {
    const step = rewriteStep(inside, spot, walk);
    ways.push(...step.ways);
    if (step.ends === 'answered') return ways;
  }
  const names = [...flatten(directive.block ?? [])].map(({ name }) => name);
  const plain = names.every((name) => ['set', 'add_header', 'access_log', 'limit_rate', 'expires'].includes(name));
  return plain ? ways : [...ways, ...waysOfSpot(spot, walk)];
}

interface Step {
  readonly ways: readonly Way[];
  /** `answered`: nothing behind it is reached; `rewritten`: the handler is. */
  readonly ends?: 'answered' | 'rewritten';
}

function rewriteStep(directive: Directive, spot: Spot, walk: Walk): Step {
  const { name, args } = directive;
  if (name === 'break') return { ways: [], ends: 'rewritten' };
  if (name === 'return') {
    const code = parseNumber(args[0]?.text ?? '');
    // With a text of its own the answer is complete; a URL leads the client elsewhere.
    const pages = code === undefined || args.length > 1 ? [] : errorPages(spot, walk, (one) => one === code);
    return { ways: pages, ends: 'answered' };
  }
  if (name !== 'rewrite') return { ways: [] };
  const [pattern, to, flag] = args.map(({ text }) => text);
  const fits = always.test(pattern ?? '');
  if (flag === 'break') return fits ? { ways: [], ends: 'rewritten' } : { ways: [] };
  const elsewhere = /^(?:https?:\/\/|\$scheme)/.test(to ?? '') || flag === 'redirect' || flag === 'permanent';
  const ways = elsewhere ? [] : hop(to ?? '', directive, spot, walk);
  return { ways, ...(fits && (elsewhere || flag === 'last') ? { ends: 'answered' as const } : {}) };
}

/** The locations that a URI or `@name` leads to. */
function hop(target: string, directive: Directive, spot: Spot, walk: Walk): Way[] {
  if (/^(?:https?:\/\/|\$scheme)/.test(target)) return [];
  const named = spot.server.locations.named.get(target);
  const found = target.startsWith('@') ? (named ? [named] : []) : locationsFor(spot.server, target);
  if (!found || found.length > walk.left.steps) {
    const because = `${quoted(target)} may lead to any of more than ${mostSteps} locations`;
    return [{ name: `\`${directive.name} ${target}\``, outcome: unknown(spot, walk, directive.name, because) }];
  }
  const ways: Way[] = [];
  for (const location of found) {
    const outcome = enter(location, walk);
    if (!outcome) continue;
    const beside = [
      ...outcome.beside,
      { directive, what: `\`${directive.name} … ${target}\` leads to another location` },
    ];
    ways.push({ name: `\`${directive.name} ${target}\``, outcome: { ...outcome, beside } });
    if (walk.left.steps < 0) break;
  }
  return ways;
}

/** What is in force in a block: delays, authentication, files, then who answers, then the pages of errors. */
function waysOfSpot(spot: Spot, walk: Walk): Way[] {
  const delays = delaysOf(spot, walk);
  const limited = walk.limited || delays.some(({ name }) => name.startsWith('`limit_req'));
  const after = { ...walk, limited };
  const before = [...delays, ...(walk.sub ? [] : authentication(spot, after))];
  const waited: Walk = before.length > 0 ? passed(after) : after;
  const files = own(spot.scopes.at(-1) ?? [], 'try_files')?.[0];
  const fallback = files?.args.at(-1)?.text ?? '';
  const [, code] = /^=(\d+)$/.exec(fallback) ?? [];
  const ways: Way[] = [
    ...handled(spot, waited),
    ...(files && code === undefined ? hop(fallback, files, spot, waited) : []),
  ];
  const all = ways.length === 0 && before.length > 0 ? [{ name: 'nginx itself', outcome: idle }] : ways;
  return all.map(({ name, outcome }) => ({ name, outcome: preceded(outcome, before) }));
}

/** Something has been waited for on the way: coming back to where one was would make it endless. */
function passed(walk: Walk): Walk {
  return {
    ...walk,
    trail: walk.trail.map((step, index) => (index === walk.trail.length - 1 ? { ...step, waited: true } : step)),
  };
}

const handlers = ['proxy_pass', 'fastcgi_pass', 'grpc_pass', 'uwsgi_pass', 'scgi_pass', 'memcached_pass'] as const;

/** Who answers, with the pages for errors. */
function handled(spot: Spot, walk: Walk): Way[] {
  const block = spot.scopes.at(-1) ?? [];
  const outer = spot.directive && spot.directive.name !== 'location' ? (spot.scopes.at(-2) ?? []) : [];
  const pass =
    handlers.flatMap((name) => own(block, name) ?? [])[0] ?? handlers.flatMap((name) => own(outer, name) ?? [])[0];
  const hindered = obstacles(spot, walk.world, pass?.name === 'proxy_pass');
  if (!pass) {
    const static_: Way[] = [...indexWays(spot, walk), ...errorPages(spot, walk, () => true)];
    // Without a handler that is known a foreign directive may be one.
    const own = hindered.filter(({ handler }) => handler);
    if (own.length === 0) return static_;
    return [{ name: 'nginx', outcome: withProblems(idle, own) }, ...static_];
  }
  if (pass.name !== 'proxy_pass') {
    const because = `how long \`${pass.name}\` waits has not been measured`;
    const place = placeOf(walk.world, pass);
    const bounds = unknownBounds(pass.name, because, place);
    const upstreams = pass.args[0] ? [pass.args[0].text] : [];
    const outcome = { bounds, upstreams, beside: [], problems: [{ name: pass.name, because, place }] };
    return [{ name: `\`${pass.name}\``, outcome }];
  }
  const answer = proxyOutcome(pass, spot, walk);
  const whole = withProblems(answer, hindered);
  // What is neither on nor off might be on.
  const intercepts = !['off', undefined].includes(inForce(spot, 'proxy_intercept_errors')?.args[0]?.text.toLowerCase());
  const late = (code: number): boolean => intercepts || code === 502 || code === 504;
  const instead = errorPages(spot, walk, (code) => !late(code));
  const pages = errorPages(spot, passed(walk), late);
  return [{ name: `\`proxy_pass ${pass.args[0]?.text}\``, outcome: followed(whole, pages) }, ...instead];
}

function proxyOutcome(pass: Directive, spot: Spot, walk: Walk): Outcome {
  const { ways: found, problems } = proxied(pass, spot, walk.world, walk.pools);
  const { upgraded } = walk;
  const ways = upgraded ? found.map((way) => ({ ...way, location: { ...way.location, upgraded } })) : found;
  const stages = ways.map((way): Stage => {
    const { pool } = way;
    const location = walk.adjusted?.({ way, spot, pass }) ?? way.location;
    const name = pool?.upstream.name ?? pass.args[0]?.text ?? '';
    const upstreams = pool ? [pool.upstream] : [];
    return { name, bounds: nginxBounds(location, { upstreams, workers: walk.workers }, undefined) };
  });
  const [first, ...others] = stages;
  const [only, second] = ways;
  const outcome: Outcome = first
    ? {
        bounds: eitherOf([first, ...others]),
        upstreams: [...new Set(stages.map(({ name }) => name))],
        beside: second
          ? [{ directive: pass, what: `\`proxy_pass ${pass.args[0]?.text}\` chooses among several upstreams` }]
          : [],
        problems: [],
        ...(only && !second ? { proxy: { way: only, spot, pass } } : {}),
      }
    : { ...idle, upstreams: problems.length > 0 ? [pass.args[0]?.text ?? ''] : [] };
  return withProblems(outcome, problems);
}

/** Without a bound for what is not understood; what is known stays beside it. */
function withProblems(outcome: Outcome, problems: readonly Problem[]): Outcome {
  const [first, ...others] = problems;
  if (!first) return outcome;
  const { proxy: _, ...rest } = outcome;
  const reasons = others.map(({ name, because, place }) => unbounded(name, because, place));
  const bounds =
    outcome.bounds === idle.bounds
      ? hindered(unknownBounds(first.name, first.because, first.place), reasons)
      : hindered(outcome.bounds, [unbounded(first.name, first.because, first.place), ...reasons]);
  return { ...rest, bounds, problems: [...outcome.problems, ...problems] };
}

/** nginx answers by itself, at once. */
const nothing = fixedWait('answer of nginx itself', milliseconds(0));
const idle: Outcome = {
  bounds: only(nothing),
  upstreams: [],
  beside: [],
  problems: [],
};

/** A wait for something that is no server. */
function only(term: Term): Bounds {
  return {
    headline: term,
    rows: [],
    staleReuse: { wait: term, resends: 0, condition: 'no request is sent again after a reused connection was closed' },
    clientFirstByte: { wait: term, because: 'nothing holds the header back' },
    bodyBounded: false,
    amplification: 0,
    failWindow: [],
    assumptions: [],
  };
}

interface Before extends Stage {
  readonly directive: Directive;
  readonly problems: readonly Problem[];
}

function preceded(outcome: Outcome, before: readonly Before[]): Outcome {
  if (before.length === 0) return outcome;
  const [first, ...others] = before;
  const bounds =
    outcome.bounds === idle.bounds && first ? inSequence(first.bounds, others) : inSequence(outcome.bounds, before);
  return {
    ...outcome,
    bounds,
    beside: [
      ...outcome.beside,
      ...before.map(({ directive, name }) => ({ directive, what: `${name} comes before it${wordFor(directive)}` })),
    ],
    problems: [...outcome.problems, ...before.flatMap(({ problems }) => problems)],
  };
}

/** The word of a topology that may say it, where a person knows whether it means the same. */
function wordFor({ name }: Directive): string {
  return name === 'auth_request' ? ': see `forward_auth`' : '';
}

/** What an error page adds to the wait that failed. */
function followed(outcome: Outcome, pages: readonly Way[]): Outcome {
  const page = either(pages);
  const [first] = pages;
  if (!page || !first) return outcome;
  return {
    ...outcome,
    bounds: inPlaceOf(outcome.bounds, { name: first.name, bounds: page.bounds }),
    beside: [...outcome.beside, ...page.beside],
    problems: [...outcome.problems, ...page.problems],
  };
}

/** One of several ways: the worst counts. */
function either(ways: readonly Way[]): Outcome | undefined {
  const [first, ...others] = ways;
  if (!first || others.length === 0) return first?.outcome;
  const outcomes = ways.map(({ outcome }) => outcome);
  const waiting = outcomes.filter(({ proxy, problems }) => proxy || problems.length > 0);
  const bounds = eitherOf([
    { name: first.name, bounds: first.outcome.bounds },
    ...others.map(({ name, outcome }) => ({ name, bounds: outcome.bounds })),
  ]);
  const proxy = waiting.length === 1 ? waiting[0]?.proxy : undefined;
  return {
    bounds,
    upstreams: [...new Set(outcomes.flatMap(({ upstreams }) => upstreams))],
    ...(proxy ? { proxy } : {}),
    beside: outcomes.flatMap(({ beside }) => beside),
    problems: outcomes.flatMap(({ problems }) => problems),
  };
}

/** `index` of a directory leads to another location, such as that of `\.php$`. */
function indexWays(spot: Spot, walk: Walk): Way[] {
  const location = spot.directive?.name === 'location' ? spot.directive.args.at(-1)?.text : '/';
  const index = inForce(spot, 'index');
  if (!index || !location?.endsWith('/') || walk.sub) return [];
  return index.args.flatMap(({ text }) => (text.includes('$') ? [] : hop(`${location}${text}`, index, spot, walk)));
}

/** The locations that `error_page` shows for some of the codes. */
function errorPages(spot: Spot, walk: Walk, wanted: (code: number) => boolean): Way[] {
  if (!walk.pages) return [];
  const recursive = inForce(spot, 'recursive_error_pages')?.args[0]?.text.toLowerCase() === 'on';
  const targets = new Map<string, Directive>();
  for (const directive of effective(spot.scopes, 'error_page')) {
    const codes = directive.args.slice(0, -1).flatMap(({ text }) => parseNumber(text) ?? []);
    const target = directive.args.at(-1)?.text ?? '';
    if (codes.some(wanted) && !targets.has(target)) targets.set(target, directive);
  }
  return [...targets].flatMap(([target, directive]) => hop(target, directive, spot, { ...walk, pages: recursive }));
}

/** `auth_request`: the whole of another request, before this one. */
function authentication(spot: Spot, walk: Walk): Before[] {
  const directive = inForce(spot, 'auth_request');
  const uri = directive?.args[0]?.text ?? 'off';
  if (!directive || uri === 'off') return [];
  const ways = hop(uri, directive, spot, { ...walk, pages: true, sub: true });
  const outcome = either(ways);
  if (!outcome) return [];
  return [{ name: `\`auth_request ${uri}\``, bounds: outcome.bounds, directive, problems: outcome.problems }];
}

/** What nginx itself makes a request wait for: `limit_req` without `nodelay`, the lock of a cache, `auth_delay`. */
function delaysOf(spot: Spot, walk: Walk): Before[] {
  return [
    ...(walk.limited ? [] : limits(spot, walk)),
    ...cacheLock(spot, walk.world),
    ...(walk.sub ? [] : authDelay(spot, walk.world)),
  ];
}

function limits(spot: Spot, { world }: Walk): Before[] {
  if (inForce(spot, 'limit_req_dry_run')?.args[0]?.text.toLowerCase() === 'on') return [];
  const found = effective(spot.scopes, 'limit_req').flatMap((directive): Before[] => {
    const words = new Map(directive.args.map(({ text }) => text.split('=', 2) as [string, string | undefined]));
    const burst = parseNumber(words.get('burst') ?? '0') ?? 0;
    const free = words.has('nodelay') ? burst : (parseNumber(words.get('delay') ?? '0') ?? 0);
    if (burst <= free) return [];
    const zone = words.get('zone') ?? '';
    const name = `\`limit_req zone=${zone}\``;
    const at = placeOf(world, directive, directive.args[0], directive.args.at(-1));
    const rate = rateOf(world.zones.get(zone));
    if (rate === undefined) {
      const because = `how fast \`limit_req_zone\` ${quoted(zone)} lets requests through is not known`;
      const problem = { name: 'limit_req', because, place: at };
      return [{ name, bounds: unknownBounds('limit_req', because, at), directive, problems: [problem] }];
    }
    // ngx_http_limit_req_account: excess × 1000 / rate, in thousandths of requests (a second).
    const time = milliseconds(Math.floor(((burst - free) * 1_000_000) / rate));
    const term = wait('delay of limit_req', { value: time, at, origin: 'written' }, 'limit_req');
    return [{ name, bounds: only(term), directive, problems: [] }];
  });
  // Of several limits the longest delay counts.
  const [first, ...others] = found;
  if (!first) return [];
  const worst = eitherOf([first, ...others]);
  return [{ ...first, bounds: { ...worst, assumptions: [] } }];
}

/** Thousandths of requests a second; `10r/m` is 166 of them, rounded down as nginx does. */
function rateOf(zone: Directive | undefined): number | undefined {
  const [, count, unit] = zone?.args.map(({ text }) => /^rate=(\d+)r\/([sm])$/.exec(text)).find(Boolean) ?? [];
  if (count === undefined) return undefined;
  const rate = Math.floor((Number(count) * 1000) / (unit === 'm' ? 60 : 1));
  return rate > 0 ? rate : undefined;
}

function cacheLock(spot: Spot, world: World): Before[] {
  const directive = inForce(spot, 'proxy_cache');
  if (!directive || directive.args[0]?.text === 'off') return [];
  const at = placeOf(world, directive);
  const settings = settingsOf(spot, world, at);
  if (!settings.flag('proxy_cache_lock', false)) return [];
  const timeout = settings.time('proxy_cache_lock_timeout', 5000);
  const term = wait('cache lock', timeout, 'proxy_cache_lock_timeout');
  return [delay('`proxy_cache_lock`', term, directive, settings.problems)];
}

function authDelay(spot: Spot, world: World): Before[] {
  const directive = inForce(spot, 'auth_delay');
  if (!directive) return [];
  const settings = settingsOf(spot, world, placeOf(world, directive));
  const term = wait('delay of a refused login', settings.time('auth_delay', 0), 'auth_delay');
  return [delay('`auth_delay`', term, directive, settings.problems)];
}

function delay(name: string, term: Term, directive: Directive, problems: readonly Problem[]): Before {
  const { bounds } = withProblems({ ...idle, bounds: only(term) }, problems);
  return { name, bounds, directive, problems };
}
