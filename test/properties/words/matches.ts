import fc from 'fast-check';
import { at, hasWords, loose, pick, type Words, type World } from './draw.ts';

/** Characters that mean something somewhere: to YAML, to regular expressions, to nginx, Caddy or a shell. */
const odd = pick(...' !"#$%&\'()+,-.:;<=>?@[]\\^_`{|}~', 'ü', '日', '😀', '\u00a0', '\u0085', '\u2028', '\u202e', 'é');
const letter = pick(...'abzAZ09');
const segment = fc
  .array(fc.oneof({ weight: 3, arbitrary: letter }, { weight: 1, arbitrary: odd }), { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join('').replace(/\$\{+/g, '$'))
  .filter((text) => !/^\.{1,2}$/.test(text));
const path = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean(), fc.nat(9))
  .map(([parts, prefix, chance]) => (chance === 0 ? '/*' : `/${parts.join('/')}${prefix ? '/*' : ''}`));

/** Regular expressions with one group or none. */
export const groupless = ['^/b c\'d"e#{2}', '\\.(?:php|cgi)$', '(?i)^/A[b-d]{2,3}/', '^/(?:x|y)/.*\\x20;', '^/$'];
export const grouped = ['^/user/([0-9]+)$', '^/(.*)\\{\\}', '^/a([^/;]*)/'];

export const networks = pick('private', '10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1', '0.0.0.0/0');
const oneOrMore = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof(one, fc.uniqueArray(one, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<unknown>);
const asked = fc.oneof(fc.boolean(), pick('1', 'a b;c', '{x} "q" $h', "it's `t`\\", '*', '(', '%41'));

const criteria = {
  path: fc.oneof(path, fc.array(path, { minLength: 1, maxLength: 4 })),
  path_regex: pick(...groupless, ...grouped),
  method: oneOrMore(pick('GET', 'HEAD', 'POST', 'PROPFIND')),
  header: fc.dictionary(pick('X-Beta', 'Cookie', 'accept', '0'), asked, { minKeys: 1, maxKeys: 2 }),
  query: fc.dictionary(pick('q', 'a b', 'é', 'x[]', '{y}', '$z"', '%'), fc.oneof(asked, pick('', 'ü&=+,')), {
    minKeys: 1,
    maxKeys: 2,
  }),
  client: oneOrMore(networks),
};

/** The name that a route asks for is one of those of its site. */
const host = fc.option(fc.nat(3), { nil: undefined, freq: 3 });

const pathOnly = fc.record({ words: loose({ path: criteria.path }) });

/** What a route asks of a request; half of them ask for nothing but a path. */
const any = fc.oneof(
  pathOnly,
  fc.record({
    words: fc
      .tuple(loose(criteria), fc.option(loose(criteria).filter(hasWords), { nil: undefined, freq: 3 }))
      .map(([all, not]): Words => ({ ...all, ...(not ? { not } : {}) })),
    host,
  }),
);

export type MatchChoice = typeof any extends fc.Arbitrary<infer T> ? T : never;

export function match({ plain }: World): fc.Arbitrary<MatchChoice> {
  return plain ? pathOnly : any;
}

/** A site is asked for by names in lower case only, and never by an address. */
export function matchWords(choice: MatchChoice, names: readonly string[]): Words {
  const host = 'host' in choice && choice.host !== undefined ? at(names, choice.host) : undefined;
  const asks = host !== undefined && !/[:[]/.test(host) ? { host } : {};
  const words = { ...choice.words, ...asks };
  return hasWords(words) ? { match: words } : {};
}
