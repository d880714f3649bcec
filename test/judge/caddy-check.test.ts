import { describe, expect, it } from 'vitest';
import { judgeCaddy } from '../../src/judge/caddy/judge.ts';
import { parseVersion } from '../../src/model/version.ts';
import {
  accepted,
  acceptedNew,
  framedWords,
  misread,
  refused,
  rightWords,
  type Words,
  wrongWords,
} from './caddy-cases.ts';
import { caddy, newest, toldCaddy } from './told.ts';

const old = parseVersion('2.6.2');
const here = (told: readonly string[]) => told.map((line) => line.replace(/^Caddyfile:/, ''));

describe('Caddy', () => {
  it.each([...accepted, ...acceptedNew])('takes %j', (text) => {
    expect(toldCaddy(text)).toEqual([]);
  });

  it.each(accepted)('of 2.6 takes %j', (text) => {
    expect(toldCaddy(text, old)).toEqual([]);
  });

  it.each(refused.map((one) => [one.text, one] as const))('refuses %j', (_text, { text, told, only }) => {
    expect(here(toldCaddy(text, newest.caddy))[0]).toBe(told);
    if (only) expect(toldCaddy(text, old)).toEqual([]);
  });

  it.each(misread)('would misread %j', (text, told) => {
    expect(here(toldCaddy(text))).toEqual([told]);
  });

  const mistakes = (one: Words, version = newest.caddy): number[] => {
    const judged = judgeCaddy(caddy(framedWords(one).text, version), version);
    return judged.diagnostics
      .filter(({ rule }) => rule === 'caddy-value')
      .map(({ place }) => {
        const source = judged.sources.get(place.source);
        return source?.position(source.span(place).start).line ?? 0;
      });
  };

  it.each(wrongWords.map((one) => [one.text, one] as const))('refuses the words of %j, once', (_text, one) => {
    const { line } = framedWords(one);
    const found = mistakes(one, one.only === 'old' ? old : newest.caddy);
    expect(found).toEqual([line === 'none' ? expect.any(Number) : line]);
  });

  it.each(rightWords.map((one) => [one.text, one] as const))('takes the words of %j', (_text, one) => {
    if (one.only !== 'old') expect(mistakes(one)).toEqual([]);
    if (one.only !== 'new') expect(mistakes(one, old)).toEqual([]);
  });

  it('leaves alone what a variable or an import stands for', () => {
    for (const text of ['lb_retries {$N}', 'lb_try_duration {$T} {$U}', 'health_status {$S}']) {
      expect(mistakes({ frame: 'proxy', text })).toEqual([]);
    }
  });
});
