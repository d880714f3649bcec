import type { Place } from '../diagnostics/diagnostic.ts';
import { entry, get, type Node } from '../source/node.ts';
import type { Address } from './address.ts';
import { defaults } from './defaults.ts';
import { boolean, type Findings, find, read, text, word, written } from './reader.ts';
import type { Given, Pool, PoolTls, Protocol, Server } from './topology.ts';

/** What the servers of a pool speak, and as whom they are asked. */
export function speech(
  node: Node | undefined,
  servers: readonly Server[],
  at: Place,
  found: Findings,
): Pick<Pool, 'protocol' | 'tls' | 'hostHeader'> {
  const layers = [written(node)];
  const protocol = read<Protocol>(layers, 'protocol', word('http', 'https', 'h2c', 'grpc'), defaults.protocol, at);
  const hostHeader = read<string>(layers, 'host_header', text, defaults.host_header, at);
  const socket = servers.find(({ address }) => address.value.kind === 'unix');
  if (socket && hostHeader.value === 'server') {
    found.add('error', 'reference-pool', hostHeader.at, 'a unix socket has no name that could be the Host', {
      help: 'write `host_header: client`, or a name',
      related: [{ place: socket.address.at, message: 'the socket' }],
    });
  }
  const own = get(node, 'tls');
  const stray = entry(node, 'tls');
  const secure = protocol.value === 'https' || (protocol.value === 'grpc' && stray !== undefined);
  if (!secure) {
    if (stray) {
      found.add(
        'error',
        'reference-pool',
        stray.keyAt,
        `\`tls\` beside \`protocol: ${protocol.value}\` would apply to nothing`,
        {
          help: 'write `protocol: https` (or `grpc`) beside it',
        },
      );
    }
    return { protocol, hostHeader };
  }
  const tls = tlsOf(own, protocol.at);
  if (tls.insecure.value && tls.ca) {
    found.add('error', 'reference-tls', tls.ca.at, 'both `ca` and `insecure: true` are written', {
      why: 'what is not verified needs no CA',
      help: 'leave out `insecure`',
      related: [{ place: tls.insecure.at, message: 'not verified' }],
    });
  }
  if (socket && !tls.server_name && !tls.insecure.value) {
    found.add(
      'error',
      'reference-tls',
      socket.address.at,
      'a unix socket has no name that its certificate could have',
      {
        help: 'write `tls: { server_name: … }`',
      },
    );
  }
  return { protocol, hostHeader, tls };
}

function tlsOf(node: Node | undefined, at: Place): PoolTls {
  const layers = [written(node)];
  const name = find(layers, 'server_name', text);
  const ca = find(layers, 'ca', text);
  return {
    ...(name ? { server_name: name } : {}),
    ...(ca ? { ca } : {}),
    insecure: read<boolean>(layers, 'insecure', boolean, defaults.server_tls.insecure, at),
  };
}

/** Do the servers speak HTTP/2? Upgrades, such as websockets, are for HTTP/1.1 only. */
export function speaksHttp2({ protocol }: Pick<Pool, 'protocol'>): boolean {
  return protocol.value === 'h2c' || protocol.value === 'grpc';
}

/** The usual port of what the servers speak. */
function usualPort({ tls }: Pick<Pool, 'tls'>): number {
  return tls ? 443 : 80;
}

/**
 * The Host that every server sees: `undefined` as the client wrote it, `each` where the servers have different ones.
 * The port is left out where it is the usual one.
 */
export function hostOf(pool: Pool): { readonly host: string; readonly given: Given<string> } | 'each' | undefined {
  const given = pool.hostHeader;
  if (given.value === 'client') return undefined;
  if (given.value !== 'server') return { host: given.value, given };
  const all = new Set(pool.servers.map(({ address }) => authority(address.value, usualPort(pool))));
  const [host] = all;
  return all.size === 1 && host !== undefined ? { host, given } : 'each';
}

function authority(address: Address, usual: number): string {
  if (address.kind === 'unix') return 'localhost';
  const host = address.kind === 'v6' ? `[${address.host}]` : address.host;
  return address.port === usual ? host : `${host}:${address.port}`;
}

/** The name that the certificates of all servers must have; `each`: every server its own; `address`: an IP address. */
export function verifiedName({ servers, tls }: Pick<Pool, 'servers' | 'tls'>): string | 'each' | undefined {
  if (tls?.server_name) return tls.server_name.value;
  const hosts = new Set(servers.map(({ address: { value } }) => (value.kind === 'unix' ? '' : value.host)));
  const [host] = hosts;
  return hosts.size === 1 ? host : 'each';
}
