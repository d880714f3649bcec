import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import type { Bounds } from '../../latency/bounds.ts';
import { eitherOf, inPlaceOf, inSequence, type Stage, unknownBounds } from '../../latency/stages.ts';
import { bound } from '../../latency/term.ts';
import { everything, onlyPaths } from '../../model/match.ts';
import type { Site } from '../../model/topology.ts';
import type { Version } from '../../model/version.ts';
import type { RouteOnTarget, RouteReport, RouteWaits } from '../../report/report.ts';
import type { Tuning } from '../../report/tuning.ts';
import type { CaddyDirectives, CaddyProxySite, ReverseProxy } from '../../targets/caddy/directives.ts';
import { caddyBounds } from '../../targets/caddy/latency.ts';
import type { Judged } from '../judged.ts';
import type { CaddyConfiguration } from './index.ts';
import { leftOf } from './left.ts';
import { topologyOf } from './model.ts';
import { createNotes, type Notes } from './notes.ts';
import { orderOf } from './order.ts';
import type { CaddyBlock, Unresolved } from './parse.ts';
import { type ReadProxy, readProxy } from './proxy.ts';
import { type Around, aroundOf, type Placed, type SiteBlock, sayable, siteOf } from './said.ts';
import { hostOf, nameOf, type Options, optionsOf, servedOf, tlsOf, wayOf } from './site.ts';
import type { CaddyDirective } from './tree.ts';
import { capped, tuningOf } from './tuning.ts';
import { upgradesOf } from './upgrades.ts';
import { type Answer, asHop, type Hop, type Step, walkBlock } from './walk.ts';
import { type Asked, write } from './writing.ts';

/** How long the routes of a Caddyfile can wait, from its own directives. Nothing is thrown, whatever is in it. */
export function judgeCaddy(configuration: CaddyConfiguration, version: Version): Judged {
  const notes = createNotes(configuration.sources, version);
  const options = optionsOf(configuration);
  const work: Work = {
    configuration,
    notes,
    options,
    order: orderOf(configuration.blocks, version),
    routes: new Map(
      configuration.blocks.flatMap((block) => (block.kind === 'route' ? [[block.name ?? '', block]] : [])),
    ),
    proxies: new Map(),
    upgrades: new Map(),
    stages: new Map(),
  };
  for (const block of configuration.blocks) if (block.kind === 'options') unknownOptions(block, work);
  for (const one of configuration.unresolved) missing(one, work);
  const sites = named(
    configuration.blocks.filter(({ kind }) => kind === 'site'),
    work,
  );
  const directives = directivesOf(sites, work);
  const around = aroundOf(sites, options);
  const judged = sites.map((site) => judgeSite(site, directives, around, work));
  const [first] = configuration.sources.keys();
  const [source] = configuration.sources.values();
  const name = first ?? 'Caddyfile';
  const model = judged.flatMap(({ site }) => site ?? []);
  const at = source?.place(0, 0) ?? { source: name, path: '#0-0', part: 'value' };
  return {
    target: 'caddy',
    version,
    routes: judged.flatMap(({ routes }) => routes),
    topology: topologyOf(name, model, options, notes, at),
    lowered: { caddy: directives },
    adjusting: {
      tunings: new Map(judged.flatMap(({ tunings }) => tunings)),
      write: (wishes) =>
        write(
          wishes,
          judged.flatMap(({ asked }) => asked),
          configuration.sources,
        ),
    },
    diagnostics: once([...configuration.diagnostics, ...notes.diagnostics]),
    unsaid: notes.unsaid,
    sources: configuration.sources,
  };
}

/** A snippet that several sites import has each of its mistakes once. */
function once(all: readonly Diagnostic[]): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const one of all) {
    const key = `${one.rule} ${one.place.source} ${one.place.path} ${one.message}`;
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()];
}

interface Work {
  readonly configuration: CaddyConfiguration;
  readonly notes: Notes;
  readonly options: Options;
  readonly order: readonly string[];
  readonly routes: ReadonlyMap<string, CaddyBlock>;
  readonly proxies: Map<CaddyDirective, ReadProxy>;
  /** The same servers, asked for upgrades alone. */
  readonly upgrades: Map<CaddyDirective, CaddyDirective>;
  /** The bounds of those who are asked beside the servers of a route. */
  readonly stages: Map<CaddyDirective, Bounds>;
  /** Gives every proxy other values than those that are written. */
  readonly adjusted?: (proxy: ReverseProxy) => ReverseProxy;
}

