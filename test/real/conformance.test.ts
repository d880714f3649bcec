import { beforeAll, describe, expect, it } from 'vitest';
import { type Case, cells } from '../conformance/cases.ts';
import { exceptions, mutations, predictionOf, story, violations } from '../conformance/compare.ts';
import { type Bench, type Measured, startBench, type Turns, turns } from '../conformance/measure.ts';
import { planFor } from '../conformance/plan.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';

/** `PROXYWRIGHT_SEED` replays a run. */
const seed = Number(process.env.PROXYWRIGHT_SEED || Math.floor(Math.random() * 2 ** 31));
/** Measurements of each cell for each version, and mixtures of faults beside them. */
const plan = { each: 10, mixtures: 60 };
/** Most of it is waiting: the processor stays half idle. */
const TOGETHER = 80;

const proxies = [...requireBinaries('nginx'), ...requireBinaries('caddy')];
const results: Measured[] = [];
const noisy: string[] = [];

describe.runIf(proxies.length > 0)(`the latency model against real proxies (PROXYWRIGHT_SEED=${seed})`, () => {
  beforeAll(async () => {
    const first = await measured(
      proxies.map((binary) => [binary, planFor(binary, seed, plan)]),
      turns(TOGETHER, 3),
    );
    results.push(...(await withoutNoise(first)));
    process.stdout.write(`${summary()}\n`);
  }, 300_000);

  it('measures every cell of every version, most of them with a wait that one would notice', () => {
    for (const { program, version } of proxies) {
      const own = results.filter(({ binary }) => binary.program === program && binary.version === version);
      expect(own.length).toBeGreaterThanOrEqual(300);
      const fixed = own.filter(({ row }) => row);
      const long = fixed.filter((one) => predictionOf(one).most >= 200);
      expect(long.length / fixed.length).toBeGreaterThanOrEqual(0.6);
    }
    for (const cell of cells) {
      const count = results.filter(({ one }) => one.cell === cell).length;
      expect(count, `${cell.fault}, ${cell.failing}, ${cell.method}`).toBeGreaterThanOrEqual(20);
    }
  });

  it('is never above a bound', () => {
    const wrong = results.filter((one) => violations(one).includes('above its bound'));
    expect(wrong.map(story).join('\n\n')).toBe('');
  });

  it('is never above the headline, whatever the fault', () => {
    const wrong = results
      .filter(({ one }) => one.cell?.fault !== 'no_read')
      .map(({ row, ...one }): Measured => one)
      .filter((one) => violations(one).length > 0);
    expect(wrong.map(story).join('\n\n')).toBe('');
  });

  it('reaches nine tenths of the row in 95 of 100 fixed faults, with its status and its attempts', () => {
    const fixed = results.filter(({ row }) => row);
    const short = fixed.filter((one) => violations(one).includes('below its row'));
    expect(short.length / fixed.length, short.map(story).join('\n\n')).toBeLessThanOrEqual(0.05);
    const wrong = fixed.filter((one) => violations(one).some((kind) => kind === 'status' || kind === 'attempts'));
    expect(wrong.map(story).join('\n\n')).toBe('');
  });

  it.each(Object.entries(mutations))('would fail with %s', (_name, mutate) => {
    const found = results.filter((measured) => {
      const prediction = mutate(measured);
      return prediction !== undefined && violations(measured, prediction).length > 0;
    });
    expect(found.length).toBeGreaterThanOrEqual(10);
  });
});

/** All proxies are started before the first measurement: what a start costs must not be part of one. */
async function measured(plans: readonly (readonly [Binary, readonly Case[]])[], turn: Turns): Promise<Measured[]> {
  const benches: Bench[] = [];
  try {
    for (const [binary, cases] of plans) if (cases.length > 0) benches.push(await startBench(binary, cases));
    return (await Promise.all(benches.map((bench) => bench.measure(turn)))).flat();
  } finally {
    await Promise.all(benches.map((bench) => bench.stop()));
  }
}

/** A measurement that fails is taken again, alone, up to twice: a mistake of the model comes back, a busy machine's does not. */
async function withoutNoise(first: readonly Measured[]): Promise<Measured[]> {
  let all = [...first];
  for (let round = 0; round < 2; round++) {
    const bad = all.filter((one) => violations(one).length > 0);
    noisy.push(...bad.map(({ one, binary }) => `${binary.program} ${binary.version} ${one.name}`));
    const again = await measured(
      proxies.map((binary) => [binary, bad.filter((one) => one.binary === binary).map(({ one }) => one)]),
      turns(1, 1),
    );
    all = all.map((one) => again.find((other) => other.binary === one.binary && other.one === one.one) ?? one);
  }
  return all;
}

function summary(): string {
  const fixed = results.filter((one) => one.row && !exceptions.some(({ applies }) => applies(one)));
  const ratios = fixed
    .map((one) => [one.ms, predictionOf(one).least ?? 0] as const)
    .filter(([, least]) => least >= 200)
    .map(([ms, least]) => ms / least)
    .sort((a, b) => a - b);
  const at = (share: number): string => (ratios[Math.floor(share * (ratios.length - 1))] ?? 0).toFixed(3);
  const lines = proxies.map(({ program, version }) => {
    const own = results.filter(({ binary }) => binary.program === program && binary.version === version);
    return `${program} ${version}: ${own.length}`;
  });
  return `PROXYWRIGHT_SEED=${seed}; ${lines.join(', ')} measurements; measured / predicted: ${at(0)} least, ${at(0.05)} 5 %, ${at(0.5)} median, ${at(1)} most; ${noisy.length} taken again`;
}
