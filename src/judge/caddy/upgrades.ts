import { matcherOf } from './directives.ts';
import type { CaddyDirective } from './tree.ts';
import type { Answer } from './walk.ts';

/**
 * Proxies that only upgrades (websockets) come to, where the same servers answer everything else of the same paths: such
 * a pair is one route, whose upgrades have other limits. By the proxy of everything else.
 */
export function upgradesOf(answers: readonly Answer[]): ReadonlyMap<CaddyDirective, CaddyDirective> {
  const pairs = new Map<CaddyDirective, CaddyDirective>();
  const proxies = answers.filter(({ kind }) => kind === 'proxy');
  const byServers = new Map(
    proxies.filter((one) => !isForUpgrades(one)).map((one) => [keyOf(one, one.trail), one.directive]),
  );
  for (const one of proxies.filter(isForUpgrades)) {
    const other = byServers.get(keyOf(one, one.trail));
    if (other) pairs.set(other, one.directive);
  }
  return pairs;
}

function isForUpgrades({ trail }: Answer): boolean {
  return trail.at(-1)?.condition.upgrades === true;
}

/** Whom it asks, and below which blocks. */
function keyOf({ directive }: Answer, trail: Answer['trail']): string {
  const above = trail
    .slice(0, -1)
    .map(({ condition, strip }) => [
      condition.paths?.map(({ text }) => text),
      condition.pattern?.text,
      condition.others,
      strip,
    ]);
  return JSON.stringify([above, matcherOf(directive).args.map(({ text }) => text)]);
}
