import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../src/drill/measure.ts';
import { drillData, isGood, outcomesOf } from '../../src/drill/outcome.ts';
import { drillOf, isAbove, type Plan, type Planned, type Program, planOf, timeFor } from '../../src/drill/plan.ts';
import { drillText } from '../../src/drill/text.ts';
import { evaluate, times } from '../../src/latency/term.ts';
import { formatAddress } from '../../src/model/address.ts';
import type { Topology } from '../../src/model/topology.ts';
import { parseVersion } from '../../src/model/version.ts';
import { analyse } from '../../src/pipeline.ts';
import { judge } from '../../src/report/report.ts';
import { lower } from '../../src/targets/index.ts';
import { print, seed, topologies } from '../properties/topologies.ts';

const releases = [
  ['caddy', '2.6.2'],
  ['caddy', '2.11.4'],
  ['nginx', '1.22.1'],
  ['nginx', '1.30.6'],
] as const;

function topologyOf(text: string): Topology {
  const { topology, diagnostics } = analyse('topology.yaml', text);
  if (!topology) throw new Error(JSON.stringify(diagnostics));
  return topology;
}

function planFor(text: string, program: Program, version: string, holes?: string): Plan {
  return planOf(topologyOf(text), program, parseVersion(version), holes);
}

/** A pool in the words of a topology, behind one site. */
function poolOf(words: string): string {
  return `version: 1\nsites: { a.example.com: { upstream: { ${words} } } }\n`;
}

const pair = 'servers: [10.0.0.1:80, web:80]';
const rowsOf = ({ routes }: Plan): readonly Planned[] => routes.flatMap(({ planned }) => planned);
const nameOf = ({ fault, failing, method }: { fault: string; failing: string; method: string }): string =>
  `${fault} ${failing} ${method}`;

/** Reason → the rows that are left out for it. */
function omitted({ routes }: Plan): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { row, because } of routes.flatMap((route) => route.omitted)) {
    found[because] = [...(found[because] ?? []), nameOf(row)];
  }
  return found;
}

describe('the plan of a drill', () => {
  it.each(releases)('on %s %s has each row of the report, or says why not', (program, version) => {
    const text = poolOf(`${pair}, timeouts: { connect: 2s }`);
    const plan = planFor(text, program, version);
    const [report] = judge(plan.topology, lower(plan.topology));
    const names = report?.targets[0]?.bounds.rows.map(nameOf) ?? [];
    expect(names.length).toBeGreaterThan(30);
    expect(rowsOf(plan).map(({ cell }) => nameOf(cell))).toEqual(names);
    expect(omitted(plan)).toEqual({});
  });

  it('is for the installed version, not for the one that is compiled for', () => {
    const text = `${poolOf(`${pair}, retry: { on: [error, timeout, http_503] }`)}targets: { caddy: { version: "2.11.4" } }\n`;
    const attempts = (version: string): (number | undefined)[] =>
      rowsOf(planFor(text, 'caddy', version))
        .filter(({ cell }) => nameOf(cell) === 'error_status all GET')
        .map(({ row }) => row.attempts);
    expect(attempts('2.11.4')).toEqual([2]);
    expect(attempts('2.6.2')).toEqual([1]);
    expect(planFor(text, 'caddy', '2.6.2')).toMatchObject({ compiledFor: { text: '2.11.4' } });
  });

  const late = ['late one GET', 'late all GET', 'late one POST', 'late all POST'];
  it('leaves out what cannot be staged', () => {
    const soon = planFor(poolOf(`${pair}, timeouts: { connect: 1030ms }`), 'nginx', '1.30.6');
    expect(omitted(soon)).toEqual({
      'a lost SYN is sent again after 1.03s, and `connect` is 1.03s: nothing later can be staged': late,
    });
    const no = planFor(poolOf(`${pair}, timeouts: { connect: 1031ms }`), 'nginx', '1.30.6', 'perl is not installed');
    expect(omitted(no)).toEqual({
      'perl is not installed': [
        'blackhole one GET',
        'blackhole all GET',
        'blackhole one POST',
        'blackhole all POST',
        ...late,
      ],
    });
  });

  it('leaves out what has no end, or none that anybody waits for', () => {
    const words = poolOf(`${pair}, timeouts: { connect: 2s, response_header: none, send: 11m }`);
    const without = ['silent', 'late', 'close', 'error_status', 'header_drip'];
    const found = (program: Program, version: string): Record<string, string[]> =>
      Object.fromEntries(
        Object.entries(omitted(planFor(words, program, version))).map(([because, rows]) => [
          because,
          [...new Set(rows.map((row) => row.split(' ')[0] ?? ''))],
        ]),
      );
    expect(found('caddy', '2.11.4')).toEqual({
      'nothing bounds it: no response_header_timeout: lb_try_duration does not end a running attempt': [
        'vanished',
        ...without,
      ],
      'it takes 11m, and a drill waits 10m at most': ['no_read'],
    });
    expect(Object.keys(found('nginx', '1.30.6'))).toContain('it takes 2d, and a drill waits 10m at most');
  });

  it.each([
    ['caddy', 'random', true],
    ['caddy', 'least_conn', true],
    ['nginx', 'random', true],
    ['nginx', 'least_conn', false],
  ] as const)('on %s with %s: one server that fails cannot be the first one asked (%s)', (program, balance, leaves) => {
    const plan = planFor(poolOf(`${pair}, balance: ${balance}, timeouts: { connect: 2s }`), program, '2.11');
    expect(Object.keys(omitted(plan))).toEqual(
      leaves ? ['the balance picks a server by chance: which one is asked first is not known'] : [],
    );
    expect(rowsOf(plan).some(({ cell }) => cell.failing === 'one')).toBe(!leaves);
  });

  it('leaves out rows where milliseconds decide whether one more attempt starts', () => {
    // A server that closes 15ms before 600ms has 5ms of the window left.
    const words = `${pair}, timeouts: { connect: 2s, response_header: 600ms }, retry: { tries: 2, window: 590ms }`;
    expect(omitted(planFor(poolOf(words), 'nginx', '1.30.6'))).toEqual({
      'a few milliseconds decide whether one more attempt starts': ['close all GET'],
    });
  });

  it('takes as long as the fullest lane', () => {
    const rows = [4, 3, 3, 2].map((longest) => ({ longest }));
    expect([1, 2, 4, 9].map((together) => timeFor(rows, together))).toEqual([12, 6, 4, 4]);
    expect(timeFor([], 3)).toBe(0);
  });
});

