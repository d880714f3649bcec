/** Makes `dist`: the program as one file (starts in half the time of many), the library as ES modules with types. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licenses } from './licenses.ts';

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dist = join(top, 'dist');
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

const { metafile } = await build({
  entryPoints: [join(top, 'src/bin.ts')],
  outfile: join(dist, 'cli.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  // The ES build of yaml leaves out what is not used.
  alias: { yaml: join(top, 'node_modules/yaml/browser/dist/index.js') },
  // Comments with licences are in the file beside it, with the others.
  legalComments: 'none',
  metafile: true,
  absWorkingDir: top,
  logLevel: 'warning',
});
chmodSync(join(dist, 'cli.cjs'), 0o755);
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licenses(top, Object.keys(metafile.inputs)));

const tsconfig = {
  extends: '../tsconfig.json',
  compilerOptions: { noEmit: false, declaration: true, rootDir: '../src', outDir: '.', types: ['node'] },
  files: ['../src/index.ts'],
  include: [],
};
writeFileSync(join(dist, 'tsconfig.json'), JSON.stringify(tsconfig));
execFileSync(process.execPath, [join(top, 'node_modules/typescript/bin/tsc'), '-p', join(dist, 'tsconfig.json')], {
  stdio: 'inherit',
});
rmSync(join(dist, 'tsconfig.json'));
