import { describe, expect, it } from 'vitest';
import { findings } from '../../src/model/reader.ts';
import { formatValue, type Holds, type Value, value } from '../../src/model/value.ts';
import { parseVersion } from '../../src/model/version.ts';
import { caddyHelpers, caddyValue } from '../../src/targets/caddy/values.ts';
import { nginxHelpers, nginxValue } from '../../src/targets/nginx/values.ts';

const at = { source: 'topology.yaml', path: '/x', part: 'value' } as const;

function parsed(text: string, holds?: Holds) {
  const found = findings();
  const parts = value(found, holds)({ kind: 'scalar', value: text, at });
  return { parts, messages: found.list.map(({ message, help }) => `${message} | ${help}`) };
}

function good(text: string, holds?: Holds): Value {
  const { parts, messages } = parsed(text, holds);
  expect(messages).toEqual([]);
  return parts ?? [];
}

describe('a value', () => {
  it.each<[string, Value]>([
    ['', []],
    ['plain', ['plain']],
    ['{host}', [{ variable: 'host' }]],
    ['https://{host}{uri}', ['https://', { variable: 'host' }, { variable: 'uri' }]],
    ['{{host}', ['{host}']],
    ['{{{host}}', ['{', { variable: 'host' }, '}']],
    ['{"a": {"b": {}}}', ['{"a": {"b": {}}}']],
    ['{ host }', ['{ host }']],
    ['a { b', ['a { b']],
    ['}', ['}']],
    ['$host', ['$host']],
  ])('reads %j', (text, parts) => {
    expect(good(text)).toEqual(parts);
    expect(good(formatValue(parts))).toEqual(parts);
  });

  it('holds groups where there are some, and the server where one has answered', () => {
    expect(good('/new/{2}/{1}', { captures: 2 })).toEqual(['/new/', { capture: 2 }, '/', { capture: 1 }]);
    expect(good('{server}', { server: true })).toEqual([{ variable: 'server' }]);
  });

  it.each([
    ['{hots}', '`{hots}` is not known | did you mean `{host}`? `{{` is a brace'],
    ['{remote_host}', '`{remote_host}` is not known | did you mean `{client_ip}`? `{{` is a brace'],
    [
      '{env.HOME}',
      '`{env.HOME}` is not known | there are {client_ip} {host} {path} {query} {uri} {method} {scheme} {request_id} {server}; `{{` is a brace',
    ],
    ['{1}', '`{1}` stands for a group of a regular expression, and there is none | `{{` is a brace'],
    ['{server}', '`{server}` is not known before a server has answered | it can stand in response headers'],
    ['a\\{host}', 'a backslash stands right before `{host}` | put something between the two'],
    ['`\\"', 'a backtick and a backslash before a quote cannot stand in one value | leave out one of the two'],
  ])('refuses %j', (text, message) => {
    expect(parsed(text)).toEqual({ parts: undefined, messages: [message] });
  });

  it('refuses groups that there are not', () => {
    expect(parsed('{3}', { captures: 2 }).messages).toEqual([
      'the regular expression has no group 3 | its groups are {1} to {2}; `{{` is a brace',
    ]);
  });

  const version = parseVersion('2.11');
  it.each([
    ['plain', 'plain', 'plain'],
    ['two words', '"two words"', '"two words"'],
    ['{host}x', '${host}x', '{host}x'],
    ['{host}/', '$host/', '{host}/'],
    ['cost: $5', '"cost: ${edge_dollar}5"', '"cost: $5"'],
    ['{{x}', '"{x}"', '"\\{x\\}"'],
    ['}', '"}"', '"\\}{http.vars.edge_nothing}"'],
    ['{{$x', '"{${edge_dollar}x"', '"\\{{http.vars.edge_nothing}$x"'],
    ['say "x"', '"say \\"x\\""', '"say \\"x\\""'],
    ['{path}?{query}', '"$edge_path?$edge_query"', '"{edge_path}?{edge_query}"'],
    ['{uri}', '$request_uri', '{http.vars.edge_uri}'],
  ])('%j is a token of both', (text, nginx, caddy) => {
    const parts = good(text);
    expect({ nginx: nginxValue(parts), caddy: caddyValue(parts, { version }) }).toEqual({ nginx, caddy });
  });

  it('names the only host there is, and groups as the place does', () => {
    const parts = good('{host}{1}', { captures: 1 });
    const place = { host: 'a.example', capture: (group: number) => `re.r1.${group}` };
    expect(nginxValue(parts, { ...place, capture: (group) => `r1_${group}` })).toBe('a.example$r1_1');
    expect(caddyValue(parts, { ...place, version })).toBe('a.example{re.r1.1}');
  });

  it('before 2.7 has the address of the connection only', () => {
    expect(caddyValue([{ variable: 'client_ip' }], { version: parseVersion('2.6') })).toBe('{remote_host}');
  });

  it('is cut into variables where nginx could not read it', () => {
    const long = good(`${'ü"'.repeat(3000)}{host}`);
    const token = nginxValue(long);
    expect(token.length).toBeLessThan(4000);
    const blocks = nginxHelpers([long, good('$'), good('{path}')]);
    const texts = blocks.flatMap(
      (block) => block.join('\n').match(/^map "" \$(\w+) \{\n {4}default "(.*)";\n\}$/s) ?? [],
    );
    const joined = token.replace(/\$edge_text_\w+/g, (name) => texts[texts.indexOf(name.slice(1)) + 1] ?? '?');
    expect(joined.replaceAll('\\"', '"')).toBe(`${'ü"'.repeat(3000)}$host`);
    expect(blocks.map(([first]) => first?.split(' ')[0])).toEqual(expect.arrayContaining(['#', 'map']));
  });

  it('asks for what is remembered before a rewrite only where it is named', () => {
    expect(caddyHelpers([good('{host}')])).toEqual([]);
    expect(caddyHelpers([good('{uri}')])).toEqual(['vars edge_uri {uri}']);
    expect(nginxHelpers([good('{host}')])).toEqual([]);
  });
});
