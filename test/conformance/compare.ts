import { allowance, retransmission } from '../../src/drill/staging.ts';
import { boundsOf, rowOf, type Told } from '../../src/drill/told.ts';
import { equation, evaluate, type Term } from '../../src/latency/term.ts';
import type { Duration } from '../../src/model/duration.ts';
import type { Measured } from './measure.ts';

/** What a formula says about one measurement. */
export interface Prediction {
  /** The bound in milliseconds. */
  readonly most: number;
  /** What the injected fault should reach; absent for mixtures, which may end sooner. */
  readonly least?: number;
  readonly attempts?: number;
  readonly status?: number;
}

/** The part of a prediction that a fixed fault must reach. */
const reached = 0.9;

/** Where a measurement may stay below its row, and why. Above it none may be. */
export const exceptions: readonly { readonly name: string; readonly why: string; applies(one: Measured): boolean }[] = [
  {
    name: 'one refusing server behind Caddy',
    why: 'the row is for requests that come at once; an attempt that takes no time leaves none for another request to turn the balancer back',
    applies: ({ one, binary }) =>
      binary.program === 'caddy' && one.cell?.fault === 'refused' && one.cell.failing === 'one',
  },
  {
    name: 'no_read on nginx with send 250 to 300 ms above connect, or 300 to 350 ms below',
    why: 'NGX_TIMER_LAZY_DELAY: which of the two limits ends it depends on how long the buffers of the kernel take to fill',
    applies: ({ one, told }) => {
      if (told.program !== 'nginx' || one.cell?.fault !== 'no_read') return false;
      const more = told.location.send.value - told.location.connect.value;
      return (more >= 250 && more < 300) || (more > -350 && more <= -300);
    },
  },
];

export function predictionOf(measured: Measured, change: (term: Term) => Term = (term) => term): Prediction {
  const { bounds, row, one } = measured;
  if (!row) return { most: evaluate(change(bounds.headline)) };
  const wait = change(row.wait);
  const late = one.cell?.fault === 'late';
  return {
    most: evaluate(wait),
    // A SYN is sent again after a second, so the connection cannot be later than that.
    least: evaluate(late ? withLeaves(wait, 'connect', retransmission as Duration) : wait),
    attempts: row.attempts,
    status: row.status,
  };
}

export type Violation = 'above its bound' | 'below its row' | 'status' | 'attempts';

export function violations(measured: Measured, prediction: Prediction = predictionOf(measured)): Violation[] {
  const { most, least, attempts, status } = prediction;
  const found: Violation[] = [];
  if (measured.ms > most + allowance(attempts ?? measured.one.servers)) found.push('above its bound');
  if (exceptions.some((exception) => exception.applies(measured))) return found;
  if (least !== undefined && measured.ms < reached * least) found.push('below its row');
  if (status !== undefined && measured.status !== status) found.push('status');
  if (attempts !== undefined && measured.attempts !== undefined && measured.attempts !== attempts)
    found.push('attempts');
  return found;
}

/** Wrong formulas, each a mistake that one could make. The comparison must find them. */
export const mutations: Readonly<Record<string, (measured: Measured) => Prediction | undefined>> = {
  'one attempt too few': (measured) =>
    predictionOf(measured, (term) =>
      rewrite(term, (one) =>
        one.kind === 'times' && one.of === 'attempts' && one.count > 1 ? { ...one, count: one.count - 1 } : one,
      ),
    ),
  'the interval dropped': (measured) => predictionOf(measured, (term) => withLeaves(term, 'pause', 0 as Duration)),
  'the window taken as a deadline': (measured) => {
    const window = windowOf(measured);
    const prediction = predictionOf(measured);
    if (window === undefined) return undefined;
    const { least } = prediction;
    return {
      ...prediction,
      most: Math.min(prediction.most, window),
      ...(least === undefined ? {} : { least: Math.min(least, window) }),
    };
  },
  'marking forgotten': (measured) => {
    const bounds = boundsOf(unmarked(measured.told));
    const row = measured.one.cell && rowOf(measured.one.cell, bounds);
    return row ? predictionOf({ ...measured, bounds, row }) : undefined;
  },
  'the connection forgotten in late': (measured) =>
    measured.one.cell?.fault === 'late'
      ? predictionOf(measured, (term) => withLeaves(term, 'connect', 0 as Duration))
      : undefined,
};

/** Marks forgotten: what the formulas would say if no failure were counted. */
function unmarked(told: Told): Told {
  if (told.program === 'nginx') return told;
  const { passive, ...proxy } = told.proxy;
  return { ...told, proxy };
}

function windowOf({ told }: Measured): number | undefined {
  return told.program === 'caddy' ? told.proxy.tryDuration?.value : told.location.window?.value;
}

function rewrite(term: Term, change: (term: Term) => Term): Term {
  if (term.kind === 'wait') return change(term);
  if (term.kind === 'times') return change({ ...term, term: rewrite(term.term, change) });
  return change({ ...term, terms: term.terms.map((one) => rewrite(one, change)) });
}

function withLeaves(term: Term, name: string, time: Duration): Term {
  return rewrite(term, (one) => (one.kind === 'wait' && one.name === name ? { ...one, time } : one));
}

/** All that is needed to see a failure again. */
export function story(measured: Measured): string {
  const { one, binary, row, bounds, ms, status, attempts, topology } = measured;
  const { cell, roles, method } = one;
  return [
    `${violations(measured).join(', ')}: ${binary.program} ${binary.version}`,
    cell ? `fault ${cell.fault}, failing ${cell.failing}, ${method}` : `mixture ${roles?.join(' ')}, ${method}`,
    row
      ? `predicted ${equation(row.wait)}, ${row.attempts} attempts, status ${row.status}`
      : `headline ${equation(bounds.headline)}`,
    `measured ${Math.round(ms)} ms, ${attempts ?? '?'} attempts, status ${status}`,
    topology,
  ].join('\n');
}
