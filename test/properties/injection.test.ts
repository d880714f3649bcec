import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile } from '../../src/compile.ts';
import type { Topology } from '../../src/model/topology.ts';
import { analyse } from '../../src/pipeline.ts';
import { attack, type Field, fields, hostile } from './fields.ts';
import { readNginx, shape } from './nginx-text.ts';
import { seed } from './topologies.ts';

const all = fields();

/** What each file is made of, without the values: the names of directives, the kinds of YAML nodes. */
function structure(topology: Topology, isName: boolean): unknown {
  return compile(topology).map((file) => {
    if (file.path.endsWith('.conf')) return shape(readNginx(file.text));
    if (file.path.endsWith('.yaml')) return skeleton(parse(file.text), isName);
    // Neither shell nor Caddyfile nor a list of users is parsed here: no line may appear or vanish.
    return file.text.split('\n').length;
  });
}

const harmless = new Map<string, unknown>();

function harmlessStructure({ path, harmless: value, text }: Field): unknown {
  const { topology } = analyse('topology.yaml', text(value));
  if (!harmless.has(path) && topology) harmless.set(path, structure(topology, path.endsWith('{key}')));
  return harmless.get(path);
}

/** Keys and kinds of a YAML value; names alone when the place that was attacked is a name. */
function skeleton(value: unknown, isName: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => skeleton(item, isName));
  if (typeof value !== 'object' || value === null) return typeof value;
  const entries = Object.entries(value).map(([key, item]) => [isName ? '' : key, skeleton(item, isName)]);
  return isName ? entries.map((entry) => JSON.stringify(entry)).sort() : entries;
}

/** The value as it is written, or where that cannot be told apart the value of a variable that is written. */
type Way = 'written' | 'variable';

function analysed(field: Field, value: string, way: Way) {
  if (way === 'written') {
    const text = field.text(value);
    return { text, ...analyse('topology.yaml', text) };
  }
  const text = field.text('${VALUE}');
  return { text, ...analyse('topology.yaml', text, { variables: new Map([['VALUE', value]]) }) };
}

/** Refused with a message at a place of the file, or compiled to the same structure as a harmless value. */
function judge(field: Field, value: string, way: Way = 'written'): void {
  const { text, source, topology, diagnostics } = analysed(field, value, way);
  const errors = diagnostics.filter(({ severity, rule }) => severity === 'error' && rule !== 'over-budget');
  const bad = errors.filter(({ message, place }) => {
    const { start, end } = source.span(place);
    return message === '' || start < 0 || end < start || end > text.length;
  });
  expect(bad).toEqual([]);
  if (errors.length > 0 || !topology) return;
  const made = structure(topology, field.path.endsWith('{key}'));
  if (!changesWhatIsMade(field, value)) expect(made).toEqual(harmlessStructure(field));
}

/** Right values that mean something else than the harmless one: a name of another kind, another version or word. */
function changesWhatIsMade({ path }: Field, value: string): boolean {
  return (
    /(?:version|tls|balance|resolver|resolver\/#|trusted_proxies|trusted_proxies\/#|client|client\/#|except|except\/#|acme\/ca|timeouts\/\w+|retry\/window|interval|timeout|idle|budget|status|rules\/\{key\})$/.test(
      path,
    ) ||
    /^(?:\/services|\/machines|\/upstreams|\/sites)\/\{key\}$/.test(path) ||
    // What nginx lacks is defined where it is used.
    (/\/(?:(?:set|add)\/\*|body|redirect|redirect\/to)$/.test(path) &&
      /\$|\{(?:path|query|uri|server)\}/.test(value)) ||
    /^unix:|^\[|^[\d.]+:|^(?:web|pool)$|^\/\*$/.test(value)
  );
}

describe('a hostile value', () => {
  it('has a row for every place of the schema that takes text', () => {
    expect(all.length).toBeGreaterThan(100);
    const wrong = all.flatMap((field) => {
      const { diagnostics } = analyse('topology.yaml', field.text(field.harmless));
      return diagnostics
        .filter(({ severity, rule }) => severity === 'error' && rule !== 'over-budget')
        .map(({ message, place }) => `${field.path} = ${field.harmless}: ${message} at ${place.path}`);
    });
    expect(wrong).toEqual([]);
  });

  it('is refused at its place, or changes no structure: the known ones, everywhere', () => {
    const kinds = new Set<string>();
    for (const [index, field] of all.entries()) {
      // Places of one kind share their schema: the first of them gets everything, the others a part each.
      const part = kinds.has(field.harmless) ? hostile.filter((_, number) => (number + index) % 20 === 0) : hostile;
      kinds.add(field.harmless);
      for (const value of part) {
        try {
          judge(field, value);
        } catch (error) {
          throw new Error(`${field.path} = ${JSON.stringify(value).slice(0, 200)}`, { cause: error });
        }
      }
    }
  });

  it('is refused at its place, or changes no structure: random ones', () => {
    const cases = fc.constantFrom(...all).chain((field) => fc.tuple(fc.constant(field), attack(field.harmless)));
    fc.assert(
      fc.property(cases, ([field, value]) => judge(field, value)),
      { seed, numRuns: 500 },
    );
  });

  it('is refused as the value of a variable where it is refused when it is written, and means the same elsewhere', () => {
    // Services are left to compose, and keys but for names of sites are no values.
    const replaced = all.filter(({ path }) => !/^\/services|\{key\}$/.test(path) || path === '/sites/{key}');
    for (const [index, field] of replaced.entries()) {
      for (const value of hostile.filter((text, number) => (number + index) % 5 === 0 && !text.includes('${'))) {
        judge(field, value, 'variable');
        // As a key of an object a number comes first: the order of the sites would be another one.
        if (field.path === '/sites/{key}' && /^\d+$/.test(value)) continue;
        const [written, variable] = (['written', 'variable'] as const).map((way) => {
          const { topology, diagnostics } = analysed(field, value, way);
          const isWrong = diagnostics.some(({ severity, rule }) => severity === 'error' && rule !== 'over-budget');
          return topology && !isWrong ? compile(topology) : 'refused';
        });
        expect(variable, `${field.path} = ${JSON.stringify(value)}`).toEqual(written);
      }
    }
  });
});
