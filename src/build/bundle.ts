/** Makes `dist`: the program in a few files, the library as ES modules with types. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licenses } from './licenses.ts';
import { programParts } from './program.ts';

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const dist = join(top, 'dist');
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

const { parts, inputs } = await programParts(top, dist);
for (const { path, text } of parts) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
chmodSync(join(dist, 'cli.cjs'), 0o755);
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licenses(top, inputs));

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
