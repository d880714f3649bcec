import { beforeAll, describe, expect, it } from 'vitest';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { type Case, type Cases, type Measured, problems, startCases } from '../windows/measure.ts';

/** Common to most: a burst of 3 + `fails` requests, and marks of 5s. */
const usual = { rps: 10, limit: 600, window: 5_000, fails: 1, tries: 2 } as const;
const checks = { interval: 1_500, timeout: 600, fails: 1, passes: 1 } as const;

const everywhere: readonly Case[] = [
  { ...usual, name: 'a dead machine', fault: 'blackhole' },
  { ...usual, name: 'a server that hangs', fault: 'silent' },
  // Nobody waits: the requests that meet it are told by their status.
  { ...usual, name: 'a server that is stopped', fault: 'refused', tries: 1 },
  { ...usual, name: 'a server that is stopped, three failures', fault: 'refused', tries: 1, fails: 3 },
  { ...usual, name: 'a server that closes, two failures', fault: 'close', fails: 2 },
  { ...usual, name: 'a server that hangs, two failures, one attempt', fault: 'silent', fails: 2, tries: 1 },
  { ...usual, name: 'a machine that goes away under open connections', fault: 'vanished', keepalive: 16 },
  { ...usual, name: 'few requests', fault: 'silent', rps: 2, fails: 2, limit: 300 },
];
const nginx: readonly Case[] = [
  ...everywhere,
  { ...usual, name: 'a server with errors', fault: 'error_status', on: 'http_503' },
  { ...usual, name: 'a server with errors, two failures', fault: 'error_status', on: 'http_503', fails: 2 },
];
const never = { fault: 'silent', rps: 1, fails: 3, limit: 300, window: 2_000, never: true } as const;
const caddy: readonly Case[] = [
  ...everywhere,
  { ...usual, ...never, name: 'failures too far apart, one attempt', tries: 1 },
  { ...usual, ...never, name: 'failures too far apart' },
  { ...usual, name: 'checks alone, one attempt', fault: 'silent', fails: 0, tries: 1, active: checks },
  { ...usual, name: 'checks alone', fault: 'silent', fails: 0, rps: 4, limit: 200, active: checks },
  { ...usual, name: 'checks and marks', fault: 'silent', active: checks, brief: true },
  {
    ...usual,
    name: 'marks that end before a check fails',
    fault: 'silent',
    window: 1_000,
    active: { ...checks, interval: 4_000 },
  },
];
/** Counts of checks are there from 2.8 on. */
const counted: readonly Case[] = [
  {
    ...usual,
    name: 'two failed checks, two passed',
    fault: 'silent',
    fails: 0,
    tries: 1,
    rps: 5,
    active: { ...checks, fails: 2, passes: 2 },
  },
  {
    ...usual,
    name: 'two routes that check one server',
    fault: 'silent',
    fails: 0,
    tries: 1,
    rps: 5,
    active: { ...checks, fails: 2 },
    shared: true,
  },
];

function casesOf({ program, age }: Binary): readonly Case[] {
  if (program === 'nginx') return nginx;
  return age === 'new' ? [...caddy, ...counted] : caddy;
}

const proxies = [...requireBinaries('nginx'), ...requireBinaries('caddy')];
const plans = proxies.flatMap((binary) => casesOf(binary).map((one) => ({ binary, one })));
const results = new Map<string, Measured>();
const keyOf = (binary: Binary, one: Case): string => `${binary.program} ${binary.version} ${one.name}`;

/** All proxies are started before the first measurement: what a start costs must not be part of one. */
async function measured(wanted: (binary: Binary, one: Case) => boolean): Promise<void> {
  const started: Cases[] = [];
  try {
    for (const binary of proxies) {
      const cases = casesOf(binary).filter((one) => wanted(binary, one));
      if (cases.length > 0) started.push(await startCases(binary, cases));
    }
    for (const result of (await Promise.all(started.map((one) => one.measure()))).flat()) {
      results.set(keyOf(result.binary, result.one), result);
    }
  } finally {
    await Promise.all(started.map((one) => one.stop()));
  }
}

describe.runIf(proxies.length > 0)('who pays while a server is dead', () => {
  // A mistake of the model comes back, a busy machine's does not.
  beforeAll(async () => {
    await measured(() => true);
    for (let round = 0; round < 2; round++) {
      const bad = new Map([...results].filter(([, result]) => problems(result).length > 0));
      if (bad.size === 0) break;
      const reasons = [...bad].map(([key, result]) => `${key}: ${problems(result).join('; ')}`);
      process.stdout.write(`measured again:\n${reasons.join('\n')}\n`);
      await measured((binary, one) => bad.has(keyOf(binary, one)));
    }
  }, 200_000);

  it.each(plans)('$binary.program $binary.version, $one.name: pays as often as the report says', ({ binary, one }) => {
    const result = results.get(keyOf(binary, one));
    expect(result && problems(result)).toEqual([]);
  });

  const names = ['first hits', 'detection', 'slow share', 'recovery', 'all marked', 'probe requests', 'probe gap'];
  it.each(names)('would fail with %s twice or half as large', (name) => {
    for (const factor of [2, 0.5]) {
      const found = [...results.values()].filter((result) => {
        const figures = result.figures.map((one) =>
          one.name === name && one.said !== undefined ? { ...one, said: factor * one.said } : one,
        );
        return problems({ ...result, figures }).length > problems(result).length;
      });
      expect(found.length, `times ${factor}`).toBeGreaterThanOrEqual(4);
    }
  });
});
