import { inService, ranks, weightOf } from '../../model/balance.ts';
import type { Balance, Given, Pool } from '../../model/topology.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { supportOf } from '../capability.ts';
import { caddyCapabilities } from './capabilities.ts';
import type { CaddyPolicy, ReverseProxy } from './directives.ts';

type Chosen = Pick<ReverseProxy, 'servers' | 'balance' | 'policy' | 'hashedCookie' | 'fullAt'>;

/** Which servers are asked, and how one of them is chosen. Who is out of service is not told to Caddy at all. */
export function balanceOf(pool: Pool, version: Version): Chosen {
  const { primaries, backups } = ranks(pool);
  const servers = [...primaries, ...backups].map(({ address }) => address);
  const full = fullAt(pool);
  const chosen: Chosen = {
    servers,
    ...(backups.length > 0 ? { balance: 'first' } : policyOf(pool, version)),
    ...(full ? { fullAt: full } : {}),
  };
  return chosen;
}

function policyOf(pool: Pool, version: Version): Omit<Chosen, 'servers'> {
  const { value } = pool.balance;
  if (typeof value !== 'string') return pinned(value, version);
  const weights = inService(pool).map(weightOf);
  const differ = weights.some((weight) => weight !== weights[0]);
  const weighs = supportOf(caddyCapabilities, 'server.weight', version).can !== 'no';
  if (value === 'round_robin' && differ && weighs) {
    return { balance: 'weighted_round_robin', policy: ['weighted_round_robin', ...weights.map(String)] };
  }
  return { balance: value };
}

/** What a cookie of the client is called on the way to the policy, which knows headers only. */
export const keyHeader = 'X-Edge-Key';

function pinned(value: Exclude<Balance, string>, version: Version): Omit<Chosen, 'servers'> {
  const hash = (...policy: string[]): Omit<Chosen, 'servers'> => ({ balance: 'hash', policy });
  if ('sticky' in value) return hash('cookie', value.sticky.cookie);
  if (value.hash === 'client_ip') return hash(atLeast(version, '2.7') ? 'client_ip_hash' : 'ip_hash');
  if (value.hash === 'uri') return hash('uri_hash');
  if ('header' in value.hash) return hash('header', value.hash.header);
  return { ...hash('header', keyHeader), hashedCookie: value.hash.cookie };
}

/** One number for all of them. */
function fullAt(pool: Pool): Given<number> | undefined {
  const limits = inService(pool).flatMap(({ max_conns }) => max_conns ?? []);
  const least = Math.min(...limits.map(({ value }) => value));
  return limits.find(({ value }) => value === least);
}

/** lb_policy and its words; nothing where there is nothing to choose. */
export function policyWords({ servers, balance, policy }: ReverseProxy): readonly string[] {
  if (servers.length < 2) return [];
  return policy ?? [balance satisfies CaddyPolicy];
}
