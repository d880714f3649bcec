import { closest, isSlip } from '../diagnostics/closest.ts';
import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import type { Mender } from '../source/mend.ts';
import { entry, type Node, type Scalar, type Sequence, toData } from '../source/node.ts';
import { child, segments } from '../source/pointer.ts';
import type { Source } from '../source/source.ts';
import { misspellings } from './misspellings.ts';
import { below, resolved, type Schema, schema } from './schema.ts';
import { validate as compiled } from './validator.generated.ts';

/** What ajv reports, as far as it is used here. */
interface Problem {
  readonly instancePath: string;
  readonly keyword: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
}
const check = compiled as unknown as { (data: unknown): boolean; errors: readonly Problem[] | null };

/** Compares the tree with the schema: every mistake in one run, each once, at the value or key that is wrong. */
export function validate(root: Node, source: Source, mend: Mender): Diagnostic[] {
  check(toData(root));
  const problems = [...(check.errors ?? [])].sort((a, b) => weight(a) - weight(b));
  const slips = sureSlips(problems, root);
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const problem of problems) {
    const explained = explain(problem, root, source);
    const to = slips.get(problem);
    const fix = explained && to !== undefined ? mend({ rename: explained.place, to }) : undefined;
    const diagnostic = explained && fix ? { ...explained, fix } : explained;
    if (!diagnostic) continue;
    // Several keywords often fail for one value: the most telling one is enough.
    const where = `${keyOf(diagnostic.place)}${problem.keyword === 'required' ? problem.params.missingProperty : ''}`;
    if (seen.has(where)) continue;
    seen.add(where);
    found.push(diagnostic);
  }
  const numbers = misreadNumbers(root, schema, source);
  const places = new Set(numbers.map(({ place: { source, path } }) => `${source} ${path}`));
  return [...found.filter(({ place: { source, path } }) => !places.has(`${source} ${path}`)), ...numbers];
}

function keyOf({ source, path, part }: Place): string {
  return `${part} ${source} ${path} `;
}

/**
 * The keys with one wrong letter, and what is meant beyond doubt: one key only is that near, it is not there yet, and
 * what is written fits it.
 */
function sureSlips(problems: readonly Problem[], root: Node): ReadonlyMap<Problem, string> {
  const slips = problems.flatMap((problem) => {
    if (problem.keyword !== 'additionalProperties') return [];
    const found = locate(root, problem.instancePath);
    const key = String(problem.params.additionalProperty);
    const to = found && slipOf(key, found);
    return to === undefined ? [] : [{ problem, key, to, path: child(problem.instancePath, to) }];
  });
  if (slips.length === 0) return new Map();
  const wanted = new Map<string, number>();
  for (const { path } of slips) wanted.set(path, (wanted.get(path) ?? 0) + 1);
  const renamed = slips.filter(({ path }) => wanted.get(path) === 1);
  const data = toData(root);
  for (const { problem, key, to } of renamed) {
    const map = segments(problem.instancePath).reduce((node, word) => node[word] as Data, data as Data);
    map[to] = map[key];
    delete map[key];
  }
  check(data);
  const wrong = (check.errors ?? []).map(({ instancePath }) => instancePath);
  const fits = (path: string): boolean => !wrong.some((one) => one === path || one.startsWith(`${path}/`));
  return new Map(renamed.filter(({ path }) => fits(path)).map(({ problem, to }) => [problem, to]));
}

type Data = Record<string, unknown>;

function slipOf(key: string, { node, schema: here }: Located): string | undefined {
  const known = Object.keys(here.properties ?? {});
  if (misspellings(key, known)) return undefined;
  const [near, other] = known.filter((name) => isSlip(key, name));
  return other !== undefined || (near !== undefined && entry(node, near)) ? undefined : near;
}

const weights = ['additionalProperties', 'type', 'propertyNames', 'enum', 'const', 'pattern'];
function weight(problem: Problem): number {
  const index = weights.indexOf(problem.keyword);
  return index < 0 ? weights.length : index;
}

