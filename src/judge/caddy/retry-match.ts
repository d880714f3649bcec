import { atLeast } from '../../model/version.ts';
import type { ReverseProxy } from '../../targets/caddy/directives.ts';
import type { Line, Reading } from './settings.ts';
import type { CaddyDirective } from './tree.ts';

/** What stands for every method. */
const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
const statuses = Array.from({ length: 500 }, (_, index) => 100 + index);

/** What is sent again, of the blocks `lb_retry_match`. Any of them will do, and in each all that is written must match. */
export function retryMatches(
  lines: readonly Line[],
  { notes, assumptions }: Reading,
): Pick<ReverseProxy, 'retryMethods' | 'retryStatuses' | 'retryStatusMethods'> {
  if (lines.length === 0) return { retryMethods: ['GET'], retryStatuses: [] };
  const again = new Set<string>();
  const answered = new Set<string>();
  const codes = new Set<number>();
  let unsure = false;
  for (const line of lines) {
    const set = setOf(line);
    if (set.others) unsure = true;
    if (set.transport) for (const method of set.methods) again.add(method);
    // An answer is looked at since 2.11.3, and only where there is an expression.
    if (!set.expression || !atLeast(notes.version, '2.11.3')) continue;
    for (const method of set.methods) answered.add(method);
    for (const code of set.codes) codes.add(code);
  }
  if (unsure)
    assumptions.push('what `lb_retry_match` says besides methods and statuses is taken to match every request');
  const same = [...answered].every((method) => again.has(method)) && answered.size === again.size;
  return {
    retryMethods: methods.filter((method) => again.has(method)),
    retryStatuses: [...codes],
    ...(codes.size > 0 && !same ? { retryStatusMethods: methods.filter((method) => answered.has(method)) } : {}),
  };
}

interface MatchSet {
  readonly methods: readonly string[];
  /** Does it match where no answer came? */
  readonly transport: boolean;
  readonly expression: boolean;
  readonly codes: readonly number[];
  readonly others: boolean;
}

function setOf({ directive, words }: Line): MatchSet {
  const [name, ...rest] = words;
  const inline = name ? [{ name: name.text, texts: rest.map(({ text }) => text) }] : [];
  const block = (directive.block ?? []).map((one: CaddyDirective) => ({
    name: one.name,
    texts: one.args.map(({ text }) => text),
  }));
  const found = [...inline, ...block];
  const written = found.flatMap((one) => (one.name === 'method' ? one.texts : []));
  const expressions = found.filter((one) => one.name === 'expression').map(({ texts }) => texts.join(' '));
  const ofAnswer = expressions.some((text) => /\{?(?:rp|http\.reverse_proxy)\.(?:status_code|header)/.test(text));
  // As a topology’s streams have it.
  const never = found.some((one) => one.name === 'not' && one.texts.join(' ') === 'path *');
  if (never) return { methods: [], transport: false, expression: false, codes: [], others: false };
  const ofFailure = expressions.some((text) => text.includes('is_transport_error'));
  return {
    methods: written.length > 0 ? methods.filter((method) => written.includes(method)) : methods,
    transport: !ofAnswer || ofFailure,
    expression: expressions.length > 0,
    codes: expressions.length === 1 ? codesOf(expressions[0] ?? '') : expressions.length > 0 ? statuses : [],
    others:
      found.some((one) => one.name !== 'method' && one.name !== 'expression') ||
      expressions.some((text) => codesOf(text) === statuses),
  };
}

/** `{rp.status_code} in [502, 503]`, `== 503`, `>= 500`; of anything else every status. */
function codesOf(expression: string): readonly number[] {
  const [, operator, list] =
    /^\s*\{(?:rp|http\.reverse_proxy)\.status_code\}\s*(in|==|>=|>)\s*(\[[\d,\s]*\]|\d{3})\s*$/.exec(expression) ?? [];
  if (operator === undefined || list === undefined) return statuses;
  const numbers = [...list.matchAll(/\d{3}/g)].map(([digits]) => Number(digits));
  const [first = 0] = numbers;
  if (operator === '>=') return statuses.filter((status) => status >= first);
  if (operator === '>') return statuses.filter((status) => status > first);
  return numbers;
}
