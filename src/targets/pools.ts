import { isIpv4, isIpv6 } from '../model/address.ts';
import { balanceName, inService, isPinned, ranks, weightOf } from '../model/balance.ts';
import { hostOf, speaksHttp2, verifiedName } from '../model/pool-tls.ts';
import type { Pool } from '../model/topology.ts';
import type { Use } from './portability.ts';

/** What a pool asks of the choice of its servers that not every target can do. */
export function balanceUses(pool: Pool): Use[] {
  const { balance, health, retry, servers } = pool;
  const asked = inService(pool);
  const { primaries, backups } = ranks(pool);
  const [backup] = backups;
  const name = balanceName(balance.value);
  const what = `\`balance: ${name}\``;
  const found: Use[] = [];
  const use = (capability: Use['capability'], at: Use['at'], text: string): void => {
    found.push({ capability, at, what: text });
  };
  const drained = servers.find(({ state }) => state?.value === 'drain');
  if (name === 'sticky' && drained?.state) use('server.drain', drained.state.at, '`state: drain`');
  const limits = asked.map(({ max_conns }) => max_conns?.value);
  const limited = asked.find(({ max_conns }) => max_conns)?.max_conns;
  if (limited) {
    use('server.max_conns', limited.at, '`max_conns`');
    if (new Set(limits).size > 1) use('server.max_conns.each', limited.at, '`max_conns` of each server');
  }
  if (asked.length < 2) return found;
  if (name === 'first') use('balance.first', balance.at, what);
  if (name === 'first' && asked.length > 2)
    use('balance.first.several', balance.at, `${what} of ${asked.length} servers`);
  if (name === 'hash') use('balance.hash', balance.at, what);
  if (name === 'sticky') use('balance.sticky', balance.at, what);
  if (backup?.backup) {
    const at = backup.backup.at;
    if (asked.length > 2 && name !== 'first') use('server.backup.several', at, '`backup` among several servers');
    if (name === 'random') use('server.backup.random', at, `\`backup\` with ${what}`);
    if (name === 'hash') use('server.backup.hash', at, `\`backup\` with ${what}`);
    if (name === 'sticky') use('server.backup.sticky', at, `\`backup\` with ${what}`);
  }
  const weights = new Set(primaries.map(weightOf));
  const weighted = primaries.find(({ weight }) => weight)?.weight;
  const weighs = weighted && weights.size > 1 && name !== 'first' && !backup;
  if (weighs) use(name === 'round_robin' ? 'server.weight' : 'server.weight.balance', weighted.at, '`weight`');
  const favourite = isPinned(balance.value) ? balance : (backup?.backup ?? (weighs ? weighted : undefined));
  if (favourite && retry.tries.value !== 1 && health.passive.max_fails.value !== 1) {
    use('balance.retry', favourite.at, 'another server for the next attempt');
  }
  return found;
}

/** What a pool asks of speaking to its servers that not every target can do. */
export function speechUses(pool: Pool): Use[] {
  const { tls, protocol, hostHeader, servers } = pool;
  const found: Use[] = [];
  if (hostOf(pool) === 'each') {
    found.push({ capability: 'servers.host', at: hostHeader.at, what: '`host_header: server` of several servers' });
  }
  if (speaksHttp2(pool)) found.push(...http2Uses(pool));
  if (!tls) return found;
  found.push({ capability: 'servers.tls', at: protocol.at, what: `\`${protocol.value}\` over TLS` });
  if (tls.insecure.value) return found;
  const name = verifiedName(pool);
  if (name === 'each') {
    found.push({ capability: 'servers.tls.names', at: protocol.at, what: 'https servers with different names' });
  }
  const address = servers.find(({ address: { value } }) => value.kind === 'v4' || value.kind === 'v6');
  if (address && name !== undefined && (isIpv4(name) || isIpv6(name))) {
    found.push({
      capability: 'servers.tls.address',
      at: address.address.at,
      what: 'https with the name of an address',
    });
  }
  return found;
}

function http2Uses({ protocol, tls }: Pool): Use[] {
  const { at, value } = protocol;
  const what = `\`protocol: ${value}\``;
  return [
    { capability: value === 'grpc' ? 'protocol.grpc' : 'protocol.h2c', at, what },
    { capability: 'protocol.refused', at, what: 'a limit for servers that refuse streams' },
    ...(tls ? [] : [{ capability: 'protocol.header', at, what: `\`response_header\` of ${what}` } as const]),
  ];
}
