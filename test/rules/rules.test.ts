import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { analyse } from '../../src/pipeline.ts';
import { rules } from '../../src/rules/index.ts';
import { rulesPage } from '../../src/rules/page.ts';
import { mutations, originalNames } from './examples.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src', 'rules');

function judged(text: string): readonly Diagnostic[] {
  return analyse('topology.yaml', text).diagnostics;
}

/** What a rule says of a text: the message and the key that it points to. */
function said(id: string, text: string): string[] {
  return judged(text)
    .filter(({ rule }) => rule === id)
    .map(({ message, place }) => `${originalNames(message)} at ${originalNames(place.path)}`);
}

const ids = new Set(rules.map(({ id }) => id));
const each = rules.map((rule) => [rule.id, rule] as const);
const loud = ({ severity }: Diagnostic): boolean => severity !== 'info';

describe.each(each)('%s', (id, { severity, examples: { fires, silent } }) => {
  it('fires for its example, once, and no other rule does', () => {
    const found = judged(fires);
    expect(found.filter(({ rule }) => rule === id).map((one) => one.severity)).toEqual([severity]);
    expect(
      found
        .filter((one) => one.rule !== id && ids.has(one.rule) && loud(one))
        .map(({ rule, message }) => `${rule}: ${message}`),
    ).toEqual([]);
  });

  it('stays silent where it says so, and so does every other rule', () => {
    const found = judged(silent);
    expect(
      found.filter((one) => one.rule === id || loud(one)).map(({ rule, message }) => `${rule}: ${message}`),
    ).toEqual([]);
  });

  const told = said(id, fires);
  it.each(Object.keys(mutations))('survives %s', (name) => {
    const mutate = mutations[name] ?? String;
    expect(mutate(fires)).not.toBe(fires);
    expect(said(id, mutate(fires))).toEqual(told);
    expect(said(id, mutate(silent))).toEqual([]);
  });
});

describe('the rules', () => {
  it('are one file each, named after the rule, and short', () => {
    const files = readdirSync(folder).filter((file) => !['index.ts', 'rule.ts', 'page.ts', 'settle.ts'].includes(file));
    expect(files.sort()).toEqual(rules.map(({ id }) => `${id}.ts`).sort());
    const long = files.filter((file) => readFileSync(join(folder, file), 'utf8').split('\n').length > 61);
    expect(long).toEqual([]);
  });

  it('say what, why and what to do, in sentences without an end', () => {
    const wrong = rules.flatMap(({ id, summary, why, help }) =>
      [summary, why, help].filter((text) => text === '' || /[.\s]$/.test(text)).map((text) => `${id}: ${text}`),
    );
    expect(wrong).toEqual([]);
  });

  it('have a page whose examples of severities and ignore comments work', () => {
    const [severities = '', ignored = ''] = [...rulesPage().matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, text]) => text,
    );
    const off = `version: 1\nsites: { a.example.com: 10.0.0.2:80 }\n${severities}`;
    const known = `version: 1\nsites: { a.example.com: web }\n${ignored}`;
    expect([off, known].map((text) => judged(text).filter(loud))).toEqual([[], []]);
  });
});