/** More than this many others that are asked for one request are not judged. */
const mostHops = 50;

function unknownOptions({ directives }: CaddyBlock, { configuration, notes }: Work): void {
  for (const directive of directives) {
    if (!configuration.notUnderstood.includes(directive)) continue;
    notes.tell('info', 'caddy-not-understood', directive.head, {
      message: `the option ${quoted(directive.name)} is not one of Caddy’s own`,
      why: 'it is left out of what is judged',
      help: 'nothing needs to be done when it does not touch the sites',
    });
  }
}

function missing({ place, pattern, site, reason }: Unresolved, { configuration, notes }: Work): void {
  const span = configuration.sources.get(place.source)?.span(place) ?? { start: 0, end: 0 };
  notes.tell(
    'info',
    'caddy-unresolved',
    { file: place.source, span },
    {
      message: `what is imported by ${quoted(pattern)} is not among the files`,
      why: site
        ? 'it may wait or answer: how long the routes of its site wait is not known'
        : 'its sites are not judged',
      help:
        reason === 'environment'
          ? 'write the path itself where it is judged'
          : 'judge the folder in which everything is that is imported',
    },
  );
}

/** Sites with names that no other has, and routes with ids that no other has. */
function named(blocks: readonly CaddyBlock[], work: Work): SiteBlock[] {
  const { configuration, notes, options } = work;
  const names = new Set<string>();
  const ids = new Map<string, number>();
  return blocks.map((block) => {
    const served = servedOf(block, configuration, options);
    const [first] = served;
    const usual = first ? nameOf(first, options) : (block.keys[0]?.text ?? '');
    const name = names.has(usual) ? (block.keys[0]?.text ?? usual) : usual;
    names.add(name);
    const paths = new Set(served.map(({ address }) => address.path));
    const [path = ''] = paths;
    const key = block.keys[0];
    const limited: Step[] =
      paths.size > 1
        ? [{ condition: { others: true } }]
        : path === '' || !key
          ? []
          : [{ condition: { paths: [{ text: path, at: key }], others: false } }];
    const walked = walkBlock(block.directives, work, limited);
    const pages = (statuses: RegExp): Hop[] => block.directives.flatMap((one) => errorsOf(one, statuses, work));
    const [errors, refusals] = [pages(/^5(?:xx|0[234])$/), pages(/^[45](?:xx|\d\d)$/)];
    const upgrades = upgradesOf(walked.answers);
    const twins = new Set(upgrades.values());
    for (const [proxy, upgrade] of upgrades) work.upgrades.set(proxy, upgrade);
    const answers = walked.answers.filter(({ directive }) => !twins.has(directive));
    const routes = answers.map((answer): Placed => {
      const way = wayOf(answer.trail, notes);
      const usual = name + way.id;
      const count = (ids.get(usual) ?? 0) + 1;
      ids.set(usual, count);
      return { id: count === 1 ? usual : `${usual}#${count}`, way, answer };
    });
    return { block, name, served, routes, errors, refusals };
  });
}

/** `handle_errors`, with statuses since 2.8: those of a proxy that gives up are 502 to 504. */
function errorsOf({ name, args, block = [] }: CaddyDirective, statuses: RegExp, work: Work): Hop[] {
  if (name !== 'handle_errors') return [];
  if (args.length > 0 && !args.some(({ text }) => statuses.test(text) || text.includes('{'))) return [];
  return walkBlock(block, work).answers.flatMap((answer) =>
    answer.kind === 'own' ? [...answer.before] : [...answer.before, asHop(answer)],
  );
}

function read(directive: CaddyDirective, { proxies, upgrades, notes }: Work): ReadProxy {
  const known = proxies.get(directive);
  if (known) return known;
  const plain = readProxy(directive, notes);
  const upgrade = upgrades.get(directive);
  const upgraded = upgrade && readProxy(upgrade, notes).proxy.read;
  const fresh = upgraded ? { ...plain, proxy: { ...plain.proxy, upgraded } } : plain;
  proxies.set(directive, fresh);
  return fresh;
}

