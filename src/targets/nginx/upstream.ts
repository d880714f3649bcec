import { inService, ranks } from '../../model/balance.ts';
import { directiveDuration } from '../../model/duration.ts';
import type { Balance, Given, Pool, Server } from '../../model/topology.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { can } from '../capability.ts';
import { type Layout, printAddress } from '../layout.ts';
import type { View } from '../render.ts';
import { nginxCapabilities } from './capabilities.ts';
import type { NginxPeer, NginxUpstream } from './directives.ts';
import { comment, nginxToken } from './tokens.ts';
import { zoneSize } from './zone.ts';

/** A pool as an `upstream` block. */
export function upstreamOf(pool: Pool, name: string, version: Version): NginxUpstream {
  const { max_fails, fail_window } = pool.health.passive;
  const resolve = can(nginxCapabilities, 'names.resolve', version);
  const asked = inService(pool);
  const single = asked.length === 1;
  const chosen = balanceOf(pool, version);
  // `first` is one server and backups for it.
  const preferred = pool.balance.value === 'first' ? ranks(pool).primaries.slice(0, 1) : ranks(pool).primaries;
  const role = (server: Server): Pick<NginxPeer, 'backup' | 'down' | 'drain'> => {
    if (server.state?.value === 'drain' && chosen.sticky !== undefined) return { drain: true };
    if (!asked.includes(server)) return { down: true };
    return preferred.includes(server) ? {} : { backup: true };
  };
  const unmarked: Given<number> = {
    value: 0,
    at: max_fails.at,
    origin: 'default',
    because: 'a pool of one server',
  };
  return {
    name,
    pool: pool.name,
    ...chosen,
    peers: pool.servers.map((server) => ({
      address: server.address,
      resolve: resolve && server.address.value.kind === 'name',
      // A lone server is never marked: a name with two addresses would be, and then nobody is served.
      maxFails: single ? unmarked : max_fails,
      failTimeout: fail_window,
      ...(server.weight ? { weight: server.weight } : {}),
      ...(server.max_conns ? { maxConns: server.max_conns } : {}),
      ...role(server),
    })),
    keepalive: {
      connections: pool.keepalive.connections.value * asked.length,
      idle: pool.keepalive.idle,
    },
  };
}

type Chosen = Pick<NginxUpstream, 'balance' | 'hash' | 'sticky'>;

function balanceOf(pool: Pool, version: Version): Chosen {
  const { value } = pool.balance;
  if (typeof value !== 'string') return pinned(value, version);
  // Backups are refused beside `random`.
  if (value === 'random' && ranks(pool).backups.length > 0) return { balance: 'round_robin' };
  return { balance: value === 'first' ? 'round_robin' : value };
}

function pinned(value: Exclude<Balance, string>, version: Version): Chosen {
  if ('hash' in value) return { balance: 'hash', hash: keyOf(value.hash) };
  if (can(nginxCapabilities, 'balance.sticky', version)) return { balance: 'round_robin', sticky: value.sticky.cookie };
  return { balance: 'hash', hash: keyOf('client_ip') };
}

/** The variable that a server is chosen by. `ip_hash` would look at three quarters of a v4 address only. */
function keyOf(by: Extract<Balance, { readonly hash: unknown }>['hash']): string {
  if (by === 'client_ip') return '$remote_addr';
  if (by === 'uri') return '$request_uri';
  return 'header' in by ? `$http_${by.header.toLowerCase().replaceAll('-', '_')}` : `$cookie_${by.cookie}`;
}

/** Pools that a comment names beside the first. */
const mostNamed = 5;

export function upstreamView(upstream: NginxUpstream, version: Version, layout: Layout): View {
  const { connections, idle } = upstream.keepalive;
  // Since 1.29.7 an upstream keeps 32 connections unless it is told not to.
  const none = atLeast(version, '1.29.7') ? '0' : false;
  return {
    name: upstream.name,
    pool: comment(poolsOf(upstream)),
    zone: zoneSize(upstream.peers),
    balance: balanceLine(upstream),
    peers: upstream.peers.map((peer) => ({
      address: nginxToken(printAddress(layout, peer.address.value)),
      marking: peerWords(peer, layout).join(' '),
    })),
    keepalive: connections > 0 ? String(connections) : none,
    keepaliveTimeout: connections > 0 ? directiveDuration(idle.value) : false,
  };
}

/** `web`, `web, and api, which is the same`: of many the first few. */
function poolsOf({ pool, also: others = [] }: NginxUpstream): string {
  const also = others.map((one) => one.pool);
  const [only, second] = also;
  if (only === undefined) return pool;
  if (second === undefined) return `${pool}, and ${only}, which is the same`;
  const named =
    also.length > mostNamed ? [...also.slice(0, mostNamed - 1), `${also.length - mostNamed + 1} more`] : also;
  return `${pool}, and those that are the same: ${named.join(', ')}`;
}

function balanceLine({ balance, hash, sticky }: NginxUpstream): string | false {
  if (sticky !== undefined) return `sticky cookie ${sticky} path=/`;
  // `consistent`: a server that comes or goes moves its own share only.
  if (balance === 'hash') return `hash ${hash} consistent`;
  return balance === 'round_robin' ? false : balance;
}

function peerWords(peer: NginxPeer, layout: Layout): string[] {
  const { address, resolve, maxFails, failTimeout, weight, maxConns } = peer;
  return [
    ...(resolve && layout.address(address.value).kind === 'name' ? ['resolve'] : []),
    ...(weight && weight.value !== 1 ? [`weight=${weight.value}`] : []),
    ...(maxConns ? [`max_conns=${maxConns.value}`] : []),
    `max_fails=${maxFails.value}`,
    ...(maxFails.value > 0 ? [`fail_timeout=${directiveDuration(failTimeout.value)}`] : []),
    ...(peer.backup ? ['backup'] : []),
    ...(peer.drain ? ['drain'] : []),
    ...(peer.down ? ['down'] : []),
  ];
}
