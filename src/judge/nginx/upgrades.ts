import type { Directive } from './parse.ts';
import type { World } from './servers.ts';

/** `if` that only upgrades (websockets) fulfil: the header itself, or what a `map` makes of it and of nothing else. */
export function isForUpgrades({ name, args }: Directive, { tables }: World): boolean {
  if (name !== 'if') return false;
  const condition = args.map(({ text }) => text).join(' ');
  const [, variable = ''] = /^\(\s*\$\{?(\w+)\}?\s*\)$/.exec(condition) ?? [];
  if (variable === 'http_upgrade') return true;
  const table = tables.get(variable);
  if (table?.name !== 'map' || table.args[0]?.text !== '$http_upgrade') return false;
  const general = table.block?.find((row) => row.name === 'default');
  return !general || ['', '0'].includes(general.args[0]?.text ?? '');
}
