import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { formatDuration, milliseconds } from '../../src/model/duration.ts';
import { analyse } from '../../src/pipeline.ts';
import { seed } from '../properties/topologies.ts';

/** What an experienced person writes: nothing of it is a mistake. Times in milliseconds. */
const sane = fc.record({
  connect: fc.integer({ min: 300, max: 3000 }),
  header: fc.integer({ min: 1000, max: 60_000 }),
  tries: fc.integer({ min: 2, max: 3 }),
  servers: fc.integer({ min: 2, max: 4 }),
  maxFails: fc.integer({ min: 1, max: 3 }),
  window: fc.integer({ min: 5, max: 30 }),
  slack: fc.integer({ min: 0, max: 10_000 }),
  rps: fc.option(fc.constantFrom(0.5, 5, 50, 500), { nil: undefined }),
  inherited: fc.boolean(),
});

type Sane = typeof sane extends fc.Arbitrary<infer T> ? T : never;

function topology({ connect, header, tries, servers, maxFails, window, slack, rps, inherited }: Sane): string {
  const time = (value: number): string => formatDuration(milliseconds(value));
  const words = {
    timeouts: { connect: time(connect), response_header: time(header) },
    retry: { tries },
    health: { passive: { max_fails: maxFails, fail_window: `${window}s` } },
  };
  const addresses = Array.from({ length: servers }, (_, index) => `10.0.0.${index + 2}:3000`);
  return stringify({
    version: 1,
    acme: { email: 'ops@example.com' },
    ...(inherited ? { defaults: words } : {}),
    upstreams: { app: { servers: addresses, ...(inherited ? {} : words) } },
    sites: {
      'a.example.com': {
        upstream: 'app',
        budget: time(Math.min(tries, servers) * (connect + header) + slack),
        ...(rps === undefined ? {} : { traffic: { rps } }),
      },
    },
  });
}

function loud(text: string): Diagnostic[] {
  return [...analyse('topology.yaml', text).diagnostics].filter(({ severity }) => severity !== 'info');
}

describe('false alarms', () => {
  const drawn = fc.sample(sane, { numRuns: 200, seed }).map((one) => ({ one, findings: loud(topology(one)) }));

  it(`200 sane topologies: no error, one warning each at most on average (PROXYWRIGHT_SEED=${seed})`, () => {
    const errors = drawn.filter(({ findings }) => findings.some(({ severity }) => severity === 'error'));
    expect(errors.map(({ one }) => topology(one))).toEqual([]);
    expect(drawn.flatMap(({ findings }) => findings).length).toBeLessThanOrEqual(drawn.length);
  });

  it(`each warning is one to be thankful for (PROXYWRIGHT_SEED=${seed})`, () => {
    for (const { one, findings } of drawn) {
      const expected = [
        ...(one.tries > one.servers ? ['tries-beyond-pool'] : []),
        ...(one.header < 2000 && one.maxFails === 1 ? ['slow-url-marks-pool'] : []),
        ...(never(one) ? ['marks-never'] : []),
      ];
      expect(findings.map(({ rule }) => rule).sort(), topology(one)).toEqual(expected.sort());
    }
  });
});

/**
 * Failures of one of n servers are n/rps apart, (n-1)/rps where retries take turns, too; all but the last of max_fails
 * must be younger than the window.
 */
function never({ rps, maxFails, servers, window, tries }: Sane): boolean {
  const turns = tries === 1 ? servers : servers - 1;
  return rps !== undefined && maxFails > 1 && ((maxFails - 1) * turns) / rps >= window;
}

describe('the examples', () => {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'examples');
  it.each(readdirSync(folder))('%s: neither errors nor warnings', (name) => {
    const text = readFileSync(join(folder, name, 'topology.yaml'), 'utf8');
    expect(loud(text).map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  });
});