describe('the topology of a drill', () => {
  it.each(releases)('on %s %s has a site and servers of its own for each row', (program, version) => {
    const plan = planFor(poolOf(`${pair}, timeouts: { connect: 2s }`), program, version);
    const { topology, stages } = drillOf(plan, rowsOf(plan));
    expect(stages.map(({ planned }) => planned)).toEqual(rowsOf(plan));
    const servers = stages.flatMap((stage) => stage.servers.map(formatAddress));
    expect(new Set(servers).size).toBe(2 * stages.length);
    expect(new Set(topology.sites.map(({ id }) => id)).size).toBe(stages.length);
    // A name stays a name: its bounds are others than those of an address.
    expect(stages.every((stage) => stage.servers.map(({ kind }) => kind).join() === 'v4,name')).toBe(true);
  });

  it('says the same as the routes of any topology', () => {
    fc.assert(
      fc.property(topologies, fc.constantFrom(...releases), (sketch, [program, version]) => {
        const { topology } = analyse('topology.yaml', print(sketch));
        if (!topology?.targets[program]) return;
        const plan = planOf(topology, program, parseVersion(version), undefined);
        const { stages } = drillOf(plan, rowsOf(plan));
        expect(stages.length).toBe(rowsOf(plan).length);
      }),
      { seed, numRuns: 8 },
    );
  });

  it('refuses a row that is not that of its route', () => {
    const plan = planFor(poolOf(`${pair}, timeouts: { connect: 2s }`), 'nginx', '1.30.6');
    const [planned] = rowsOf(plan).filter(({ cell }) => nameOf(cell) === 'silent all GET');
    if (!planned) throw new Error('no such row');
    const wrong = { ...planned, row: { ...planned.row, wait: times(3, 'attempts', planned.row.wait) } };
    expect(() => drillOf(plan, [wrong])).toThrow('drilled with another silent/all/GET than its own');
  });
});

