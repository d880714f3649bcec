import { type Failing, type Fault, faults, type Method } from '../latency/bounds.ts';
import type { Behaviour } from './farm.ts';
import { connectOf, firstAsked, headerOf, type Told } from './told.ts';

/** The faults that can be brought about. */
export type Staged = Exclude<Fault, 'tls_stall' | 'refused_stream'>;

export const staged = faults.filter((fault): fault is Staged => fault !== 'tls_stall' && fault !== 'refused_stream');

/** A row of the report's table. */
export interface Cell {
  readonly fault: Staged;
  readonly failing: Failing;
  readonly method: Method;
}

/** What one server does. */
export type Role = Staged | 'ok';

/** Faults that a server brings about by itself come this much before the limit. Milliseconds, as all times here. */
export const justBefore = 15;
/** A SYN is sent again after this time: `late` cannot be later. */
export const retransmission = 1000;
/** After this time the second SYN is answered for certain: a connect limit below ends `late` before it begins. */
export const answered = 1030;

/**
 * Milliseconds that a measurement may be above its bound: 60, and 20 for each attempt. What ends thousands of attempts is a
 * window, not their number: no more than ten are counted.
 */
export function allowance(attempts: number): number {
  return 60 + 20 * Math.min(10, attempts);
}

/** What each server does. With one failing it is the one that the proxy asks first. */
export function rolesOf({ fault, failing }: Cell, servers: number, told: Told): readonly Role[] {
  const first = firstAsked(told) ?? 0;
  return Array.from({ length: servers }, (_, index) => (failing === 'all' || index === first ? fault : 'ok'));
}

/** `afterMs`: when those act that bring their fault about by themselves. */
export function behaviourOf(role: Role, afterMs: number, told: Told): Behaviour {
  switch (role) {
    case 'vanished':
      return { kind: 'silent' };
    case 'all_marked':
      return { kind: 'close', afterMs: 0 };
    case 'close':
    case 'error_status':
      return { kind: role, afterMs };
    case 'blackhole':
    case 'late':
      return { kind: role, limitMs: connectOf(told) };
    default:
      return { kind: role };
  }
}

/** How much sooner than in the formula one attempt ends when the fault is brought about. */
export function earliness(fault: Staged, told: Told): number {
  if (fault === 'close' || fault === 'error_status') return Math.min(justBefore, headerOf(told));
  return fault === 'late' ? Math.max(0, connectOf(told) - retransmission) : 0;
}
