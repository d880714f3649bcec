import { expect, it } from 'vitest';
import type { TwinRequest } from './case.ts';
import { compare, type Outcome, type Outcomes } from './compare.ts';
import { caddy, nginx } from './known.ts';
import { get } from './requests.ts';

const seen = 'GET / HTTP/1.1';
const request: TwinRequest = { name: '', message: get('/', { host: 'a.example.org' }), status: 200, seen };

const outcome = (status = 200, fields: readonly (readonly [string, string])[] = [], line = seen): Outcome => ({
  answer: { status, interim: [], fields, body: '' },
  sights: [{ server: 'echo', line, fields: [], content: '' }],
});
const outcomes = (ofNginx: Outcome, ofCaddy: Outcome): Outcomes => ({
  'nginx old': ofNginx,
  'nginx new': ofNginx,
  'caddy old': ofCaddy,
  'caddy new': ofCaddy,
});

const same = outcomes(outcome(), outcome());
const unlike = outcomes(outcome(200, [['Date', '1']]), outcome(200, [['X-A', '2']]));
const named: TwinRequest = { ...request, differences: [{ known: 'hop', what: 'header x-a', on: caddy }] };
const refused: TwinRequest = { ...request, otherwise: { known: 'trace', on: nginx, status: 405, seen } };

it('twins are alike in all but what no two answers share', () => {
  expect(compare(request, same)).toEqual([]);
  expect(compare(request, unlike).join()).toContain('header x-a: not alike');
});

it('alike is not yet right', () => {
  expect(compare(request, outcomes(outcome(404), outcome(404))).join()).toContain('status: not "200" as expected');
  expect(compare({ ...request, seen: null }, same).join()).toContain('line: not none as expected');
});

it('a difference is allowed where it is named and occurs', () => {
  expect(compare(named, unlike)).toEqual([]);
  expect(compare(named, same).join()).toContain('caddy old does not differ any more');
});

it('what does otherwise must do just that', () => {
  expect(compare(refused, outcomes(outcome(405, [['X-A', '1']]), outcome()))).toEqual([]);
  expect(compare(refused, same).join()).toContain('nginx old was to differ with "405"');
});
