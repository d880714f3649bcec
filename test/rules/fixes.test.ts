import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { type Analysis, analyse } from '../../src/pipeline.ts';
import { rules } from '../../src/rules/index.ts';
import { fixAll } from '../../src/source/fix.ts';
import { segments } from '../../src/source/pointer.ts';
import { print, seed, topologies } from '../properties/topologies.ts';
import { mutations } from './examples.ts';

const judge = (text: string): Analysis => analyse('topology.yaml', text);
const textOf = (texts: ReadonlyMap<string, string>): string => texts.get('topology.yaml') ?? '';
const again = (texts: ReadonlyMap<string, string>): Analysis => judge(textOf(texts));
const loud = ({ severity }: Diagnostic): boolean => severity !== 'info';
const named = ({ rule, message }: Diagnostic): string => `${rule}: ${message}`;

/** The data of a file as the titles of all fixes announce it: a map that is left empty goes as well. */
function announced(text: string, diagnostics: readonly Diagnostic[]): unknown {
  const data = parse(text, { merge: true });
  for (const { place, fix } of diagnostics) {
    const [, value, removed] = /^(?:write `[^:]*: (.*)`|remove `(.*)`)$/.exec(fix?.title ?? '') ?? [];
    const keys = segments(place.path);
    if (removed !== undefined) remove(data, keys);
    else if (value !== undefined) put(data, keys, parse(value));
  }
  return data;
}

function put(data: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) data[key] = value;
  else put(data[key] as Record<string, unknown>, rest, value);
}

function remove(data: Record<string, unknown>, [key = '', ...rest]: readonly string[]): void {
  const inner = data[key] as Record<string, unknown>;
  if (rest.length > 0) remove(inner, rest);
  if (rest.length === 0 || Object.keys(inner).length === 0) delete data[key];
}

