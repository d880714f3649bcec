import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/latency/bounds.ts';
import { analyse } from '../../src/pipeline.ts';

/** What the report says of the first site on Caddy. */
function figures(fault: Fault, words: string) {
  const { reports } = analyse('topology.yaml', `version: 1\ntargets: { caddy: { version: "2.11" } }\n${words}`);
  const { bounds } = reports?.[0]?.targets[0] ?? {};
  if (!bounds) throw new Error('the topology has mistakes');
  return bounds.failWindow.find((one) => one.fault === fault);
}

/** Two servers, and as many sites as there are counts of failed checks: the first is asked for. */
function checked(...fails: readonly number[]): number | undefined {
  const lines = fails.map((count, index) => {
    const active = `{ path: /check, interval: 10s, timeout: 1s, fails: ${count} }`;
    return `  s${index}.example.com: { tls: none, upstream: { servers: [10.0.0.1:80, 10.0.0.2:80], health: { passive: { max_fails: 0 }, active: ${active} } } }`;
  });
  return figures('silent', `sites:\n${lines.join('\n')}\n`)?.detection;
}

describe('who pays on Caddy', () => {
  it('checks of several sites count together, and each that marks sets the count back', () => {
    expect(checked(2)).toBe(21_000);
    expect(checked(2, 2)).toBe(31_000);
    expect(checked(6, 6)).toBe(71_000);
    expect(checked(2, 2, 2, 2)).toBe(41_000);
    expect(checked(1, 1, 1)).toBe(11_000);
    // Another count: it may set back all but one of these, once.
    expect(checked(3, 9)).toBe(51_000);
  });

  it('at rates where failures may or may not add up nothing is promised', () => {
    const at = (rps: number, tries: number) => {
      const pool = `{ servers: [10.0.0.1:80, 10.0.0.2:80], retry: { tries: ${tries} }, health: { passive: { max_fails: 3, fail_window: 10s } } }`;
      return figures(
        'refused',
        `sites: { a.example.com: { tls: none, upstream: ${pool}, traffic: { rps: ${rps} } } }\n`,
      );
    };
    expect(at(0.2, 2)).toMatchObject({ slowShare: 1, recovery: 0, allMarked: 10_000 });
    expect(at(0.2, 1)).toMatchObject({ slowShare: 0.5, recovery: 0 });
    expect(at(0.3, 2)).toMatchObject({ slowShare: 1, recovery: 10_000, probeEvery: 10_000 });
    expect(at(0.3, 2)).not.toHaveProperty('detection');
    expect(at(1, 2)).toMatchObject({ detection: 4_000, firstHitRequests: 4, recovery: 10_000 });
  });
});

describe('who pays on nginx', () => {
  /** Two servers, and a site with a pool of its own for each time; the first site is asked for. */
  const waiting = (...times: readonly number[]) => {
    const lines = times.map((time, index) => {
      const pool = `{ servers: [10.0.0.1:80, 10.0.0.2:80], health: { passive: { max_fails: 1, fail_window: 10s } }, timeouts: { connect: ${time}s } }`;
      return `  s${index}.example.com: { tls: none, upstream: ${pool}, traffic: { rps: 50 } }`;
    });
    const text = `version: 1\ntargets: { nginx: { version: "1.30" } }\nsites:\n${lines.join('\n')}\n`;
    const { reports } = analyse('topology.yaml', text);
    return reports?.[0]?.targets[0]?.bounds.failWindow.find(({ fault }) => fault === 'blackhole');
  };

  it('sites with the same servers share the marks: one that waits longer makes them last longer', () => {
    const alone = { detection: 1_000, firstHitRequests: 26, probeEvery: 11_000, probeRequests: 1 };
    expect(waiting(1)).toMatchObject({ ...alone, recovery: 12_000, allMarked: 11_000 });
    expect(waiting(1, 1)).toEqual(waiting(1));
    // A request of the other site that began before the server was back fails up to 3s later, and marks it.
    expect(waiting(1, 4)).toMatchObject({ ...alone, recovery: 15_000, allMarked: 14_000 });
    expect(waiting(4, 1)).toEqual(waiting(4));
  });
});
