import { describe, expect, it } from 'vitest';
import { boundsOf, rowOf, toldOf } from '../../src/drill/told.ts';
import { bound } from '../../src/latency/term.ts';
import { analyse } from '../../src/pipeline.ts';

/** Two servers and one that is drained, all silent. */
function drained(version: string) {
  const text = `version: 1
targets: { nginx: { version: "${version}" } }
sites:
  a.example.org:
    tls: none
    upstream:
      servers: [10.0.0.1:1, 10.0.0.2:1, { address: 10.0.0.3:1, state: drain }]
      balance: { sticky: { cookie: edge } }
      timeouts: { connect: 1s, response_header: 2s }
      retry: { tries: 4 }
`;
  const told = toldOf(analyse('topology.yaml', text).lowered ?? {}, 'a.example.org');
  if (!told) throw new Error('mistakes');
  return boundsOf(told);
}

describe('a drained server of nginx', () => {
  // Measured on 1.30.6: [2, 1] for a client of the third server, [0, 1] for all others.
  it.each(['1.30', '1.22'])('on %s is no further try, not even for its own clients', (version) => {
    const bounds = drained(version);
    expect(rowOf({ fault: 'silent', failing: 'all', method: 'GET' }, bounds)).toMatchObject({ attempts: 2 });
    expect(bound(bounds.headline)).toBe(6_000);
    expect(bounds.amplification).toBe(2);
  });

  it('is one more that may have closed its connection: that takes no try', () => {
    expect(drained('1.30').staleReuse.resends).toBe(1);
    expect(drained('1.22').staleReuse.resends).toBe(0);
  });
});