describe('the outcome of a drill', () => {
  const text = `version: 1\nsites: { a.example.com: { upstream: { ${pair} }, timeouts: { connect: 1s, response_header: 2s }, budget: 5s } }\n`;
  const plan = planFor(text, 'nginx', '1.30.6');
  /** Everything as predicted, but what is said otherwise. */
  const outcomeWith = (changes: Readonly<Record<string, Partial<Measurement>>> = {}) => {
    const results = new Map(
      rowsOf(plan).map((planned): [Planned, Measurement] => {
        const { row, predicted } = planned;
        const change = changes[nameOf(planned.cell)];
        return [planned, { ms: predicted, status: row.status, attempts: row.attempts, ...change }];
      }),
    );
    return outcomesOf([plan], results);
  };

  it('is good when nothing took longer', () => {
    const outcomes = outcomeWith({ 'silent all GET': { ms: 4_099 } });
    expect(outcomes.every(isGood)).toBe(true);
    expect(drillText([plan], outcomes, new Chalk({ level: 0 }))).toMatch(
      /^32 faults of 1 route drilled on nginx 1\.30\.6: no request waited longer than predicted\n\na\.example\.com\/ on nginx 1\.30\.6 \(compiled for 1\.30\)\n {2}longest wait 4\.099s, predicted 6s at worst; budget 5s\n/,
    );
  });

  it('finds a formula with one attempt too few', () => {
    const [planned] = rowsOf(plan).filter(({ cell }) => nameOf(cell) === 'silent all GET');
    if (!planned) throw new Error('no such row');
    const honest = evaluate(planned.row.wait);
    expect(isAbove({ ms: honest + 100 }, planned)).toBe(false);
    expect(isAbove({ ms: honest + 101 }, planned)).toBe(true);
    expect(isAbove({ ms: honest }, { ...planned, predicted: honest / 2 })).toBe(true);
  });

  it('does not grow its patience with thousands of attempts', () => {
    const words = `servers: [web:80], retry: { tries: unlimited, window: 2s, interval: 0s }`;
    const [refused] = rowsOf(planFor(poolOf(words), 'caddy', '2.11.4'));
    expect(refused?.row.attempts).toBeGreaterThan(1_000);
    expect(refused && isAbove({ ms: refused.predicted + 261 }, refused)).toBe(true);
  });

  it('shows what is above its bound', () => {
    const outcomes = outcomeWith({ 'silent all GET': { ms: 4_400, attempts: 3, status: 502 } });
    expect(outcomes.some(isGood)).toBe(false);
    const lines = drillText([plan], outcomes, new Chalk({ level: 0 })).split('\n');
    expect(lines[0]).toBe('32 faults of 1 route drilled on nginx 1.30.6: 1 request waited longer than predicted');
    expect(lines.find((line) => /silent +all +GET/.test(line))).toBe(
      '  silent        all      GET            4s      4.4s         3     502  400ms too long, predicted 2 attempts, predicted status 504',
    );
    expect(
      drillData('t.yaml', outcomes).routes[0]?.targets[0]?.faults.filter(({ verdict }) => verdict === 'above'),
    ).toEqual([
      {
        fault: 'silent',
        failing: 'all',
        method: 'GET',
        predicted_ms: 4_000,
        measured_ms: 4_400,
        attempts: 3,
        predicted_attempts: 2,
        status: 502,
        predicted_status: 504,
        verdict: 'above',
      },
    ]);
  });

  it('holds the budget against what was measured; a large body is not part of it', () => {
    const held = outcomeWith({ 'no_read all POST': { ms: 20_000 } });
    expect(held.map(({ within }) => within)).toEqual([true]);
    // Below its bound would not help: the budget is shorter.
    const tight = planFor(text.replace('budget: 5s', 'budget: 3s'), 'nginx', '1.30.6');
    const results = new Map(rowsOf(tight).map((one) => [one, { ms: one.predicted, status: one.row.status }] as const));
    const [outcome] = outcomesOf([tight], results);
    expect(outcome && isGood(outcome)).toBe(false);
    expect(drillData('t.yaml', outcome ? [outcome] : []).routes[0]?.targets[0]).toMatchObject({
      target: 'nginx',
      target_version: '1.30',
      installed_version: '1.30.6',
      predicted_worst_wait_ms: 6_000,
      measured_worst_wait_ms: 4_000,
      within_budget: false,
    });
    expect(drillText([tight], outcome ? [outcome] : [], new Chalk({ level: 0 }))).toMatch(
      /^32 faults .*: no request waited longer than predicted; 1 route waited longer than the budget allows\n/,
    );
  });

  it('names what could not be measured', () => {
    const missing = rowsOf(plan).find(({ cell }) => cell.fault === 'all_marked');
    const results = new Map(
      rowsOf(plan)
        .filter((one) => one !== missing)
        .map((one) => [one, { ms: 0, status: 'TIMEOUT' }] as const),
    );
    const [target] = drillData('t.yaml', outcomesOf([plan], results)).routes[0]?.targets ?? [];
    expect(target?.not_drilled.at(-1)).toEqual({
      fault: 'all_marked',
      failing: 'all',
      method: 'GET',
      because: 'its servers could not be brought out of rotation in time',
    });
    expect(target?.faults[0]).toMatchObject({ status: null, attempts: null });
  });
});
