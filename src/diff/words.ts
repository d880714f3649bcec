import { counted } from '../diagnostics/counted.ts';
import type { Difference } from './compare.ts';
import { lineOf } from './side.ts';
import type { TermChange } from './terms.ts';
import { limit } from './verdict.ts';
import type { Cell } from './waits.ts';

/** ``connect was removed: 1s → 1m, the default (`proxy_connect_timeout`; it was at git:main:nginx.conf:14)`` */
export function termText(term: TermChange, { base, head }: Pick<Difference, 'base' | 'head'>): string {
  const { short, before, after, directive, given, was, because } = term;
  const isSaid = short.includes('→') || before === undefined || after === undefined;
  const times = isSaid ? '' : `: ${before} → ${after}`;
  const isDefault = given?.origin === 'default' && after !== undefined;
  const where = because
    ? [because]
    : given && !isDefault && after !== undefined
      ? [lineOf(head, given.at)]
      : was && was.origin !== 'default'
        ? [`it was at ${lineOf(base, was.at)}`]
        : [];
  const beside = [...(directive ? [`\`${directive}\``] : []), ...where];
  return `${short}${times}${isDefault ? ', the default' : ''}${beside.length > 0 ? ` (${beside.join('; ')})` : ''}`;
}

/** `6s, exceeded now`, `12s (was 6s)` */
export function budgetText({ before, after, budget }: Cell): string {
  const [old, now] = [before?.budget?.value, after?.budget?.value];
  const was = before && after && old !== now ? ` (was ${limit(old)})` : '';
  const words = { exceeded: ', exceeded now', kept: ', kept again' } as const;
  const still = after?.within === false ? ', still exceeded' : '';
  return `${limit(after ? now : old)}${was}${budget ? words[budget] : still}`;
}

/** The routes that wait as before; nothing when there are none, or none is known. */
export function restText({ routes }: Difference): string | undefined {
  const number = routes.filter(({ change }) => change === 'same').length;
  if (number === 0) return undefined;
  return `${counted(number, 'route')} ${number === 1 ? 'waits' : 'wait'} as long as before`;
}
