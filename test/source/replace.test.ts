import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { replaceValues } from '../../src/schema/replace.ts';
import { toData } from '../../src/source/node.ts';
import { read } from '../../src/source/read.ts';

const variables = new Map([
  ['NUMBER', '3'],
  ['WORD', 'true'],
  ['TEXT', 'a: [b]\n- c'],
]);

function replaced(text: string) {
  const { root } = read('topology.yaml', text);
  const found: Diagnostic[] = [];
  if (!root) throw new Error('no tree');
  const node = replaceValues(root, variables, found);
  return {
    data: JSON.parse(JSON.stringify(toData(node))),
    found: found.map(({ message }) => message),
    same: node === root,
  };
}

describe('variables are replaced', () => {
  test.each([
    ['a number where one is wanted', 'edge: { http_port: "808${NUMBER}" }', { edge: { http_port: 8083 } }],
    ['a number or a word', 'defaults: { retry: { tries: "${NUMBER}" } }', { defaults: { retry: { tries: 3 } } }],
    ['the word', 'defaults: { retry: { tries: "${NO:-unlimited}" } }', { defaults: { retry: { tries: 'unlimited' } } }],
    ['true or false', 'machines: { a: { edge: "${WORD}" } }', { machines: { a: { edge: true } } }],
    [
      'text, though it looks like a number',
      'targets: { nginx: { version: "1.${NUMBER}0" } }',
      { targets: { nginx: { version: '1.30' } } },
    ],
    ['text, though it looks like YAML', 'acme: { email: "${TEXT}" }', { acme: { email: 'a: [b]\n- c' } }],
    ['a short form', 'upstreams: { a: { keepalive: "${NUMBER}" } }', { upstreams: { a: { keepalive: 3 } } }],
    [
      'a list of its own items alone',
      'upstreams: { a: { servers: "${TEXT}" } }',
      { upstreams: { a: { servers: 'a: [b]\n- c' } } },
    ],
    ['no number that YAML would not read as one', 'edge: { http_port: "0${NUMBER}" }', { edge: { http_port: '03' } }],
    ['where the port of a service is read', 'services: { a: { port: "${NUMBER}" } }', { services: { a: { port: 3 } } }],
  ])('by %s', (_what, text, data) => {
    expect(replaced(text)).toMatchObject({ data, found: [] });
  });

  test('but not in what is left to compose, nor verbatim', () => {
    const text = `services:
  raw: { image: "x:\${NUMBER}", environment: { A: "\${NO-a}" }, instances: [{ environment: { B: "$\${NO}" } }] }
upstreams: { raw: { servers: ["\${WORD}:80"] } }
sites:
  raw: { raw: { nginx: "set $a \${NO};" }, upstream: "\${WORD}:80" }
  b: { routes: [{ raw: { nginx: "\${" } }] }
`;
    const { data, found } = replaced(text);
    expect(found).toEqual([]);
    expect(data.services.raw).toEqual({
      image: 'x:${NUMBER}',
      environment: { A: '${NO-a}' },
      instances: [{ environment: { B: '$${NO}' } }],
    });
    expect(data.upstreams.raw.servers).toEqual(['true:80']);
    expect(data.sites.raw).toEqual({ raw: { nginx: 'set $a ${NO};' }, upstream: 'true:80' });
    expect(data.sites.b.routes).toEqual([{ raw: { nginx: '${' } }]);
  });

  test('where there are none the tree is the same', () => {
    expect(replaced('sites: { a.example.com: { upstream: b:80, name: "$a {b}" } }').same).toBe(true);
  });
});
