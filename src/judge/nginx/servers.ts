import type { Place } from '../../diagnostics/diagnostic.ts';
import type { Version } from '../../model/version.ts';
import type { Source } from '../../source/source.ts';
import type { NginxConfiguration } from './index.ts';
import { effective, own, type Scopes } from './inherit.ts';
import type { Word } from './lexer.ts';
import { type Directive, flatten } from './parse.ts';
import { parseNumber } from './units.ts';
import { type LocationMatch, locationOf } from './values.ts';

/** All that is known of a configuration while its routes are judged. */
export interface World {
  readonly configuration: NginxConfiguration;
  readonly version: Version;
  /** Blocks around every server: that of `http`, or none in a fragment. */
  readonly http: Scopes;
  readonly servers: readonly Server[];
  /** `upstream` blocks by their name in lower case. */
  readonly upstreams: ReadonlyMap<string, Directive>;
  /** `map`, `geo` and `split_clients` by the variable that they make. */
  readonly tables: ReadonlyMap<string, Directive>;
  /** `limit_req_zone` by the name of the zone. */
  readonly zones: ReadonlyMap<string, Directive>;
  /** The file that includes this one is not at hand. */
  readonly fragment: boolean;
}

/** A block in which a request is handled. */
export interface Spot {
  readonly server: Server;
  readonly scopes: Scopes;
  /** Its `location`, `if` or `limit_except`; absent for the server itself and in fragments. */
  readonly directive?: Directive;
}

export interface Location extends Spot {
  /** `rest`: what no location of the server takes. */
  readonly match: LocationMatch | 'rest';
  readonly path: string;
  readonly nested: Locations;
}

export interface Locations {
  readonly exact: ReadonlyMap<string, Location>;
  /** `^~` too. */
  readonly prefix: ReadonlyMap<string, Location>;
  readonly regex: readonly Location[];
  readonly named: ReadonlyMap<string, Location>;
  /** In the order of the file, nested ones behind theirs. */
  readonly all: readonly Location[];
}

export interface Server {
  readonly directive?: Directive;
  readonly block: readonly Directive[];
  readonly scopes: Scopes;
  readonly locations: Locations;
  readonly rest: Location;
  readonly names: readonly Word[];
  readonly listeners: readonly NginxListen[];
  /** Every `set` in it, at any depth, by its variable. */
  readonly sets: ReadonlyMap<string, readonly Directive[]>;
}

export interface NginxListen {
  readonly directive?: Directive;
  readonly port: number;
  readonly tls: boolean;
}

/** What a configuration serves, put in order for looking things up. */
export function worldOf(configuration: NginxConfiguration, version: Version): World {
  const { main, context } = configuration;
  const upstreams = new Map<string, Directive>();
  const tables = new Map<string, Directive>();
  const zones = new Map<string, Directive>();
  const servers: Server[] = [];
  const blocks =
    context === 'main'
      ? (own(main.directives, 'http') ?? []).map(({ block = [] }) => block)
      : context === 'http'
        ? [main.directives]
        : [];
  for (const block of blocks) {
    for (const directive of own(block, 'upstream') ?? []) {
      const name = directive.args[0]?.text.toLowerCase() ?? '';
      if (!upstreams.has(name)) upstreams.set(name, directive);
    }
    for (const kind of ['map', 'geo', 'split_clients'] as const) {
      for (const directive of own(block, kind) ?? []) tables.set(directive.args.at(-1)?.text.slice(1) ?? '', directive);
    }
    for (const directive of own(block, 'limit_req_zone') ?? []) {
      const name = directive.args.flatMap(({ text }) => /^zone=([^:]*)/.exec(text)?.[1] ?? [])[0];
      if (name !== undefined) zones.set(name, directive);
    }
    for (const directive of own(block, 'server') ?? [])
      servers.push(serverOf(directive.block ?? [], [block, directive.block ?? []], directive));
  }
  if (context === 'server') servers.push(serverOf(main.directives, [main.directives]));
  if (context === 'location') servers.push(snippet(main.directives));
  const http: Scopes = blocks.slice(0, 1);
  return { configuration, version, http, servers, upstreams, tables, zones, fragment: context !== 'main' };
}