/** All that Caddy is told: it counts failures and checks by server address over all sites and listeners. */
function directivesOf(sites: readonly SiteBlock[], work: Work): CaddyDirectives {
  const { options, notes } = work;
  const { email } = options;
  return {
    version: notes.version,
    httpPort: options.http,
    httpsPort: options.https,
    accessLog: 'none',
    acme: { hasRoot: false, ...(email ? { email: email.text } : {}) },
    ownCa: false,
    strictNames: false,
    http3: false,
    sites: sites.flatMap((site) => proxySites(site, work)),
  };
}

function proxySites({ block, name, served, routes, errors, refusals }: SiteBlock, work: Work): CaddyProxySite[] {
  const own = routes.flatMap(({ id, way, answer }) =>
    answer.kind === 'proxy'
      ? [
          {
            action: 'proxy' as const,
            route: id,
            match: onlyPaths(way.matches ?? []),
            proxy: read(answer.directive, work).proxy,
          },
        ]
      : [],
  );
  const asked = new Set(routes.flatMap(({ answer }) => (answer.kind === 'proxy' ? [answer.directive] : [])));
  const others = new Map<CaddyDirective, ReverseProxy>();
  const collect = ({ proxy, after }: Hop): void => {
    if (proxy && !asked.has(proxy)) others.set(proxy, read(proxy, work).proxy);
    after.forEach(collect);
  };
  for (const { answer } of routes) for (const hop of [...answer.before, ...answer.after]) collect(hop);
  for (const hop of [...errors, ...refusals]) collect(hop);
  const beside = [...others].map(([directive, proxy]) => ({
    route: `${name} ${directive.name} line ${directive.line}`,
    action: 'proxy' as const,
    match: everything,
    proxy,
  }));
  const ports = new Map(served.map((one) => [one.listener.port, one]));
  return [...ports.values()].map((one) => ({
    kind: 'proxy',
    site: name,
    listener: one.listener,
    names: served.filter(({ listener }) => listener.port === one.listener.port).map(hostOf),
    tls: tlsOf(block, one, work.options, work.notes),
    pages: [],
    routes: [...own, ...beside],
  }));
}

interface JudgedSite {
  readonly routes: readonly (RouteWaits | RouteReport)[];
  readonly site?: Site;
  /** Everybody who is asked on each of its routes. */
  readonly asked: readonly Asked[];
  readonly tunings: readonly (readonly [id: string, Tuning])[];
}

function judgeSite(block: SiteBlock, directives: CaddyDirectives, around: Around, work: Work): JudgedSite {
  const { configuration, notes } = work;
  const { name: siteName } = block;
  const absent = configuration.unresolved.filter(({ site }) => site !== undefined && block.block.keys.includes(site));
  const unknown = absent.map(({ pattern }) => ({
    name: 'import',
    bounds: unknownBounds('import', `what is imported by ${quoted(pattern)} is not among the files`),
  }));
  const waits = block.routes.map(({ id, way, answer }): RouteWaits => {
    const bounds = boundsOf(answer, block, unknown, directives, work);
    const asks = askedBy(answer, pagesOf(answer, block))[0];
    const upstream = asks && bounds ? read(asks, work).upstream : undefined;
    return {
      id,
      siteName,
      path: way.path,
      ...(upstream === undefined ? {} : { upstream }),
      targets: bounds ? [onTarget(bounds, notes.version)] : [],
    };
  });
  const asking = block.routes.map(({ id, answer }) =>
    askedBy(answer, pagesOf(answer, block)).map((directive): Asked => ({ route: id, read: read(directive, work) })),
  );
  const asked = asking.flat();
  const tunings = block.routes.flatMap(({ id, answer }, index): [string, Tuning][] => {
    const proxies = (asking[index] ?? []).map((one) => one.read);
    if (proxies.some(({ reasons }) => reasons.length > 0)) return [];
    const tuning = tuningOf(
      proxies.map(({ proxy }) => proxy),
      waits[index]?.targets ?? [],
      (values) => {
        const other: Work = { ...work, stages: new Map(), adjusted: (proxy) => capped(proxy, values) };
        const bounds = boundsOf(answer, block, unknown, directives, other);
        return bounds ? [onTarget(bounds, notes.version)] : [];
      },
    );
    return tuning ? [[id, tuning]] : [];
  });
  const beside = { asked, tunings };
  if (around.folded.has(block)) return { routes: waits, ...beside };
  const said = waits.flatMap((one, index) => {
    const placed = block.routes[index];
    const route = placed && sayable(placed, block, unknown.length > 0, work);
    return route ? [{ one, route }] : [];
  });
  const site = siteOf(
    block,
    said.map(({ route }) => route),
    around,
    work,
  );
  if (!site) return { routes: waits, ...beside };
  const saidOnes = new Set(said.map(({ route }) => route.id));
  leftOf(
    block.block.directives,
    new Set(block.routes.flatMap(({ id, answer }) => (saidOnes.has(id) ? [answer.directive] : []))),
    notes,
  );
  const reports = new Map(said.map(({ one, route }) => [one, { ...one, route, site } satisfies RouteReport]));
  return { routes: waits.map((one) => reports.get(one) ?? one), site, ...beside };
}

