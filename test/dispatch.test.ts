import { expect, it } from 'vitest';
import { compile } from '../src/compile.ts';
import { readNginx } from './properties/nginx-text.ts';
import { valid } from './properties/topologies.ts';

it('a site with a long name and very many conditions has no word that is too long for nginx', () => {
  const name = `${'a'.repeat(60)}.example.com`;
  const routes = Array.from({ length: 160 }, (_, index) => ({
    match: { header: { [`X-${index}`]: '1' } },
    respond: { status: 200, body: `route ${index}` },
  }));
  const text = JSON.stringify({ version: 1, sites: { [name]: { tls: 'none', routes } } });
  const files = compile(valid(text, 'a topology'), { targets: ['nginx'] });
  const conf = files.find(({ path }) => path.endsWith(`${name}.conf`))?.text ?? '';
  const longest = readNginx(conf).flatMap(({ words }) => words.map(({ length }) => length));
  expect(Math.max(...longest)).toBeLessThan(4000);
  // All flags are still there, in the order of the routes.
  const groups = [...conf.matchAll(/_flags\d+ \{\n\s+default "([^"]*)"/g)].map(([, flags = '']) => flags);
  expect(groups.length).toBeGreaterThan(1);
  const flags = [...groups.join('').matchAll(/_is(\d+)\}/g)].map(([, number]) => Number(number));
  expect(flags).toEqual(Array.from({ length: 160 }, (_, index) => index + 1));
});
