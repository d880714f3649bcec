import { describe, expect, it } from 'vitest';
import { parseVersion } from '../../src/model/version.ts';
import { accepted, acceptedNew, misread, refused } from './caddy-cases.ts';
import { newest, toldCaddy } from './told.ts';

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
});