/** The comments on lines of their own. */
const comments = (text: string): string[] => text.match(/^\s*#.*$/gm) ?? [];

it('is told on the page of a rule exactly where its example can be fixed', () => {
  const fixable = rules.filter(({ id, examples: { fires } }) =>
    judge(fires).diagnostics.some(({ rule, fix }) => rule === id && fix),
  );
  expect(fixable.map(({ id }) => id)).toEqual(rules.filter(({ fix }) => fix !== undefined).map(({ id }) => id));
});

const layouts: Readonly<Record<string, (text: string) => string>> = {
  'as it is written': String,
  ...mutations,
  'Windows line ends': (text) => text.replaceAll('\n', '\r\n'),
  'a comment behind each value': (text) => text.replace(/$/gm, ' # why'),
  'no line break at the end': (text) => text.trimEnd(),
};

describe.each(rules.filter(({ fix }) => fix !== undefined).map((rule) => [rule.id, rule] as const))(
  '%s',
  (id, { examples: { fires } }) => {
    it.each(Object.keys(layouts))('is fixed: %s', (name) => {
      const text = (layouts[name] ?? String)(fires);
      const before = judge(text);
      const { fixed, last } = fixAll(before, again);
      expect([...fixed.values()]).toEqual([1]);
      expect(last.diagnostics.map(({ rule }) => rule)).not.toContain(id);
      const known = before.diagnostics.map(named);
      expect(last.diagnostics.filter((one) => loud(one) && !known.includes(named(one))).map(named)).toEqual([]);
      expect(parse(last.source.text)).toEqual(announced(text, before.diagnostics));
      expect(comments(last.source.text)).toEqual(comments(text));
      expect(last.source.text.includes('\r')).toBe(text.includes('\r'));
    });
  },
);

/** What the fixes of a text write, by rule. */
const offered = (text: string): string[] =>
  judge(`version: 1\n${text}`).diagnostics.flatMap(({ rule, fix }) => (fix ? [`${rule}: ${fix.title}`] : []));
const two = '[10.0.0.2:80, 10.0.0.3:80]';
const four = '[10.0.1.2:80, 10.0.1.3:80, 10.0.1.4:80, 10.0.1.5:80]';

describe('a place that several take a value from', () => {
  test.each([
    [
      'tries: as many as the largest pool has servers',
      `defaults: { retry: { tries: 5 } }\nsites: { a.internal: ${two}, b.internal: ${four} }\n`,
      ['tries-beyond-pool: write `tries: 4`'],
    ],
    [
      'the limit of checks: below the shortest interval and response header',
      `targets: { caddy: {} }
defaults: { health: { active: { path: /up, timeout: 20s } } }
sites:
  a.internal: { upstream: { servers: ${two}, health: { active: { path: /up, interval: 10s } } } }
  b.internal: { upstream: { servers: ${four}, health: { active: { path: /up, interval: 5s } }, timeouts: { response_header: 3s } } }
`,
      ['health-slower-than-requests: write `timeout: 2500ms`', 'health-timeout: write `timeout: 2500ms`'],
    ],
    [
      'plain http of public sites',
      `defaults: { http: serve }\nsites: { a.example.com: ${two}, b.example.com: ${four} }\n`,
      ['plain-http: write `http: redirect`'],
    ],
    [
      'plain http that a private site may want',
      `defaults: { http: serve }\nsites: { a.example.com: ${two}, b.internal: { upstream: ${four}, tls: internal } }\n`,
      [],
    ],
    [
      'a short fail window of pools that all pay for it',
      `targets: { nginx: {} }
defaults: { health: { passive: { fail_window: 2s } } }
sites: { a.internal: ${two}, b.internal: ${four} }
`,
      ['fail-window-short: write `fail_window: 10s`'],
    ],
    [
      'a short fail window that is good for one of the pools',
      `targets: { nginx: {} }
defaults: { health: { passive: { fail_window: 2s } } }
sites: { a.internal: ${two}, b.internal: 10.0.1.2:80 }
`,
      [],
    ],
    [
      'a short connect limit, and no budget that it fits',
      `defaults: { timeouts: { connect: 100ms, response_header: 5s } }
sites: { a.internal: ${two}, b.internal: { upstream: ${four}, budget: 12s } }
`,
      ['connect-jitter: write `connect: 1s`'],
    ],
    [
      'a short connect limit, and a budget that would be exceeded',
      `defaults: { timeouts: { connect: 100ms, response_header: 5s } }
sites: { a.internal: ${two}, b.internal: { upstream: ${four}, budget: 11s } }
`,
      [],
    ],
    [
      'a short connect limit, and a window that would be used up',
      `defaults: { timeouts: { connect: 100ms } }
sites: { a.internal: ${two}, b.internal: { upstream: ${four}, retry: { window: 1s } } }
`,
      [],
    ],
    [
      'a window with time for it in every budget',
      `defaults: { timeouts: { connect: 2s }, retry: { window: 2s, interval: 250ms }, budget: 40s }
sites: { a.internal: ${two}, b.internal: ${four} }
`,
      ['window-no-retry: write `window: 2500ms`'],
    ],
    [
      'a window that serves one of the routes',
      `defaults: { timeouts: { connect: 2s }, retry: { window: 2s }, budget: 40s }
sites: { a.internal: ${two}, b.internal: { upstream: ${four}, timeouts: { connect: 1s } } }
`,
      [],
    ],
    [
      'a window without a budget',
      `defaults: { timeouts: { connect: 2s }, retry: { window: 2s } }\nsites: { a.internal: ${two} }\n`,
      [],
    ],
    [
      'a long fail window, without which Caddy would mark nobody',
      `targets: { caddy: {} }
sites:
  a.internal: { upstream: { servers: ${two}, health: { passive: { fail_window: 10m } } }, traffic: { rps: 0.1 } }
`,
      [],
    ],
    [
      'tries of names: nginx may find more servers behind them',
      `sites: { a.internal: { upstream: [a.example.net:80, b.example.net:80], retry: { tries: 5 } } }\n`,
      [],
    ],
    [
      'an anchor, whatever its aliases stand in',
      `sites:
  a.internal: { upstream: ${two}, retry: &r { tries: 5 } }
  b.internal: { upstream: ${four}, retry: *r }
`,
      [],
    ],
    [
      'a merge key',
      `upstreams: { base: &b { servers: ${two}, retry: { tries: 5 } }, more: { <<: *b, servers: ${four} } }
sites: { a.internal: base, b.internal: more }
`,
      [],
    ],
  ])('%s', (_name, text, expected) => {
    expect(offered(text).filter((one) => !one.startsWith('ignore-'))).toEqual(expected);
  });

  test('a what-if is nowhere in the file', () => {
    const text = `version: 1\nsites: { a.internal: { upstream: ${two}, retry: { tries: 4 } } }\n`;
    const { diagnostics } = analyse('topology.yaml', text, { set: ['sites.a.internal.retry.tries=5'] });
    expect(diagnostics.map(({ rule, fix }) => [rule, fix]).filter(([rule]) => rule === 'tries-beyond-pool')).toEqual([
      ['tries-beyond-pool', undefined],
    ]);
  });
});

describe('a key with one wrong letter', () => {
  const site = `sites: { a.internal: { upstream: ${two} } }`;
  test.each([
    ['swapped, in quotes', site.replace('upstream', '"upstraem"'), 'upstream', site],
    ['missing', `site: { a.internal: ${two} }`, 'sites', `sites: { a.internal: ${two} }`],
    [
      'with a dash, with capitals',
      `defaults: { Timeouts: { connect: 2s } }\n${site}`,
      'timeouts',
      `defaults: { timeouts: { connect: 2s } }\n${site}`,
    ],
  ])('%s: the key is mended, the value stays', (_name, wrong, to, right) => {
    const first = judge(`version: 1\n${wrong} # why\n`);
    expect(first.diagnostics.flatMap(({ fix }) => fix?.title ?? [])).toEqual([
      expect.stringContaining(`write \`${to}\` instead`),
    ]);
    expect(fixAll(first, again).last.source.text).toBe(`version: 1\n${right} # why\n`);
  });

  test.each([
    ['a translation', `defaults: { retry: { retries: 2 } }\n${site}`],
    ['two letters', `defaults: { timeouts: { cnnct: 2s } }\n${site}`],
    ['the right key is there', `site: {}\n${site}`],
    ['two that mean the same', `defaults: { retry: { trie: 2, tris: 3 } }\n${site}`],
    ['what is written does not fit', `defaults: { timeouts: { conect: [2s] } }\n${site}`],
    [
      'a word that is not built yet',
      `defaults: { timeouts: {} }\nsites: { a.internal: { upstream: ${two}, headrs: {} } }`,
    ],
    [
      'behind an anchor',
      `sites: { a.internal: { upstream: ${two}, retry: &r { tris: 2 } }, b.internal: { upstream: ${four}, retry: *r } }`,
    ],
  ])('%s: nothing is sure', (_name, text) => {
    expect(offered(`${text}\n`)).toEqual([]);
    expect(judge(`version: 1\n${text}\n`).diagnostics.map(({ rule }) => rule)).toContain('schema-unknown-key');
  });
});

it(`writes what is announced into any topology, and nothing new is wrong then (PROXYWRIGHT_SEED=${seed})`, () => {
  fc.assert(
    fc.property(topologies, (sketch) => {
      const text = print(sketch);
      const first = judge(text);
      let before = first;
      // One round: what is announced is about the text at hand.
      const { last } = fixAll(first, (texts) => {
        const next = textOf(texts);
        if (before === first) expect(parse(next, { merge: true })).toEqual(announced(text, first.diagnostics));
        before = judge(next);
        return before;
      });
      // With a shorter connect limit other words decide, and they may differ more: the waits are shorter all the same.
      const place = ({ rule, place: { path } }: Diagnostic): string => `${rule} ${path}`;
      const known = new Set(first.diagnostics.map(place));
      const more = last.diagnostics.filter((one) => loud(one) && !known.has(place(one)));
      expect(more.filter(({ rule }) => rule !== 'targets-differ').map(named)).toEqual([]);
      expect(last.diagnostics.filter(({ fix }) => fix)).toEqual([]);
    }),
    { seed, numRuns: 15 },
  );
});