/** The proxies that a request of a route may come to. */
function askedBy({ directive, kind, before, after }: Answer, errors: readonly Hop[]): CaddyDirective[] {
  const ofHop = ({ proxy, after: others }: Hop): CaddyDirective[] => [
    ...(proxy ? [proxy] : []),
    ...others.flatMap(ofHop),
  ];
  const own = kind === 'proxy' ? [directive] : [];
  return [...new Set([...own, ...[...before, ...after, ...errors].flatMap(ofHop)])];
}

function onTarget(bounds: Bounds, version: Version): RouteOnTarget {
  return { target: 'caddy', version: version.text, bounds, worst: bound(bounds.headline), within: null };
}

/** Handlers of Caddy's own that fail now and then: a file that is not there, an error that is asked for. */
const failing = new Set(['file_server', 'error']);

/** Those who are asked in place of an answer that failed. */
function pagesOf({ kind, directive, before }: Answer, { errors, refusals }: SiteBlock): readonly Hop[] {
  if (kind !== 'own') return errors;
  if (failing.has(directive.name)) return refusals;
  return before.some(({ proxy }) => proxy) ? errors : [];
}

/** Nothing where nobody is asked. */
function boundsOf(
  answer: Answer,
  block: SiteBlock,
  missing: readonly Stage[],
  directives: CaddyDirectives,
  work: Work,
): Bounds | undefined {
  const { directive, kind, before, after, encoded } = answer;
  const stage = (hop: Hop): Stage => stageOf(hop, directives, work);
  const [page, ...pages] = pagesOf(answer, block).map(stage);
  const many = before.length + after.length > mostHops;
  const hops = many
    ? [{ name: 'others', bounds: unknownBounds('others', `more than ${mostHops} others are asked for one request`) }]
    : [...before.map(stage), ...missing, ...after.map(stage)];
  const own =
    kind === 'unknown'
      ? unknownBounds(directive.name, `how long ${directive.name} waits has not been measured`)
      : kind === 'proxy'
        ? proxyBounds(read(directive, work), directives, encoded, work)
        : undefined;
  const [first, ...others] = hops;
  // Whatever else is in front of an answer of Caddy’s own: nobody is known to be asked.
  if (!own && !before.some(({ proxy }) => proxy)) return page && eitherOf([page, ...pages]);
  const whole = own ? inSequence(own, hops) : first && inSequence(first.bounds, others);
  return whole && page ? inPlaceOf(whole, { name: 'handle_errors', bounds: eitherOf([page, ...pages]) }) : whole;
}

function stageOf({ name, proxy, because, after }: Hop, directives: CaddyDirectives, work: Work): Stage {
  if (!proxy) return { name, bounds: unknownBounds(name, because ?? `how long ${name} waits is not known`) };
  const bounds = work.stages.get(proxy) ?? proxyBounds(read(proxy, work), directives, false, work);
  work.stages.set(proxy, bounds);
  return {
    name,
    bounds: inSequence(
      bounds,
      after.map((hop) => stageOf(hop, directives, work)),
    ),
  };
}

function proxyBounds(
  { proxy, reasons, assumptions, upstream }: ReadProxy,
  all: CaddyDirectives,
  encoded: boolean,
  { adjusted }: Work,
): Bounds {
  if (reasons.length > 0) return unknownBounds(upstream, [...new Set(reasons)].join('; '));
  const own = adjusted?.(proxy) ?? proxy;
  const { flush, ...held } = own;
  const bounds = caddyBounds(encoded ? held : own, all, undefined);
  return { ...bounds, assumptions: [...bounds.assumptions, ...assumptions] };
}