function serverOf(block: readonly Directive[], scopes: Scopes, directive?: Directive): Server {
  return made(block, scopes, (server) => locationsOf(block, scopes, server), directive);
}

/** Lines for the inside of a location that another file has. */
function snippet(block: readonly Directive[]): Server {
  return made(block, [block], () => none);
}

/** A server and its locations know each other. */
function made(
  block: readonly Directive[],
  scopes: Scopes,
  locationsIn: (server: Server) => Locations,
  directive?: Directive,
): Server {
  let locations: Locations | undefined;
  let rest: Location | undefined;
  const server: Server = {
    ...(directive ? { directive } : {}),
    block,
    scopes,
    names: (own(block, 'server_name') ?? []).flatMap(({ args }) => args),
    listeners: listenersOf(block),
    sets: setsOf(block),
    get locations() {
      locations ??= locationsIn(server);
      return locations;
    },
    get rest() {
      rest ??= { server, scopes, match: 'rest', path: '/', nested: none };
      return rest;
    },
  };
  return server;
}

const none: Locations = { exact: new Map(), prefix: new Map(), regex: [], named: new Map(), all: [] };

function locationsOf(block: readonly Directive[], scopes: Scopes, server: Server): Locations {
  const exact = new Map<string, Location>();
  const prefix = new Map<string, Location>();
  const named = new Map<string, Location>();
  const regex: Location[] = [];
  const all: Location[] = [];
  for (const directive of own(block, 'location') ?? []) {
    const { match, path } = locationOf(directive) ?? {};
    if (match === undefined || path === undefined || !directive.block) continue;
    const inner = [...scopes, directive.block];
    const nested = locationsOf(directive.block, inner, server);
    const location: Location = { server, scopes: inner, directive, match, path, nested };
    all.push(location);
    for (const inside of nested.all) all.push(inside);
    if (match.endsWith('regex')) regex.push(location);
    else {
      const table = match === 'exact' ? exact : match === 'named' ? named : prefix;
      if (!table.has(path)) table.set(path, location);
    }
  }
  return all.length === 0 ? none : { exact, prefix, regex, named, all };
}

function listenersOf(block: readonly Directive[]): NginxListen[] {
  const listens = own(block, 'listen') ?? [];
  const old = own(block, 'ssl')?.some(({ args }) => args[0]?.text.toLowerCase() === 'on') ?? false;
  if (listens.length === 0) return [{ port: 80, tls: old }];
  return listens.map((directive) => {
    const [address, ...flags] = directive.args.map(({ text }) => text);
    const text = /^\d+$/.test(address ?? '') ? address : /:(\d+)$/.exec(address ?? '')?.[1];
    const tls = old || flags.includes('ssl') || flags.includes('quic');
    return { directive, port: parseNumber(text ?? '') ?? 80, tls };
  });
}

function setsOf(block: readonly Directive[]): ReadonlyMap<string, readonly Directive[]> {
  const sets = new Map<string, Directive[]>();
  const walk = (directives: readonly Directive[]): void => {
    for (const directive of flatten(directives)) {
      if (directive.block) walk(directive.block);
      if (directive.name !== 'set') continue;
      const name = variableName(directive);
      const list = sets.get(name);
      if (list) list.push(directive);
      else sets.set(name, [directive]);
    }
  };
  walk(block);
  return sets;
}

/** `backend` of `set $backend …`. */
export function variableName({ args }: Directive): string {
  return args[0]?.text.replace(/^\$/, '') ?? '';
}

/** The directive that is in force; of those of which nginx takes one. */
export function inForce(spot: Spot, name: string): Directive | undefined {
  return effective(spot.scopes, name).at(-1);
}

export function sourceOf({ configuration }: World, file: string): Source {
  return (configuration.files.get(file) ?? configuration.main).source;
}

/** Where a directive, or words of it, is written. */
export function placeOf(world: World, directive: Directive, first?: Word, last = first): Place {
  const source = sourceOf(world, directive.file);
  if (first && last) return source.place(first.span.start, last.span.end);
  const { start } = directive.span;
  return source.place(start, directive.block ? (directive.args.at(-1) ?? directive.head).span.end : directive.span.end);
}
