import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { CompileOptions } from '../src/compile.ts';
import { isPathOnly } from '../src/model/match.ts';
import { speaksHttp2 } from '../src/model/pool-tls.ts';
import type { Topology } from '../src/model/topology.ts';
import { type Analysis, analyse } from '../src/pipeline.ts';
import { filesOf } from '../src/source/paths.ts';

const here = dirname(fileURLToPath(import.meta.url));
const update = process.env.UPDATE === '1';

/** The cases of a folder below test/: one folder each, its name a sentence. */
export function cases(group: string): { readonly name: string; readonly folder: string }[] {
  const folder = join(here, group);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, folder: join(folder, name) }));
}

/**
 * The topology of a case with the files beside it: what it includes, overlays. `options.json`: `env`, `variables`
 * with their values, and what `compile` takes. `text`: another one of the topology.
 */
export function judgeCase(folder: string, text?: string): Analysis {
  const others = listFiles(folder).filter((name) => name.endsWith('.yaml') && !name.startsWith('expected/'));
  const files = new Map(others.map((name) => [name, readFileSync(join(folder, name))]));
  const { env, variables = {} } = optionsOf(folder);
  return analyse('topology.yaml', text ?? readFileSync(join(folder, 'topology.yaml')), {
    files: filesOf(files),
    ...(env === undefined ? {} : { env }),
    variables: new Map(Object.entries(variables)),
  });
}

interface Options extends CompileOptions {
  readonly env?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Those of a case. */
export function optionsOf(folder: string): Options {
  const path = join(folder, 'options.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** Compares with a file beside the input. `UPDATE=1` writes it instead: read what it wrote before you commit it. */
export function expectFile(path: string, text: string): void {
  if (update) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(text, path).toBe(existsSync(path) ? readFileSync(path, 'utf8') : `(there is no ${path})`);
}

/** The same for a whole folder: a file too many is a difference as well. */
export function expectFolder(folder: string, files: ReadonlyMap<string, string>): void {
  if (update) rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of files) expectFile(join(folder, path), text);
  expect(listFiles(folder)).toEqual([...files.keys()].sort());
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}

/** The folders of an output that hold a whole configuration of a proxy: one, or one for each edge machine. */
export function proxyFolders(output: string, id: 'caddy' | 'nginx'): string[] {
  const main = id === 'nginx' ? 'nginx.conf' : 'Caddyfile';
  const top = join(output, id);
  if (!existsSync(top)) return [];
  const below = readdirSync(top).map((name) => join(top, name));
  return [top, ...below].filter((folder) => existsSync(join(folder, main)));
}

/** Does every route ask servers, by its path alone and with the path as it came? That is what files are read back as. */
export function isReadBack({ sites, machines }: Topology): boolean {
  // Several edges have several outputs.
  if (machines.filter(({ edge }) => edge).length > 1) return false;
  return sites.every(({ routes }) =>
    routes.every(
      (route) =>
        route.action === 'proxy' &&
        !route.rewrite &&
        !route.raw &&
        !route.errorPages?.some(({ action }) => action === 'proxy') &&
        isPathOnly(route.match) &&
        !route.stream.value &&
        !speaksHttp2(route.pool),
    ),
  );
}
