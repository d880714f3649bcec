import type { Duration } from '../../model/duration.ts';
import {
  askingLocations,
  type NginxLocation,
  type NginxPeer,
  type NginxServer,
  type NginxUpstream,
} from './directives.ts';

/** nginx balances addresses, not lines: `server localhost:80` is two peers, a name as many as DNS has for it. */
export interface Peers {
  /** Tries of one request at most, backups too; `Infinity` where only DNS knows. A drained peer that is asked takes one. */
  readonly asked: number;
  /** How many a sentence speaks of: addresses where they are known, lines where they are not. */
  readonly spoken: number;
  /** Addresses of those that only clients with their cookie come to. */
  readonly drained: number;
  /** One peer alone is tried once and never marked (`peers->single`). A `down` beside it ends that. */
  readonly single: boolean;
  /** All of them may be out of rotation at the same time: marked, or full. */
  readonly marked: boolean;
  /** Of the requests, what a server gets that is asked first: the most and the least that one of them may get. */
  readonly share: { readonly largest: number; readonly smallest: number };
  /** Absent: none of them is ever marked. */
  readonly marking?: { readonly fails: number; readonly shortest: Duration; readonly longest: Duration };
  /** Of a name of the file nobody knows how many addresses it has. */
  readonly countless: boolean;
  /** `localhost` is two of them. */
  readonly localhost: boolean;
}

const byName = new WeakMap<readonly NginxUpstream[], ReadonlyMap<string, NginxUpstream>>();

/** There may be thousands, and each location asks for its own. */
export function upstreamNamed(name: string, upstreams: readonly NginxUpstream[]): NginxUpstream | undefined {
  const names = byName.get(upstreams) ?? new Map(upstreams.map((upstream) => [upstream.name, upstream]));
  byName.set(upstreams, names);
  return names.get(name);
}

const users = new WeakMap<readonly NginxServer[], ReadonlyMap<string, readonly NginxLocation[]>>();

/** The locations that ask an upstream: a server that one of them finds dead is dead for all. */
export function usersOf({ name }: NginxUpstream, servers: readonly NginxServer[]): readonly NginxLocation[] {
  const all = users.get(servers) ?? byUpstream(servers);
  users.set(servers, all);
  return all.get(name) ?? [];
}

function byUpstream(servers: readonly NginxServer[]): ReadonlyMap<string, readonly NginxLocation[]> {
  const found = new Map<string, NginxLocation[]>();
  for (const location of servers.flatMap(askingLocations)) {
    if (location.pass.kind !== 'upstream') continue;
    const list = found.get(location.pass.name);
    if (list) list.push(location);
    else found.set(location.pass.name, [location]);
  }
  return found;
}

const known = new WeakMap<NginxUpstream, Peers>();

export function peersOf(upstream: NginxUpstream): Peers {
  const before = known.get(upstream);
  if (before) return before;
  const found = counted(upstream);
  known.set(upstream, found);
  return found;
}

function counted(upstream: NginxUpstream): Peers {
  const { peers } = upstream;
  const used = peers.filter(({ down }) => !down);
  const addresses = (some: readonly NginxPeer[]): number => some.reduce((sum, peer) => sum + addressesOf(peer), 0);
  // nginx counts its tries without drained peers: a client of one has as many, and that one is among them (measured on 1.30.6).
  const undrained = used.filter(({ drain }) => !drain);
  const open = undrained.length > 0 ? undrained : used;
  const asked = addresses(open);
  const [only] = peers;
  const lone = peers.length === 1 && only !== undefined;
  // A name that nothing is known of is taken for one address where that is worse, and for several where that is.
  const single = lone && (addressesOf(only) === 1 || !Number.isFinite(addressesOf(only)));
  const certain = lone && addressesOf(only) === 1;
  const markable = certain ? [] : used.filter(({ maxFails }) => maxFails.value > 0);
  return {
    asked,
    spoken: Number.isFinite(asked) ? asked : open.length,
    drained: addresses(used.filter((peer) => !open.includes(peer))),
    single,
    marked: used.length > 0 && used.every((peer) => markable.includes(peer) || peer.maxConns !== undefined),
    share: shareOf(upstream),
    ...(markable.length > 0 ? { marking: markingOf(markable) } : {}),
    countless: peers.some(({ addresses }) => addresses === 'unknown'),
    localhost: peers.some(({ address, addresses }) => address.value.kind === 'name' && addresses === 2),
  };
}

function shareOf({ peers, hash, sticky }: NginxUpstream): Peers['share'] {
  // One client, or one URI, may be all that there is.
  if (hash !== undefined || sticky !== undefined) return { largest: 1, smallest: 0 };
  const first = peers.filter(({ down, backup, drain }) => !(down || backup || drain));
  const weights = first.map(({ weight }) => weight?.value ?? 1);
  const lines = first.map((peer, index) => {
    const addresses = addressesOf(peer);
    return (weights[index] ?? 1) * (Number.isFinite(addresses) ? addresses : 1);
  });
  const all = lines.reduce((sum, line) => sum + line, 0);
  return { largest: Math.max(0, ...weights) / all, smallest: Math.min(...weights) / all };
}

function markingOf(peers: readonly NginxPeer[]): NonNullable<Peers['marking']> {
  const windows = peers.map(({ failTimeout }) => failTimeout.value);
  return {
    fails: peers.reduce((most, { maxFails }) => Math.max(most, maxFails.value), 0),
    shortest: windows.reduce((one, other) => (other < one ? other : one)),
    longest: windows.reduce((one, other) => (other > one ? other : one)),
  };
}

function addressesOf({ address, addresses, down }: NginxPeer): number {
  if (down) return 1;
  if (addresses !== undefined) return addresses === 'unknown' ? Number.POSITIVE_INFINITY : addresses;
  return address.value.kind === 'name' ? Number.POSITIVE_INFINITY : 1;
}