function explain(problem: Problem, root: Node, source: Source): Diagnostic | undefined {
  // Companions of a more telling problem: the pattern of a name, the branches of `anyOf`, a failed `if`.
  if (problem.schemaPath.includes('/propertyNames/') || /\/anyOf\/\d/.test(problem.schemaPath)) return undefined;
  const found = locate(root, problem.instancePath);
  if (!found) return undefined;
  switch (problem.keyword) {
    case 'additionalProperties':
      return unknownKey(String(problem.params.additionalProperty), found);
    case 'propertyNames':
      return badName(String(problem.params.propertyName), found);
    case 'required':
      return missingKey(String(problem.params.missingProperty), found);
    case 'dependencies':
      return {
        rule: 'schema-missing-key',
        severity: 'error',
        message: `\`${problem.params.property}\` needs \`${problem.params.missingProperty}\` beside it`,
        help: 'write both, or neither',
        place: entry(found.node, String(problem.params.property))?.keyAt ?? found.node.at,
      };
    case 'minItems':
    case 'minProperties':
      return bad(found, 'schema-empty', 'nothing is listed here', `expected ${expected(found.schema)}`);
    case 'uniqueItems':
      return bad(found, 'schema-duplicate', 'an entry is listed twice', 'keep one of the two');
    default:
      return wrongValue(found, source);
  }
}

interface Located {
  readonly node: Node;
  readonly schema: Schema;
  /** The key it stands under, `` for the whole document. */
  readonly key: string;
}

function locate(root: Node, pointer: string): Located | undefined {
  let node: Node = root;
  let here: Schema = schema;
  let key = '';
  for (key of segments(pointer)) {
    const list: Sequence | undefined = node.kind === 'sequence' ? node : undefined;
    const next: Node | undefined = list ? list.items[Number(key)] : entry(node, key)?.value;
    if (!next) return undefined;
    node = next;
    here = below(here, list ? Number(key) : key) ?? {};
  }
  return { node, schema: here, key };
}

function unknownKey(key: string, { node, schema: here, key: parent }: Located): Diagnostic {
  const known = Object.keys(here.properties ?? {});
  const hint = misspellings(key, known);
  const guess = hint
    ? undefined
    : closest(
        key,
        known.filter((name) => !entry(node, name)),
      );
  const place = entry(node, key)?.keyAt ?? node.at;
  const where = parent === '' ? 'at the top' : `in ${here.title ? here.title.toLowerCase() : `\`${parent}\``}`;
  return {
    rule: 'schema-unknown-key',
    severity: 'error',
    message: `unknown key \`${key}\` ${where}`,
    help: hint ?? (guess ? `did you mean \`${guess}\`?` : list(known)),
    place,
  };
}

function list(known: readonly string[]): string {
  return known.length > 0 ? `the keys known here are ${known.join(', ')}` : 'nothing can be written here';
}

function missingKey(key: string, { node }: Located): Diagnostic | undefined {
  // One slip, one message: a misspelt key is reported as unknown, not as missing as well.
  const present = node.kind === 'mapping' ? [...node.entries.keys()] : [];
  if (present.some((name) => closest(name, [key]) === key)) return undefined;
  return {
    rule: 'schema-missing-key',
    severity: 'error',
    message: `\`${key}\` is missing`,
    help: key === 'version' ? 'start the file with `version: 1`' : `write \`${key}:\` here`,
    place: node.at.path === '' ? node.at : { ...node.at, part: 'key' },
  };
}

function badName(name: string, { node, schema: here }: Located): Diagnostic {
  const place = entry(node, name)?.keyAt ?? node.at;
  const ascii = here.title === 'Sites' && /[^\x00-\x7f]/.test(name) ? punycode(name) : undefined;
  const lower = name.toLowerCase();
  const help = ascii
    ? `write the name in its ASCII form: ${ascii}`
    : /[A-Z]/.test(name) && new RegExp(String((here.propertyNames as Schema | undefined)?.pattern), 'u').test(lower)
      ? `write it in lower case: ${lower}`
      : `expected ${expected(here)}`;
  return {
    rule: 'schema-name',
    severity: 'error',
    message: `\`${name}\` is not a name that can be used here`,
    help,
    place,
  };
}

function punycode(name: string): string | undefined {
  try {
    const { hostname } = new URL(`http://${name}`);
    return hostname.includes('xn--') ? hostname : undefined;
  } catch {
    return undefined;
  }
}

