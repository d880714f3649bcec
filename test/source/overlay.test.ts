import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { analyse } from '../../src/pipeline.ts';
import { lay } from '../../src/schema/overlay.ts';
import { toData } from '../../src/source/node.ts';
import { filesOf } from '../../src/source/paths.ts';
import { read } from '../../src/source/read.ts';

function laid(base: string, over: string) {
  const [below, above] = [read('topology.yaml', base).root, read('topology.x.yaml', over).root];
  if (!below || !above) throw new Error('no tree');
  const found: Diagnostic[] = [];
  const data: unknown = JSON.parse(JSON.stringify(toData(lay(below, above, found))));
  return { data, found: found.map(({ message, place }) => `${place.source}: ${message}`) };
}

describe('an overlay', () => {
  test.each([
    [
      'merges maps',
      '{ edge: { http_port: 81 } }',
      '{ edge: { https_port: 444 } }',
      '{ edge: { http_port: 81, https_port: 444 } }',
    ],
    ['replaces scalars', '{ edge: { http_port: 81 } }', '{ edge: { http_port: 82 } }', '{ edge: { http_port: 82 } }'],
    [
      'replaces lists',
      '{ upstreams: { a: { servers: [b:1, c:2] } } }',
      '{ upstreams: { a: { servers: [d:3] } } }',
      '{ upstreams: { a: { servers: [d:3] } } }',
    ],
    ['removes with null', '{ sites: { a: b:1, c: d:2 } }', '{ sites: { a: } }', '{ sites: { c: d:2 } }'],
    [
      'adds what is new',
      '{ sites: { a: b:1 } }',
      '{ sites: { c: d:2 }, acme: { ca: staging } }',
      '{ sites: { a: b:1, c: d:2 }, acme: { ca: staging } }',
    ],
    [
      'keeps a null that means something',
      '{ version: 1 }',
      '{ targets: { caddy: } }',
      '{ version: 1, targets: { caddy: } }',
    ],
    [
      'replaces a map by a scalar',
      '{ sites: { a: { tls: { certificate: c, key: k } } } }',
      '{ sites: { a: { tls: internal } } }',
      '{ sites: { a: { tls: internal } } }',
    ],
    [
      'knows what a scalar is short for',
      '{ sites: { a: { tls: acme, upstream: b } } }',
      '{ sites: { a: { tls: { profile: modern } } } }',
      '{ sites: { a: { tls: { mode: acme, profile: modern }, upstream: b } } }',
    ],
    [
      'knows what a site is short for',
      '{ sites: { a: b:1, c: [d:2] } }',
      '{ sites: { a: { budget: 1s }, c: { budget: 2s } } }',
      '{ sites: { a: { upstream: b:1, budget: 1s }, c: { upstream: [d:2], budget: 2s } } }',
    ],
    [
      'knows what a list is short for',
      '{ sites: { a: { upstream: [b:1] } } }',
      '{ sites: { a: { upstream: { balance: first } } } }',
      '{ sites: { a: { upstream: { servers: [b:1], balance: first } } } }',
    ],
    [
      'does not merge a name with a map',
      '{ sites: { a: { upstream: b } } }',
      '{ sites: { a: { upstream: { servers: [c:1] } } } }',
      '{ sites: { a: { upstream: { servers: [c:1] } } } }',
    ],
    ['is nothing when it is empty', '{ sites: { a: b:1 } }', '{}', '{ sites: { a: b:1 } }'],
  ])('%s', (_what, base, over, result) => {
    expect(laid(base, over)).toEqual({ data: parse(result), found: [] });
  });

  const routes = (list: string): string => `{ sites: { a: { routes: ${list} } } }`;

  test.each([
    [
      'over those of their names, in the order of the file',
      '[{ name: b, budget: 2s }, { name: a, strip_prefix: }]',
      '[{ name: a, upstream: x }, { upstream: y }, { name: b, upstream: z, budget: 2s }]',
    ],
    [
      'before the others when they are new',
      '[{ name: c, upstream: w }, { name: b, budget: 2s }]',
      '[{ name: c, upstream: w }, { name: a, upstream: x, strip_prefix: /a }, { upstream: y }, { name: b, upstream: z, budget: 2s }]',
    ],
    ['in place of all when they have no names', '[{ upstream: w }]', '[{ upstream: w }]'],
  ])('lays routes %s', (_what, over, result) => {
    const base = '[{ name: a, upstream: x, strip_prefix: /a }, { upstream: y }, { name: b, upstream: z }]';
    expect(laid(routes(base), routes(over))).toEqual({ data: parse(routes(result)), found: [] });
  });

  test('that removes what is not there, or mixes routes, says so', () => {
    expect(laid('{ sites: { a: { budget: 1s } } }', '{ sites: { a: { budgt: }, b: } }').found).toEqual([
      'topology.x.yaml: there is no `budgt` to remove',
      'topology.x.yaml: there is no `b` to remove',
    ]);
    expect(laid(routes('[{ upstream: a }]'), routes('[{ name: b }, { upstream: c }]')).found).toEqual([
      'topology.x.yaml: some of these routes have a name, and this one has none',
    ]);
  });

  test('has an `include` in place of that of the file, and reaches into what is included', () => {
    const files = filesOf(
      new Map([
        ['one.yaml', 'sites: { one.internal: "10.0.0.1:80" }'],
        ['two.yaml', 'sites: { two.internal: "10.0.0.1:80" }'],
        ['topology.inner.yaml', 'sites: { one.internal: { budget: 90s } }'],
        ['topology.other.yaml', 'include: [two.yaml]'],
        ['topology.none.yaml', 'include:\nsites: { three.internal: "10.0.0.1:80" }'],
      ]),
    );
    const sites = (env: string) => {
      const { topology, files: read } = analyse('topology.yaml', 'version: 1\ninclude: [one.yaml]\n', { files, env });
      const budgets = topology?.sites.map(({ id, routes: [route] }) => `${id} ${route?.budget?.value ?? ''}`.trim());
      return [budgets, read.map(({ source }) => source.name)];
    };
    expect(sites('inner')).toEqual([['one.internal 90000'], ['topology.yaml', 'topology.inner.yaml', 'one.yaml']]);
    expect(sites('other')).toEqual([['two.internal'], ['topology.yaml', 'topology.other.yaml', 'two.yaml']]);
    expect(sites('none')).toEqual([['three.internal'], ['topology.yaml', 'topology.none.yaml']]);
  });
});
