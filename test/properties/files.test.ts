import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { compile } from '../../src/compile.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { type Analysis, analyse, type Surroundings } from '../../src/pipeline.ts';
import { filesOf } from '../../src/source/paths.ts';
import { print, seed, topologies } from './topologies.ts';

type Words = Readonly<Record<string, unknown>>;
const sections = ['sites', 'upstreams', 'services'] as const;

function read(text: string, files: Readonly<Record<string, string>>, around: Surroundings = {}): Analysis {
  return analyse('topology.yaml', text, { ...around, files: filesOf(new Map(Object.entries(files))) });
}

/** What is found and what is made, wherever it is written: what an alias shares is found once, a copy of it twice. */
function made({ topology, diagnostics }: Analysis) {
  const told = ({ rule, severity, message, help, why }: Diagnostic) => [rule, severity, message, help, why].join('\n');
  return { found: [...new Set(diagnostics.map(told))].sort(), files: topology && compile(topology) };
}

function written(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

const texts = topologies.map((sketch) => print(sketch));

describe('a topology', () => {
  it('is unchanged by itself and by nothing, laid over it', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, names) => {
        // `null` removes what it is laid over, and of the routes of a site all have names or none.
        const document = withNames(withoutNull(parse(text)) as Words, names);
        const alone = made(read(written(document), {}));
        for (const overlay of [written(document), names ? '# nothing\n' : '{}\n']) {
          const around = { 'topology.same.yaml': overlay };
          expect(made(read(written(document), around, { env: 'same' }))).toEqual(alone);
        }
      }),
      { seed, numRuns: 5, endOnFailure: true },
    );
  });

  it('is what lies over a part of it', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, number) => {
        const document: Words = parse(text);
        const keys = Object.keys(document);
        const key = keys[number % keys.length] ?? '';
        const { [key]: taken, ...rest } = document;
        const laid = read(written(rest), { 'topology.rest.yaml': written({ [key]: taken }) }, { env: 'rest' });
        const whole = read(written({ ...rest, [key]: taken }), {});
        expect(made(laid)).toEqual(made(whole));
      }),
      { seed, numRuns: 12, endOnFailure: true },
    );
  });

  it('is the same in one file and in many', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }), (text, places) => {
        const document: Words = parse(text);
        const main: Record<string, unknown> = { ...document, include: ['./parts/*.yaml'] };
        const parts = [{}, {}, {}].map((): Record<string, Record<string, unknown>> => ({}));
        for (const section of sections) {
          const entries = Object.entries((document[section] ?? {}) as Words);
          // Those of a file stand behind one another: the order of sites is that of the files.
          const cuts = entries.map((_, index) => places[index % places.length] ?? 0).sort();
          for (const [index, [name, value]] of entries.entries()) {
            const part = parts[(cuts[index] ?? 0) - 1];
            if (part) part[section] = { ...part[section], [name]: value };
          }
          const own = entries.filter((_, index) => cuts[index] === 0);
          if (own.length > 0) main[section] = Object.fromEntries(own);
          else delete main[section];
        }
        const files = parts.map((part, index) => [`parts/${index}.yaml`, written(part)] as const);
        const many = read(written(main), Object.fromEntries(files));
        const one = read(written(document), {});
        expect(made(many)).toEqual(made(one));
        const outside = many.diagnostics.filter(({ place, related = [] }) =>
          [place, ...related.map((other) => other.place)].some(
            (at) => !many.files.some(({ source }) => source.name === at.source),
          ),
        );
        expect(outside).toEqual([]);
      }),
      { seed, numRuns: 12, endOnFailure: true },
    );
  });

  it('is the same with variables in place of its values', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const variables = new Map<string, string>();
        const replaced = withVariables(parse(text), '', variables);
        const whole = made(read(text, {}));
        const filled = read(written(replaced), {}, { variables });
        expect(variables.size).toBeGreaterThan(0);
        expect(made(filled).files).toEqual(whole.files);
      }),
      { seed, numRuns: 12, endOnFailure: true },
    );
  });
});

function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNull(inner)]));
}

/** Every route with a name, or none. */
function withNames(document: Words, names: boolean): Words {
  const sites = Object.entries(document.sites as Readonly<Record<string, Words>>).map(([site, words]) => {
    if (!Array.isArray(words.routes)) return [site, words];
    const routes = words.routes.map(({ name, ...route }, index) => (names ? { ...route, name: `n${index}` } : route));
    return [site, { ...words, routes }];
  });
  return { ...document, sites: Object.fromEntries(sites) };
}

/** `true` asks whether a header is there, and the value of a variable is text where text may stand. */
const presence = /\/match(?:\/not)?\/(?:header|query)\/[^/]*$/;

/** Every value but those of services, of the version, of lines of a target and of nothing, and the names of sites. */
function withVariables(value: unknown, path: string, variables: Map<string, string>): unknown {
  if (/^\/(?:services|version)$|\/raw$/.test(path)) return value;
  if (typeof value === 'boolean' && presence.test(path)) return value;
  const named = (text: string): string => {
    const name = `V${variables.size}`;
    variables.set(name, text);
    return `\${${name}}`;
  };
  if (Array.isArray(value)) return value.map((item, index) => withVariables(item, `${path}/${index}`, variables));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => [
      path === '/sites' ? named(key) : key,
      withVariables(inner, `${path}/${key}`, variables),
    ]);
    return Object.fromEntries(entries);
  }
  return value === null ? value : named(String(value));
}

it('is read in time when it is in very many files', () => {
  const names = Array.from({ length: 600 }, (_, index) => `s${index}.example.com`);
  const files = names.map((name, index) => [`sites/${index}.yaml`, `sites: { ${name}: [10.0.0.1:80, 10.0.0.2:80] }\n`]);
  const text = 'version: 1\ninclude: [./sites/*.yaml]\nacme: { email: a@example.com }\n';
  const { topology } = read(text, Object.fromEntries(files));
  expect(topology?.sites.length).toBe(names.length);
});
