import type { Balance, Server } from '../../model/topology.ts';
import type { NginxPeer, NginxUpstream } from '../../targets/nginx/directives.ts';
import { own } from './inherit.ts';
import type { Directive } from './parse.ts';

/** How an `upstream` block chooses; what no topology says of it is for the caller to tell. */
export function balanceOf(block: readonly Directive[]): Pick<NginxUpstream, 'balance' | 'hash' | 'sticky'> {
  const [hash] = own(block, 'hash') ?? [];
  const [sticky] = own(block, 'sticky') ?? [];
  const balance = own(block, 'least_conn') ? 'least_conn' : own(block, 'random') ? 'random' : 'round_robin';
  const [kind, name] = sticky?.args ?? [];
  if (kind?.text === 'cookie' && name) return { balance, sticky: name.text };
  if (own(block, 'ip_hash')) return { balance: 'hash', hash: '$remote_addr' };
  return hash ? { balance: 'hash', hash: hash.args[0]?.text ?? '' } : { balance };
}

/** The same in the words of the model; nothing where those have no such key. */
export function modelBalance({
  balance,
  hash,
  sticky,
}: Pick<NginxUpstream, 'balance' | 'hash' | 'sticky'>): Balance | undefined {
  if (sticky !== undefined) return /^\w{1,100}$/.test(sticky) ? { sticky: { cookie: sticky } } : undefined;
  if (balance !== 'hash') return balance;
  if (hash === '$remote_addr' || hash === '$binary_remote_addr') return { hash: 'client_ip' };
  if (hash === '$request_uri') return { hash: 'uri' };
  const [, kind, name = ''] = /^\$(http|cookie)_([a-z0-9_]{1,100})$/i.exec(hash ?? '') ?? [];
  if (kind === undefined) return undefined;
  return { hash: kind === 'cookie' ? { cookie: name } : { header: name.replaceAll('_', '-') } };
}

export function modelServer({ address, weight, maxConns, backup, down, drain }: NginxPeer): Server {
  const told = <T>(value: T) => ({ value, at: address.at, origin: 'written' }) as const;
  return {
    address,
    ...(weight ? { weight } : {}),
    ...(maxConns ? { max_conns: maxConns } : {}),
    ...(backup ? { backup: told(true) } : {}),
    ...(down ? { state: told('down' as const) } : drain ? { state: told('drain' as const) } : {}),
  };
}
