/** `npm run bench` measures everything and writes bench/results.md; `npm run bench -- startup watch` prints these two only. */
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { binaries } from '../test/proxies/binaries.ts';
import { emitted } from './emitted.ts';
import { scale } from './scale.ts';
import { startup } from './startup.ts';
import { seed } from './topologies.ts';
import { watch } from './watch.ts';

const top = join(import.meta.dirname, '..');
const program = join(top, 'dist/cli.cjs');
const wrk = join(process.env.PROXYWRIGHT_PROXIES ?? join(top, '.proxies'), 'wrk/wrk');
if (!existsSync(program)) throw new Error('there is no dist/cli.cjs: `npm run build` makes it');

const parts: Readonly<Record<string, { readonly title: string; readonly measure: () => string | Promise<string> }>> = {
  startup: { title: 'Start-up', measure: () => startup(program) },
  watch: { title: '`build --watch`', measure: () => watch(program) },
  emitted: { title: 'What is compiled, under load', measure: () => emitted(wrk) },
  scale: { title: 'Many sites', measure: () => scale(program, binaries('caddy').at(-1)?.path) },
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !parts[name]);
if (unknown !== undefined) throw new Error(`\`${unknown}\` is none of ${Object.keys(parts).join(', ')}`);

const [first] = cpus();
const machine = `${cpus().length} processors (${first?.model ?? 'unknown'}), Linux ${release()}, Node ${process.version}; seed ${seed}.`;
const sections = [`# Results\n\n${machine}`];
for (const [name, { title, measure }] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${title} …\n`);
  const section = `## ${title}\n\n${await measure()}`;
  process.stdout.write(`${section}\n\n`);
  sections.push(section);
}
if (wanted.length === 0) writeFileSync(join(import.meta.dirname, 'results.md'), `${sections.join('\n\n')}\n`);
