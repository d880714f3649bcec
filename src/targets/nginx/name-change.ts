import type { NameChange } from '../../latency/bounds.ts';
import { mayMove } from '../../model/address.ts';
import { humanDuration } from '../../model/duration.ts';
import type { NginxDirectives, NginxLocation, NginxUpstream } from './directives.ts';

/** nginx compares whole seconds: an answer that came late in one is kept until the end of its last one. */
const wholeSecond = 1_000;

/** `upstream`: absent where the name is looked up for each request. `resolver`: absent where nobody has read it. */
export function nameChange(
  { pass }: NginxLocation,
  upstream: NginxUpstream | undefined,
  resolver: NginxDirectives['resolver'],
): NameChange | undefined {
  if (upstream) {
    const named = upstream.peers.filter(({ address }) => mayMove(address.value));
    if (named.length === 0) return undefined;
    if (named.some(({ resolve }) => !resolve))
      return { because: 'nginx looks the name up once, when it starts or reloads' };
  } else if (pass.kind !== 'variable' || !mayMove(pass.address.value)) return undefined;
  if (!resolver) return { because: 'nginx asks again when the answer has expired, as `valid` or the DNS server says' };
  const { valid, timeout } = resolver;
  return {
    within: valid + wholeSecond + timeout,
    because: `an answer of DNS is kept for ${humanDuration(valid)} (\`valid\`, in whole seconds), and the next one may take ${humanDuration(timeout)} (\`resolver_timeout\`)`,
  };
}
