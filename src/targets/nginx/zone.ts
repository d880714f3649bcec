import type { NginxPeer } from './directives.ts';

/** Addresses that DNS may have for a name which is followed at run time: each takes the room of a peer. */
const ofName = 16;

/**
 * The size of the `zone` of so many peers: nginx refuses to start where they do not fit. Measured on 1.22.1 and 1.30.6,
 * with the longest sockets: 64k hold 53 peers, 128k 126, 256k 264, 512k 544, 1024k 1109.
 */
export function zoneSize(peers: readonly NginxPeer[]): string {
  const wanted = peers.reduce((sum, { resolve }) => sum + (resolve ? ofName : 1), 0);
  let kilobytes = 64;
  while (kilobytes - 32 < wanted) kilobytes *= 2;
  return `${kilobytes}k`;
}