function wrongValue(found: Located, source: Source): Diagnostic {
  const { node, schema: here } = found;
  const wanted = `expected ${expected(here)}`;
  if (node.kind !== 'scalar') {
    return bad(found, 'schema-type', `a ${node.kind === 'mapping' ? 'map' : 'list'} cannot stand here`, wanted);
  }
  if (node.written !== undefined) {
    // What a variable holds may be a secret.
    const message = `${quote(node.written)} is replaced by something that cannot stand here`;
    return bad(found, 'schema-value', message, wanted);
  }
  const written = writtenNumber(node, source);
  if (node.value === null) return bad(found, 'schema-empty', `\`${found.key}\` has no value`, wanted);
  const isTime = /time with its unit|whole seconds/.test(expected(here));
  if (isTime && typeof node.value === 'number') {
    const why = 'a number alone does not say whether seconds or milliseconds are meant';
    return { ...bad(found, 'schema-duration', `\`${written}\` has no unit`, `write ${written}s or ${written}ms`), why };
  }
  if (isTime && typeof node.value === 'string' && /^(?:0+(?:\.0+)?(?:ms|s|m|h|d))+$/.test(node.value)) {
    const why = 'nginx reads a time of zero as "at once", Caddy as "never"';
    const none = /`none`/.test(expected(here))
      ? 'write `none` for no limit, or a time'
      : 'write the time that is meant';
    return { ...bad(found, 'schema-duration', `\`${node.value}\` would mean different things`, none), why };
  }
  if (isTime) return bad(found, 'schema-duration', `${quote(node.value)} is not a time that can be used here`, wanted);
  if (typeof node.value === 'number' && /version in quotes/.test(expected(here))) {
    return bad(found, 'schema-type', `\`${written}\` without quotes is the number ${node.value}`, `write "${written}"`);
  }
  if (typeof node.value === 'string' && /^[a-z]+:\/\//.test(node.value) && /host:port/.test(expected(here))) {
    const protocol = node.value.startsWith('https') ? 'https' : 'http';
    const help = `write the address alone; what the servers speak is \`protocol: ${protocol}\` of the pool`;
    return bad(found, 'schema-address', `${quote(node.value)} is a URL, not an address`, help);
  }
  const rule = here.pattern || here.enum ? 'schema-value' : 'schema-type';
  const choices = here.enum?.map(String);
  const guess = choices && typeof node.value === 'string' ? closest(node.value, choices) : undefined;
  const help = guess ? `did you mean \`${guess}\`?` : wanted;
  return bad(found, rule, `${quote(node.value)} cannot stand here`, help);
}

/** `"text"` as it would be written, control characters visible. */
function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : `\`${String(value)}\``;
}

function bad({ node }: Located, rule: string, message: string, help: string): Diagnostic {
  return { rule, severity: 'error', message, help, place: node.at };
}

const typeNames: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
};

function expected(here: Schema): string {
  const told = here['x-expected'];
  if (told) return told;
  if (here.enum) return `one of ${here.enum.join(', ')}`;
  if (here.const !== undefined) return String(here.const);
  const types = [here.type ?? []].flat().filter((type) => type !== 'null');
  return types.length > 0 ? types.map((type) => typeNames[type] ?? type).join(' or ') : 'something else';
}

/** As it stands in the file (`1.30`), unless the value came from elsewhere (`--set`). */
function writtenNumber({ value, at }: Scalar, main: Source): string {
  const source = main.of(at);
  const { start, end } = source.span(at);
  const slice = source.text.slice(start, end).trim();
  return Number(slice) === value ? slice : String(value);
}

/** Where text and numbers are allowed, a number must come out as it was written: `1.10` would become 1.1, `007` 7. */
function misread(node: Scalar, rules: Schema, source: Source): Diagnostic | undefined {
  if (node.value === null || typeof node.value === 'string' || node.written !== undefined) return undefined;
  const types = [rules.type ?? []].flat();
  if (!types.includes('string') || !types.includes('number')) return undefined;
  const written = writtenNumber(node, source);
  if (written === String(node.value)) return undefined;
  const what = typeof node.value === 'number' ? 'the number' : 'the word';
  return {
    rule: 'schema-type',
    severity: 'error',
    message: `\`${written}\` without quotes is ${what} ${node.value}`,
    help: `write "${written}", or ${node.value}`,
    place: node.at,
  };
}

/** Numbers that are not what was written. */
function misreadNumbers(node: Node, here: Schema, source: Source): Diagnostic[] {
  const found: Diagnostic[] = [];
  const visit = (current: Node, rules: Schema): void => {
    if (current.kind === 'scalar') {
      const number = misread(current, rules, source);
      if (number) found.push(number);
    } else if (current.kind === 'sequence') {
      for (const item of current.items) visit(item, below(rules, 0) ?? {});
    } else {
      for (const [key, { value }] of current.entries) visit(value, below(rules, key) ?? {});
    }
  };
  visit(node, resolved(here));
  return found;
}
