import type { FailWindow, NameChange } from '../../latency/bounds.ts';
import { mayMove } from '../../model/address.ts';
import type { ReverseProxy } from './directives.ts';

/** Marks are of the name, not of its address: the new address is not asked before they end. */
export function nameChange({ servers }: ReverseProxy, windows: readonly FailWindow[]): NameChange | undefined {
  if (!servers.some(({ value }) => mayMove(value))) return undefined;
  const within = Math.max(0, ...windows.map(({ recovery }) => recovery));
  const because = 'the name is looked up for each new connection';
  return { within, because: within > 0 ? `${because}, and marks of the old address stay with the name` : because };
}
